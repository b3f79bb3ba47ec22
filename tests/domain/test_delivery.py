"""The retry clock: when to try again, when to give up, and how far a receiver may put it off."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ievq_pipeline.domain.delivery import JITTER, LONGEST_RETRY_AFTER, WAITS, Attempt, next_wait

FAILED = Attempt(500, "no")


def test_the_waits_are_those_promised_to_subscribers() -> None:
    minutes = [wait / timedelta(minutes=1) for wait in WAITS]
    assert minutes == pytest.approx([5 / 60, 5, 30, 120, 300, 600, 840, 1200, *[1440] * 5])
    assert timedelta(days=6.5) < sum(WAITS, timedelta()) < timedelta(days=8)


@given(st.integers(1, len(WAITS)), st.floats(0, 1))
def test_a_wait_is_lengthened_by_luck_and_by_no_more_than_a_tenth(attempts: int, luck: float) -> None:
    wait = next_wait(attempts, FAILED, luck)
    assert wait is not None
    assert WAITS[attempts - 1] <= wait <= WAITS[attempts - 1] * (1 + JITTER) + timedelta(microseconds=1)


@given(st.floats(0, 1))
def test_after_the_last_wait_it_gives_up(luck: float) -> None:
    assert next_wait(len(WAITS), FAILED, luck) is not None
    assert next_wait(len(WAITS) + 1, FAILED, luck) is None
    assert next_wait(len(WAITS) + 5, Attempt(503, "", timedelta(hours=1)), luck) is None


@given(st.integers(1, len(WAITS)), st.timedeltas(timedelta(), timedelta(days=400)))
def test_a_receiver_may_lengthen_a_wait_up_to_a_day_and_never_shorten_it(attempts: int, asked: timedelta) -> None:
    wait = next_wait(attempts, Attempt(503, "", asked), 0.0)
    assert wait == max(WAITS[attempts - 1], min(asked, LONGEST_RETRY_AFTER))


def test_gone_is_the_end_whatever_else_is_said() -> None:
    assert next_wait(1, Attempt(410, "", timedelta(hours=1)), 0.5) is None


@pytest.mark.parametrize(
    ("status", "is_success"),
    [(None, False), (100, False), (199, False), (200, True), (204, True), (299, True), (300, False), (404, False)],
)
def test_only_2xx_is_a_success(status: int | None, is_success: bool) -> None:
    assert Attempt(status, "").is_success is is_success


@pytest.mark.parametrize(("status", "is_gone"), [(410, True), (404, False), (None, False)])
def test_only_410_says_that_no_more_is_wanted(status: int | None, is_gone: bool) -> None:
    assert Attempt(status, "").is_gone is is_gone
