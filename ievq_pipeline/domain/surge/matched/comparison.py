"""Window against baseline, unit by unit: who is matched, what was expected of them, and the evidence beside it."""

from dataclasses import dataclass

import numpy as np

from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray, IntArray
from ievq_pipeline.domain.surge.matched.background import Background
from ievq_pipeline.domain.surge.matched.cells import Cells
from ievq_pipeline.domain.surge.matched.information import Information
from ievq_pipeline.domain.surge.matched.rule import MatchedRule
from ievq_pipeline.domain.surge.matched.shown import Matched
from ievq_pipeline.domain.surge.matched.step import StepTest


@dataclass(frozen=True, slots=True, eq=False)
class Matching:
    """Per series: matched enterprises, openings expected of them in the quarter, and growth of openings on the year."""

    matched: IntArray
    expected: FloatArray
    #: over the enterprises reporting in both quarters; NaN where nothing was open in the earlier one
    on_year: FloatArray

    def is_enough(self, rule: MatchedRule) -> BoolArray:
        """Which series have reporters and openings enough for a test."""
        return (self.matched >= rule.minimum_matched) & (self.expected >= rule.minimum_expected)


def span(onset: int, rule: MatchedRule, quarters: int) -> tuple[slice, slice]:
    """Columns of the window that began `onset` quarters ago, and of the baseline before it."""
    first = quarters - 1 - onset
    return slice(first, quarters), slice(max(0, first - rule.baseline), first)


def matching_of(cells: Cells, rule: MatchedRule) -> Matching:
    """Matched: reported now and at least twice in the five quarters before."""
    owner, number = cells.owner, cells.codes.size
    _, base = span(0, rule, cells.quarters)
    past = cells.share[base]
    matched = (cells.share[-1] > 0) & ((past > 0).sum(axis=0) >= rule.minimum_reports)
    before = cells.openings[base].sum(axis=0)
    expected = np.zeros_like(before)
    np.divide(cells.share[-1] * before, past.sum(axis=0), out=expected, where=matched)
    both = (cells.share[-1] > 0) & (cells.share[-5] > 0)
    now, then = (np.bincount(owner, weights=cells.openings[q] * both, minlength=number) for q in (-1, -5))
    return Matching(
        matched=np.bincount(owner[matched], minlength=number),
        expected=np.asarray(np.bincount(owner, weights=expected, minlength=number), dtype=np.float64),
        on_year=np.divide(now, then, out=np.full(number, np.nan), where=then > 0),
    )


def season_of(information: Information, background: Background, test: StepTest) -> FloatArray:
    """The season s of each series, its step taken out: σ_s²K_s·(1+IΣ)⁻¹(S − I·e·T/M), [series, quarters]."""
    quarters = information.score.shape[1]
    onset = test.onset
    after = np.arange(quarters) >= quarters - 1 - onset[:, None]
    level = test.level[onset, np.arange(onset.size)]
    rest = information.score - np.einsum("sqr,sr->sq", information.matrix, after * level[:, None])
    return np.asarray(np.einsum("sqr,sr->sq", test.resolvent, rest) @ background.season, dtype=np.float64)


def season_variance(
    matrix: FloatArray, resolvent: FloatArray, background: Background, onset: int, rule: MatchedRule
) -> FloatArray:
    """What the season, estimated beside the step, leaves open in the log of window over baseline, per series.

    With W = 1_window/(k+1) − 1_base/(its quarters), y = σ_s²K_s·W and H = (1+IΣ)⁻¹I: yᵀW − yᵀHy + (eᵀHy)²/eᵀHe.
    """
    quarters = matrix.shape[1]
    window, base = span(onset, rule, quarters)
    contrast, after = np.zeros(quarters), np.zeros(quarters)
    contrast[window], after[window] = 1 / (onset + 1), 1.0
    contrast[base] = -1 / max(base.stop - base.start, 1)
    y = background.season @ contrast
    spread = resolvent @ matrix
    by_season = np.einsum("sqr,r->sq", spread, y)
    step = np.einsum("q,sqr,r->s", after, spread, after)
    shared = np.einsum("q,sq->s", after, by_season) ** 2
    rest = np.divide(shared, step, out=np.zeros_like(step), where=step > 1e-12)
    return np.asarray(np.maximum(float(y @ contrast) - np.einsum("q,sq->s", y, by_season) + rest, 0))


def compared_units(
    cells: Cells, rows: IntArray, position: IntArray, season: FloatArray, spans: tuple[slice, slice], rule: MatchedRule
) -> Matched:
    """Openings and exposure f·exp(s) of those units among `rows` that reported now and twice in the baseline.

    `position` is where each row's series stands in what is wanted, `season` [rows' series, quarters] goes by it.
    """
    window, base = spans
    share = cells.share[:, rows]
    taken = np.flatnonzero((share[-1] > 0) & ((share[base] > 0).sum(axis=0) >= rule.minimum_reports))
    rows, position = rows[taken], position[taken]
    exposure = share[:, taken] * cells.exposure[rows] * np.exp(season)[position].T
    openings = cells.openings[:, rows]
    return Matched(
        owner=position,
        observed=openings[window].sum(axis=0),
        window=exposure[window].sum(axis=0),
        base=openings[base].sum(axis=0),
        past=exposure[base].sum(axis=0),
        tau=cells.tau[rows],
    )
