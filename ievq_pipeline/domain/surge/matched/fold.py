"""Detection over matched reporters as a fold over quarters: what is open depends on the past, and on nothing later."""

from collections.abc import Collection
from typing import TypeAlias, cast

from ievq_pipeline.domain.surge import episode, look
from ievq_pipeline.domain.surge.matched.panel import MatchedPanel
from ievq_pipeline.domain.surge.matched.quarter import QuarterLook
from ievq_pipeline.domain.surge.matched.rule import MATCHED_RULE, MatchedRule
from ievq_pipeline.domain.surge.matched.series import Series
from ievq_pipeline.domain.surge.matched.series_test import MatchedTest

MatchedEpisode: TypeAlias = episode.Episode[MatchedTest]
MatchedLook: TypeAlias = look.Look[MatchedTest, MatchedEpisode]


def replay(panel: MatchedPanel, rule: MatchedRule = MATCHED_RULE) -> list[MatchedLook]:
    """Every quarter's closing look, in order; each sees only quarters up to its own."""
    fold: look.Fold[MatchedTest, MatchedEpisode] = look.Fold(episode.Episode, rule)
    return [_look(panel.until(quarter), rule, fold) for quarter in panel.quarters]


def _look(panel: MatchedPanel, rule: MatchedRule, fold: look.Fold[MatchedTest, MatchedEpisode]) -> MatchedLook:
    computed = QuarterLook.of(panel, rule)
    tests = computed.tests(cast("Collection[Series]", fold.running.keys()))
    return fold.look(panel.quarters[-1], tests, lambda running: computed.standing(running.evidence))
