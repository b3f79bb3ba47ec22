"""How much the counts of a series vary by themselves: its own past, moderated by that of series of like volume."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray
from ievq_pipeline.domain.surge.totals.rule import Rule

#: χ² beyond this quantile is cut to it before pooling, so that one wild series does not speak for its stratum
CAP = 0.995
#: a series that by chance hardly varied must not have a logarithm without end
LEAST_RATIO = 0.01


def strata_of(volume: FloatArray, rule: Rule) -> NDArray[np.int64]:
    """Strata of like volume: at most `rule.strata`, each of at least `rule.minimum_stratum` series if possible."""
    number = min(max(volume.size // rule.minimum_stratum, 1), rule.strata)
    rank = np.argsort(np.argsort(volume, kind="stable"), kind="stable")
    return np.asarray(rank * number // max(volume.size, 1), dtype=np.int64)


def moderated_dispersion(
    counts: FloatArray, exposure: FloatArray, background: BoolArray, strata: NDArray[np.int64]
) -> FloatArray:
    """Index of dispersion φ of each series, Var(count) = φ·μ, from the quarters of `background`; at least 1 (Poisson).

    Own: φ = χ²/(n − 1), χ² = Σ(count − μ)²/μ about the series' own mean share over n quarters. As n is small, φ is
    moderated in the manner of Smyth (2004, *Stat. Appl. Genet. Mol. Biol.* 3:3): φ̃ = (d₀·φ₀ + d·φ)/(d₀ + d), d = n − 1.
    φ₀ = Σχ²/Σ(n − 1) of the stratum of like volume, since the dispersion of counts goes with their size; d₀, what that
    prior is worth in degrees of freedom, from the variance of log φ about the mean of its stratum.
    """
    seen, weight = counts * background, exposure * background
    mean = seen.sum(axis=1, keepdims=True) * weight / weight.sum(axis=1, keepdims=True)
    chi = np.divide((seen - mean) ** 2, mean, out=np.zeros_like(mean), where=mean > 0).sum(axis=1)
    freedom = np.maximum(background.sum(axis=1) - 1, 1).astype(np.float64)
    pooled = _pooled(chi, freedom, strata)
    own = np.maximum(chi / freedom, LEAST_RATIO)
    prior = _prior_freedom(own, freedom, strata)
    if np.isinf(prior):
        return pooled
    return np.asarray(np.maximum((prior * pooled + freedom * own) / (prior + freedom), 1))


def _pooled(chi: FloatArray, freedom: FloatArray, strata: NDArray[np.int64]) -> FloatArray:
    cut = np.minimum(chi, freedom * np.quantile(chi / freedom, CAP))
    members = np.bincount(strata, weights=freedom)
    pooled = np.divide(np.bincount(strata, weights=cut), members, out=np.ones_like(members), where=members > 0)
    return np.asarray(np.maximum(pooled, 1)[strata])


def _prior_freedom(phi: FloatArray, freedom: FloatArray, strata: NDArray[np.int64]) -> float:
    """d₀ by moments: Var(log φ) = ψ′(d/2) + ψ′(d₀/2); infinite where φ varies no more than its own chance explains."""
    level = np.log(phi) - special.digamma(freedom / 2) + np.log(freedom / 2)
    members = np.bincount(strata)
    mean = np.bincount(strata, weights=level) / np.maximum(members, 1)
    spare = phi.size - int(np.count_nonzero(members))
    if spare < 1:
        return np.inf
    excess = float(((level - mean[strata]) ** 2).sum() / spare - special.polygamma(1, freedom / 2).mean())
    return 2 * _inverse_trigamma(excess) if excess > 0 else np.inf


def _inverse_trigamma(value: float) -> float:
    """x with ψ′(x) = value, by Newton's steps on 1/ψ′ (Smyth 2004, appendix)."""
    x = 0.5 + 1 / value
    for _ in range(20):
        trigamma = float(special.polygamma(1, x))
        x += trigamma * (1 - trigamma / value) / float(special.polygamma(2, x))
    return x
