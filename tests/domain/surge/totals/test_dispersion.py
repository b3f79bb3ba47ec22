"""The moderated dispersion: what it finds in counts whose dispersion is known."""

import numpy as np
import pytest

from ievq_pipeline.domain.surge.arrays import FloatArray
from ievq_pipeline.domain.surge.totals.dispersion import moderated_dispersion, strata_of
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE

ALL = np.zeros(300, dtype=np.int64)


def moderated(counts: FloatArray) -> FloatArray:
    return moderated_dispersion(counts, np.full(counts.shape[1], 1.0), np.ones(counts.shape, dtype=bool), ALL)


def test_poisson_counts_have_a_dispersion_near_one() -> None:
    phi = moderated(np.random.default_rng(1).poisson(50, (300, 8)).astype(float))
    assert 1.0 <= phi.mean() < 1.15


@pytest.mark.parametrize("true", [2.0, 5.0])
def test_overdispersion_is_found_and_single_series_are_drawn_to_their_stratum(true: float) -> None:
    random = np.random.default_rng(2)
    counts = random.poisson(random.gamma(50 / (true - 1), true - 1, (300, 8))).astype(float)
    raw = ((counts - counts.mean(axis=1, keepdims=True)) ** 2 / counts.mean(axis=1, keepdims=True)).sum(axis=1) / 7
    phi = moderated(counts)
    assert phi.mean() == pytest.approx(true, rel=0.1)
    assert phi.std() < 0.4 * raw.std()


def test_a_wild_series_keeps_part_of_its_own_dispersion_and_hardly_moves_the_others() -> None:
    random = np.random.default_rng(3)
    counts = random.poisson(50, (300, 8)).astype(float)
    counts[0, ::2] = 200
    phi = moderated(counts)
    assert phi[0] > 5
    assert np.median(phi) < 1.2


def test_strata_hold_series_of_like_volume_and_none_is_smaller_than_asked() -> None:
    volume = np.random.default_rng(4).permutation(np.arange(100.0))
    strata = strata_of(volume, TOTALS_RULE)
    assert np.bincount(strata).min() >= TOTALS_RULE.minimum_stratum
    assert volume[strata == 0].max() < volume[strata == 1].min()
    assert strata_of(volume[:5], TOTALS_RULE).tolist() == [0] * 5
