"""Detection as a fold over quarters: what is open and what is baseline depends on the past, and on nothing later."""

from collections.abc import Collection
from typing import TypeAlias, cast

import numpy as np

from ievq_pipeline.domain.surge import episode, look
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from ievq_pipeline.domain.surge.totals.quarter import tested_quarter
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE, Rule
from ievq_pipeline.domain.surge.totals.series_test import SeriesTest


class Episode(episode.Episode[SeriesTest]):
    """An episode of a skill in a totals source."""

    __slots__ = ()

    @property
    def skill(self) -> str:
        return self.evidence.skill


Touched: TypeAlias = look.Touched[Episode]
Look: TypeAlias = look.Look[SeriesTest, Episode]


def replay(panel: TotalsPanel, rule: Rule = TOTALS_RULE) -> list[Look]:
    """Every quarter's closing look, in order; each sees only quarters up to its own."""
    fold: look.Fold[SeriesTest, Episode] = look.Fold(Episode, rule)
    return [_look(panel.until(quarter), rule, fold) for quarter in panel.quarters]


def _look(panel: TotalsPanel, rule: Rule, fold: look.Fold[SeriesTest, Episode]) -> Look:
    tests = tested_quarter(panel, rule, cast("Collection[str]", fold.running.keys()))
    return fold.look(panel.quarters[-1], tests, lambda running: _standing(running, panel))


def _standing(running: Episode, panel: TotalsPanel) -> float | None:
    """The last quarter's share over that of the evidence's own baseline; None where the quarter is unknown."""
    row = int(np.searchsorted(np.array(panel.skills), running.skill))
    if not panel.known[row, -1]:
        return None
    return float(panel.counts[row, -1] / panel.exposure[-1] / max(running.evidence.expected_share, 1e-12))
