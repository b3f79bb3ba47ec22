"""The surge detector: a panel goes in, one look per quarter comes out. `totals/` is for sources that know no reporters
and is exported here; `matched/` is for panels of reporters. What they share stands beside this file."""

from ievq_pipeline.domain.surge.episode import Change
from ievq_pipeline.domain.surge.look import Untested
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.surge.severity import Severity, Step
from ievq_pipeline.domain.surge.totals.fold import Episode, Look, Touched, replay
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE, Rule
from ievq_pipeline.domain.surge.totals.series_test import Baseline, SeriesTest

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
    "Untested",
    "replay",
]
