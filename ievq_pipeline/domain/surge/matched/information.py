"""What a series' units say together about its level in each quarter: a score and its information."""

from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.surge.arrays import FloatArray
from ievq_pipeline.domain.surge.matched.cells import Cells
from ievq_pipeline.domain.surge.matched.rule import MatchedRule


@dataclass(frozen=True, slots=True, eq=False)
class Information:
    """Per series: score S [series, quarters], information I [series, quarters, quarters], amount ΣwN [series]."""

    score: FloatArray
    matrix: FloatArray
    amount: FloatArray


def information_of(cells: Cells, rule: MatchedRule) -> Information:
    """S(q) = Σ w(v − Nπ) and I = Σ wN(diag π − ππᵀ) over a series' units.

    These are score and information of a multinomial given N, each unit weighted by 1/φ (quasi-likelihood, McCullagh
    1983, *Ann. Stat.* 11:59): with θ(q) the log level of the series against its market, S ≈ N(I·θ, I).
    """
    quarters, series = cells.quarters, cells.codes.size
    score, amount = np.empty((series, quarters)), np.empty(series)
    matrix = np.empty((series, quarters, quarters))
    for shard in cells.shards(rule.shard):
        begins = cells.starts[shard.series] - cells.starts[shard.series.start]
        share, total, weight = cells.share[:, shard.units], cells.total[shard.units], cells.weight[shard.units]
        score[shard.series] = np.add.reduceat(
            weight * (cells.openings[:, shard.units] - total * share), begins, axis=1
        ).T
        mass = weight * total
        amount[shard.series] = np.add.reduceat(mass, begins)
        diagonal = np.add.reduceat(mass * share, begins, axis=1)
        root = np.sqrt(mass) * share
        for q in range(quarters):
            row = -np.add.reduceat(root[q] * root[q:], begins, axis=1)
            row[0] += diagonal[q]
            matrix[shard.series, q, q:] = row.T
            matrix[shard.series, q:, q] = row.T
    return Information(score, matrix, amount)
