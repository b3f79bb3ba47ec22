"""Cells: who is kept, how lumpy they are, and that a single report leaves no trace."""

import numpy as np
import pytest

from ievq_pipeline.domain.surge.arrays import FloatArray, IntArray
from ievq_pipeline.domain.surge.matched import MATCHED_RULE
from ievq_pipeline.domain.surge.matched.cells import Cells, cells_of, lumpiness
from ievq_pipeline.domain.surge.matched.information import information_of
from ievq_pipeline.domain.surge.matched.units import Units


def units_of(openings: IntArray, known: IntArray, series: IntArray) -> Units:
    return Units(series, np.arange(series.size), (openings * known).astype(np.int32), known.astype(bool))


def made(seed: int = 0, number: int = 60, quarters: int = 13) -> Units:
    random = np.random.default_rng(seed)
    known = (random.random((quarters, number)) < 0.8).astype(np.int64)
    return units_of(random.poisson(4, (quarters, number)), known, np.sort(random.integers(0, 3, number)))


def cells(units: Units, index: FloatArray | None = None) -> Cells:
    flat = np.ones((1, units.openings.shape[0])) if index is None else index
    found = cells_of(units, 0, flat, np.zeros(units.enterprise.size, dtype=np.int64), MATCHED_RULE)
    assert found is not None
    return found


def test_a_series_of_fewer_than_five_units_with_two_reports_is_not_there() -> None:
    openings, known = np.full((6, 9), 2), np.ones((6, 9), dtype=np.int64)
    known[1:, 0] = 0
    openings[:, 1] = 0
    found = cells(units_of(openings, known, np.array([0, 0, 0, 0, 1, 1, 1, 1, 1])))
    assert found.codes.tolist() == [1]
    few = units_of(openings[:, :4], known[:, :4], np.zeros(4, dtype=np.int64))
    assert cells_of(few, 0, np.ones((1, 6)), np.zeros(4, dtype=np.int64), MATCHED_RULE) is None


def test_shares_follow_index_and_reports_and_sum_to_one() -> None:
    index = np.linspace(0.5, 2, 13)[None, :]
    units = made()
    found = cells(units, index)
    np.testing.assert_allclose(found.share.sum(axis=0), 1)
    assert ((found.share > 0) == units.known).all()
    ratio = found.share / index[0][:, None]
    np.testing.assert_allclose(ratio.max(axis=0), np.where(ratio > 0, ratio, 9).min(axis=0))


@pytest.mark.parametrize("quarter", [0, 6, 12])
def test_a_unit_that_reported_once_leaves_no_trace(quarter: int) -> None:
    units = made()
    once = np.zeros((13, 20), dtype=np.int64)
    once[quarter] = 1
    series = np.concatenate([units.series, np.tile([0, 1], 10)])
    order = np.argsort(series, kind="stable")
    openings = np.hstack([units.openings, once * 1000])[:, order]
    more = units_of(openings, np.hstack([units.known, once])[:, order], series[order])
    before, after = information_of(cells(units), MATCHED_RULE), information_of(cells(more), MATCHED_RULE)
    assert (before.score == after.score).all()
    assert (before.matrix == after.matrix).all()


def test_score_and_information_sum_to_zero_over_the_quarters() -> None:
    found = information_of(cells(made()), MATCHED_RULE)
    np.testing.assert_allclose(found.score.sum(axis=1), 0, atol=1e-10)
    np.testing.assert_allclose(found.matrix.sum(axis=2), 0, atol=1e-10)


@pytest.mark.parametrize("tau", [0.1, 0.5, 1.5])
def test_lumpiness_is_recovered_from_dirichlet_multinomials(tau: float) -> None:
    """Dirichlet weights of 13·(1/τ)/13 each are gamma-lumpy Poisson counts of mean a, given their sum."""
    random = np.random.default_rng(3)
    number, quarters = 8000, 13
    size = random.gamma(2, 4, number) + 1
    counts = random.poisson(size * random.gamma(1 / tau, tau, (quarters, number)))
    total = counts.sum(axis=0)
    kept = total > 0
    chi = ((counts - total / quarters) ** 2).sum(axis=0)[kept] / (total[kept] / quarters)
    found = lumpiness(total[kept] / quarters, chi, np.full(int(kept.sum()), float(quarters)))
    assert 0.6 * tau < found.mean() < 1.4 * tau


def test_few_units_are_taken_to_be_as_lumpy_as_usual() -> None:
    assert (lumpiness(np.linspace(1, 9, 100), np.full(100, 9.0), np.full(100, 9.0)) == 0.4).all()
