"""The outbox: an event is there if its change is, wakes who listens at the commit, and waits until carried."""

import psycopg

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import outbox


def dsn(house: House) -> str:
    return house.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def tell(house: House, *subjects: str) -> None:
    with house.sessions.begin() as session:
        for subject in subjects:
            outbox.tell(session, outbox.QUARTER_CLOSED, subject)


def waiting(house: House, limit: int = 500) -> list[tuple[int, str]]:
    with house.sessions() as session:
        return [(event.id, event.subject) for event in outbox.waiting(session, limit)]


def test_events_wait_in_the_order_told_until_they_are_carried(house: House) -> None:
    tell(house, "2020-Q1", "2020-Q2")
    tell(house, "2020-Q3")
    (first, _), (second, _), (third, _) = waiting(house)
    assert first < second < third
    with house.sessions.begin() as session:
        outbox.carried(session, [second])
    assert waiting(house) == [(first, "2020-Q1"), (third, "2020-Q3")]
    assert waiting(house, limit=1) == [(first, "2020-Q1")]


def test_an_event_of_a_change_that_is_taken_back_was_never_told(house: House) -> None:
    with psycopg.connect(dsn(house), autocommit=True) as listening:
        listening.execute(f"LISTEN {outbox.CHANNEL}")
        with house.sessions() as session:
            outbox.tell(session, outbox.QUARTER_CLOSED, "2020-Q1")
            session.rollback()
        assert waiting(house) == []
        assert list(listening.notifies(timeout=0.1)) == []


def test_whoever_listens_is_woken_by_the_commit_and_not_before(house: House) -> None:
    with psycopg.connect(dsn(house), autocommit=True) as listening:
        listening.execute(f"LISTEN {outbox.CHANNEL}")
        with house.sessions.begin() as session:
            outbox.tell(session, outbox.QUARTER_CLOSED, "2020-Q1")
            session.flush()
            assert list(listening.notifies(timeout=0.1)) == []
        (notification,) = listening.notifies(timeout=5, stop_after=1)
        assert notification.payload == outbox.QUARTER_CLOSED
    assert [subject for _, subject in waiting(house)] == ["2020-Q1"]
