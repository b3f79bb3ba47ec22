"""The panel of one level: for each unit, an enterprise in a series, its openings by quarter and which are known."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ievq_pipeline.domain.surge.arrays import BoolArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """Units in order of (series, enterprise), quarters first: each row of `openings` is a quarter of all units.

    A unit is there if the enterprise ever named the series. Openings are 0 where they are not known.
    """

    series: IntArray
    enterprise: IntArray
    openings: NDArray[np.int32]
    known: BoolArray

    @classmethod
    def of(
        cls, series: IntArray, enterprise: IntArray, quarter: IntArray, openings: IntArray, reported: BoolArray
    ) -> Self:
        """From rows, and `reported` [enterprises, quarters]; rows of the same unit and quarter add up."""
        enterprises, width = reported.shape
        keys, unit = np.unique(series * enterprises + enterprise, return_inverse=True)
        sums = np.bincount(quarter * keys.size + unit, weights=openings, minlength=width * keys.size)
        if sums.size and sums.max() > np.iinfo(np.int32).max:
            raise ValueError("more openings in one cell than a panel holds")
        owner = keys % max(enterprises, 1)
        known = np.ascontiguousarray(reported[owner].T)
        table = np.where(known, sums.reshape(width, keys.size), 0)
        return cls(keys // max(enterprises, 1), owner, table.astype(np.int32), known)

    def hide(
        self, group: IntArray, hidden: IntArray, enterprise: IntArray, quarter: IntArray, enterprises: int
    ) -> Self:
        """The same with cells unknown: those of units whose `group` is `hidden`, of that enterprise and quarter."""
        if not hidden.size:
            return self
        pairs = group * enterprises + self.enterprise
        order = np.argsort(pairs, kind="stable")
        wanted = hidden * enterprises + enterprise
        left, right = (np.searchsorted(pairs[order], wanted, side=side) for side in ("left", "right"))
        number = right - left
        within = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        known, openings = self.known.copy(), self.openings.copy()
        cells = np.repeat(quarter, number), order[np.repeat(left, number) + within]
        known[cells], openings[cells] = False, 0
        return type(self)(self.series, self.enterprise, openings, known)

    def until(self, width: int) -> Self:
        """The first `width` quarters."""
        return type(self)(self.series, self.enterprise, self.openings[:width], self.known[:width])
