"""A series of either mode as the columns that name it everywhere outside the detector, and back."""

import uuid
from collections.abc import Callable, Collection, Hashable, Mapping
from typing import Any

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


def changed_reporters(
    series: Hashable, changed: Collection[tuple[str, str, uuid.UUID]], family: Callable[[str], str]
) -> int:
    """How many reporters of the series are among the changed `(skill, region, reporter)`."""
    wanted: Mapping[str, str | None] = parts(series)
    return len(
        {
            reporter
            for skill, region, reporter in changed
            if wanted["skill"] in (None, skill)
            and wanted["region"] in (None, region)
            and wanted["family"] in (None, family(skill))
        }
    )
