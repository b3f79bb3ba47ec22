"""The score of each unit for a step that began k quarters ago, and what it is expected to vary by."""

from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.surge.arrays import FloatArray
from ievq_pipeline.domain.surge.matched.cells import Cells, Shard

#: below this a unit's variance is rounding, and is taken as this
LEAST_VARIANCE = 1e-12


@dataclass(frozen=True, slots=True, eq=False)
class UnitScore:
    """Per unit: score U (clipped), variance V, mass M (dU per unit of step), third cumulant κ, and Σeπ."""

    score: FloatArray
    variance: FloatArray
    mass: FloatArray
    cumulant: FloatArray
    after: FloatArray


def unit_score(cells: Cells, shard: Shard, contrast: FloatArray, onset: int, clip: float) -> UnitScore:
    """For the contrast c [series of the shard, quarters] and a step e = 1 in the last `onset` + 1 quarters.

    U = w(Σcv − NΣcπ), V = wN(Σc²π − (Σcπ)²), M = wN(Σceπ − Σcπ·Σeπ), κ = w²N(2φ−1)·Σπ(c − Σcπ)³, as a multinomial given
    N has them, with w = 1/φ. U is clipped at the larger of `clip`·√V and w·max|c|: no enterprise makes an alert.
    """
    units = shard.units
    begins = cells.starts[shard.series.start : shard.series.stop + 1]
    c = np.repeat(contrast.T, np.diff(begins), axis=1)
    share, weight, total = cells.share[:, units], cells.weight[units], cells.total[units]
    product = c * share
    first, stepped = product.sum(axis=0), product[-onset - 1 :].sum(axis=0)
    after = share[-onset - 1 :].sum(axis=0)
    product *= c
    second = product.sum(axis=0)
    product *= c
    third = product.sum(axis=0) - 3 * first * second + 2 * first**3
    c *= cells.openings[:, units]
    score = weight * (c.sum(axis=0) - total * first)
    mass = weight * total
    variance = np.maximum(mass * (second - first * first), LEAST_VARIANCE)
    largest = np.repeat(np.abs(contrast).max(axis=1), np.diff(begins))
    limit = np.maximum(clip * np.sqrt(variance), weight * largest)
    return UnitScore(
        score=np.clip(score, -limit, limit),
        variance=variance,
        mass=mass * (stepped - first * after),
        cumulant=weight * mass * (2 / weight - 1) * third,
        after=after,
    )
