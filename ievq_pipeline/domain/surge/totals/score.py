"""One window against one baseline: the score, the tail of its law, and the growth with its interval."""

from dataclasses import dataclass, fields

import numpy as np
from scipy import special

from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray

#: the normal quantile of a two-sided 95 % interval
Z95 = 1.959963984540054
#: added to both sides of a ratio, so that nothing is divided by nothing
CONTINUITY = 0.25
#: a growth beyond this says no more than "from next to nothing"
LARGEST = 99.0


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """Per series: p of no growth, growth with its 95 % interval, and what was expected."""

    p: FloatArray
    growth: FloatArray
    lower: FloatArray
    upper: FloatArray
    observed: FloatArray
    expected: FloatArray
    #: count per unit of exposure in the baseline: times a quarter's exposure it is what that quarter lets expect
    share: FloatArray

    def spread_over(self, rows: BoolArray) -> "Score":
        """The same scores at the places of `rows`, NaN elsewhere."""
        wide = {}
        for field in fields(self):
            wide[field.name] = np.full(rows.size, np.nan)
            wide[field.name][rows] = getattr(self, field.name)
        return Score(**wide)


def score(
    counts: FloatArray, exposure: FloatArray, current: BoolArray, baseline: BoolArray, phi: FloatArray, delta: float
) -> Score:
    """Score the window `current` against `baseline`, both [series, quarters], for counts of dispersion `phi`.

    With O and F the count and exposure of the window (F times 1 + δ), B and X those of the baseline, D = X + F and
    N = O + B: given N, U = (O·X − B·F)/D has mean 0 where the share grew by 1 + δ exactly. Its variance is V = φ·P,
    with the Poisson part P = (N/D)·X·F/D. The upper tail is that of a gamma law matched in mean √2·P and variance V:
    it leans as counts lean. The growth is (1+δ)·(O·X/D + ¼)/(B·F/D + ¼).
    """
    margin = 1 + delta
    observed, base = (counts * current).sum(axis=1), (counts * baseline).sum(axis=1)
    window, past = margin * (exposure * current).sum(axis=1), (exposure * baseline).sum(axis=1)
    both, total = window + past, observed + base
    u = (observed * past - base * window) / both
    poisson = total * past * window / both**2
    ratio = margin * (observed * past / both + CONTINUITY) / (base * window / both + CONTINUITY)
    growth = np.minimum(ratio, LARGEST)
    lower, upper = _interval(observed, total, past / window * margin, phi)
    return Score(
        p=_upper_tail(u, np.sqrt(2) * poisson, phi * poisson),
        growth=growth,
        lower=np.minimum(lower, growth),
        upper=np.maximum(upper, growth),
        observed=observed,
        expected=base * (window / margin) / past,
        share=base / past,
    )


def _upper_tail(u: FloatArray, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """P(G ≥ mean + u) for a gamma law G of this mean and variance; 1 where there is nothing to judge."""
    some = mean > 0
    mean, variance = np.where(some, mean, 1.0), np.where(some, variance, 1.0)
    tail = special.gammaincc(mean**2 / variance, np.maximum(mean + u, 0) * mean / variance)
    return np.where(some, tail, 1.0)


def _interval(
    observed: FloatArray, total: FloatArray, odds: FloatArray, phi: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The score inverted: Wilson's interval (1927, *JASA* 22:209) for π = O/N, N lessened by the overdispersion φ.

    The growth is then π/(1−π)·X/F. At its ends |O − Nπ| = 1.96·√(φNπ(1−π)).
    """
    portion = np.divide(observed, total, out=np.zeros_like(total), where=total > 0)
    room = Z95**2 * phi / np.maximum(total, 1e-9)
    centre = (portion + room / 2) / (1 + room)
    half = np.sqrt(room * portion * (1 - portion) + room**2 / 4) / (1 + room)
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    ends = [odds * np.divide(end, 1 - end, out=np.full_like(end, LARGEST), where=end < 1) for end in (low, high)]
    return np.clip(ends[0], 0, LARGEST), np.clip(ends[1], 0, LARGEST)
