"""One window against one baseline: the score, the tail of its law, and the growth with its interval."""

from dataclasses import dataclass, fields

import numpy as np
from scipy import special

from ievq_pipeline.domain.surge.panel import BoolArray, FloatArray

#: the normal quantile of a two-sided 95 % interval
Z95 = 1.959963984540054
#: added to both sides of a ratio, so that nothing is divided by nothing
CONTINUITY = 0.25
#: a growth beyond this says no more than "from next to nothing"
LARGEST = 99.0


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """Per series: p of no growth, growth with its 95 % interval, what was expected, and the standardised score."""

    p: FloatArray
    growth: FloatArray
    lower: FloatArray
    upper: FloatArray
    observed: FloatArray
    expected: FloatArray
    #: count per unit of exposure in the baseline: times a quarter's exposure it is what that quarter lets expect
    share: FloatArray
    z: FloatArray

    def spread_over(self, rows: BoolArray) -> "Score":
        """The same scores at the places of `rows`, NaN elsewhere."""
        wide = {}
        for field in fields(self):
            wide[field.name] = np.full(rows.size, np.nan)
            wide[field.name][rows] = getattr(self, field.name)
        return Score(**wide)


def score(
    counts: FloatArray, exposure: FloatArray, current: BoolArray, baseline: BoolArray, tau: FloatArray, delta: float
) -> Score:
    """Score the window `current` against `baseline`, both [series, quarters].

    With O and F the count and exposure of the window (F times 1 + δ), B and X those of the baseline, D = X + F and
    N = O + B: given N, U = (O·X − B·F)/D has mean 0 where the share grew by 1 + δ exactly. With a = N/D its variance is
    P + τ·Q, the Poisson part P = a·X·F/D, the lumpy part Q = max(a² − a/D, 0)·(X²(1+δ)²·Σf² + F²·Σx²)/D², f and x the
    exposures of single quarters. The upper tail is that of a gamma law matched in mean √2·M (M = P here) and
    variance V: it leans as counts lean.
    The growth is (1+δ)·(O·X/D + ¼)/(B·F/D + ¼).
    """
    margin = 1 + delta
    f, x = exposure * current, exposure * baseline
    observed, base = (counts * current).sum(axis=1), (counts * baseline).sum(axis=1)
    window, past = margin * f.sum(axis=1), x.sum(axis=1)
    both, total = window + past, observed + base
    a = total / both
    u = (observed * past - base * window) / both
    poisson = a * past * window / both
    squares = (past * margin) ** 2 * (f**2).sum(axis=1) + window**2 * (x**2).sum(axis=1)
    variance = poisson + tau * np.maximum(a**2 - a / both, 0) * squares / both**2
    growth = margin * (observed * past / both + CONTINUITY) / (base * window / both + CONTINUITY)
    lower, upper = _interval(observed, total, past / window * margin, variance, poisson)
    return Score(
        p=_upper_tail(u, np.sqrt(2) * poisson, variance),
        growth=np.clip(growth, 0, LARGEST),
        lower=np.minimum(lower, growth),
        upper=np.maximum(upper, growth),
        observed=observed,
        expected=base * (window / margin) / past,
        share=base / past,
        z=np.divide(u, np.sqrt(variance), out=np.zeros_like(u), where=variance > 0),
    )


def _upper_tail(u: FloatArray, mean: FloatArray, variance: FloatArray) -> FloatArray:
    """P(G ≥ mean + u) for a gamma law G of this mean and variance; 1 where there is nothing to judge."""
    some = mean > 0
    mean, variance = np.where(some, mean, 1.0), np.where(some, variance, 1.0)
    tail = special.gammaincc(mean**2 / variance, np.maximum(mean + u, 0) * mean / variance)
    return np.where(some, tail, 1.0)


def _interval(
    observed: FloatArray, total: FloatArray, odds: FloatArray, variance: FloatArray, poisson: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The score inverted: Wilson's interval (1927, *JASA* 22:209) for π = O/N, N lessened by the overdispersion V/P.

    The growth is then π/(1−π)·X/F. At its ends |O − Nπ| = 1.96·√(φNπ(1−π)), φ = V/P.
    """
    effective = np.divide(total * poisson, variance, out=np.zeros_like(total), where=variance > 0)
    portion = np.divide(observed, total, out=np.zeros_like(total), where=total > 0)
    room = Z95**2 / np.maximum(effective, 1e-9)
    centre = (portion + room / 2) / (1 + room)
    half = np.sqrt(room * portion * (1 - portion) + room**2 / 4) / (1 + room)
    low, high = np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
    ends = [odds * np.divide(end, 1 - end, out=np.full_like(end, LARGEST), where=end < 1) for end in (low, high)]
    return np.clip(ends[0], 0, LARGEST), np.clip(ends[1], 0, LARGEST)
