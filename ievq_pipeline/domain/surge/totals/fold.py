"""Detection as a fold over quarters: what is open and what is baseline depends on the past, and on nothing later."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import TypeAlias, cast

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge import episode, look
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.surge.series_break import NO_BREAKS, Breaks, crosses
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
    panel: TotalsPanel,
    rule: Rule = TOTALS_RULE,
    *,
    since: Quarter | None = None,
    memory: Memory | None = None,
    breaks: Breaks = NO_BREAKS,
) -> list[Look]:
    """The look at every quarter from `since` on (else from the first), in order; each sees only quarters up to its own.

    `memory` is what the look before `since` handed on. From there on the panel need reach back no further than
    `rule.reach` quarters: the looks are the same to the bit. A skill with a break among the quarters to compare is not
    tested.
    """
    return look.replay(panel, lambda past, memory: _look(past, rule, memory, breaks), since, memory)


def _look(panel: TotalsPanel, rule: Rule, memory: Memory, breaks: Breaks) -> Look:
    quarter = panel.quarters[-1]
    tests, broken = tested_quarter(panel, rule, cast("Collection[str]", memory.running.keys()), breaks)
    silenced = {skill for skill, running in memory.running.items() if _is_cut_off(running, quarter, breaks)}
    untested = [
        look.Untested(skill, Reason.CROSSES_BREAK)
        for skill in {*broken, *silenced}.difference(test.skill for test in tests)
    ]
    fold: look.Fold[SeriesTest, Episode] = look.Fold(Episode, rule)
    return fold.look(memory, quarter, tests, lambda running: _standing(running, panel, breaks), untested)


def _is_cut_off(running: Episode, quarter: Quarter, breaks: Breaks) -> bool:
    """Whether a break lies between the quarter and those that the episode's evidence rests on."""
    test = running.evidence
    first = min(test.window_quarters + test.baseline_quarters + test.season_quarters)
    return crosses(breaks, running.skill, first, quarter)


def _standing(running: Episode, panel: TotalsPanel, breaks: Breaks) -> float | None:
    """The last quarter's share over that of the evidence's own baseline; None where either can't be known."""
    row = panel.row(running.skill)
    if row is None or not panel.known[row, -1] or _is_cut_off(running, panel.quarters[-1], breaks):
        return None
    return float(panel.counts[row, -1] / panel.exposure[-1] / max(running.evidence.expected_share, 1e-12))
