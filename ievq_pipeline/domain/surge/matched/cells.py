"""The units that can be held against their own past, how lumpy their openings are, and what weight that leaves them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray, IntArray
from ievq_pipeline.domain.surge.matched.rule import MatchedRule
from ievq_pipeline.domain.surge.matched.units import Units

#: bins of like size a for the lumpiness τ; in a bin with fewer units than this τ is taken for granted
BINS, MINIMUM_BIN, USUAL_TAU = 8, 30, 0.4
LEAST_TAU, MOST_TAU = 0.02, 3.0
#: χ² beyond this quantile of its bin is cut to it
CAP = 0.995


@dataclass(frozen=True, slots=True)
class Shard:
    """A run of whole series: series from–to, units from–to."""

    series: slice
    units: slice


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Kept units of a level in order of (series, enterprise), quarters first.

    For a unit with openings v, index f and reports m: N = Σv, F = Σf·m, share π = f·m/F, size a = N/F.
    """

    #: the code of each series, and where its units begin; one more at the end
    codes: IntArray
    starts: IntArray
    openings: FloatArray
    share: FloatArray
    total: FloatArray
    exposure: FloatArray
    tau: FloatArray
    weight: FloatArray

    @property
    def quarters(self) -> int:
        return int(self.openings.shape[0])

    @property
    def size(self) -> FloatArray:
        return np.asarray(self.total / self.exposure)

    @property
    def owner(self) -> IntArray:
        """The position of each unit's series among `codes`."""
        return np.repeat(np.arange(self.codes.size), np.diff(self.starts))

    def shards(self, size: int) -> Iterator[Shard]:
        return shards_of(self.starts, size)


def shards_of(starts: IntArray, size: int) -> Iterator[Shard]:
    """Runs of whole series with about `size` units each.

    Whole series have several units, and NumPy adds up the rows of a table of several columns one after another; a
    single column it would add up in another order, and a bit would hang on where the shards are cut.
    """
    begin = 0
    while begin < starts.size - 1:
        end = max(int(np.searchsorted(starts, starts[begin] + size, side="right")) - 1, begin + 1)
        yield Shard(slice(begin, end), slice(int(starts[begin]), int(starts[end])))
        begin = end


def cells_of(
    units: Units,
    first: int,
    index: FloatArray,
    segments: IntArray,
    rule: MatchedRule,
    left_out: BoolArray | None = None,
) -> Cells | None:
    """The cells of the quarters from column `first` on, `index` being [segments, those quarters]; None without any.

    Units `left_out` are as if they had never been.
    Kept is a unit with two reports or more and any opening; then a series with five such units or more. A unit that
    reported once has v = N·π whatever happens: it says nothing about change and leaves no trace here.
    """
    known, openings = units.known[first:], units.openings[first:]
    kept = (known.sum(axis=0) >= 2) & openings.any(axis=0)
    if left_out is not None:
        kept &= ~left_out
    if not kept.any():
        return None
    kept &= np.bincount(units.series[kept], minlength=int(units.series[-1]) + 1)[units.series] >= rule.minimum_units
    rows = np.flatnonzero(kept)
    if not rows.size:
        return None
    series = units.series[rows]
    begins = np.flatnonzero(np.r_[True, series[1:] != series[:-1]])
    starts = np.append(begins, rows.size)
    segment = segments[units.enterprise[rows]]
    return _filled(series[begins], starts, known, openings, rows, index.T, segment, rule)


def _filled(
    codes: IntArray,
    starts: IntArray,
    known: BoolArray,
    openings: NDArray[np.int32],
    rows: IntArray,
    index: FloatArray,
    segment: IntArray,
    rule: MatchedRule,
) -> Cells:
    shape = known.shape[0], rows.size
    counts, share, chi = np.empty(shape), np.empty(shape), np.empty(rows.size)
    total, exposure, reports = np.empty(rows.size), np.empty(rows.size), np.empty(rows.size)
    for shard in shards_of(starts, rule.shard):
        part = shard.units
        m, v = known.take(rows[part], axis=1), openings.take(rows[part], axis=1).astype(np.float64)
        f = index.take(segment[part], axis=1) * m
        reports[part], total[part], exposure[part] = m.sum(axis=0), v.sum(axis=0), f.sum(axis=0)
        counts[:, part], share[:, part] = v, f / exposure[part]
        squares = np.divide(v * v, f, out=np.zeros_like(v), where=m).sum(axis=0)
        chi[part] = squares / (total[part] / exposure[part]) - total[part]
    size = total / exposure
    tau = lumpiness(size, chi, reports)
    return Cells(codes, starts, counts, share, total, exposure, tau, (1 + tau / reports) / (1 + tau * size))


def lumpiness(size: FloatArray, chi: FloatArray, reports: FloatArray) -> FloatArray:
    """τ of each unit, learnt in eighths of size a = N/F.

    Openings come in lumps: given N they are Dirichlet-multinomial over the n quarters reported, with dispersion
    φ = (1+τa)/(1+τ/n) (Mosimann 1962, *Biometrika* 49:65). φ̄ = Σχ²/Σ(n−1) ≥ 1 with χ² = Σ(v²/f)/a − N cut at a high
    quantile, and so τ = (φ̄−1)/(mean a − φ̄/mean n).
    """
    tau = np.full(size.size, USUAL_TAU)
    edges = np.quantile(size, np.arange(1, BINS) / BINS)
    bins = np.searchsorted(edges, size, side="right")
    for number in range(BINS):
        members = np.flatnonzero(bins == number)
        if members.size >= MINIMUM_BIN:
            cut = np.minimum(chi[members], np.quantile(chi[members], CAP))
            phi = max(float(cut.sum() / (reports[members] - 1).sum()), 1.0)
            spread = max(float(size[members].mean() - phi / reports[members].mean()), 0.05)
            tau[members] = min(max((phi - 1) / spread, LEAST_TAU), MOST_TAU)
    return tau
