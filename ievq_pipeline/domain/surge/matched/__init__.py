"""The test for panels of reporters: each is held against its own past, so joiners and leavers look like nothing."""

from ievq_pipeline.domain.surge.matched.filed import NONE, Reports, Rows, Unknown, Vocabulary, coded
from ievq_pipeline.domain.surge.matched.fold import MatchedEpisode, MatchedLook, replay
from ievq_pipeline.domain.surge.matched.panel import MatchedPanel
from ievq_pipeline.domain.surge.matched.rule import MATCHED_RULE, MatchedRule
from ievq_pipeline.domain.surge.matched.series import Level, Series
from ievq_pipeline.domain.surge.matched.series_test import MatchedTest

__all__ = [
    "MATCHED_RULE",
    "NONE",
    "Level",
    "MatchedEpisode",
    "MatchedLook",
    "MatchedPanel",
    "MatchedRule",
    "MatchedTest",
    "Reports",
    "Rows",
    "Series",
    "Unknown",
    "Vocabulary",
    "coded",
    "replay",
]
