"""Detection over matched reporters as a fold over quarters: what is open depends on the past, and on nothing later."""

from collections.abc import Collection
from typing import TypeAlias, cast

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge import episode, look
from ievq_pipeline.domain.surge.matched.panel import MatchedPanel
from ievq_pipeline.domain.surge.matched.quarter import QuarterLook
from ievq_pipeline.domain.surge.matched.rule import MATCHED_RULE, MatchedRule
from ievq_pipeline.domain.surge.matched.series import Level, Series
from ievq_pipeline.domain.surge.matched.series_test import MatchedTest
from ievq_pipeline.domain.surge.matched.untested import untested_series
from ievq_pipeline.domain.surge.series_break import NO_BREAKS, Breaks

MatchedEpisode: TypeAlias = episode.Episode[MatchedTest]
MatchedLook: TypeAlias = look.Look[MatchedTest, MatchedEpisode]
MatchedMemory: TypeAlias = look.Memory[MatchedEpisode]


def replay(
    panel: MatchedPanel,
    rule: MatchedRule = MATCHED_RULE,
    *,
    since: Quarter | None = None,
    memory: MatchedMemory | None = None,
    breaks: Breaks = NO_BREAKS,
) -> list[MatchedLook]:
    """The look at every quarter from `since` on (else from the first), in order; each sees only quarters up to its own.

    `memory` is what the look before `since` handed on. From there on the panel need reach back no further than
    `rule.reach` quarters: the looks are the same to the bit. A series with a break among the quarters to compare is not
    tested; nor is a family of which that holds for one skill.
    """
    return look.replay(panel, lambda past, memory: _look(past, rule, memory, breaks), since, memory)


def _look(panel: MatchedPanel, rule: MatchedRule, memory: MatchedMemory, breaks: Breaks) -> MatchedLook:
    computed = QuarterLook.of(panel, rule, breaks)
    running = cast("Collection[Series]", memory.running.keys())
    tests = computed.tests(running)
    untested = untested_series(computed, tests, running, cast("Collection[Series]", memory.tested))
    lasting = [test.series for test in tests if test.series.level is Level.SKILL]
    fold: look.Fold[MatchedTest, MatchedEpisode] = look.Fold(episode.Episode, rule)
    return fold.look(
        memory, panel.quarters[-1], tests, lambda running: computed.standing(running.evidence), untested, lasting
    )
