"""All series of a panel's last quarter, tested: windows against both baselines, one p each, gates and severity."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray
from ievq_pipeline.domain.surge.multiplicity import adjusted, combine
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.surge.series_break import Breaks, crosses
from ievq_pipeline.domain.surge.severity import Severity
from ievq_pipeline.domain.surge.totals.dispersion import moderated_dispersion, strata_of
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from ievq_pipeline.domain.surge.totals.rule import Rule
from ievq_pipeline.domain.surge.totals.score import CONTINUITY, Score, score
from ievq_pipeline.domain.surge.totals.series_test import Baseline, SeriesTest
from ievq_pipeline.domain.surge.totals.spans import Spans, spans_at


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """One window of the testable series against both baselines."""

    spans: Spans
    recent: Score
    season: Score

    @property
    def p(self) -> FloatArray:
        """Both must hold, so the larger p counts; NaN where the window lacks history."""
        return np.where(self.spans.usable, np.maximum(self.recent.p, self.season.p), np.nan)


def tested_quarter(
    panel: TotalsPanel, rule: Rule, open_skills: Collection[str], breaks: Breaks
) -> tuple[tuple[SeriesTest, ...], tuple[str, ...]]:
    """Test the last quarter of `panel`; series in an open episode are tested, but not counted in the family.

    Beside the tests come the skills that would have been tested, but for a break among the quarters to compare.
    """
    quarter = _QuarterTest(panel, rule, frozenset(open_skills), breaks)
    return quarter.tests(), tuple(quarter.broken)


class _QuarterTest:
    def __init__(self, panel: TotalsPanel, rule: Rule, open_skills: frozenset[str], breaks: Breaks) -> None:
        first = max(0, len(panel.quarters) - 1 - rule.reach)
        # quarters before the source filed are no history, whether the panel begins with them or not
        first += int(np.argmax(panel.exposure[first:] > 0))
        self.rule, self.open_skills = rule, open_skills
        self.quarters = panel.quarters[first:]
        self.exposure = panel.exposure[first:]
        known, counts = panel.known[:, first:], panel.counts[:, first:].astype(np.float64)
        spans = spans_at(known, 1, rule)
        exposed = (self.exposure * spans.recent).sum(axis=1)
        past = (counts * spans.recent).sum(axis=1)
        expected = self.exposure[-1] * np.divide(past, exposed, out=np.zeros_like(past), where=exposed > 0)
        rows = np.flatnonzero(spans.usable & (expected >= rule.minimum_expected))
        is_broken = self._crossing(breaks, [panel.skills[row] for row in rows], known[rows])
        self.broken = [panel.skills[row] for row in rows[is_broken]]
        rows = rows[~is_broken]
        self.skills = [panel.skills[row] for row in rows]
        self.known, self.counts, self.volume = known[rows], counts[rows], expected[rows]

    def _crossing(self, breaks: Breaks, skills: list[str], known: BoolArray) -> BoolArray:
        """Whose quarters, all that any window or baseline takes in, lie on both sides of a break; by row of `known`."""
        if not breaks:
            return np.zeros(len(skills), dtype=bool)
        spans = [spans_at(known, window, self.rule) for window in self.rule.windows]
        taken = [(one.current | one.background) & one.usable[:, None] for one in spans]
        first = np.logical_or.reduce(taken).argmax(axis=1)
        ends = [(self.quarters[column], self.quarters[-1]) for column in first]
        return np.array([crosses(breaks, skill, *end) for skill, end in zip(skills, ends, strict=True)], dtype=bool)

    @cached_property
    def compared(self) -> list[_Compared]:
        strata = strata_of(self.volume, self.rule)
        spans = [spans_at(self.known, window, self.rule) for window in self.rule.windows]
        return [self._compare(one, strata) for one in spans if one.usable.any()]

    def _compare(self, spans: Spans, strata: NDArray[np.int64]) -> _Compared:
        usable = spans.usable
        scores: list[Score] = []
        counts = self.counts[usable]
        phi = moderated_dispersion(counts, self.exposure, spans.background[usable], strata[usable])
        for baseline in (spans.recent, spans.season):
            one = score(counts, self.exposure, spans.current[usable], baseline[usable], phi, self.rule.delta)
            scores.append(one.spread_over(usable))
        return _Compared(spans, *scores)

    @cached_property
    def growth_on_year(self) -> FloatArray:
        growth = np.full(len(self.skills), np.nan)
        for years in sorted(self.rule.season_years, reverse=True):
            if (then := self.counts.shape[1] - 1 - 4 * years) >= 0:
                ratio = (self.counts[:, -1] + CONTINUITY) / (self.counts[:, then] + CONTINUITY)
                growth = np.where(self.known[:, then], ratio, growth)
        return growth

    def tests(self) -> tuple[SeriesTest, ...]:
        if not self.skills:
            return ()
        by_window = np.array([compared.p for compared in self.compared])
        p = combine(by_window)
        is_open = np.array([skill in self.open_skills for skill in self.skills])
        q = adjusted(p, ~is_open)
        best = np.nanargmin(by_window, axis=0)
        return tuple(self._test(row, self.compared[best[row]], float(p[row]), float(q[row])) for row in range(p.size))

    def _test(self, row: int, compared: _Compared, p: float, q: float) -> SeriesTest:
        counted = Baseline.SEASON if compared.season.p[row] >= compared.recent.p[row] else Baseline.RECENT
        shown = compared.season if counted is Baseline.SEASON else compared.recent
        growths = float(compared.recent.growth[row]), float(compared.season.growth[row])
        growth, lower = float(shown.growth[row]), float(shown.lower[row])
        is_open = self.skills[row] in self.open_skills
        severity = self.rule.severity(growth, lower)
        reason = self._refusal(row, min(growths), severity)
        severity = None if reason else severity
        if reason is None and (is_open or q > self.rule.q):
            reason = Reason.IN_EPISODE if is_open else Reason.CHANCE
        return SeriesTest(
            skill=self.skills[row],
            quarter=self.quarters[-1],
            window=compared.spans.window,
            observed=int(shown.observed[row]),
            expected=float(shown.expected[row]),
            expected_share=float(shown.share[row]),
            growth=growth,
            lower=lower,
            upper=float(shown.upper[row]),
            p=p,
            q=None if is_open else q,
            growth_baseline=growths[0],
            growth_season=growths[1],
            growth_on_year=float(self.growth_on_year[row]),
            counted=counted,
            window_quarters=self._named(compared.spans.current[row]),
            baseline_quarters=self._named(compared.spans.recent[row]),
            season_quarters=self._named(compared.spans.season[row]),
            severity=severity,
            is_flagged=reason is None,
            is_in_open_episode=is_open,
            reason=reason,
        )

    def _refusal(self, row: int, least_growth: float, severity: Severity | None) -> Reason | None:
        """What refuses the series whatever its p."""
        if self.counts[row, -1] < self.rule.minimum_count:
            return Reason.DISCLOSURE
        if least_growth < self.rule.minimum_effect:
            return Reason.SMALL_GROWTH
        if severity is None:
            return Reason.WIDE_INTERVAL
        if self.rule.year_gate and self.growth_on_year[row] < self.rule.minimum_on_year:
            return Reason.FALLING_COUNT
        return None

    def _named(self, columns: BoolArray) -> tuple[Quarter, ...]:
        return tuple(self.quarters[column] for column in np.flatnonzero(columns))
