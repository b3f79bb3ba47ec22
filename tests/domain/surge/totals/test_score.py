"""The score: its p against the exact law of counts, its growth and interval."""

import numpy as np
import pytest
from scipy import stats

from ievq_pipeline.domain.surge.totals.score import LARGEST, Score, score

CURRENT = np.array([[False] * 5 + [True]])
BASELINE = ~CURRENT


def scored(base: int, now: int, phi: float = 1.0) -> Score:
    """Five quarters of `base` each, then `now`, with the same exposure throughout."""
    counts = np.array([[base] * 5 + [now]], dtype=float)
    return score(counts, np.full(6, 1000.0), CURRENT, BASELINE, np.array([phi]), 0.0)


@pytest.mark.parametrize(("base", "now"), [(100, 130), (40, 62), (400, 470)])
def test_for_poisson_counts_p_is_near_the_exact_binomial_tail_and_not_much_below_it(base: int, now: int) -> None:
    exact = stats.binomtest(now, 5 * base + now, 1 / 6, alternative="greater").pvalue
    assert 0.6 * exact < scored(base, now).p[0] < 4 * exact


def test_growth_is_observed_over_expected_but_for_the_quarter_added_to_both() -> None:
    one = scored(100, 150)
    assert one.expected[0] == pytest.approx(100)
    assert one.share[0] == pytest.approx(0.1)
    assert one.growth[0] == pytest.approx(1.5, abs=0.01)


def test_the_interval_ends_where_the_score_is_two_deviations_off() -> None:
    one = scored(100, 150, phi=2.0)
    for end in (one.lower[0], one.upper[0]):
        portion = end / (5 + end)
        deviation = np.sqrt(2.0 * 650 * portion * (1 - portion))
        assert abs(150 - 650 * portion) == pytest.approx(1.96 * deviation, rel=1e-4)
    assert one.lower[0] < one.growth[0] < one.upper[0]


def test_more_dispersion_makes_a_larger_p_and_a_wider_interval() -> None:
    calm, wild = scored(100, 150), scored(100, 150, phi=4.0)
    assert wild.p[0] > 10 * calm.p[0]
    assert wild.lower[0] < calm.lower[0]


def test_a_fall_is_never_significant() -> None:
    assert scored(100, 40).p[0] > 0.99


def test_nothing_at_all_says_nothing_and_growth_from_nothing_stays_finite() -> None:
    assert scored(0, 0).p[0] == 1
    assert np.isfinite(scored(0, 50).growth[0])
    assert scored(0, 50).upper[0] == LARGEST
