"""The settings of the totals test as data: what a rule version stands for, so that an alert can name it."""

from dataclasses import dataclass

from ievq_pipeline.domain.surge.rule import SharedRule


@dataclass(frozen=True, slots=True)
class Rule(SharedRule):
    """One version of the test; two runs with equal rules over equal panels give equal looks."""

    version: str = "totals-1"
    #: false-discovery rate that Benjamini–Hochberg keeps among the series tested and not in an open episode
    q: float = 0.20
    #: lengths, in quarters, of the current window
    windows: tuple[int, ...] = (1, 2, 4)
    #: margin on top of no growth in the null hypothesis
    delta: float = 0.0
    #: quarters of the recent baseline, and the fewest of them that must be known
    baseline: int = 5
    minimum_baseline: int = 3
    #: years back whose same quarters make the season's baseline
    season_years: tuple[int, ...] = (1, 2)
    #: a series is testable where the baseline lets expect this many in the quarter
    minimum_expected: float = 4.0
    #: a smaller count is never shown, so never flagged
    minimum_count: int = 5
    #: strata of like volume for the variance: at most so many, of at least so many series
    strata: int = 8
    minimum_stratum: int = 30

    @property
    def reach(self) -> int:
        """How many quarters before its own a look can see: as far as either baseline of the longest window goes."""
        longest = max(self.windows)
        return max(longest - 1 + 4 * max(self.season_years), longest + self.baseline)


TOTALS_RULE = Rule()
