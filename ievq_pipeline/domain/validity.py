"""What holds for a time: ranges of days, and values that follow each other without ever overwriting one another."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any, Generic, Self, TypeVar

from ievq_pipeline.domain.period import Quarter

Value = TypeVar("Value")
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Validity:
    """The days from `holds_from` to `holds_to`, both included; an end that is empty is open."""

    holds_from: date | None = None
    holds_to: date | None = None

    @property
    def first(self) -> date:
        return self.holds_from or date.min

    @property
    def last(self) -> date:
        return self.holds_to or date.max

    @property
    def is_undated(self) -> bool:
        """Neither end is given: it is not said when it holds, only that it does."""
        return self.holds_from is None and self.holds_to is None

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last

    def is_in_force(self, quarter: Quarter) -> bool:
        """Whether it holds at the quarter's end: that is what counts for the quarter."""
        return self.holds_on(quarter.last_day)

    def overlaps(self, other: Self) -> bool:
        return self.first <= other.last and other.first <= self.last


ALWAYS = Validity()


@dataclass(frozen=True, slots=True)
class Dated(Generic[Value]):
    """A value for the time that it holds."""

    value: Value
    held: Validity = ALWAYS


#: what was said of one thing over time: in order of days, none of them twice
Line = tuple[Dated[Value], ...]


class Contradiction(Exception):
    """What is said can't be true beside `known`, unless history is overwritten."""

    def __init__(self, known: Dated[Any], *, is_undated: bool) -> None:
        super().__init__(str(known))
        self.known = known
        #: it does not say since when it differs; otherwise both begin on the same day
        self.is_undated = is_undated


def on(line: Iterable[Dated[Value]], day: date) -> Dated[Value] | None:
    """What held on that day."""
    return next((each for each in line if each.held.holds_on(day)), None)


def put(line: Sequence[Dated[Value]], value: Value, held: Validity) -> Line[Value]:
    """The line with one more thing said: from its first day on the value holds instead of what began earlier.

    What begins later stays, so that the order in which things are told does not matter, and telling one again changes
    nothing. Without dates it is only confirmed, or the first that is known. Raises Contradiction for another value
    from the very day on which one begins, and for another without a date.
    """
    if held.is_undated and line:
        return _confirmed(line, value)
    first, last = held.first, held.last
    pieces: list[Dated[Value]] = []
    for each in line:
        if each.value == value or not each.held.holds_on(first):
            pieces.append(each)
        elif each.held.first == first:
            raise Contradiction(each, is_undated=False)
        else:
            pieces.append(replace(each, held=Validity(each.held.holds_from, first - DAY)))
            if each.held.last > last:  # what held before holds again
                pieces.append(replace(each, held=Validity(last + DAY, each.held.holds_to)))
    pieces += [Dated(value, gap) for gap in _gaps([each.held for each in pieces], held)]
    return tuple(sorted(pieces, key=lambda each: each.held.first))


def _confirmed(line: Sequence[Dated[Value]], value: Value) -> Line[Value]:
    """The line as it is, where it says so now, or since always."""
    if value in (line[-1].value, *(each.value for each in line if each.held.holds_from is None)):
        return tuple(line)
    raise Contradiction(line[-1], is_undated=True)


def _gaps(taken: Iterable[Validity], within: Validity) -> Iterable[Validity]:
    """The days of a range that nothing takes."""
    begins = within.holds_from
    for each in sorted((one for one in taken if one.overlaps(within)), key=lambda one: one.first):
        if (begins or date.min) < each.first:
            yield Validity(begins, each.first - DAY)
        if each.last >= within.last:
            return
        begins = each.last + DAY
    yield Validity(begins, within.holds_to)


@dataclass(frozen=True, slots=True)
class Changed(Generic[Value]):
    """How a line became another: pieces that are new, and, by their first day, those that hold no longer as long."""

    added: Line[Value]
    closed: tuple[Validity, ...]


def changed(before: Sequence[Dated[Value]], after: Sequence[Dated[Value]]) -> Changed[Value]:
    """Both lines as `put` makes one of the other."""
    known = {each.held.holds_from: each.held for each in before}
    return Changed(
        added=tuple(each for each in after if each.held.holds_from not in known),
        closed=tuple(each.held for each in after if known.get(each.held.holds_from, each.held) != each.held),
    )
