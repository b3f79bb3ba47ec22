"""What an alert carries beside its figures, for people and charts: the series, and which quarters were compared."""

from typing import Any

import numpy as np

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge import SeriesTest, TotalsPanel

#: quarters of a series that are shown: four years and the present one
SHOWN = 17


def figures(test: SeriesTest) -> dict[str, Any]:
    """The figures of one test, JSON-able; growth to 4 decimals, p and q to 6 digits."""
    return {
        "quarter": str(test.quarter),
        "window": test.window,
        "observed": test.observed,
        "expected": round(test.expected, 1),
        "growth": round(test.growth, 4),
        "lower": round(test.lower, 4),
        "upper": round(test.upper, 4),
        "p": _digits(test.p),
        "q": None if test.q is None else _digits(test.q),
        "counted": str(test.counted),
    }


def evidence(panel: TotalsPanel, test: SeriesTest, basis: str) -> dict[str, Any]:
    """The series up to the test's quarter: counts, exposure (postings in all), and what the baseline lets expect.

    `observed` and `expected` are None where the quarter is unknown.
    """
    return {
        "series": [_point(panel, test, column) for column in _columns(panel, test.quarter)],
        "window": [str(quarter) for quarter in test.window_quarters],
        "baseline": [str(quarter) for quarter in test.baseline_quarters],
        "season_baseline": [str(quarter) for quarter in test.season_quarters],
        "growth_baseline": round(test.growth_baseline, 4),
        "growth_season": round(test.growth_season, 4),
        "growth_on_year": round(test.growth_on_year, 4) if np.isfinite(test.growth_on_year) else None,
        "source": basis.partition(":")[2],
        "already_public": True,
        "confidence": "low",
    }


def _columns(panel: TotalsPanel, quarter: Quarter) -> list[int]:
    last = panel.quarters.index(quarter)
    return list(range(max(0, last + 1 - SHOWN), last + 1))


def _point(panel: TotalsPanel, test: SeriesTest, column: int) -> dict[str, Any]:
    row = panel.skills.index(test.skill)
    exposure = float(panel.exposure[column])
    is_known = bool(panel.known[row, column])
    return {
        "quarter": str(panel.quarters[column]),
        "observed": int(panel.counts[row, column]) if is_known else None,
        "expected": round(test.expected_share * exposure, 1) if is_known else None,
        "exposure": int(exposure) if exposure else None,
    }


def _digits(value: float) -> float:
    return float(f"{value:.6g}")
