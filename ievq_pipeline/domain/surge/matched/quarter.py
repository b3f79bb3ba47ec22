"""All series of a panel's last quarter, tested level by level: one p each, one false-discovery rate, gates."""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray
from ievq_pipeline.domain.surge.matched.comparison import span
from ievq_pipeline.domain.surge.matched.level import Evidence, LevelLook
from ievq_pipeline.domain.surge.matched.market import market_index
from ievq_pipeline.domain.surge.matched.panel import MatchedPanel
from ievq_pipeline.domain.surge.matched.rule import MatchedRule
from ievq_pipeline.domain.surge.matched.series import Level, Series
from ievq_pipeline.domain.surge.matched.series_test import MatchedTest
from ievq_pipeline.domain.surge.multiplicity import adjusted
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.surge.series_break import NO_BREAKS, Breaks, crosses


@dataclass(frozen=True, slots=True, eq=False)
class QuarterLook:
    """What a look at the last quarter of a panel computed, before any decision."""

    panel: MatchedPanel
    rule: MatchedRule
    first: int
    #: [segments, quarters from `first` on]; None with too few quarters
    index: FloatArray | None
    #: by skill: whether a test would stand quarters before a break against quarters after it
    is_broken: BoolArray
    levels: dict[Level, LevelLook]

    @classmethod
    def of(cls, panel: MatchedPanel, rule: MatchedRule, breaks: Breaks = NO_BREAKS) -> "QuarterLook":
        width = len(panel.quarters)
        first = max(0, width - rule.quarters)
        filed = np.flatnonzero(panel.filed[:, first:].any(axis=0))
        # quarters before anybody filed are no history, whether the panel begins with them or not
        first += int(filed[0]) if filed.size else width - first
        compared = panel.quarters[max(min(first, width - 1), width - rule.onsets - rule.baseline)]
        broken = np.array([crosses(breaks, skill, compared, panel.quarters[-1]) for skill in panel.skills], dtype=bool)
        index = None
        levels: dict[Level, LevelLook] = {}
        if width - first >= rule.minimum_quarters:
            index = market_index(panel.totals[:, first:], panel.counted[:, first:], panel.segments, rule)
            for level, units in panel.units.items():
                left_out = panel.concerns(level, broken)[units.series] if broken.any() else None
                look = LevelLook.of(units, first, index, panel.segments, rule, left_out)
                if look is not None:
                    levels[level] = look
        return cls(panel, rule, first, index, broken, levels)

    def tests(self, running: Collection[Series]) -> tuple[MatchedTest, ...]:
        """Every testable series; those in an open episode are tested, but not counted in the family."""
        tests: list[MatchedTest] = []
        for level, look in self.levels.items():
            names = {int(n): self.panel.series(level, int(look.cells.codes[n])) for n in np.flatnonzero(look.testable)}
            family = look.testable
            family[[n for n, series in names.items() if series in running]] = False
            q = adjusted(look.test.combined, family)
            found = {}
            for evidence in look.evidence():
                for row, position in enumerate(evidence.positions):
                    series = names[int(position)]
                    found[int(position)] = _Decision(self, look, evidence, row, series, q).test()
            tests += [found[position] for position in sorted(found)]
        return tuple(tests)

    def standing(self, test: MatchedTest) -> float | None:
        """How the last quarter stands against the baseline of an earlier test of the series; None if unknown."""
        look = self.levels.get(test.series.level)
        if look is None or not test.baseline_quarters:
            return None
        begin = test.baseline_quarters[0].index - self.panel.quarters[self.first].index
        end = test.baseline_quarters[-1].index - self.panel.quarters[self.first].index + 1
        code = self.panel.code(test.series)
        return look.standing(code, slice(max(begin, 0), end)) if code is not None and end > 0 else None


@dataclass(frozen=True, slots=True, eq=False)
class _Decision:
    """One testable series: does its evidence pass the gates, and is it more than chance."""

    quarter: QuarterLook
    look: LevelLook
    evidence: Evidence
    row: int
    series: Series
    q: FloatArray

    def test(self) -> MatchedTest:
        position = int(self.evidence.positions[self.row])
        onset = int(self.look.test.onset[position])
        shown, rule = self.evidence.shown, self.quarter.rule
        growth, lower = float(shown.growth[self.row]), float(shown.lower[self.row])
        step_growth = float(self.look.test.growth[onset, position])
        on_year = float(self.look.matching.on_year[position])
        q = float(self.q[position])
        is_open = bool(np.isnan(q))
        severity = rule.severity(growth, lower)
        reason = None
        if min(step_growth, growth) < rule.minimum_effect:
            reason = Reason.SMALL_GROWTH
        elif severity is None:
            reason = Reason.WIDE_INTERVAL
        elif rule.year_gate and on_year < rule.minimum_on_year:
            reason = Reason.FALLING_COUNT
        severity = None if reason else severity
        if reason is None and (is_open or q > rule.q):
            reason = Reason.IN_EPISODE if is_open else Reason.CHANCE
        window, base = span(onset, rule, self.look.cells.quarters)
        return MatchedTest(
            series=self.series,
            quarter=self.quarter.panel.quarters[-1],
            window=onset + 1,
            observed=int(self.evidence.observed[self.row]),
            expected=float(self.evidence.expected[self.row]),
            growth=growth,
            lower=lower,
            upper=float(shown.upper[self.row]),
            p=float(self.look.test.combined[position]),
            q=None if is_open else q,
            step_growth=step_growth,
            growth_without_top=float(self.look.test.growth_without_top[onset, position]),
            growth_on_year=on_year,
            raw_growth=float(self.evidence.raw.growth[self.row]),
            matched=int(self.look.matching.matched[position]),
            compared=int(self.evidence.compared[self.row]),
            effective=float(self.look.test.effective[position]),
            portion_up=float(self.evidence.portion_up[self.row]),
            top_portion=float(self.evidence.top_portion[self.row]),
            expected_top_portion=float(self.evidence.expected_top_portion[self.row]),
            others=int(self.evidence.raw.others[self.row]),
            others_top_portion=float(self.evidence.raw.others_top_portion[self.row]),
            season=tuple(self.evidence.season[self.row].tolist()),
            window_quarters=self._named(window),
            baseline_quarters=self._named(base),
            severity=severity,
            is_flagged=reason is None,
            is_in_open_episode=is_open,
            reason=reason,
        )

    def _named(self, columns: slice) -> tuple[Quarter, ...]:
        first = self.quarter.first
        return self.quarter.panel.quarters[first + columns.start : first + columns.stop]
