"""One level of one look: from units to the test, the growth shown and the evidence of every testable series."""

from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray, IntArray
from ievq_pipeline.domain.surge.matched.background import Background, background_of
from ievq_pipeline.domain.surge.matched.cells import Cells, cells_of
from ievq_pipeline.domain.surge.matched.comparison import (
    Matching,
    compared_units,
    matching_of,
    season_of,
    season_variance,
    span,
)
from ievq_pipeline.domain.surge.matched.information import Information, information_of
from ievq_pipeline.domain.surge.matched.raw import Raw, raw_of
from ievq_pipeline.domain.surge.matched.rule import MatchedRule
from ievq_pipeline.domain.surge.matched.shown import Matched, Shown, shown_growth
from ievq_pipeline.domain.surge.matched.step import StepTest, step_test
from ievq_pipeline.domain.surge.matched.units import Units


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """The growth shown and what belongs to it, for the series at `positions`."""

    positions: IntArray
    shown: Shown
    observed: FloatArray
    expected: FloatArray
    compared: FloatArray
    portion_up: FloatArray
    top_portion: FloatArray
    expected_top_portion: FloatArray
    raw: Raw
    season: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class LevelLook:
    """All series of a level, tested at the last quarter of `units`."""

    units: Units
    first: int
    cells: Cells
    information: Information
    background: Background
    test: StepTest
    matching: Matching
    season: FloatArray
    rule: MatchedRule

    @classmethod
    def of(
        cls,
        units: Units,
        first: int,
        index: FloatArray,
        segments: IntArray,
        rule: MatchedRule,
        left_out: BoolArray | None = None,
    ) -> "LevelLook | None":
        """From the units of a level but those `left_out`, the quarters from column `first` on.

        None where no series can be tested.
        """
        cells = cells_of(units, first, index, segments, rule, left_out)
        if cells is None:
            return None
        information = information_of(cells, rule)
        background = background_of(information, rule)
        test = step_test(cells, information, background, rule)
        season = season_of(information, background, test)
        return cls(units, first, cells, information, background, test, matching_of(cells, rule), season, rule)

    @property
    def testable(self) -> BoolArray:
        return self.matching.is_enough(self.rule) & (self.test.effective >= self.rule.minimum_effective)

    def evidence(self) -> list[Evidence]:
        """For every testable series, by onset."""
        onset, testable = self.test.onset, self.testable
        chosen = [np.flatnonzero(testable & (onset == k)) for k in range(len(self.test.p))]
        return [self._evidence(positions, k) for k, positions in enumerate(chosen) if positions.size]

    def _evidence(self, positions: IntArray, onset: int) -> Evidence:
        spans = span(onset, self.rule, self.cells.quarters)
        units = self._compared(positions, spans)
        left = season_variance(
            self.information.matrix[positions], self.test.resolvent[positions], self.background, onset, self.rule
        )
        shown = shown_growth(units, np.full(positions.size, self.test.spread[onset]), left, self.rule)
        sums = _Summed(units, positions.size)
        expected = units.window * units.base / units.past
        return Evidence(
            positions=positions,
            shown=shown,
            observed=sums.of(units.observed),
            expected=sums.of(expected),
            compared=sums.of(sums.named),
            portion_up=sums.of(units.observed * units.past > units.base * units.window)
            / np.maximum(sums.of(sums.named), 1),
            top_portion=sums.top_portion(units.observed),
            expected_top_portion=sums.top_portion(expected),
            raw=raw_of(self.units, self.first, spans, self.cells.codes[positions], self.rule),
            season=self.season[positions],
        )

    def _compared(self, positions: IntArray, spans: tuple[slice, slice]) -> Matched:
        starts = self.cells.starts
        number = starts[positions + 1] - starts[positions]
        where = np.repeat(np.arange(positions.size), number)
        rows = np.arange(number.sum()) + np.repeat(starts[positions] - np.cumsum(number) + number, number)
        return compared_units(self.cells, rows, where, self.season[positions], spans, self.rule)

    def standing(self, code: int, baseline: slice) -> float | None:
        """The last quarter's openings over what `baseline` lets expect of units matched with it; None if unknown."""
        position = int(np.searchsorted(self.cells.codes, code))
        if position == self.cells.codes.size or self.cells.codes[position] != code:
            return None
        last = slice(self.cells.quarters - 1, self.cells.quarters)
        units = self._compared(np.array([position]), (last, baseline))
        expected = float((units.window * units.base / units.past).sum())
        return float(units.observed.sum()) / expected if expected > 0 else None


class _Summed:
    """Sums over the units of each series."""

    def __init__(self, units: Matched, number: int) -> None:
        self.owner, self.number = units.owner, number
        self.named = units.observed + units.base > 0

    def of(self, values: FloatArray | BoolArray) -> FloatArray:
        return np.asarray(np.bincount(self.owner, weights=values, minlength=self.number), dtype=np.float64)

    def top_portion(self, values: FloatArray) -> FloatArray:
        """The part that the largest has; 0 of nothing."""
        most, whole = np.zeros(self.number), self.of(values)
        np.maximum.at(most, self.owner, values)
        return np.divide(most, whole, out=np.zeros(self.number), where=whole > 0)
