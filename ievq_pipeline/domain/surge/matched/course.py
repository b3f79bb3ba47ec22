"""The course of a series up to its test: what the compared reporters had, what was expected of them, and all others."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.disclosure import LARGEST_SHARE
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray, IntArray
from ievq_pipeline.domain.surge.matched.market import market_index
from ievq_pipeline.domain.surge.matched.panel import MatchedPanel
from ievq_pipeline.domain.surge.matched.rule import MATCHED_RULE, MatchedRule
from ievq_pipeline.domain.surge.matched.series_test import MatchedTest


@dataclass(frozen=True, slots=True)
class Group:
    """Openings of some reporters in a quarter: their sum, how many filed for it, and the part that the largest has."""

    openings: int
    reporters: int
    top_portion: float


@dataclass(frozen=True, slots=True)
class Point:
    """One quarter. Those compared are the test's; everybody ever named the series; the others are the rest of these."""

    quarter: Quarter
    compared: Group
    #: openings if baseline, market and season went on, for those compared that filed; None before the quarters tested
    expected: float | None
    expected_top_portion: float
    everybody: Group
    others: Group


@dataclass(frozen=True, slots=True, eq=False)
class _Members:
    """The units of the test's series, [quarters of the panel, units], and which of them are compared."""

    enterprise: IntArray
    openings: IntArray
    known: BoolArray
    window: list[int]
    base: list[int]
    is_compared: BoolArray

    @classmethod
    def of(cls, panel: MatchedPanel, test: MatchedTest, rule: MatchedRule) -> "_Members":
        code, units = panel.code(test.series), panel.units[test.series.level]
        if code is None:
            raise ValueError(f"{test.series} is not in the panel")
        begin, end = np.searchsorted(units.series, [code, code + 1])
        openings, known = units.openings[:, begin:end].astype(np.int64), units.known[:, begin:end]
        window, base = ([panel.quarters.index(q) for q in of] for of in (test.window_quarters, test.baseline_quarters))
        is_compared = known[window[-1]] & (known[base].sum(axis=0) >= rule.minimum_reports)
        is_compared &= openings[window].sum(axis=0) + openings[base].sum(axis=0) > 0
        return cls(units.enterprise[begin:end], openings, known, window, base, is_compared)


def course(panel: MatchedPanel, test: MatchedTest, most: int, rule: MatchedRule = MATCHED_RULE) -> tuple[Point, ...]:
    """The points of at most so many quarters, the test's last. `panel` is one that gave the test, or a longer one.

    Over the window the points add up to the test's observed and expected; over the baseline observed and expected do
    to the same sum. Raises ValueError where the panel does not reach back as far as the test did.
    """
    last = panel.quarters.index(test.quarter)
    first = last + 1 - len(test.season)
    if first < 0:
        raise ValueError("the panel begins after the quarters that were tested")
    of = _Members.of(panel, test, rule)
    expected = _expected(panel, test, of, first, rule)
    return tuple(
        Point(
            quarter=panel.quarters[column],
            compared=_group(of.openings[column], of.known[column] & of.is_compared),
            expected=float(expected[column - first].sum()) if column >= first else None,
            expected_top_portion=_top(expected[column - first]) if column >= first else 0.0,
            everybody=_group(of.openings[column], of.known[column]),
            others=_group(of.openings[column], of.known[column] & ~of.is_compared),
        )
        for column in range(max(0, last + 1 - most), last + 1)
    )


def changed_reporters(
    before: Sequence[tuple[MatchedPanel, MatchedTest]],
    now: tuple[MatchedPanel, MatchedTest],
    largest: float = LARGEST_SHARE,
    rule: MatchedRule = MATCHED_RULE,
) -> dict[str, int]:
    """By quarter: how many reporters' parts in a point of the course differ from those in earlier tests of the series.

    A point has several sums (observed, expected, that of everybody); counted are those who make the difference of the
    sum that differs by the fewest, but by some; and of all tests `before`, the one with the fewest. Where one of them
    makes more of the difference than `largest`, the difference is as good as its own, and counts as one reporter's.
    Quarters that only one of the panels has are left out.
    """
    counts: dict[str, int] = {}
    present = _parts(*now, rule)
    for one in before:
        past = _parts(*one, rule)
        for quarter in past.keys() & present.keys():
            numbers = [_differing(*sums, largest) for sums in zip(past[quarter], present[quarter], strict=True)]
            number = min((number for number in numbers if number), default=0)
            counts[str(quarter)] = min(counts.get(str(quarter), number), number)
    return counts


def _differing(one: dict[str, int], other: dict[str, int], largest: float) -> int:
    changes = [abs(one.get(name, 0) - other.get(name, 0)) for name in one.keys() | other.keys()]
    number = sum(change > 0 for change in changes)
    return min(number, 1) if number and max(changes) > largest * sum(changes) else number


def _parts(panel: MatchedPanel, test: MatchedTest, rule: MatchedRule) -> dict[Quarter, list[dict[str, int]]]:
    """By quarter up to the test's: what each reporter adds to the sums. What is expected of it goes by its baseline."""
    of = _Members.of(panel, test, rule)
    names = [panel.enterprises[n] for n in of.enterprise]
    past = of.openings[of.base].sum(axis=0)
    return {
        quarter: [
            {names[n]: int(values[n]) for n in np.flatnonzero(members & (values > 0))}
            for values, members in (
                (of.openings[column], of.known[column] & of.is_compared),
                (past, of.known[column] & of.is_compared),
                (of.openings[column], of.known[column]),
            )
        ]
        for column, quarter in enumerate(panel.quarters[: of.window[-1] + 1])
    }


def _expected(panel: MatchedPanel, test: MatchedTest, of: _Members, first: int, rule: MatchedRule) -> FloatArray:
    """What baseline, market and season let expect of each unit compared that filed, [quarters tested, units].

    Exposure is market index times season; what is expected goes as it does, and over the baseline adds up to the unit's
    openings.
    """
    end = first + len(test.season)
    index = market_index(panel.totals[:, first:end], panel.counted[:, first:end], panel.segments, rule)
    exposure = index[panel.segments[of.enterprise]].T * np.exp(np.array(test.season))[:, None] * of.known[first:end]
    past = exposure[np.array(of.base) - first].sum(axis=0)
    rate = np.divide(of.openings[of.base].sum(axis=0), past, out=np.zeros(past.size), where=of.is_compared)
    return np.asarray(exposure * rate)


def _group(openings: IntArray, members: BoolArray) -> Group:
    theirs = openings[members]
    return Group(int(theirs.sum()), int(members.sum()), _top(theirs))


def _top(values: IntArray | FloatArray) -> float:
    """The part that the largest has; 0 of nothing."""
    return float(values.max() / values.sum()) if values.size and values.sum() > 0 else 0.0
