"""What a quarter's dates ask for on a day."""

from datetime import date, timedelta

import pytest

from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.timetable import Reminder, Timetable

USUAL = Timetable.usual(Quarter(2025, 3))


def test_the_usual_dates_follow_the_quarter() -> None:
    assert Timetable(date(2025, 7, 1), date(2025, 10, 15), date(2025, 10, 30)) == USUAL


@pytest.mark.parametrize(
    ("today", "reminder"),
    [
        (date(2025, 7, 1), None),
        (date(2025, 10, 4), None),
        (date(2025, 10, 5), Reminder.DUE_IN_10),
        (date(2025, 10, 11), Reminder.DUE_IN_10),
        (date(2025, 10, 12), Reminder.DUE_IN_3),
        (date(2025, 10, 15), Reminder.DUE_IN_3),
        (date(2025, 10, 16), Reminder.LATE_1),
        (date(2025, 10, 21), Reminder.LATE_1),
        (date(2025, 10, 22), Reminder.LATE_7),
        (date(2025, 10, 29), Reminder.LATE_7),
        (date(2025, 10, 30), None),
        (date(2026, 10, 30), None),
    ],
)
def test_of_the_reminders_the_latest_fits(today: date, reminder: Reminder | None) -> None:
    assert USUAL.reminder(today) is reminder


def test_where_a_quarter_closes_soon_after_it_is_due_no_reminder_is_told_after_a_later_one() -> None:
    day = date(2025, 10, 1)
    hurried = Timetable(day, day + timedelta(days=10), day + timedelta(days=12))
    kinds = [hurried.reminder(day + timedelta(days=n)) for n in range(13)]
    assert kinds == ["due-in-10"] * 7 + ["due-in-3"] * 4 + ["late-1"] + [None]
    same_day = Timetable(day, day, day)
    kinds = [same_day.reminder(day + timedelta(days=n)) for n in (-11, -3, -1, 0)]
    assert kinds == [None, "due-in-3", "due-in-3", None]


@pytest.mark.parametrize(
    ("due_days", "due_on", "due"),
    [
        (None, None, date(2025, 10, 15)),
        (10, None, date(2025, 10, 10)),
        (10, date(2025, 10, 20), date(2025, 10, 20)),
        (90, None, date(2025, 10, 30)),  # never after the closing
        (None, date(2020, 1, 1), date(2025, 7, 1)),
    ],
)
def test_a_feed_may_have_a_due_date_of_its_own(due_days: int | None, due_on: date | None, due: date) -> None:
    own = USUAL.of_feed(Quarter(2025, 3), due_days, due_on)
    assert (own.opens_on, own.due_on, own.closes_on) == (USUAL.opens_on, due, USUAL.closes_on)
    own.require_order()


def test_a_quarter_is_overdue_from_the_day_after() -> None:
    assert not USUAL.is_overdue(date(2025, 10, 15))
    assert USUAL.is_overdue(date(2025, 10, 16))


@pytest.mark.parametrize("dates", [(2, 1, 3), (1, 3, 2), (3, 2, 1)])
def test_dates_out_of_order_are_refused_in_both_languages(dates: tuple[int, int, int]) -> None:
    with pytest.raises(BadCall) as refused:
        Timetable(*(date(2025, 1, day) for day in dates)).require_order()
    assert "out of order" in refused.value.text("en")
    assert "日期顺序不对" in refused.value.text("zh")
    Timetable(date(2025, 1, 1), date(2025, 1, 1), date(2025, 1, 1)).require_order()


@pytest.mark.parametrize(
    ("day", "quarter"),
    [((2025, 1, 1), "2025-Q1"), ((2025, 3, 31), "2025-Q1"), ((2025, 4, 1), "2025-Q2"), ((2025, 12, 31), "2025-Q4")],
)
def test_a_day_lies_in_its_quarter(day: tuple[int, int, int], quarter: str) -> None:
    assert str(Quarter.of(date(*day))) == quarter
