"""Which series a look could not test although somebody may wait for them, and why."""

from collections.abc import Collection, Iterator

import numpy as np

from ievq_pipeline.domain.surge.look import Untested
from ievq_pipeline.domain.surge.matched.cells import cells_of
from ievq_pipeline.domain.surge.matched.comparison import matching_of
from ievq_pipeline.domain.surge.matched.quarter import QuarterLook
from ievq_pipeline.domain.surge.matched.series import Level, Series
from ievq_pipeline.domain.surge.matched.series_test import MatchedTest
from ievq_pipeline.domain.surge.reason import Reason


def untested_series(
    look: QuarterLook, tests: Collection[MatchedTest], running: Collection[Series], remembered: Collection[Series]
) -> list[Untested]:
    """What a break keeps from being tested, at every level; and skills that have too few matched reporters now.

    Told of are series that have reporters and openings enough but for the break, those in an open episode (`running`),
    and skills that could be tested once (`remembered`) and are still named.
    """
    awaited = {*running, *(series for series in remembered if _is_named(look, series))}
    broken = {*_kept_out(look), *(series for series in awaited if _is_broken(look, series))}
    few = [series for series in awaited - broken if series.level is Level.SKILL and _has_few(look, series)]
    told = [*(Untested(series, Reason.CROSSES_BREAK) for series in broken),
            *(Untested(series, Reason.FEW_MATCHED) for series in few)]  # fmt: skip
    tested = {test.series for test in tests}
    return [one for one in told if one.series not in tested]


def _kept_out(look: QuarterLook) -> Iterator[Series]:
    """Series that only their break keeps from being tested."""
    if look.index is None or not look.is_broken.any():
        return
    panel, rule = look.panel, look.rule
    for level, units in panel.units.items():
        others = ~panel.concerns(level, look.is_broken)[units.series]
        cells = cells_of(units, look.first, look.index, panel.segments, rule, others)
        if cells is not None:
            enough = matching_of(cells, rule).is_enough(rule)
            yield from (panel.series(level, int(code)) for code in cells.codes[enough])


def _is_broken(look: QuarterLook, series: Series) -> bool:
    code = look.panel.code(series)
    return code is not None and bool(look.panel.concerns(series.level, look.is_broken)[code])


def _is_named(look: QuarterLook, series: Series) -> bool:
    """Whether anybody had openings for it in the quarters looked at."""
    code, units = look.panel.code(series), look.panel.units[series.level]
    if code is None:
        return False
    begin, end = np.searchsorted(units.series, [code, code + 1])
    return bool(units.openings[look.first :, begin:end].any())


def _has_few(look: QuarterLook, series: Series) -> bool:
    level, code = look.levels.get(series.level), look.panel.code(series)
    if level is None or code is None:
        return True
    position = int(np.searchsorted(level.cells.codes, code))
    if position == level.cells.codes.size or level.cells.codes[position] != code:
        return True
    return bool(level.matching.matched[position] < look.rule.minimum_matched)
