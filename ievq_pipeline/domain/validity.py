"""What holds for a time: ranges of days, and values that follow one another without overwriting what was known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar

from ievq_pipeline.domain.period import Quarter

Value = TypeVar("Value")
Other = TypeVar("Other")
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
    #: what holds again after something else had its time began earlier; None: on its first day
    begun: date | None = field(default=None, compare=False)
    #: the day until which it was said to hold, in the same breath as what is being told now
    firm_to: date = field(default=date.min, compare=False)

    def of(self, value: Other) -> "Dated[Other]":
        """Another value for the same time."""
        return Dated(value, self.held, self.begun, self.firm_to)

    @property
    def since(self) -> date:
        return self.begun or self.held.first


#: what was said of one thing over time: in order of days, none of them twice
Line = tuple[Dated[Value], ...]


class Against(StrEnum):
    """Why something can't be said beside what is known."""

    UNDATED = "undated"  #: it does not say since when it differs
    SAME_DAY = "same_day"  #: both begin on the same day
    FIRM = "firm"  #: until a later day something else was said to hold


class Contradiction(Exception):
    """What is said can't be true beside `known`, unless history is overwritten."""

    def __init__(self, known: Dated[Any], against: Against) -> None:
        super().__init__(f"{known}: {against}")
        self.known = known
        self.against = against


def on(line: Iterable[Dated[Value]], day: date) -> Dated[Value] | None:
    """What held on that day."""
    return next((each for each in line if each.held.holds_on(day)), None)


def put(line: Sequence[Dated[Value]], value: Value, held: Validity) -> Line[Value]:
    """The line with one more thing said: from its first day on it holds instead of what began earlier.

    What began later stays: an older file that is brought in late overwrites nothing, and telling anything again
    changes nothing. Without a last day it holds until something else begins. Without any date it is the first word, or
    confirms what is known. Raises Contradiction.
    """
    return _confirmed(line, value) if held.is_undated and line else laid(line, value, held)


def laid(line: Sequence[Dated[Value]], value: Value, held: Validity) -> Line[Value]:
    """The same where a range without ends means all days."""
    first, firm_to = held.first, held.holds_to or date.min
    within = held if held.holds_to else Validity(held.holds_from, _before_the_next(line, value, first))
    pieces: list[Dated[Value]] = []
    for each in line:
        if not each.held.overlaps(within):
            pieces.append(each)
        elif each.value == value:
            pieces.append(replace(each, firm_to=max(each.firm_to, min(firm_to, each.held.last))))
        elif each.since > first:
            pieces.append(each)
        else:
            pieces += _cut(each, within)
    for gap in list(_gaps([each.held for each in pieces], within)):
        _fill(pieces, Dated(value, gap, firm_to=firm_to))
    return tuple(sorted(pieces, key=lambda each: each.held.first))


def _before_the_next(line: Sequence[Dated[Value]], value: Value, first: date) -> date | None:
    later = (each.since for each in line if each.value != value and each.since > first)
    following = min(later, default=None)
    return following - DAY if following else None


def _cut(each: Dated[Value], within: Validity) -> Iterable[Dated[Value]]:
    """What is left of a piece that gives way on some days; how long it would hold without an end, nobody said."""
    if each.since == within.first:
        raise Contradiction(each, Against.SAME_DAY)
    if each.firm_to >= within.first:
        raise Contradiction(each, Against.FIRM)
    if each.held.first < within.first:
        yield replace(each, held=Validity(each.held.holds_from, within.first - DAY))
    if each.held.holds_to and each.held.last > within.last:
        yield Dated(each.value, Validity(within.last + DAY, each.held.holds_to), begun=each.since)


def _fill(pieces: list[Dated[Value]], more: Dated[Value]) -> None:
    """Add a piece; where the same held until the day before, that goes on."""
    for n, each in enumerate(pieces):
        if each.value == more.value and each.held.holds_to and each.held.holds_to + DAY == more.held.holds_from:
            on_and_on = Validity(each.held.holds_from, more.held.holds_to)
            pieces[n] = replace(each, held=on_and_on, firm_to=max(each.firm_to, more.firm_to))
            return
    pieces.append(more)


def _confirmed(line: Sequence[Dated[Value]], value: Value) -> Line[Value]:
    """The line as it is, where it says so now, or since always."""
    if value in (line[-1].value, *(each.value for each in line if each.held.holds_from is None)):
        return tuple(line)
    raise Contradiction(line[-1], Against.UNDATED)


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
    """How a line became another: pieces that are new, and those that hold until another day than before."""

    added: Line[Value]
    closed: tuple[Validity, ...]


def changed(before: Sequence[Dated[Value]], after: Sequence[Dated[Value]]) -> Changed[Value]:
    """Both lines as `put` makes one of the other."""
    known = {each.held.holds_from: each.held for each in before}
    return Changed(
        added=tuple(each for each in after if each.held.holds_from not in known),
        closed=tuple(each.held for each in after if known.get(each.held.holds_from, each.held) != each.held),
    )
