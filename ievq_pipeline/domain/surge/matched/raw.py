"""What all who reported had, joiners and leavers with the rest, and who of them is not compared like for like."""

from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.surge.arrays import FloatArray, IntArray
from ievq_pipeline.domain.surge.matched.rule import MatchedRule
from ievq_pipeline.domain.surge.matched.units import Units


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """Per series: growth of all openings; how many of those behind it are not compared, and their largest's part."""

    growth: FloatArray
    others: IntArray
    others_top_portion: FloatArray


def raw_of(units: Units, first: int, spans: tuple[slice, slice], codes: IntArray, rule: MatchedRule) -> Raw:
    """Openings a quarter of the window over those of the baseline, for the series of `codes` (in order).

    `spans` are columns from `first` on. The others' largest part is that in the window or that in the baseline,
    whichever is larger.
    """
    begins, ends = np.searchsorted(units.series, codes), np.searchsorted(units.series, codes + 1)
    window, base = [units.openings[first:][span].sum(axis=0, dtype=np.float64) for span in spans]
    now, then = (_within(np.add, part, begins, ends) for part in (window, base))
    lengths = [max(span.stop - span.start, 1) for span in spans]
    known = units.known[first:]
    is_other = ~(known[-1] & (known[spans[1]].sum(axis=0) >= rule.minimum_reports))
    top = np.zeros(codes.size)
    for part in (window * is_other, base * is_other):
        whole, most = (_within(of, part, begins, ends) for of in (np.add, np.maximum))
        top = np.maximum(top, np.divide(most, whole, out=np.zeros_like(most), where=whole > 0))
    named = ((window + base > 0) & is_other).astype(np.float64)
    return Raw(
        growth=np.divide(now / lengths[0], then / lengths[1], out=np.full(codes.size, np.nan), where=then > 0),
        others=_within(np.add, named, begins, ends).astype(np.int64),
        others_top_portion=top,
    )


def _within(of: np.ufunc, values: FloatArray, begins: IntArray, ends: IntArray) -> FloatArray:
    """The sum or the largest of the values of each series; a series of `codes` has units, so none is empty."""
    bounds = np.stack([begins, ends], axis=1).ravel()
    padded = np.append(values, 0.0)  # the last series ends where the values do, and reduceat asks for a place
    return np.asarray(of.reduceat(padded, bounds)[::2], dtype=np.float64)
