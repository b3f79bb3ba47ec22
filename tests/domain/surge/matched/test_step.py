"""Parts of the step test: the tail, the centre, and the growth of a step."""

import numpy as np
import pytest
from scipy import stats

from ievq_pipeline.domain.surge.matched.step import step_growth, upper_tail, weighted_median


@pytest.mark.parametrize("skewness", [-2.5, -0.4, 0.2, 1.0, 3.0])
def test_the_tail_is_that_of_pearson_three(skewness: float) -> None:
    z = np.linspace(-3, 8, 45)
    expected = stats.pearson3(skewness).sf(z)
    np.testing.assert_allclose(upper_tail(z, np.full(z.size, skewness)), expected, rtol=1e-8, atol=1e-300)


def test_without_skewness_the_tail_is_nearly_normal_and_beyond_three_it_is_cut() -> None:
    z = np.linspace(-2, 3, 11)
    np.testing.assert_allclose(upper_tail(z, np.zeros(11)), stats.norm.sf(z), rtol=0.05)
    assert (upper_tail(z, np.full(11, 9.0)) == upper_tail(z, np.full(11, 3.0))).all()


def test_the_lower_weighted_median_is_the_first_to_reach_half() -> None:
    assert weighted_median(np.array([3.0, 1.0, 2.0]), np.array([1.0, 1.0, 1.0])) == 2
    assert weighted_median(np.array([1.0, 2.0]), np.array([1.0, 1.0])) == 1
    assert weighted_median(np.array([5.0, 1.0, 2.0]), np.array([9.0, 1.0, 1.0])) == 5


def test_step_growth_is_one_without_a_step_and_stays_finite() -> None:
    x = np.array([0.0, 0.5, -0.5, 40.0, -40.0])
    found = step_growth(x, np.full(5, 0.3))
    np.testing.assert_allclose(found[:3], [1, 1 + 0.5 / 0.85, 1 - 0.5 / 1.15])
    assert found[3] == 801
    assert found[4] == 0.05
