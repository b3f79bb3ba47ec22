"""Coverage: of the reporters expected in a quarter, who was heard, by segment; each share with what it is of."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from uuid import UUID

from ievq_pipeline.domain.disclosure import MINIMUM_REPORTERS, rounded
from ievq_pipeline.domain.organisation import Dimension

#: what coverage and participation are told by; each with the value in force at the quarter's end
DIMENSIONS = (Dimension.OWNERSHIP, Dimension.SCALE, Dimension.ACCREDITATION, Dimension.REGION)
#: what is told of an organisation, by dimension
Segments = Mapping[Dimension, str]


@dataclass(frozen=True, slots=True)
class Heard:
    """What counts for a reporter at a cut: `openings` in its rows, and those that quarantined rows stand for.

    `is_late`: nothing of it counted at the closing.
    """

    is_late: bool = False
    is_zero: bool = False
    openings: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class Covered:
    """The numbers of one segment; `dimension` None: of all, `value` None: of those of whom it is not told.

    `expected` = `received` + `silent`, and `late` and `zero` are among the `received`.
    """

    dimension: str | None
    value: str | None
    expected: int = 0
    received: int = 0
    late: int = 0
    zero: int = 0
    openings: int = 0
    quarantined: int = 0

    @property
    def silent(self) -> int:
        return self.expected - self.received

    def with_one(self, heard: Heard | None) -> Self:
        """The same with one more reporter expected."""
        got = heard or Heard()
        return type(self)(
            self.dimension,
            self.value,
            self.expected + 1,
            self.received + (heard is not None),
            self.late + got.is_late,
            self.zero + got.is_zero,
            self.openings + got.openings,
            self.quarantined + got.quarantined,
        )

    def told(self, window: str) -> dict[str, Any]:
        """As JSON; every share with its numerator, its denominator and the quarter."""
        return {
            "dimension": self.dimension,
            "value": self.value,
            "expected": self.expected,
            "received": share(self.received, self.expected, window),
            "late": share(self.late, self.received, window),
            "silent": share(self.silent, self.expected, window),
            "zero": share(self.zero, self.received, window),
            "quarantined_openings": share(self.quarantined, self.openings + self.quarantined, window),
        }

    def kept(self) -> list[Any]:
        """As a vintage keeps it; `Covered(*kept)` is the same again."""
        numbers = (self.expected, self.received, self.late, self.zero, self.openings, self.quarantined)
        return [self.dimension, self.value, *numbers]


@dataclass(frozen=True, slots=True)
class Shown:
    """What of a segment may be seen by anybody: about how many, in all and heard; `values` are those put together."""

    values: tuple[str | None, ...]
    expected: int
    received: int


@dataclass
class _Group:
    values: list[str | None] = field(default_factory=list)
    expected: int = 0
    received: int = 0

    def take(self, one: Covered) -> None:
        self.values.append(one.value)
        self.expected += one.expected
        self.received += one.received


def share(numerator: int, denominator: int, window: str) -> dict[str, Any]:
    """A share that says what it is a share of, and when; None where there is nothing to be a share of."""
    value = round(numerator / denominator, 4) if denominator else None
    return {"numerator": numerator, "denominator": denominator, "window": window, "share": value}


def covered(expected: Mapping[UUID, Segments], heard: Mapping[UUID, Heard]) -> list[Covered]:
    """All together first, then by dimension the segments in order, those not told last."""
    total = Covered(None, None)
    found: dict[tuple[Dimension, str | None], Covered] = {}
    for one, segments in expected.items():
        got = heard.get(one)
        total = total.with_one(got)
        for dimension in DIMENSIONS:
            key = dimension, segments.get(dimension)
            found[key] = found.get(key, Covered(dimension, key[1])).with_one(got)
    places = {dimension: place for place, dimension in enumerate(DIMENSIONS)}
    order = sorted(found, key=lambda key: (places[key[0]], key[1] is None, key[1] or ""))
    return [total, *(found[key] for key in order)]


def shown(rows: Iterable[Covered]) -> list[Shown]:
    """The segments of one dimension as anybody may see them: none of fewer than five reporters, counts rounded to 5.

    Small ones stand together, with the smallest of the others where they would still be too few, so that no difference
    from a total gives a small one away. Nothing is shown where even all together are too few.
    """
    waiting = sorted(rows, key=lambda one: (one.expected, one.value or ""))
    small = _Group()
    while waiting and (waiting[0].expected < MINIMUM_REPORTERS or 0 < small.expected < MINIMUM_REPORTERS):
        small.take(waiting.pop(0))
    groups = [Shown((one.value,), rounded(one.expected), rounded(one.received)) for one in waiting]
    groups.sort(key=lambda one: (-one.expected, one.values[0] or ""))
    if small.expected >= MINIMUM_REPORTERS:
        groups.append(Shown(tuple(small.values), rounded(small.expected), rounded(small.received)))
    return groups if len(groups) > 1 else []


def of(rows: Sequence[Covered], dimension: Dimension) -> list[Covered]:
    """The segments of one dimension."""
    return [one for one in rows if one.dimension == dimension]
