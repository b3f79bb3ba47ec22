"""When a hosted file is asked for again."""

from datetime import UTC, date, datetime, timedelta

import pytest

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.pull import CALM, DAY, EVERY, Outcome, address, next_wait

QUARTER = Quarter(2025, 3)
AFTER = datetime(2025, 10, 2, tzinfo=UTC)


def wait(
    outcome: Outcome,
    failures: int = 0,
    luck: float = 0.0,
    now: datetime = AFTER,
    retry_after: timedelta | None = None,
    closes_on: date = QUARTER.closes_on,
) -> timedelta:
    return next_wait(outcome, failures, luck, quarter=QUARTER, closes_on=closes_on, now=now, retry_after=retry_after)


def test_the_quarter_stands_in_the_address_wherever_it_is_named() -> None:
    assert address("https://a/{quarter}/x-{quarter}.csv?a={b}", "2025-Q3") == "https://a/2025-Q3/x-2025-Q3.csv?a={b}"


def test_before_the_quarter_is_over_once_a_day_is_enough() -> None:
    for outcome in (Outcome.NOT_OUT, Outcome.UNCHANGED, Outcome.FILE):
        assert wait(outcome, now=datetime(2025, 9, 30, 15, 59, tzinfo=UTC)) == DAY
        assert wait(outcome, now=datetime(2025, 9, 30, 16, 0, tzinfo=UTC)) < DAY, "it is October in Shanghai"


def test_afterwards_a_missing_file_is_asked_for_calmly_and_one_that_is_there_at_every_run() -> None:
    assert wait(Outcome.NOT_OUT) == CALM
    assert wait(Outcome.UNCHANGED) == wait(Outcome.FILE) == EVERY < timedelta(hours=1)


def test_failures_double_the_wait_up_to_a_day() -> None:
    waits = [wait(Outcome.FAILED, n) for n in range(1, 8)]
    assert waits[:5] == [EVERY * 2**n for n in range(5)]
    assert waits[5:] == [DAY, DAY]
    assert wait(Outcome.FAILED, 100_000) == DAY


def test_luck_spreads_but_never_beyond_the_hour() -> None:
    assert wait(Outcome.FILE, luck=1.0) == EVERY * 0.9
    assert wait(Outcome.FAILED, 2, luck=0.5) == EVERY * 2 * 0.95


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.NOT_OUT])
def test_a_server_that_asks_for_time_gets_it_up_to_a_day(outcome: Outcome) -> None:
    assert wait(outcome, 1, retry_after=timedelta(hours=9)) == timedelta(hours=9)
    assert wait(outcome, 1, retry_after=timedelta(days=9)) == DAY
    assert wait(outcome, 1, retry_after=timedelta(seconds=9)) == wait(outcome, 1)


def test_the_nearer_the_closing_the_shorter_the_wait() -> None:
    """Closing is at midnight in Shanghai, 16:00 UTC of the day before."""
    assert wait(Outcome.FAILED, 9, now=datetime(2025, 10, 29, 6, 0, tzinfo=UTC)) == timedelta(hours=5)
    assert wait(Outcome.NOT_OUT, now=datetime(2025, 10, 29, 15, 0, tzinfo=UTC)) == EVERY
    assert wait(Outcome.FAILED, 9, now=datetime(2025, 11, 29, tzinfo=UTC)) == EVERY, "its closing is held up"
    assert wait(Outcome.FAILED, 9, closes_on=date(2026, 3, 1)) == DAY
