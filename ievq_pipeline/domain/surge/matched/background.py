"""What a series does without surging: season, trend, wandering and shock, whose size the panel itself tells."""

from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray
from ievq_pipeline.domain.surge.matched.information import Information
from ievq_pipeline.domain.surge.matched.rule import MatchedRule

START, LEAST = 0.03**2, 1e-7
#: with fewer quarters a season cannot be seen, and is taken for granted at this size
SEASON_QUARTERS, USUAL_SEASON = 9, 0.2**2
#: one series counts for at most so many times its share; one round changes a variance by at most this factor
MOST_SHARE, MOST_CHANGE = 3.0, 10.0


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Variances σ² of season, trend, walk and shock, and their kernels [4, quarters, quarters]."""

    variances: FloatArray
    kernels: FloatArray

    @property
    def covariance(self) -> FloatArray:
        """Σ = Σ_k σ_k²·K_k of the log level θ over the quarters."""
        return np.asarray((self.variances[:, None, None] * self.kernels).sum(axis=0))

    @property
    def season(self) -> FloatArray:
        """The season's part of Σ."""
        return np.asarray(self.variances[0] * self.kernels[0])


def kernels_of(quarters: int) -> FloatArray:
    """K of season (same quarter of the year, less ¼), trend to the last quarter, walk from the first, and shock."""
    u = np.arange(quarters)
    back = quarters - 1 - u
    season = (u[:, None] % 4 == u % 4) - 0.25
    return np.array([season, np.outer(back, back), np.minimum(u[:, None], u), np.eye(quarters)], dtype=np.float64)


def background_of(information: Information, rule: MatchedRule) -> Background:
    """Learn the four variances from the series that know most, those with a step in them left out.

    With r = (1+IΣ)⁻¹S and H = (1+IΣ)⁻¹I = Cov r, each round multiplies σ_k² by Σ rᵀK_k r / Σ tr(K_k H), which is 1
    where the likelihood of S is stationary (a fixed-point form of REML, Harville 1977, *JASA* 72:320).
    """
    chosen = np.sort(np.argsort(-information.amount, kind="stable")[: rule.background_series])
    score, matrix = information.score[chosen], information.matrix[chosen]
    quarters = score.shape[1]
    background = Background(np.full(4, START), kernels_of(quarters))
    for _ in range(rule.background_rounds):
        background = Background(_round(background, score, matrix, rule), background.kernels)
    variances = np.maximum(background.variances, LEAST)
    if quarters < SEASON_QUARTERS:
        variances[0] = max(variances[0], USUAL_SEASON)
    return Background(variances, background.kernels)


def _round(background: Background, score: FloatArray, matrix: FloatArray, rule: MatchedRule) -> FloatArray:
    system = np.eye(score.shape[1]) + matrix @ background.covariance
    residual: FloatArray = np.linalg.solve(system, score[:, :, None])[:, :, 0].astype(np.float64)
    spread: FloatArray = np.linalg.solve(system, matrix).astype(np.float64)
    steady = (
        largest_step(np.asarray(residual, dtype=np.float64), np.asarray(spread, dtype=np.float64)) < rule.step_limit
    ).astype(np.float64)
    factors = np.ones(4)
    for k, kernel in enumerate(background.kernels):
        expected = (kernel * spread).sum(axis=(1, 2))
        seen = np.einsum("si,ij,sj->s", residual, kernel, residual)
        if (whole := float((steady * expected).sum())) > 0:
            ratio = float((steady * np.minimum(seen, MOST_SHARE * expected)).sum()) / whole
            factors[k] = min(max(ratio, 1 / MOST_CHANGE), MOST_CHANGE)
    return np.asarray(background.variances * factors)


def largest_step(residual: FloatArray, spread: FloatArray) -> FloatArray:
    """The largest |z| of a step up or down that begins in any quarter but the first, per series."""
    sums = np.cumsum(residual[:, ::-1], axis=1)[:, ::-1]
    squares = np.cumsum(np.cumsum(spread[:, ::-1, ::-1], axis=1), axis=2)[:, ::-1, ::-1]
    variance = np.diagonal(squares, axis1=1, axis2=2)
    seen: BoolArray = variance > 1e-12
    z = np.divide(np.abs(sums), np.sqrt(np.where(seen, variance, 1.0)), out=np.zeros_like(sums), where=seen)
    return np.asarray(z[:, 1:].max(axis=1))
