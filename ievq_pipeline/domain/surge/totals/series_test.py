"""What one look found for one series: the figures an alert shows as its evidence, and why nothing was flagged."""

from dataclasses import dataclass
from enum import StrEnum

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.surge.severity import Severity


class Baseline(StrEnum):
    """Against which quarters the growth shown was taken."""

    RECENT = "recent"
    SEASON = "season"


@dataclass(frozen=True, slots=True)
class SeriesTest:
    """One series tested at one look.

    **One growth per alert**: `growth`, `lower`, `upper`, `observed`, `expected` and `expected_share` all belong to one
    comparison: the window with the smallest p, against that of its two baselines whose p is the larger (`counted`).
    `expected` is the baseline's share times the window's exposure, so `growth` is `observed` over `expected` but for
    the ¼ that keeps small counts finite. `expected_share` times a quarter's exposure is what that quarter lets expect.
    """

    skill: str
    quarter: Quarter
    window: int
    observed: int
    expected: float
    expected_share: float
    growth: float
    lower: float
    upper: float
    #: over all windows, both baselines each
    p: float
    #: adjusted within the look's family; None for a series in an open episode, which is not in the family
    q: float | None
    growth_baseline: float
    growth_season: float
    #: the quarter's count over that of a year before (of two years before where that is unknown)
    growth_on_year: float
    counted: Baseline
    window_quarters: tuple[Quarter, ...]
    baseline_quarters: tuple[Quarter, ...]
    season_quarters: tuple[Quarter, ...]
    #: what growth, interval and the gates amount to, significant or not; None below watch or where a gate refuses
    severity: Severity | None
    is_flagged: bool
    is_in_open_episode: bool
    reason: Reason | None

    @property
    def key(self) -> str:
        return self.skill
