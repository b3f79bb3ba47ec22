"""The background: kernels, the rule of no step, and variances found again in what they made."""

import numpy as np
import pytest

from ievq_pipeline.domain.surge.arrays import FloatArray
from ievq_pipeline.domain.surge.matched import MATCHED_RULE
from ievq_pipeline.domain.surge.matched.background import USUAL_SEASON, background_of, kernels_of, largest_step
from ievq_pipeline.domain.surge.matched.information import Information
from tests.domain.surge.matched.slow_reference import kernel


def drawn(variances: FloatArray, seed: int, series: int = 300, quarters: int = 13, known: float = 400) -> Information:
    """Scores S = Iθ + noise of variance I, for a multinomial of `known` openings over the quarters."""
    random = np.random.default_rng(seed)
    share = np.full(quarters, 1 / quarters)
    matrix = known * (np.diag(share) - np.outer(share, share))
    covariance = (variances[:, None, None] * kernels_of(quarters)).sum(axis=0)
    theta = random.multivariate_normal(np.zeros(quarters), covariance, series)
    noise = random.multivariate_normal(np.zeros(quarters), matrix, series)
    return Information(theta @ matrix + noise, np.repeat(matrix[None], series, axis=0), np.full(series, known))


def test_kernels_are_those_of_the_page() -> None:
    for made, name in zip(kernels_of(11), ("season", "trend", "walk", "shock"), strict=True):
        np.testing.assert_array_equal(made, kernel(name, 11))


@pytest.mark.parametrize("which", [0, 2, 3])
def test_a_variance_is_found_again_in_what_it_made(which: int) -> None:
    variances = np.full(4, 1e-7)
    variances[which] = 0.2**2 if which != 2 else 0.08**2
    found = background_of(drawn(variances, which), MATCHED_RULE).variances
    assert 0.5 < found[which] / variances[which] < 1.6
    if which != 0:
        assert found[0] < variances[which] / 5


def test_series_with_a_step_do_not_inflate_what_is_normal() -> None:
    calm = drawn(np.full(4, 1e-7), 5)
    stepped = calm.score.copy()
    after = (np.arange(13) >= 9) * 1.0
    stepped[:60] += calm.matrix[:60] @ after
    found = background_of(Information(stepped, calm.matrix, calm.amount), MATCHED_RULE)
    assert found.covariance.diagonal().max() < 0.15**2


def test_a_young_panel_takes_a_season_for_granted() -> None:
    assert background_of(drawn(np.full(4, 1e-7), 6, quarters=8), MATCHED_RULE).variances[0] == USUAL_SEASON
    assert background_of(drawn(np.full(4, 1e-7), 6, quarters=9), MATCHED_RULE).variances[0] < 0.05**2


def test_the_largest_step_is_the_largest_of_all_sums_from_some_quarter_on() -> None:
    random = np.random.default_rng(7)
    residual = random.normal(size=(5, 13))
    roots = random.normal(size=(5, 13, 13))
    spread = roots @ roots.transpose(0, 2, 1)
    slow = [max(abs(residual[s, u:].sum()) / np.sqrt(spread[s, u:, u:].sum()) for u in range(1, 13)) for s in range(5)]
    np.testing.assert_allclose(largest_step(residual, spread), slow)
