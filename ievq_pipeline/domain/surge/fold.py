"""Detection as a fold over quarters: what is open and what is baseline depends on the past, and on nothing later."""

from dataclasses import dataclass, field

import numpy as np

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.episode import Change, Episode, change_of
from ievq_pipeline.domain.surge.panel import TotalsPanel
from ievq_pipeline.domain.surge.quarter import tested_quarter
from ievq_pipeline.domain.surge.rule import TOTALS_RULE, Rule
from ievq_pipeline.domain.surge.series_test import SeriesTest


@dataclass(frozen=True, slots=True)
class Touched:
    """An episode as it stands after a look, and what the look did to it."""

    episode: Episode
    change: Change


@dataclass(frozen=True, slots=True)
class Look:
    """The closing look at one quarter: all that was tested, and the episodes it opened or found open, by skill."""

    quarter: Quarter
    tests: tuple[SeriesTest, ...]
    episodes: tuple[Touched, ...]


@dataclass(slots=True)
class _State:
    """What one look hands to the next."""

    running: dict[str, Episode] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)


def replay(panel: TotalsPanel, rule: Rule = TOTALS_RULE) -> list[Look]:
    """Every quarter's closing look, in order; each sees only quarters up to its own."""
    state = _State()
    return [_look(panel.until(quarter), rule, state) for quarter in panel.quarters]


def _look(panel: TotalsPanel, rule: Rule, state: _State) -> Look:
    quarter = panel.quarters[-1]
    tests = tested_quarter(panel, rule, state.running.keys())
    found = {test.skill: test for test in tests}
    after: dict[str, Episode] = {}
    for skill, episode in state.running.items():
        after[skill] = _carry(episode, found.get(skill), panel, rule)
    for test in tests:
        if test.is_flagged:
            state.numbers[test.skill] = number = state.numbers.get(test.skill, 0) + 1
            after[test.skill] = Episode.open(test, number, rule)
    touched = [Touched(after[skill], change_of(state.running.get(skill), after[skill])) for skill in sorted(after)]
    state.running = {skill: episode for skill, episode in after.items() if episode.is_open}
    return Look(quarter, tests, tuple(touched))


def _carry(episode: Episode, test: SeriesTest | None, panel: TotalsPanel, rule: Rule) -> Episode:
    """An open episode one quarter on: a step if its severity rose, else a quarter older."""
    if test is not None and test.severity is not None and test.severity > episode.severity:
        return episode.step(test, test.severity, rule)
    return episode.age(panel.quarters[-1], _standing(episode, panel), rule)


def _standing(episode: Episode, panel: TotalsPanel) -> float | None:
    """The last quarter's share over that of the evidence's own baseline; None where the quarter is unknown."""
    row = int(np.searchsorted(np.array(panel.skills), episode.skill))
    if not panel.known[row, -1]:
        return None
    return float(panel.counts[row, -1] / panel.exposure[-1] / max(episode.evidence.expected_share, 1e-12))
