"""The season-aware step test: every past quarter is a baseline, as far as the background allows."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from ievq_pipeline.domain.surge.arrays import FloatArray, IntArray
from ievq_pipeline.domain.surge.matched.background import Background
from ievq_pipeline.domain.surge.matched.cells import Cells
from ievq_pipeline.domain.surge.matched.information import Information
from ievq_pipeline.domain.surge.matched.rule import MatchedRule
from ievq_pipeline.domain.surge.matched.unit_score import UnitScore, unit_score
from ievq_pipeline.domain.surge.multiplicity import MOST, combine

#: a mass below this tells nothing: p is the largest, growth is 1
LEAST_MASS = 1e-9
#: squared scores beyond this quantile of the level are cut to it before ψ is taken; ψ is at least this
CAP, LEAST_SPREAD = 0.995, 0.8


@dataclass(frozen=True, slots=True, eq=False)
class StepTest:
    """Per onset k and series [onsets, series], and ψ per onset."""

    p: FloatArray
    #: of the series over all onsets
    combined: FloatArray
    #: T/M after centring: the log step, to first order
    level: FloatArray
    growth: FloatArray
    growth_without_top: FloatArray
    #: M²/ΣM_i² of the step in the last quarter [series]
    effective: FloatArray
    spread: FloatArray
    #: (1 + IΣ)⁻¹ [series, quarters, quarters]
    resolvent: FloatArray

    @property
    def onset(self) -> FloatArray:
        """The onset with the smallest p, per series."""
        return np.asarray(self.p.argmin(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Sums:
    """Sums of one onset over each series' units, and its unit with the largest score."""

    score: FloatArray
    mass: FloatArray
    variance: FloatArray
    cumulant: FloatArray
    squared_mass: FloatArray
    mass_after: FloatArray
    top_score: FloatArray
    top_mass: FloatArray
    top_after: FloatArray


def step_test(cells: Cells, information: Information, background: Background, rule: MatchedRule) -> StepTest:
    """Test every series of a level for a step that began 0 … `onsets` − 1 quarters ago."""
    quarters = cells.quarters
    system = np.eye(quarters) + information.matrix @ background.covariance
    resolvent = np.asarray(np.linalg.inv(system), dtype=np.float64)
    onsets = range(min(rule.onsets, quarters - 1))
    steps = np.array([np.arange(quarters) >= quarters - 1 - onset for onset in onsets], dtype=np.float64)
    contrasts = [np.einsum("q,sqr->sr", step, resolvent) for step in steps]
    judged: list[_Judged] = []
    spread: list[float] = []
    effective = np.zeros(cells.codes.size)
    for onset, contrast in zip(onsets, contrasts, strict=True):
        sums, psi = _summed(cells, contrast, onset, rule)
        judged.append(_Judged.of(sums, psi))
        spread.append(psi)
        if onset == 0:
            some = sums.squared_mass > 0
            np.divide(sums.mass**2, sums.squared_mass, out=effective, where=some)
    by_onset = np.array([one.p for one in judged])
    return StepTest(
        p=by_onset,
        combined=combine(by_onset),
        level=np.array([one.level for one in judged]),
        growth=np.array([one.growth for one in judged]),
        growth_without_top=np.array([one.growth_without_top for one in judged]),
        effective=effective,
        spread=np.array(spread),
        resolvent=resolvent,
    )


def _summed(cells: Cells, contrast: FloatArray, onset: int, rule: MatchedRule) -> tuple[_Sums, float]:
    """The series' sums, and ψ over all units of the level: how much their scores vary beyond what they should."""
    ratio, variance = np.empty(cells.total.size), np.empty(cells.total.size)
    parts: list[list[FloatArray]] = []
    for shard in cells.shards(rule.shard):
        one = unit_score(cells, shard, contrast[shard.series], onset, rule.clip)
        ratio[shard.units], variance[shard.units] = one.score**2 / one.variance, one.variance
        parts.append(_sums_of(one, cells.starts[shard.series.start : shard.series.stop + 1]))
    cut = np.minimum(ratio, np.quantile(ratio, CAP))
    psi = max(float((cut * variance).sum() / variance.sum()), LEAST_SPREAD)
    return _Sums(*(np.concatenate(column) for column in zip(*parts, strict=True))), psi


def _sums_of(one: UnitScore, bounds: IntArray) -> list[FloatArray]:
    begins = bounds[:-1] - bounds[0]
    terms = np.array([one.score, one.mass, one.variance, one.cumulant, one.mass * one.mass, one.mass * one.after])
    highest = np.maximum.reduceat(one.score, begins)
    at_top = np.flatnonzero(one.score == np.repeat(highest, np.diff(bounds)))
    first = at_top[np.searchsorted(at_top, begins)]
    return [*np.add.reduceat(terms, begins, axis=1), highest, one.mass[first], one.after[first]]


@dataclass(frozen=True, slots=True, eq=False)
class _Judged:
    """One onset, centred and judged."""

    p: FloatArray
    level: FloatArray
    growth: FloatArray
    growth_without_top: FloatArray

    @classmethod
    def of(cls, sums: _Sums, psi: float) -> "_Judged":
        """V = ψ·cᵀIc + (M − cᵀIc): units' noise, and the background that the contrast could not take out.

        Most series do not surge, yet those that do lift the market index: T is centred by the weighted median of T/M.
        """
        some = sums.mass > LEAST_MASS
        mass = np.where(some, sums.mass, 1.0)
        variance = np.where(some, psi * sums.variance + (sums.mass - sums.variance), 1.0)
        raw = sums.score / mass
        centre = weighted_median(raw[some], (mass**2 / variance)[some]) if some.any() else 0.0
        level = np.where(some, raw - centre, 0.0)
        p = np.where(some, upper_tail(level * mass / np.sqrt(variance), sums.cumulant / variance**1.5), MOST)
        growth = step_growth(level, sums.mass_after / mass)
        rest = mass - sums.top_mass
        left = some & (rest > LEAST_MASS)
        rest = np.where(left, rest, 1.0)
        alone = np.where(left, (sums.score - sums.top_score) / rest - centre, 0.0)
        without = step_growth(alone, (sums.mass_after - sums.top_mass * sums.top_after) / rest)
        return cls(p, level, np.where(some, growth, 1.0), np.where(left, without, 1.0))


def weighted_median(values: FloatArray, weights: FloatArray) -> float:
    """The lower weighted median: the first value at which the cumulated weight reaches half."""
    order = np.argsort(values, kind="stable")
    cumulated = np.cumsum(weights[order])
    return float(values[order][np.searchsorted(cumulated, cumulated[-1] / 2)])


def upper_tail(z: FloatArray, skewness: FloatArray) -> FloatArray:
    """P(Z ≥ z) for a Pearson type III law of mean 0, variance 1 and this skewness (a gamma law, shifted and turned).

    Sums of counts lean to the right; a normal tail takes that for surges (Pearson 1895, *Phil. Trans. A* 186:343).
    """
    gamma = np.clip(skewness, -3, 3)
    gamma = np.where(np.abs(gamma) < 0.01, 0.01, gamma)
    shape = 4 / gamma**2
    place = np.maximum(shape + 2 * z / gamma, 0)
    return np.asarray(np.where(gamma > 0, special.gammaincc(shape, place), special.gammainc(shape, place)))


def step_growth(level: FloatArray, after: FloatArray) -> FloatArray:
    """From the log step to first order to a ratio: g = 1 + x/(1 − ρx), ρ the part of the openings after the step."""
    portion = np.clip(after, 0.02, 0.98)
    return np.asarray(np.maximum(1 + level / np.maximum(1 - portion * level, 0.05), 0.05))
