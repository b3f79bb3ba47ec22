"""The market index: how all openings of a segment rise and fall, so that a series is held against its market."""

import numpy as np

from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray, IntArray
from ievq_pipeline.domain.surge.matched.rule import MatchedRule


def market_index(totals: IntArray, counted: BoolArray, segments: IntArray, rule: MatchedRule) -> FloatArray:
    """The index f [segments, quarters] from all openings of the enterprises, [enterprises, quarters].

    Enterprises with one report say nothing about change and are left out; a segment of few has no index (f = 1).
    """
    kept = counted.sum(axis=1) >= 2
    number = int(segments.max()) + 1 if segments.size else 0
    index = np.ones((number, totals.shape[1]))
    for segment in range(number):
        members = kept & (segments == segment)
        if members.sum() >= rule.minimum_segment:
            index[segment] = _two_way(totals[members].astype(np.float64), counted[members].astype(np.float64), rule)
    return index


def _two_way(openings: FloatArray, reported: FloatArray, rule: MatchedRule) -> FloatArray:
    """Two-way Poisson fixed effects, E[y] = a·f(q) where reported: alternating weighted score equations.

    Given f, a = Σy/Σf over the quarters reported; given a, f(q) = Σwy/Σwa over the enterprises that reported q. The
    weight w = 1/(1 + 0.1·a) is that of openings which come in lumps: without it the index is that of the giants.
    """
    total = openings.sum(axis=1)
    f = np.ones(openings.shape[1])
    for _ in range(rule.index_rounds):
        size = total / (reported * f).sum(axis=1)
        weight = 1 / (1 + rule.size_penalty * size)
        seen = (weight[:, None] * openings).sum(axis=0)
        fitted = ((weight * size)[:, None] * reported).sum(axis=0)
        some = (seen > 0) & (fitted > 0)
        f = np.divide(seen, fitted, out=np.ones_like(f), where=some)
        if some.any():
            f = np.where(some, f / np.exp(np.log(f[some]).mean()), 1.0)
    return f
