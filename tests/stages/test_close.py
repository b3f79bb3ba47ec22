"""Close: in calendar order, not before its day in Shanghai, and never over a submission that is on its way."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo

import pytest
from sqlalchemy import text

from ievq_pipeline import bootstrap
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, outbox, quarters, submissions
from ievq_pipeline.domain.errors import EarlierQuarterOpen, LaterQuarterClosed, NotYetDue, QuarterNotOpen, RoomsNotEmpty
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.stages import close
from ievq_pipeline.stages.receive import HandedIn
from tests.made_up import FEED, REGION, at_once, file, hand_in, open_feed, open_panel, span

CLOSES_ON = Quarter(2020, 1).closes_on


def closed(house: House) -> list[str]:
    with house.sessions() as session:
        return quarters.closed(session)


def events(house: House) -> list[str]:
    with house.sessions() as session:
        return [event.subject for event in outbox.waiting(session) if event.kind == outbox.QUARTER_CLOSED]


def test_a_quarter_closes_on_its_day_and_not_before(house: House) -> None:
    open_feed(house, "2020-Q1")
    with pytest.raises(NotYetDue) as refused:
        close.run(house.sessions, "2020-Q1", today=CLOSES_ON - timedelta(days=1))
    assert str(CLOSES_ON) in refused.value.text("zh")
    assert closed(house) == events(house) == []
    close.run(house.sessions, "2020-Q1", today=CLOSES_ON)
    assert closed(house) == events(house) == ["2020-Q1"]


def test_the_date_that_counts_stands_on_the_quarter_s_row(house: House) -> None:
    open_feed(house)
    house.open_quarter(Quarter(2020, 1), closes_on=date(2020, 12, 24))
    with pytest.raises(NotYetDue):
        close.run(house.sessions, "2020-Q1", today=date(2020, 12, 23))
    close.run(house.sessions, "2020-Q1", today=date(2020, 12, 24))


@pytest.mark.timezone
@pytest.mark.parametrize(
    ("instant", "is_due"),
    [
        (datetime(2020, 4, 29, 15, 59, 59, tzinfo=UTC), False),
        (datetime(2020, 4, 29, 16, 0, 0, tzinfo=UTC), True),  # midnight in Shanghai
    ],
)
def test_the_day_begins_at_midnight_in_shanghai(
    house: House, monkeypatch: pytest.MonkeyPatch, instant: datetime, is_due: bool
) -> None:
    class Clock(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return instant.astimezone(tz)

    monkeypatch.setattr(bootstrap, "datetime", Clock)
    open_feed(house, "2020-Q1")
    if not is_due:
        with pytest.raises(NotYetDue):
            house.close("2020-Q1")
    else:
        house.close("2020-Q1")
    assert bool(closed(house)) is is_due


def test_it_may_be_forced_before_its_day_but_not_out_of_order(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    yesterday = date(2020, 1, 1)
    with pytest.raises(EarlierQuarterOpen) as refused:
        close.run(house.sessions, "2020-Q2", today=yesterday, is_forced=True)
    assert "2020-Q1" in refused.value.text("en")
    close.run(house.sessions, "2020-Q1", today=yesterday, is_forced=True)
    close.run(house.sessions, "2020-Q2", today=yesterday, is_forced=True)
    assert closed(house) == ["2020-Q1", "2020-Q2"]


def test_a_quarter_before_a_closed_one_cannot_be_opened_any_more(house: House) -> None:
    """Its closing look would come after that of a later quarter, which has built on its not being there."""
    open_feed(house, "2020-Q2")
    house.close("2020-Q2", is_forced=True)
    with pytest.raises(LaterQuarterClosed, match="2020-Q2"):
        house.open_quarter(Quarter(2020, 1))
    house.open_quarter(Quarter(2020, 2))
    house.open_quarter(Quarter(2020, 3))
    with house.sessions() as session:
        assert [row.quarter for row in quarters.every(session)] == ["2020-Q2", "2020-Q3"]


@pytest.mark.parametrize("room", ["receive", "claim", "validate"])
def test_it_does_not_close_over_a_submission_on_its_way(house: House, room: str) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1")
    if room == "claim":
        with house.sessions.begin() as session:
            submissions.claim(session)
    if room == "validate":
        house.validate()
    with pytest.raises(RoomsNotEmpty) as refused:
        house.close("2020-Q1", is_forced=True)
    assert refused.value.is_retryable
    assert closed(house) == []


def test_what_came_to_its_end_does_not_keep_it_from_closing(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    hand_in(house, "2020-Q1", Go=1)
    hand_in(house, "2020-Q1", Go=2)
    house.run()
    house.receive(HandedIn(FEED, "2020-Q1", "bad.csv", b"no table"))
    house.run()
    hand_in(house, "2020-Q2")
    assert house.close("2020-Q1", is_forced=True) == []
    assert closed(house) == ["2020-Q1"]


def test_closing_again_tells_nobody_again(house: House) -> None:
    open_feed(house, "2020-Q1")
    assert house.close("2020-Q1", is_forced=True) == [FEED]
    with house.sessions() as session:
        at = session.execute(text("SELECT closed_at FROM quarter")).scalar_one()
    assert house.close("2020-Q1") == [FEED]
    assert events(house) == ["2020-Q1"]
    with house.sessions() as session:
        assert session.execute(text("SELECT closed_at FROM quarter")).scalar_one() == at


def test_closed_by_several_at_once_it_is_told_once(house: House) -> None:
    open_feed(house, "2020-Q1")
    at_once(4, lambda _: house.close("2020-Q1", is_forced=True))
    assert events(house) == ["2020-Q1"]


@pytest.mark.parametrize("quarter", ["2020-Q1", "", "2020-Q9"])
def test_a_quarter_that_is_not_there_cannot_be_closed(house: House, quarter: str) -> None:
    with pytest.raises(QuarterNotOpen):
        house.close(quarter, is_forced=True)


def test_a_submission_that_is_being_received_holds_off_the_closing(house: House) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1")
    with ThreadPoolExecutor(1) as pool:
        with house.sessions.begin() as session:
            quarters.taking_submissions(session, "2020-Q1")
            closing = pool.submit(house.close, "2020-Q1", is_forced=True)
            with pytest.raises(TimeoutError):
                closing.result(0.2)
        with pytest.raises(RoomsNotEmpty):
            closing.result(10)


def test_a_submission_that_arrives_while_the_quarter_closes_is_late(house: House) -> None:
    open_feed(house, "2020-Q1")
    with ThreadPoolExecutor(1) as pool:
        with house.sessions.begin() as session:
            quarters.to_close(session, "2020-Q1").closed_at = datetime.now(UTC)
            session.flush()
            receiving = pool.submit(hand_in, house, "2020-Q1")
            with pytest.raises(TimeoutError):
                receiving.result(0.2)
        assert house.submission(receiving.result(10))["is_late"]


def test_whoever_wins_the_race_no_quarter_closes_over_a_submission_that_came_in_time(house: House) -> None:
    names = span("2018-Q1", "2020-Q4")
    open_feed(house, *names)
    for quarter in names:

        def work(number: int, quarter: str = quarter) -> uuid.UUID | None:
            if number:
                return hand_in(house, quarter, Go=number)
            with suppress(RoomsNotEmpty):
                house.close(quarter, is_forced=True)
            return None

        handed_in = [one for one in at_once(4, work) if one]
        told = [house.submission(one) for one in handed_in]
        assert [one["is_late"] for one in told] == [quarter in closed(house)] * 3, told
        house.run()
        house.close(quarter, is_forced=True)
    assert closed(house) == names


def test_silent_are_those_that_were_expected_and_have_nothing_in_force(house: House) -> None:
    members = ["us-agency:M1", "us-agency:M2"]
    open_panel(
        house, {"waits": members, "withdrawn": [], "filed": [], "ended": [], "ends later": []}, quarters=["2020-Q1"]
    )
    with house.sessions.begin() as session:
        feeds.end(session, "ended", date(2020, 3, 31))
        feeds.end(session, "ends later", date(2020, 4, 1))
    for feed in ("filed", "withdrawn", "waits"):
        one = file(house, feed, "2020-Q1", [(member, REGION, "go", 1) for member in members[: 1 + (feed == "waits")]])
        house.run()
        if feed == "withdrawn":
            house.withdraw(one, "wrong")
    waits = file(house, "waits", "2020-Q1", [(members[0], REGION, "go", 2)])
    house.run()
    assert house.submission(waits)["state"] == "needs_confirmation"
    assert house.close("2020-Q1", is_forced=True) == ["ends later", "withdrawn"]
    with house.sessions() as session:
        query = "SELECT code, organisation_id IS NULL FROM silence JOIN feed ON feed.id = feed_id ORDER BY code"
        assert session.execute(text(query)).all() == [("ends later", True), ("withdrawn", True)]


def test_members_of_a_roster_of_whom_nobody_filed_are_silent_too(house: House) -> None:
    members = [f"us-agency:M{n}" for n in range(3)]
    open_panel(house, {"a": members, "b": []}, quarters=["2020-Q1"])
    file(house, "a", "2020-Q1", [(members[0], REGION, "go", 1)])
    file(house, "b", "2020-Q1", [(members[1], "", "NIL", None)])
    house.run()
    house.close("2020-Q1", is_forced=True)
    with house.sessions() as session:
        query = "SELECT value FROM silence JOIN organisation_identifier USING (organisation_id)"
        assert session.execute(text(query)).scalars().all() == ["M2"]
