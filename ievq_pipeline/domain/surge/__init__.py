"""The surge detector for sources that know no reporters: a panel of totals goes in, one look per quarter comes out."""

from ievq_pipeline.domain.surge.episode import Change, Episode
from ievq_pipeline.domain.surge.fold import Look, Touched, replay
from ievq_pipeline.domain.surge.panel import TotalsPanel
from ievq_pipeline.domain.surge.rule import TOTALS_RULE, Rule, Severity, Step
from ievq_pipeline.domain.surge.series_test import Baseline, Reason, SeriesTest

__all__ = [
    "TOTALS_RULE",
    "Baseline",
    "Change",
    "Episode",
    "Look",
    "Reason",
    "Rule",
    "SeriesTest",
    "Severity",
    "Step",
    "TotalsPanel",
    "Touched",
    "replay",
]
