"""The growth that is shown, like for like, with its interval: a window against its baseline, season taken out."""

from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray, IntArray
from ievq_pipeline.domain.surge.matched.rule import MatchedRule

#: what the interval reaches in standard deviations: below, and above, where the window was picked for being high
LOWER_Z, UPPER_Z = 1.96, 1.80
#: prior weight, in units, of ψM against the units' own squares
PRIOR_UNITS = 20
ROUNDS, END_ROUNDS = 5, 4
LEAST_MASS = 1e-6
#: no round changes the ratio by more than the exponential of this
MOST_EXPONENT = 0.7
#: far beyond what the ends are clipped to, and far below what overflows
MOST_HALF = 20.0


@dataclass(frozen=True, slots=True, eq=False)
class Matched:
    """Units reporting now and twice in the baseline: openings and exposure of window (O, F) and baseline (B, X)."""

    #: position of each unit's series
    owner: IntArray
    observed: FloatArray
    window: FloatArray
    base: FloatArray
    past: FloatArray
    tau: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Growth and the ends of its 95 % interval, per series."""

    growth: FloatArray
    lower: FloatArray
    upper: FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class _At:
    """The score at some ratio, per series."""

    score: FloatArray
    mass: FloatArray
    variance: FloatArray
    skewness: FloatArray


def shown_growth(matched: Matched, spread: FloatArray, season: FloatArray, rule: MatchedRule) -> Shown:
    """Solve U(g) = 0 for the growth, and U = ±z√V, skewness allowed for (Cornish–Fisher), for the ends.

    `spread` is ψ and `season` the variance that the season leaves in the ratio, both per series. At ratio g, given
    N = O + B, O has mean Nπ with π = gF/(X + gF); U = Σw(O − Nπ) with weights as in the test. A series without any
    unit to compare has growth 1, and an interval that says nothing.
    """
    series = _Series(matched, spread, season, rule)
    g = np.ones(spread.size)
    for _ in range(ROUNDS):
        at = series.at(g)
        g = np.clip(g * _factor(at.score / at.mass), 0.02, 50.0)
    half = np.minimum(np.sqrt(at.variance) / at.mass, MOST_HALF)
    lower, upper = (np.clip(g * np.exp(z * half), 0.01, 99.0) for z in (-LOWER_Z, UPPER_Z))
    for _ in range(END_ROUNDS):
        low, high = series.at(lower), series.at(upper)
        low_target = np.sqrt(low.variance) * (LOWER_Z + low.skewness * (LOWER_Z**2 - 1) / 6)
        high_target = -np.sqrt(high.variance) * (UPPER_Z - high.skewness * (UPPER_Z**2 - 1) / 6)
        lower = np.clip(lower * _factor((low.score - low_target) / low.mass), 0.005, 200.0)
        upper = np.clip(upper * _factor((high.score - high_target) / high.mass), 0.005, 200.0)
    some = series.number > 0
    return Shown(
        growth=np.where(some, g, 1.0),
        lower=np.where(some, np.minimum(lower, g), 0.0),
        upper=np.where(some, np.maximum(upper, g), 200.0),
    )


def _factor(exponent: FloatArray) -> FloatArray:
    return np.asarray(np.exp(np.clip(exponent, -MOST_EXPONENT, MOST_EXPONENT)))


class _Series:
    def __init__(self, matched: Matched, spread: FloatArray, season: FloatArray, rule: MatchedRule) -> None:
        named: BoolArray = matched.observed + matched.base > 0
        self.owner = matched.owner[named]
        self.observed, self.window = matched.observed[named], matched.window[named]
        self.past, self.tau = matched.past[named], matched.tau[named]
        self.total = self.observed + matched.base[named]
        self.spread, self.season, self.clip = spread, season, rule.shown_clip
        self.number = self._sum(np.ones(self.owner.size))

    def _sum(self, values: FloatArray) -> FloatArray:
        return np.asarray(np.bincount(self.owner, weights=values, minlength=self.spread.size), dtype=np.float64)

    def at(self, ratio: FloatArray) -> _At:
        g = ratio[self.owner]
        grown = g * self.window
        both = self.past + grown
        size, portion = self.total / both, grown / both
        weight = 1 / (1 + self.tau * size * g * (self.window + self.past) / both)
        mass = weight * size * self.past * portion
        limit = np.maximum(self.clip * np.sqrt(weight * mass), weight)
        score = np.clip(weight * (self.observed - self.total * portion), -limit, limit)
        turn = weight**2 * self.total * (2 / weight - 1) * portion * (1 - portion) * (1 - 2 * portion)
        whole = np.maximum(self._sum(mass), LEAST_MASS)
        noise = self.spread * whole
        own = np.minimum(self._sum(score * score), 4 * noise)
        moderated = (self.number * own + PRIOR_UNITS * noise) / (self.number + PRIOR_UNITS)
        variance = np.maximum(noise, moderated) + whole**2 * (self.season + 1e-4)
        return _At(self._sum(score), whole, variance, np.clip(self._sum(turn) / variance**1.5, -1.5, 1.5))
