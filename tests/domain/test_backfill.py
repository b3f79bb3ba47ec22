"""Which quarters a backfill is asked for: both ends included, none that has not begun, not endlessly many."""

from datetime import date

import pytest

from ievq_pipeline.domain.backfill import MOST_QUARTERS, span
from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.period import Quarter

TODAY = date(2026, 2, 3)


def test_eight_quarters_are_two_years() -> None:
    asked = span(Quarter(2014, 1), Quarter(2015, 4), TODAY)
    assert [str(quarter) for quarter in asked] == [f"{year}-Q{n}" for year in (2014, 2015) for n in (1, 2, 3, 4)]


def test_one_quarter_is_a_span_too_and_so_is_the_one_that_runs() -> None:
    assert span(Quarter(2026, 1), Quarter(2026, 1), TODAY) == [Quarter(2026, 1)]


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        (Quarter(2015, 4), Quarter(2015, 3), "2015-Q4 is after 2015-Q3"),
        (Quarter(2025, 4), Quarter(2026, 2), "2026-Q2 has not begun"),
        (Quarter(2000, 4), Quarter(2025, 4), f"101 quarters; at most {MOST_QUARTERS}"),
    ],
)
def test_what_cannot_be_meant_is_refused(first: Quarter, last: Quarter, why: str) -> None:
    with pytest.raises(BadCall, match=why):
        span(first, last, TODAY)
