"""The market index: what it recovers, and who has no say in it."""

import numpy as np

from ievq_pipeline.domain.surge.matched import MATCHED_RULE
from ievq_pipeline.domain.surge.matched.market import market_index


def test_openings_that_are_size_times_index_give_the_index_with_geometric_mean_one() -> None:
    index = np.array([1.0, 2.0, 4.0, 2.0, 8.0])
    sizes = np.array([1, 3, 10, 40, 100, 7])
    counted = np.random.default_rng(1).random((6, 5)) < 0.8
    counted[0] = True
    totals = np.where(counted, np.outer(sizes, index), 0).astype(np.int64)
    found = market_index(totals, counted, np.zeros(6, dtype=np.int64), MATCHED_RULE)
    np.testing.assert_allclose(found[0], index / np.exp(np.log(index).mean()), rtol=1e-3)


def test_a_report_of_a_single_quarter_and_another_segment_change_no_bit() -> None:
    random = np.random.default_rng(2)
    totals, counted = random.poisson(20, (30, 9)), np.ones((30, 9), dtype=bool)
    once = np.zeros((5, 9), dtype=bool)
    once[:, 8] = True
    more_totals = np.vstack([totals, once * 10_000, random.poisson(99, (8, 9))])
    more_counted = np.vstack([counted, once, np.ones((8, 9), dtype=bool)])
    segments = np.array([0] * 35 + [1] * 8)
    alone = market_index(totals, counted, np.zeros(30, dtype=np.int64), MATCHED_RULE)
    assert (market_index(more_totals, more_counted, segments, MATCHED_RULE)[0] == alone[0]).all()


def test_a_segment_of_fewer_than_five_has_no_index() -> None:
    totals = np.outer([1, 2, 3, 4], [1, 5, 9])
    flat = market_index(totals, np.ones((4, 3), dtype=bool), np.zeros(4, dtype=np.int64), MATCHED_RULE)
    assert (flat == 1).all()


def test_a_quarter_that_nobody_reports_stays_at_one() -> None:
    counted = np.ones((6, 4), dtype=bool)
    counted[:, 2] = False
    totals = np.where(counted, 10, 0)
    assert market_index(totals, counted, np.zeros(6, dtype=np.int64), MATCHED_RULE)[0, 2] == 1
