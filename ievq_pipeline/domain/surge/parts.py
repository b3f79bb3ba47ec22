"""A series of either mode as the columns that name it everywhere outside the detector, and back."""

from collections.abc import Hashable
from typing import Any

from ievq_pipeline.domain.evidence import figures
from ievq_pipeline.domain.surge.matched.series import Level, Series

#: what names a series, in the order in which it is kept
PARTS = ("level", "skill", "family", "region", "industry")


def parts(series: Hashable) -> dict[str, str | None]:
    """By column; a totals source has skills only."""
    if isinstance(series, Series):
        named = {"level": str(series.level), "skill": series.skill, "family": series.family, "region": series.region}
        return {**named, "industry": None}
    return {"level": str(Level.SKILL), "skill": str(series), "family": None, "region": None, "industry": None}


def series_of(basis: str, row: Any) -> Hashable:
    """The series that a row of those columns stands for."""
    if basis.startswith("totals:"):
        return str(row.skill)
    return Series(Level(row.level), skill=row.skill, family=row.family, region=row.region)


#: figures of a test that have a column of their own
COLUMNS = ("window", "growth", "lower", "upper", "p", "q", "observed", "expected")


def tested(test: Any) -> dict[str, Any]:
    """A test of either mode as the row that is kept of it."""
    shown = figures(test)
    return {
        **parts(test.key),
        **{name: shown[name] for name in COLUMNS},
        "matched": shown.get("matched"),
        "n_eff": shown.get("n_eff"),
        "severity": test.severity,
        "reason": test.reason,
    }
