"""The course of a series up to its test: what the compared reporters had, what was expected of them, and all others."""

from dataclasses import dataclass

import numpy as np

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


def course(panel: MatchedPanel, test: MatchedTest, most: int, rule: MatchedRule = MATCHED_RULE) -> tuple[Point, ...]:
    """The points of at most so many quarters, the test's last. `panel` is one that gave the test, or a longer one.

    Over the window the points add up to the test's observed and expected; over the baseline observed and expected do
    to the same sum.
    """
    last = panel.quarters.index(test.quarter)
    seen = range(max(0, last + 1 - most), last + 1)
    code, units = panel.code(test.series), panel.units[test.series.level]
    if code is None:
        raise ValueError(f"{test.series} is not in the panel")
    begin, end = np.searchsorted(units.series, [code, code + 1])
    openings, known = units.openings[:, begin:end].astype(np.int64), units.known[:, begin:end]
    window, base = ([panel.quarters.index(q) for q in of] for of in (test.window_quarters, test.baseline_quarters))
    is_compared = known[last] & (known[base].sum(axis=0) >= rule.minimum_reports)
    is_compared &= openings[window].sum(axis=0) + openings[base].sum(axis=0) > 0
    expected, first = _expected(panel, test, units.enterprise[begin:end], known, rule)
    past = expected[np.array(base) - first]
    rate = np.divide(openings[base].sum(axis=0), past.sum(axis=0), out=np.zeros(end - begin), where=is_compared)
    expected *= rate
    return tuple(
        Point(
            quarter=panel.quarters[column],
            compared=_group(openings[column], known[column] & is_compared),
            expected=float(expected[column - first].sum()) if column >= first else None,
            expected_top_portion=_top(expected[column - first]) if column >= first else 0.0,
            everybody=_group(openings[column], known[column]),
            others=_group(openings[column], known[column] & ~is_compared),
        )
        for column in seen
    )


def _expected(
    panel: MatchedPanel, test: MatchedTest, enterprise: IntArray, known: BoolArray, rule: MatchedRule
) -> tuple[FloatArray, int]:
    """Exposure of each unit, market index times season where it filed, [quarters tested, units]; and the first column.

    Raises ValueError where the panel does not reach back as far as the test did.
    """
    end = panel.quarters.index(test.quarter) + 1
    first = end - len(test.season)
    if first < 0:
        raise ValueError("the panel begins after the quarters that were tested")
    index = market_index(panel.totals[:, first:end], panel.counted[:, first:end], panel.segments, rule)
    exposure = index[panel.segments[enterprise]].T * np.exp(np.array(test.season))[:, None]
    return np.asarray(exposure * known[first:end]), first


def _group(openings: IntArray, members: BoolArray) -> Group:
    theirs = openings[members]
    return Group(int(theirs.sum()), int(members.sum()), _top(theirs))


def _top(values: IntArray | FloatArray) -> float:
    """The part that the largest has; 0 of nothing."""
    return float(values.max() / values.sum()) if values.size and values.sum() > 0 else 0.0
