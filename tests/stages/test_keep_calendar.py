"""Keep_calendar: what the dates on the rows ask for on a day, once; killed, late, or at midnight in Shanghai."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest
from sqlalchemy import text

from ievq_pipeline import bootstrap
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, outbox, quarters, reminders
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.errors import QuarterNotOpen
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.stages import keep_calendar
from tests.made_up import BASIS, FEED, at_once, hand_in, open_feed

Q3 = Quarter(2025, 3)
IN_10, IN_3, LATE, LATE_7, CLOSES = (date(2025, 10, day) for day in (5, 12, 16, 22, 30))


def kept(house: House, today: date) -> list[str]:
    """What was done, without what the quarter of that day itself asks for."""
    return [str(step) for step in house.keep_calendar(today) if str(Quarter.of(today)) not in step.what]


def reminded(*kinds: str, feed: str = FEED) -> list[str]:
    return [f"reminded {feed}:2025-Q3:{kind}" for kind in kinds]


def states(house: House) -> dict[str, str]:
    with house.sessions() as session:
        rows = quarters.every(session)
    return {row.quarter: "closed" if row.closed_at else "open" if row.opened_at else "planned" for row in rows}


def events(house: House) -> list[tuple[str, str]]:
    with house.sessions() as session:
        return [(event.kind, event.subject) for event in outbox.waiting(session)]


def another_feed(house: House, code: str, **values: object) -> None:
    with house.sessions.begin() as session:
        feed = feeds.add(session, code, "totals", code)
        for name, value in values.items():
            setattr(feed, name, value)


def into_force(house: House, state: str = "in_force") -> None:
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET state = :state"), {"state": state})


def test_the_quarter_in_which_we_are_is_planned_and_opened_by_its_usual_dates(house: House) -> None:
    open_feed(house)
    steps = house.keep_calendar(date(2025, 8, 14))
    assert list(map(str, steps)) == ["planned 2025-Q3", "opened 2025-Q3"]
    with house.sessions() as session:
        [row] = quarters.every(session)
    assert (row.opens_on, row.due_on, row.closes_on) == (Q3.first_day, Q3.due_on, Q3.closes_on)
    assert hand_in(house, "2025-Q3")
    assert house.keep_calendar(date(2025, 8, 14)) == []


def test_a_planned_quarter_takes_no_submission_until_its_day_and_keeps_its_dates(house: House) -> None:
    open_feed(house)
    day = house.today + timedelta(days=10)
    far = date(2100, 1, 1)
    house.open_quarter(Quarter(2020, 1), opens_on=day, due_on=far, closes_on=far)
    assert house.keep_calendar(day - timedelta(days=1))[2:] == []
    assert states(house)["2020-Q1"] == "planned"
    with pytest.raises(QuarterNotOpen):
        hand_in(house, "2020-Q1")
    with pytest.raises(QuarterNotOpen):
        house.close("2020-Q1", is_forced=True)
    assert "opened 2020-Q1" in map(str, house.keep_calendar(day))
    assert hand_in(house, "2020-Q1")
    with house.sessions() as session:
        row = quarters.every(session)[0]
    assert (row.opens_on, row.due_on, row.closes_on) == (day, far, far)


def test_a_planned_quarter_can_be_opened_by_hand_before_its_day(house: House) -> None:
    open_feed(house)
    day, far = house.today + timedelta(days=10), date(2100, 1, 1)
    house.open_quarter(Quarter(2020, 1), opens_on=day, due_on=far, closes_on=far)
    house.open_quarter(Quarter(2020, 1), opens_on=day)  # still planned
    assert states(house) == {"2020-Q1": "planned"}
    house.open_quarter(Quarter(2020, 1))
    assert states(house) == {"2020-Q1": "open"}


def test_each_sort_of_reminder_is_made_once_with_its_event(house: House) -> None:
    open_feed(house, "2025-Q3")
    days = [IN_10 - timedelta(days=1) + timedelta(days=n) for n in range(25)]
    kinds = ("due-in-10", "due-in-3", "late-1", "late-7")
    assert [step for day in days for step in kept(house, day)] == reminded(*kinds)
    subjects = [f"{FEED}:2025-Q3:{kind}" for kind in kinds]
    assert events(house) == [(outbox.SUBMISSION_REMINDER, subject) for subject in subjects]


@pytest.mark.parametrize(
    ("first", "kind"), [(LATE - timedelta(days=1), "due-in-3"), (LATE, "late-1"), (LATE_7, "late-7")]
)
def test_days_missed_bring_the_latest_reminder_and_no_stale_one(house: House, first: date, kind: str) -> None:
    open_feed(house, "2025-Q3")
    assert [kept(house, first), kept(house, first)] == [reminded(kind), []]


@pytest.mark.parametrize(
    ("state", "is_reminded"),
    [
        ("in_force", False), ("received", False), ("checking", False), ("accepted", False),
        ("needs_confirmation", True), ("rejected", True), ("withdrawn", True),
    ],
)  # fmt: skip
def test_who_has_done_its_part_is_not_reminded(house: House, state: str, is_reminded: bool) -> None:
    open_feed(house, "2025-Q3")
    hand_in(house, "2025-Q3")
    into_force(house, state)
    assert kept(house, LATE) == (reminded("late-1") if is_reminded else [])


def test_a_feed_with_a_due_date_of_its_own_is_reminded_by_it(house: House) -> None:
    open_feed(house, "2025-Q3")
    another_feed(house, "early", due_days=13)
    another_feed(house, "late")
    with house.sessions.begin() as session:
        reminders.set_due(session, feeds.named(session, "late"), "2025-Q3", date(2025, 10, 25))
    days = [date(2025, 10, 1) + timedelta(days=n) for n in range(29)]
    steps = {(feed, kind): day for day in days for step in kept(house, day)
             for feed, _, kind in [step.removeprefix("reminded ").split(":")]}  # fmt: skip
    assert [steps["early", kind].day for kind in ("due-in-10", "due-in-3", "late-1", "late-7")] == [3, 10, 14, 20]
    assert [steps["late", kind].day for kind in ("due-in-10", "due-in-3", "late-1")] == [15, 22, 26]
    assert steps[FEED, "due-in-10"] == IN_10
    assert ("late", "late-7") not in steps, "it closes before"


def test_who_has_ended_and_whose_quarter_is_history_is_not_reminded(house: House) -> None:
    open_feed(house, "2025-Q3")
    another_feed(house, "ended", ended_on=Q3.last_day)
    another_feed(house, "with:colon", ended_on=date(2025, 10, 1))
    another_feed(house, "history")
    with house.sessions.begin() as session:
        quarters.set_mode(session, "totals:history", "2025-Q3", Mode.HISTORY)
    assert kept(house, LATE) == reminded("late-1") + reminded("late-1", feed="with:colon")


def test_a_quarter_closes_on_its_day_after_its_last_reminder(house: House) -> None:
    open_feed(house, "2025-Q3")
    assert kept(house, CLOSES - timedelta(days=1)) == reminded("late-7")
    assert kept(house, CLOSES) == ["closed 2025-Q3"]
    assert kept(house, CLOSES) == []
    assert states(house)["2025-Q3"] == "closed"


def test_quarters_close_in_calendar_order_however_their_dates_lie(house: House) -> None:
    open_feed(house)
    house.open_quarter(Quarter(2025, 1), closes_on=date(2025, 9, 9))
    house.open_quarter(Quarter(2025, 2), closes_on=date(2025, 8, 8))
    early, late = kept(house, date(2025, 8, 8)), kept(house, date(2025, 9, 9))
    assert early == [
        f"reminded {FEED}:2025-Q1:late-7",
        "left 2025-Q2: Quarter 2025-Q1 is still open; quarters are closed in calendar order. Close it first.",
    ]
    assert late == ["closed 2025-Q1", "closed 2025-Q2"]


def test_a_quarter_with_a_submission_on_its_way_is_left_and_told_and_closes_later(house: House) -> None:
    open_feed(house, "2025-Q2", "2025-Q3")
    hand_in(house, "2025-Q2")
    left = kept(house, CLOSES)
    assert left[0].startswith("left 2025-Q2: 1 submission(s) of quarter 2025-Q2 are still on their way")
    assert left[1].startswith("left 2025-Q3: Quarter 2025-Q2 is still open")
    into_force(house)
    assert kept(house, CLOSES) == ["closed 2025-Q2", "closed 2025-Q3"]


def test_history_is_closed_by_whoever_loads_it(house: House) -> None:
    open_feed(house, "2025-Q2", mode=Mode.HISTORY)
    open_feed(house, "2025-Q3")
    assert [step.partition(": ")[0] for step in kept(house, CLOSES)] == ["left 2025-Q2", "left 2025-Q3"]
    another_feed(house, "live")  # takes history over
    with house.sessions.begin() as session:
        session.execute(text("DELETE FROM quarter_mode WHERE basis <> :basis"), {"basis": BASIS})
    assert kept(house, CLOSES) == ["closed 2025-Q2", "closed 2025-Q3"]


def test_a_quarter_opened_after_its_closing_day_stays_open_for_that_day(house: House) -> None:
    """Whoever opens it that late has files to hand in: the run of that midnight must not be faster."""
    open_feed(house, "2025-Q3")
    assert kept(house, house.today) == [f"left 2025-Q3: {keep_calendar.OPENED_TODAY}"]
    assert kept(house, house.today + timedelta(days=1)) == ["closed 2025-Q3"]


def test_a_quarter_before_one_that_is_closed_is_told_and_not_planned(house: House) -> None:
    open_feed(house, "2030-Q1")
    house.close("2030-Q1", is_forced=True)
    [step] = house.keep_calendar(date(2025, 8, 14))
    assert (step.did, step.what) == ("left", "2025-Q3")
    assert "2030-Q1 is closed already" in (step.why or "")


@contextmanager
def killed(monkeypatch: pytest.MonkeyPatch, owner: object, name: str) -> Iterator[None]:
    """Dies when `owner.name` is called, with what it has done so far rolled back."""

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(owner, name, die)
        with pytest.raises(KeyboardInterrupt):
            yield


@pytest.mark.parametrize("call", ["is_there", "open_planned", "to_close_on", "tell"])
def test_killed_anywhere_the_next_run_does_what_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    open_feed(house, "2025-Q3")
    with killed(monkeypatch, outbox if call == "tell" else quarters, call):
        house.keep_calendar(LATE)
    house.keep_calendar(LATE)
    assert states(house) == {"2025-Q3": "open", "2025-Q4": "open"}
    assert events(house) == [(outbox.SUBMISSION_REMINDER, f"{FEED}:2025-Q3:late-1")]
    assert house.keep_calendar(LATE) == []


def test_killed_while_closing_it_closes_the_rest_next_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    open_feed(house, "2025-Q2", "2025-Q3")
    closing = keep_calendar.run

    def dies_at_the_second(name: str) -> None:
        if name == "2025-Q3":
            raise KeyboardInterrupt
        house.close(name, is_forced=True)

    with pytest.raises(KeyboardInterrupt):
        closing(house.sessions, today=CLOSES, close=dies_at_the_second)
    assert kept(house, CLOSES) == ["closed 2025-Q3"]
    assert [kind for kind, _ in events(house)].count(outbox.QUARTER_CLOSED) == 2


def test_several_at_once_do_everything_once(house: House) -> None:
    open_feed(house, "2025-Q2", "2025-Q3")
    for code in ("a", "b", "c"):
        another_feed(house, code)
    at_once(4, lambda _: house.keep_calendar(LATE))
    assert states(house) == {"2025-Q2": "closed", "2025-Q3": "open", "2025-Q4": "open"}
    told = events(house)
    assert len(told) == len(set(told)) == 5


@pytest.mark.timezone
@pytest.mark.parametrize(
    ("instant", "quarter", "is_closed"),
    [
        (datetime(2025, 9, 30, 15, 59, 59, tzinfo=UTC), "2025-Q3", False),
        (datetime(2025, 9, 30, 16, 0, 0, tzinfo=UTC), "2025-Q4", False),  # midnight in Shanghai
        (datetime(2025, 10, 29, 15, 59, 59, tzinfo=UTC), "2025-Q4", False),
        (datetime(2025, 10, 29, 16, 30, 0, tzinfo=UTC), "2025-Q4", True),
    ],
)
def test_the_day_is_that_of_shanghai(
    house: House, monkeypatch: pytest.MonkeyPatch, instant: datetime, quarter: str, is_closed: bool
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return instant.astimezone(tz)

    open_feed(house, "2025-Q3")
    monkeypatch.setattr(bootstrap, "datetime", Clock)
    house.keep_calendar()
    assert max(states(house)) == quarter
    assert (states(house)["2025-Q3"] == "closed") is is_closed


def test_reminders_wake_nobody_and_wait_for_nothing(house: House) -> None:
    from ievq_pipeline.stages import carry

    open_feed(house, "2025-Q3")
    house.keep_calendar(LATE)
    woken: list[str] = []

    class Recorder:
        def wake(self, asset: str, partition_key: str | None = None) -> None:
            woken.append(asset)

    assert len(carry.run_waiting(house.sessions, Recorder())) == 1
    assert (woken, events(house)) == ([], [])
