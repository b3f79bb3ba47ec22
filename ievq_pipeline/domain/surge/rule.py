"""The settings of the totals test as data: what a rule version stands for, so that an alert can name it."""

from dataclasses import dataclass
from enum import StrEnum
from functools import total_ordering


@total_ordering
class Severity(StrEnum):
    """How strong a surge is; order is strength, not the alphabet."""

    WATCH = "watch"
    SURGE = "surge"
    STRONG = "strong"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)

    def __lt__(self, other: str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Severity(other).rank


@dataclass(frozen=True, slots=True)
class Step:
    """What a severity asks for: the growth shown, and the lower end of its 95 % interval."""

    severity: Severity
    growth: float
    lower: float


STEPS = (
    Step(Severity.WATCH, 1.2, 1.0),
    Step(Severity.SURGE, 1.3, 1.1),
    Step(Severity.STRONG, 1.6, 1.2),
    Step(Severity.CRITICAL, 2.0, 1.4),
)


@dataclass(frozen=True, slots=True)
class Rule:
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
    #: least growth against both baselines
    minimum_effect: float = 1.2
    #: the count itself against the year before: a share that rises while counts fall is resilience, not a surge
    year_gate: bool = True
    minimum_on_year: float = 1.1
    steps: tuple[Step, ...] = STEPS
    #: an episode lasts so many quarters, and ends earlier after `exit_quarters` below `exit_growth`
    episode_quarters: int = 4
    exit_growth: float = 1.10
    exit_quarters: int = 2
    #: strata of like volume for the variance: at most so many, of at least so many series
    strata: int = 8
    minimum_stratum: int = 30

    @property
    def reach(self) -> int:
        """How many quarters before its own a look can see: as far as either baseline of the longest window goes."""
        longest = max(self.windows)
        return max(longest - 1 + 4 * max(self.season_years), longest + self.baseline)

    def severity(self, growth: float, lower: float) -> Severity | None:
        """The highest step that growth and lower bound both reach."""
        reached = [step.severity for step in self.steps if growth >= step.growth and lower >= step.lower]
        return max(reached) if reached else None


TOTALS_RULE = Rule()
