"""The quarter: which spellings leave no doubt, how quarters count, and the calendar that follows."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ievq_pipeline.domain.errors import NotADate, NotAQuarter
from ievq_pipeline.domain.period import Quarter, calendar_date, parse_date


@pytest.mark.parametrize(
    "text",
    [
        "2025-Q3", "2025Q3", "2025 Q3", "2025-q3", " 2025-Q3\n", "2025年Q3", "2025年第3季度", "2025年3季度",
        "2025年三季度", "2025年第三季度", "2025年第3季", "2025 年 第 3 季度", "2025Q3季度", "25-3季度", "25年三季度",
        "2025-3季度", "2025年度第三季度", "2025.Q3", "Q3 2025", "3Q2025", "Q3/2025",
    ],
)  # fmt: skip
def test_spellings_that_leave_no_doubt_are_read(text: str) -> None:
    assert Quarter.parse(text) == Quarter(2025, 3)


@pytest.mark.parametrize(
    "text",
    [
        "", "2025", "2025-3", "2025年3", "2025年第3", "2025年3月", "Q3", "2025-Q5", "2025-Q0", "2025年五季度",
        "25-Q3", "0000-Q1", "9999-Q4", "2025-Q3 2025-Q4", "２０２５-Q3", "٢٠٢٥-Q3", "2025-Q³", "2025Q三", "\0",
    ],
)  # fmt: skip
def test_anything_else_is_refused_with_the_right_spelling(text: str) -> None:
    with pytest.raises(NotAQuarter, match="2025-Q3"):
        Quarter.parse(text)


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-01",
        "2025/9/30",
        "2025年8月15日",
        "2025-07-15 10:30:00",
        "2025年7月",
        "2025Q3",
        "2025-07",
        "2025年7-9月",
    ],
)
def test_a_day_or_month_tells_its_quarter(text: str) -> None:
    assert Quarter.holding(text) == Quarter(2025, 3)


@pytest.mark.parametrize("text", ["2025-04", "2025-3", "7/15/2025", "25-7-1", "2025-13-01", "7月", ""])
def test_what_may_be_another_day_or_month_tells_none(text: str) -> None:
    with pytest.raises(NotAQuarter):
        Quarter.holding(text)


@pytest.mark.timeout(5)
def test_an_endless_spelling_is_refused_at_once() -> None:
    for text in ("2025" + " " * 30_000 + "x", "2025年" + " " * 30_000, "2025" * 30_000):
        with pytest.raises(NotAQuarter):
            Quarter.parse(text)


@given(st.integers(1000 * 4, 2999 * 4 + 3), st.integers(-40, 40))
def test_distances_add_up_and_a_quarter_reads_what_it_writes(index: int, distance: int) -> None:
    quarter = Quarter.from_index(index)
    assert Quarter.parse(str(quarter)) == quarter
    assert quarter.plus(distance).index == index + distance
    assert (quarter.plus(distance) > quarter) == (distance > 0)


@given(st.integers(1000 * 4, 2999 * 4 + 2))
def test_quarters_follow_one_another_without_gap(index: int) -> None:
    quarter = Quarter.from_index(index)
    assert quarter.plus(1).first_day == quarter.last_day + timedelta(days=1)


def test_due_and_closing_follow_the_quarters_end() -> None:
    quarter = Quarter(2025, 3)
    assert (quarter.first_day, quarter.last_day) == (date(2025, 7, 1), date(2025, 9, 30))
    assert (quarter.due_on, quarter.closes_on) == (date(2025, 10, 15), date(2025, 10, 30))


@pytest.mark.parametrize(
    "text",
    [
        "2025-07-01", "2025/7/1", "2025.07.1", "2025年7月1日", "20250701", " 2025-07-01\n", "2025/7/1 0:00",
        "2025-07-01 00:00:00", "2025-07-01T00:00:00",
    ],
)  # fmt: skip
def test_dates_that_leave_no_doubt_are_read(text: str) -> None:
    assert parse_date(text) == date(2025, 7, 1)


@pytest.mark.parametrize(
    "text",
    [
        "", "2025", "2025-07", "7/1/2025", "01.07.2025", "2025-7/1", "2025-13-01", "2025-02-30", "45839", "2025701",
        "2025-07-01 08:00", "２０２５-07-01", "0000-01-01", "2025年7月", "2025-07-01" + " " * 50 + "x", "\0",
    ],
)  # fmt: skip
def test_any_other_date_is_refused(text: str) -> None:
    with pytest.raises(NotADate, match="2025-07-01"):
        parse_date(text)


@pytest.mark.timezone
def test_the_calendar_turns_at_midnight_in_shanghai() -> None:
    assert calendar_date(datetime(2025, 9, 30, 15, 59, tzinfo=UTC)) == date(2025, 9, 30)
    assert calendar_date(datetime(2025, 9, 30, 16, 0, tzinfo=UTC)) == date(2025, 10, 1)


@given(st.dates(min_value=date(1000, 1, 1)))
def test_a_day_lies_in_its_quarter(day: date) -> None:
    quarter = Quarter.of(day)
    assert quarter.first_day <= day <= quarter.last_day
