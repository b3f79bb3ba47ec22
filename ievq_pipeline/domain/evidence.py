"""What an alert carries beside its figures, for people and charts: the series, and which quarters were compared."""

from typing import Any

import numpy as np

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.matched import MatchedPanel, MatchedTest
from ievq_pipeline.domain.surge.matched.course import Point, course
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from ievq_pipeline.domain.surge.totals.series_test import SeriesTest

#: quarters of a series that are shown: four years and the present one
SHOWN = 17


def figures(test: SeriesTest | MatchedTest) -> dict[str, Any]:
    """The figures of one test, JSON-able; growth and portions to 4 decimals, p and q to 6 digits.

    They are exact: what may be shown of a panel, `disclosure.shown_figures` says.
    """
    shared = {
        "quarter": str(test.quarter),
        "window": test.window,
        "observed": test.observed,
        "expected": round(test.expected, 1),
        "growth": round(test.growth, 4),
        "lower": round(test.lower, 4),
        "upper": round(test.upper, 4),
        "p": _digits(test.p),
        "q": None if test.q is None else _digits(test.q),
    }
    if isinstance(test, SeriesTest):
        return shared | {"counted": str(test.counted)}
    return shared | {
        "level": str(test.series.level),
        "skill": test.series.skill,
        "family": test.series.family,
        "region": test.series.region,
        "matched": test.matched,
        "compared": test.compared,
        "n_eff": round(test.effective, 1),
        "step_growth": round(test.step_growth, 4),
        "growth_without_top": round(test.growth_without_top, 4),
        "growth_on_year": _finite(test.growth_on_year),
        "raw_growth": _finite(test.raw_growth),
        "portion_up": round(test.portion_up, 4),
        "top_portion": round(test.top_portion, 4),
        "expected_top_portion": round(test.expected_top_portion, 4),
        "others": test.others,
        "others_top_portion": round(test.others_top_portion, 4),
    }


def evidence(panel: TotalsPanel | MatchedPanel, test: SeriesTest | MatchedTest, basis: str) -> dict[str, Any]:
    """The series up to the test's quarter, and the quarters compared. Exact, as `figures` are.

    `panel` is the one that gave the test, or one that reaches further back. Raises TypeError where panel and test are
    of different modes.
    """
    if isinstance(panel, TotalsPanel) and isinstance(test, SeriesTest):
        return _of_totals(panel, test, basis)
    if isinstance(panel, MatchedPanel) and isinstance(test, MatchedTest):
        return _of_matched(panel, test)
    raise TypeError("a test of one mode and a panel of the other")


def _of_totals(panel: TotalsPanel, test: SeriesTest, basis: str) -> dict[str, Any]:
    """Counts, exposure (postings in all), and what the baseline lets expect.

    `observed` and `expected` are None where the quarter is unknown.
    """
    return {
        "series": [_totals_point(panel, test, column) for column in _columns(panel, test.quarter)],
        "window": [str(quarter) for quarter in test.window_quarters],
        "baseline": [str(quarter) for quarter in test.baseline_quarters],
        "season_baseline": [str(quarter) for quarter in test.season_quarters],
        "growth_baseline": round(test.growth_baseline, 4),
        "growth_season": round(test.growth_season, 4),
        "growth_on_year": _finite(test.growth_on_year),
        "source": basis.partition(":")[2],
        "already_public": True,
        "confidence": "low",
    }


def _columns(panel: TotalsPanel, quarter: Quarter) -> list[int]:
    last = panel.quarters.index(quarter)
    return list(range(max(0, last + 1 - SHOWN), last + 1))


def _totals_point(panel: TotalsPanel, test: SeriesTest, column: int) -> dict[str, Any]:
    row = panel.skills.index(test.skill)
    exposure = float(panel.exposure[column])
    is_known = bool(panel.known[row, column])
    return {
        "quarter": str(panel.quarters[column]),
        "observed": int(panel.counts[row, column]) if is_known else None,
        "expected": round(test.expected_share * exposure, 1) if is_known else None,
        "exposure": int(exposure) if exposure else None,
    }


def _of_matched(panel: MatchedPanel, test: MatchedTest) -> dict[str, Any]:
    """Like for like: openings of the reporters compared, and what was expected of them; beside them those of all.

    Each sum stands with the number of reporters that filed for the quarter (of all who ever named the series) and the
    part that the largest has, which is what decides whether it may be shown; `others` are all but those compared.
    """
    return {
        "series": [_matched_point(point) for point in course(panel, test, SHOWN)],
        "window": [str(quarter) for quarter in test.window_quarters],
        "baseline": [str(quarter) for quarter in test.baseline_quarters],
        "compared": test.compared,
        "top_portion": round(test.top_portion, 4),
        "expected_top_portion": round(test.expected_top_portion, 4),
        "already_public": False,
        "confidence": "matched",
    }


def _matched_point(point: Point) -> dict[str, Any]:
    is_known, is_expected = point.compared.reporters > 0, point.expected is not None
    return {
        "quarter": str(point.quarter),
        "observed": point.compared.openings if is_known else None,
        "expected": round(point.expected, 1) if is_known and point.expected is not None else None,
        "reporters": point.compared.reporters,
        "top_portion": round(max(point.compared.top_portion, point.expected_top_portion if is_expected else 0.0), 4),
        "raw": point.everybody.openings if point.everybody.reporters else None,
        "raw_reporters": point.everybody.reporters,
        "raw_top_portion": round(point.everybody.top_portion, 4),
        "others": point.others.reporters,
        "others_top_portion": round(point.others.top_portion, 4),
    }


def _digits(value: float) -> float:
    return float(f"{value:.6g}")


def _finite(value: float) -> float | None:
    return round(value, 4) if np.isfinite(value) else None
