"""What one look found for one series of matched reporters: the figures an alert shows, and why nothing was flagged."""

from dataclasses import dataclass

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.matched.series import Series
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.surge.severity import Severity


@dataclass(frozen=True, slots=True)
class MatchedTest:
    """One series tested at one look.

    **One growth per alert**: `growth`, `lower`, `upper`, `observed`, `expected`, `compared`, `portion_up`,
    `top_portion` and `raw_growth` all belong to one comparison: the window of the onset with the smallest p, against
    the quarters before it. The raw growth is over all who reported, joiners and leavers too; the others are over the
    enterprises compared.
    """

    series: Series
    quarter: Quarter
    #: quarters since the step, the last among them
    window: int
    observed: int
    #: openings of the window if baseline, market and season went on
    expected: float
    growth: float
    lower: float
    upper: float
    #: over all onsets
    p: float
    #: adjusted within the level; None for a series in an open episode, which is not in the family
    q: float | None
    step_growth: float
    growth_without_top: float
    growth_on_year: float
    raw_growth: float
    #: enterprises that reported now and at least twice in the quarters before
    matched: int
    #: those of them behind the growth shown, having named the series in window or baseline
    compared: int
    effective: float
    #: the part of those compared that grew
    portion_up: float
    #: the part that the largest of them has of the openings, and of those expected
    top_portion: float
    expected_top_portion: float
    #: enterprises in the raw growth that are not compared, and the part that their largest has in window or baseline
    others: int
    others_top_portion: float
    #: season of the series in the quarters looked at, the test's own last, on the scale of logs
    season: tuple[float, ...]
    window_quarters: tuple[Quarter, ...]
    baseline_quarters: tuple[Quarter, ...]
    #: what growth, interval and the gates amount to, significant or not; None below watch or where a gate refuses
    severity: Severity | None
    is_flagged: bool
    is_in_open_episode: bool
    reason: Reason | None

    @property
    def key(self) -> Series:
        return self.series
