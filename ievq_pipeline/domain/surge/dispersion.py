"""How much the counts of a series vary by themselves: its own past, moderated by that of series of like volume."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from ievq_pipeline.domain.surge.panel import BoolArray, FloatArray
from ievq_pipeline.domain.surge.rule import Rule

#: a series that by chance hardly varied must not have a logarithm without end
LEAST_RATIO = 0.01


def strata_of(volume: FloatArray, rule: Rule) -> NDArray[np.int64]:
    """Strata of like volume: at most `rule.strata`, each of at least `rule.minimum_stratum` series if possible."""
    number = min(max(volume.size // rule.minimum_stratum, 1), rule.strata)
    rank = np.argsort(np.argsort(volume, kind="stable"), kind="stable")
    return np.asarray(rank * number // max(volume.size, 1), dtype=np.int64)


def moderated_tau(
    counts: FloatArray, exposure: FloatArray, background: BoolArray, strata: NDArray[np.int64]
) -> FloatArray:
    """Lumpiness τ of each series, in Var(count) = μ + τ·μ² for a quarter that lets expect μ.

    From the quarters of `background`: χ² = Σ(count − μ)²/μ about the series' own mean share, φ = χ²/(n − 1), the index
    of dispersion. n is small, so φ is moderated as Smyth (2004, *Stat. Appl. Genet. Mol. Biol.* 3:3) does for
    variances in linear models: φ̃ = (d₀·φ₀ + d·φ)/(d₀ + d), d = n − 1, with φ₀ of the stratum of like volume (the variance of
    counts goes with their size) and d₀ the worth of that prior in degrees of freedom, both from moments of log φ.
    Counts are never taken as more regular than Poisson: τ = max(φ̃ − 1, 0)/mean μ.
    """
    seen = counts * background
    weight = exposure * background
    quarters = background.sum(axis=1)
    mean = seen.sum(axis=1, keepdims=True) * weight / weight.sum(axis=1, keepdims=True)
    chi = np.divide((seen - mean) ** 2, mean, out=np.zeros_like(mean), where=mean > 0).sum(axis=1)
    freedom = np.maximum(quarters - 1, 1).astype(np.float64)
    phi = _moderate(np.maximum(chi / freedom, LEAST_RATIO), freedom, strata)
    volume = mean.sum(axis=1) / quarters
    return np.asarray(np.maximum(phi - 1, 0) / np.maximum(volume, 1e-9))


def _moderate(phi: FloatArray, freedom: FloatArray, strata: NDArray[np.int64]) -> FloatArray:
    half = freedom / 2
    level = np.log(phi) - special.digamma(half) + np.log(half)
    members = np.bincount(strata)
    mean = (np.bincount(strata, weights=level) / members)[strata]
    spare = phi.size - members.size
    if spare < 1:
        return np.asarray(np.exp(mean))
    excess = float(((level - mean) ** 2).sum() / spare - special.polygamma(1, half).mean())
    if excess <= 0:
        return np.asarray(np.exp(mean))
    prior = _inverse_trigamma(excess)
    centre = np.exp(mean + special.digamma(prior) - np.log(prior))
    return np.asarray((prior * centre + half * phi) / (prior + half))


def _inverse_trigamma(value: float) -> float:
    """x with ψ′(x) = value, by Newton's steps on 1/ψ′ (Smyth 2004, appendix)."""
    x = 0.5 + 1 / value
    for _ in range(20):
        tri = float(special.polygamma(1, x))
        x += tri * (1 - tri / value) / float(special.polygamma(2, x))
    return x
