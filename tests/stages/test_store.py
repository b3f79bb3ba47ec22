"""Store: what was accepted comes into force once, in the order handed in, and only the newest of a feed counts."""

import pytest
from polars.exceptions import ComputeError
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import filings, submissions
from tests.made_up import at_once, hand_in, in_force, open_feed, span


def number_of(house: House, table: str) -> int:
    with house.sessions() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def go(house: House) -> int | None:
    return in_force(house, "2020-Q1").get("Go")


def test_storing_twice_changes_nothing(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    handed_in = [str(hand_in(house, quarter)) for quarter in ("2020-Q1", "2020-Q2")]
    house.validate()
    assert house.store() == handed_in
    before = [number_of(house, table) for table in ("known", "filing", "filing_in_force", "total_observation")]
    assert house.store() == []
    assert [number_of(house, t) for t in ("known", "filing", "filing_in_force", "total_observation")] == before
    assert before == [2, 2, 2, 80]


def test_workers_at_once_store_each_submission_once(house: House) -> None:
    quarters = span("2018-Q1", "2020-Q4")
    open_feed(house, *quarters)
    handed_in = sorted(str(hand_in(house, quarter)) for quarter in quarters)
    house.validate()
    stored = [one for mine in at_once(4, lambda _: house.store()) for one in mine]
    assert sorted(stored) == handed_in
    assert number_of(house, "total_observation") == 40 * len(quarters)


def test_a_newer_submission_supersedes_the_one_in_force(house: House) -> None:
    open_feed(house, "2020-Q1")
    older = hand_in(house, "2020-Q1", Go=5)
    house.run()
    newer = hand_in(house, "2020-Q1", Go=6)
    assert go(house) == 5
    house.run()
    assert [house.submission(one)["state"] for one in (older, newer)] == ["superseded", "in_force"]
    assert go(house) == 6


def test_an_older_submission_accepted_late_never_counts(house: House) -> None:
    open_feed(house, "2020-Q1")
    older = hand_in(house, "2020-Q1", Go=5)
    with house.sessions.begin() as session:
        slow = submissions.claim(session)
    newer = hand_in(house, "2020-Q1", Go=6)
    house.run()
    assert slow is not None
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s' WHERE state = 'checking'"))
    assert house.run()["store"] == [str(older)]
    assert [house.submission(one)["state"] for one in (older, newer)] == ["superseded", "in_force"]
    assert house.submission(older)["stored_at"] is None
    assert go(house) == 6
    assert number_of(house, "filing") == 1


def test_a_rejected_submission_leaves_the_one_in_force(house: House) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1", Go=5)
    house.run()
    hand_in(house, "2020-Q1", **{f"term {n:02d}": "many" for n in range(40)})
    house.run()
    assert go(house) == 5


def test_a_kill_in_the_middle_leaves_the_older_in_force_and_the_newer_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_feed(house, "2020-Q1")
    older = hand_in(house, "2020-Q1", Go=5)
    house.run()
    newer = hand_in(house, "2020-Q1", Go=6)
    house.validate()
    file = filings.file

    def die(*arguments: object) -> None:
        file(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(filings, "file", die)
    with pytest.raises(KeyboardInterrupt):
        house.store()
    monkeypatch.undo()
    assert [house.submission(one)["state"] for one in (older, newer)] == ["in_force", "accepted"]
    assert go(house) == 5
    assert number_of(house, "total_observation") == 41
    assert house.store() == [str(newer)]
    assert go(house) == 6


def test_one_submission_that_cannot_be_stored_does_not_keep_the_others_waiting(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    broken, good = hand_in(house, "2020-Q1"), hand_in(house, "2020-Q2")
    house.validate()
    with house.sessions.begin() as session:
        session.execute(
            text("UPDATE submission_answer SET accepted = 'no Arrow stream' WHERE submission_id = :id"), {"id": broken}
        )
    with pytest.raises(ComputeError):  # whoever runs the room is told
        house.store()
    assert house.submission(good)["state"] == "in_force"
    assert house.submission(broken)["state"] == "accepted"


def test_with_a_quarter_the_others_wait(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    first, second = hand_in(house, "2020-Q1"), hand_in(house, "2020-Q2")
    house.validate()
    assert house.store("2020-Q2") == [str(second)]
    assert house.submission(first)["state"] == "accepted"
