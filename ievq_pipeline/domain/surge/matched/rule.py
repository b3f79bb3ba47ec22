"""The settings of the step test on matched reporters as data; a version stands for all of them."""

from dataclasses import dataclass

from ievq_pipeline.domain.surge.rule import SharedRule


@dataclass(frozen=True, slots=True)
class MatchedRule(SharedRule):
    """One version of the test; two runs with equal rules over equal panels give equal looks."""

    version: str = "matched-1"
    #: false-discovery rate that Benjamini–Hochberg keeps, per level, among the testable and not in an open episode
    q: float = 0.10
    #: quarters looked at, the latest among them, and the fewest with which anything is tested
    quarters: int = 13
    minimum_quarters: int = 5
    #: a step may have begun in each of the last so many quarters
    onsets: int = 4
    #: rounds of the market index; weight of an enterprise of size a there: 1/(1 + size_penalty·a)
    index_rounds: int = 15
    size_penalty: float = 0.10
    minimum_segment: int = 5
    #: a series needs so many units with two reports or more
    minimum_units: int = 5
    #: the background: series it is learnt from, rounds, and the z from which a series counts as stepping
    background_series: int = 400
    background_rounds: int = 12
    step_limit: float = 3.0
    #: no unit's score counts for more than so many of its standard deviations, in the test and in the growth shown
    clip: float = 3.0
    shown_clip: float = 4.0
    #: quarters of the baseline, and the reports a unit needs among them to be matched
    baseline: int = 5
    minimum_reports: int = 2
    #: testable
    minimum_matched: int = 5
    minimum_expected: float = 4.0
    minimum_effective: float = 2.5
    #: units worked on at a time; results do not depend on it
    shard: int = 16_384

    @property
    def reach(self) -> int:
        """How many quarters before its own a look can see."""
        return self.quarters - 1


MATCHED_RULE = MatchedRule()
