"""Detection as a fold over quarters: what is open and what is baseline depends on the past, and on nothing later."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias, cast

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge import episode, look
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from ievq_pipeline.domain.surge.totals.quarter import tested_quarter
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE, Rule
from ievq_pipeline.domain.surge.totals.series_test import SeriesTest


@dataclass(frozen=True, slots=True)
class Episode(episode.Episode[SeriesTest]):
    """An episode of a skill in a totals source."""

    evidence: SeriesTest

    @property
    def skill(self) -> str:
        return self.evidence.skill


Touched: TypeAlias = look.Touched[Episode]
Memory: TypeAlias = look.Memory[Episode]
Look: TypeAlias = look.Look[SeriesTest, Episode]


def replay(
    panel: TotalsPanel, rule: Rule = TOTALS_RULE, *, since: Quarter | None = None, memory: Memory | None = None
) -> list[Look]:
    """The look at every quarter from `since` on (else from the first), in order; each sees only quarters up to its own.

    `memory` is what the look before `since` handed on. From there on the panel need reach back no further than
    `rule.reach` quarters: the looks are the same to the bit.
    """
    looks: list[Look] = []
    memory = memory or look.Memory()
    for quarter in panel.quarters:
        if since is None or quarter >= since:
            looks.append(_look(panel.until(quarter), rule, memory))
            memory = looks[-1].memory
    return looks


def _look(panel: TotalsPanel, rule: Rule, memory: Memory) -> Look:
    tests = tested_quarter(panel, rule, cast("Collection[str]", memory.running.keys()))
    fold: look.Fold[SeriesTest, Episode] = look.Fold(Episode, rule)
    return fold.look(memory, panel.quarters[-1], tests, lambda running: _standing(running, panel))


def _standing(running: Episode, panel: TotalsPanel) -> float | None:
    """The last quarter's share over that of the evidence's own baseline; None where the quarter is unknown."""
    row = panel.row(running.skill)
    if row is None or not panel.known[row, -1]:
        return None
    return float(panel.counts[row, -1] / panel.exposure[-1] / max(running.evidence.expected_share, 1e-12))
