"""Spans: which quarters stand against which."""

import numpy as np

from ievq_pipeline.domain.surge.arrays import BoolArray
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE
from ievq_pipeline.domain.surge.totals.spans import spans_at


def known(width: int, *missing: int) -> BoolArray:
    row = np.ones((1, width), dtype=bool)
    row[0, list(missing)] = False
    return row


def columns(row: BoolArray) -> list[int]:
    return np.flatnonzero(row[0]).tolist()


def test_a_single_quarter_keeps_one_quarter_of_guard_before_its_baseline() -> None:
    spans = spans_at(known(13), 1, TOTALS_RULE)
    assert columns(spans.current) == [12]
    assert columns(spans.recent) == [6, 7, 8, 9, 10]
    assert columns(spans.season) == [4, 8]


def test_longer_windows_have_no_guard_and_the_same_quarters_of_two_years() -> None:
    spans = spans_at(known(13), 4, TOTALS_RULE)
    assert columns(spans.current) == [9, 10, 11, 12]
    assert columns(spans.recent) == [4, 5, 6, 7, 8]
    assert columns(spans.season) == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_year_with_a_gap_in_the_season_is_left_out_whole() -> None:
    assert columns(spans_at(known(13, 7), 2, TOTALS_RULE).season) == [3, 4]


def test_a_quarter_unknown_in_the_window_is_not_asked_of_other_years() -> None:
    spans = spans_at(known(13, 11), 2, TOTALS_RULE)
    assert columns(spans.current) == [12]
    assert columns(spans.season) == [4, 8]


def test_a_series_without_history_is_not_usable() -> None:
    assert not spans_at(known(4), 1, TOTALS_RULE).usable.any()
    assert spans_at(known(5), 1, TOTALS_RULE).usable.all()
    assert not spans_at(known(13, 6, 7, 9), 1, TOTALS_RULE).usable.any()
    assert not spans_at(known(13, 12), 1, TOTALS_RULE).usable.any()
