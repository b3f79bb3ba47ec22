"""Windows combined, and series under one false-discovery rate."""

import numpy as np
import pytest

from ievq_pipeline.domain.surge.multiplicity import adjusted, combine


def test_equal_windows_combine_to_the_same_p() -> None:
    for p in (0.3, 1e-3, 1e-9):
        assert combine(np.full((3, 1), p))[0] == pytest.approx(p, rel=1e-6)


def test_one_small_p_among_three_counts_for_a_third_of_itself() -> None:
    assert combine(np.array([[1e-8], [0.5], [0.5]]))[0] == pytest.approx(3e-8, rel=1e-3)


def test_a_window_without_history_is_left_out() -> None:
    assert combine(np.array([[1e-3], [np.nan], [np.nan]]))[0] == pytest.approx(1e-3, rel=1e-6)


def test_a_p_of_one_does_not_drown_the_others() -> None:
    assert combine(np.array([[1e-4], [1.0], [0.4]]))[0] < 1e-3


def test_series_outside_the_family_get_no_q_and_do_not_count_in_it() -> None:
    p = np.array([0.01, 1e-9, 0.04])
    q = adjusted(p, np.array([True, False, True]))
    assert q[[0, 2]].tolist() == pytest.approx([0.02, 0.04])
    assert np.isnan(q[1])
    assert np.isnan(adjusted(p, np.zeros(3, dtype=bool))).all()
