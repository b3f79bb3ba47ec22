"""Panels: what is zero and what is unknown, whatever the order of the rows."""

import numpy as np
import pytest

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel

ROWS = [("2020-Q1", "Go", 5, 100), ("2020-Q1", "Ada", 2, 100), ("2020-Q3", "Go", 7, 90)]


def test_a_skill_not_named_in_a_quarter_with_rows_is_a_true_zero() -> None:
    panel = TotalsPanel.of(ROWS)
    assert panel.skills == ("Ada", "Go")
    assert panel.counts[0].tolist() == [2, 0, 0]
    assert panel.known[0].tolist() == [True, False, True]


def test_a_quarter_without_rows_is_there_with_nothing_known() -> None:
    panel = TotalsPanel.of(ROWS)
    assert panel.quarters == (Quarter(2020, 1), Quarter(2020, 2), Quarter(2020, 3))
    assert not panel.known[:, 1].any()
    assert panel.exposure.tolist() == [100, 0, 90]


def test_a_quarantined_pair_is_unknown_and_never_zero() -> None:
    panel = TotalsPanel.of(ROWS, unknown=[("2020-Q3", "Ada"), ("2020Q3", "Zig")])
    assert panel.skills == ("Ada", "Go", "Zig")
    assert panel.known[:, 2].tolist() == [False, True, False]


def test_the_order_of_rows_does_not_matter() -> None:
    one, other = TotalsPanel.of(ROWS), TotalsPanel.of(reversed(ROWS))
    assert one.skills == other.skills
    assert np.array_equal(one.counts, other.counts)


@pytest.mark.parametrize("row", [("2020-Q1", "Go", 6, 100), ("2020-Q1", "C", 6, 99)])
def test_a_pair_that_comes_twice_or_a_second_exposure_is_refused(row: tuple[str, str, int, int]) -> None:
    with pytest.raises(ValueError, match="2020-Q1"):
        TotalsPanel.of([*ROWS, row])


def test_no_rows_make_an_empty_panel() -> None:
    assert TotalsPanel.of([]).quarters == ()


def test_what_an_incomplete_quarter_does_not_name_is_unknown_there_and_nowhere_else() -> None:
    rows = [
        ("2020-Q1", "Go", 3, 100),
        ("2020-Q1", "Rust", 4, 100),
        ("2020-Q2", "Go", 5, 100),
        ("2020-Q3", "Go", 6, 100),
    ]
    panel = TotalsPanel.of(rows, incomplete=["2020-Q2", "2030-Q1"])
    assert panel.skills == ("Go", "Rust")
    assert panel.known.tolist() == [[True, True, True], [True, False, True]]
