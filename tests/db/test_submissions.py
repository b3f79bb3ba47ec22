"""Submissions: one worker holds one for a while, whoever comes late is not heard, and states follow a table."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import migrate, submissions
from ievq_pipeline.db.session import connect
from ievq_pipeline.db.submissions import Claim
from ievq_pipeline.domain.errors import UnknownSubmission
from ievq_pipeline.domain.submission import FOLLOWS, ON_THE_WAY, State
from ievq_pipeline.settings import Settings
from tests.made_up import at_once, hand_in, open_feed, own_database, walk

ANSWER = {"state": State.ACCEPTED, "verdict": "accepted"}
KEPT: dict[str, Any] = {
    "body": {"file": {}, "findings": [], "normalised": []},
    "accepted": None,
    "unknown": [],
    "unnamed": [],
}


def claim(house: House) -> Claim | None:
    with house.sessions.begin() as session:
        return submissions.claim(session)


def answer(house: House, held: Claim) -> bool:
    with house.sessions.begin() as session:
        return submissions.answer(session, held, ANSWER, KEPT)


def expire(house: House) -> None:
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s' WHERE state = 'checking'"))


@pytest.fixture
def watched(cluster: Cluster, tmp_path: Path) -> Iterator[House]:
    """A house whose database notes every change of a submission's state."""
    with own_database(cluster, "watched") as url:
        engine = connect(url)
        migrate.upgrade(engine)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE seen (before text, after text)"))
            connection.execute(
                text(
                    "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
                    " INSERT INTO seen VALUES (OLD.state, NEW.state); RETURN NEW; END $$"
                )
            )
            connection.execute(
                text("CREATE TRIGGER note AFTER UPDATE ON submission FOR EACH ROW EXECUTE FUNCTION note()")
            )
        yield House(Settings(_env_file=None, database_url=url, data_dir=tmp_path), engine)
        engine.dispose()


def test_what_the_rooms_do_to_a_state_stands_in_the_table_of_what_may_follow(watched: House) -> None:
    open_feed(watched, "2020-Q1", "2020-Q2")
    hand_in(watched, "2020-Q1", Go=5)
    watched.run()
    hand_in(watched, "2020-Q1", Go=6)
    hand_in(watched, "2020-Q1", Go=7)
    hand_in(watched, "2020-Q2", Go="many", Rust="none", Zig="few")
    claim(watched)
    expire(watched)
    watched.run()
    with watched.sessions() as session:
        pairs = session.execute(text("SELECT DISTINCT before, after FROM seen WHERE before <> after")).all()
    seen = {(State(before), State(after)) for before, after in pairs}
    assert seen == {
        (State.RECEIVED, State.CHECKING),
        (State.CHECKING, State.ACCEPTED),
        (State.CHECKING, State.REJECTED),
        (State.ACCEPTED, State.IN_FORCE),
        (State.IN_FORCE, State.SUPERSEDED),
    }
    assert all(after in FOLLOWS[before] for before, after in seen)


def test_every_state_says_what_may_follow_and_all_that_are_on_the_way_come_to_an_end() -> None:
    assert set(FOLLOWS) == set(State)
    ends = {state for state, following in FOLLOWS.items() if not following}
    assert ends == {State.REJECTED, State.SUPERSEDED, State.WITHDRAWN}
    assert set(ON_THE_WAY) == set(State) - ends - {State.IN_FORCE, State.NEEDS_CONFIRMATION}


def test_the_oldest_is_claimed_first_and_nobody_gets_it_twice(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    first, second = hand_in(house, "2020-Q2"), hand_in(house, "2020-Q1")
    claims = [claim(house), claim(house), claim(house)]
    assert [held.id if held else None for held in claims] == [first, second, None]


def test_workers_that_claim_at_once_never_hold_the_same_one(house: House) -> None:
    quarters = [f"20{year}-Q{n}" for year in (18, 19, 20) for n in (1, 2, 3, 4)]
    open_feed(house, *quarters)
    handed_in = {hand_in(house, quarter) for quarter in quarters}

    def work(_: int) -> list[Claim]:
        return [held for _ in range(5) if (held := claim(house)) is not None]

    held = [one.id for mine in at_once(4, work) for one in mine]
    # SKIP LOCKED may find nothing for a moment; what it finds is nobody else's
    assert len(held) == len(set(held))
    assert set(held) | {one.id for _ in handed_in if (one := claim(house))} == handed_in


def test_a_claim_runs_out_after_15_seconds_and_two_for_each_megabyte(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    small, large = hand_in(house, "2020-Q1"), hand_in(house, "2020-Q2")
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET bytes = 200000000 WHERE id = :id"), {"id": large})
        now = session.execute(text("SELECT now()")).scalar_one()
    leases = {held.id: held.until - now for _ in range(2) if (held := claim(house)) and held.until}
    assert timedelta(seconds=14) < leases[small] < timedelta(seconds=17)
    assert timedelta(seconds=414) < leases[large] < timedelta(seconds=417)


def test_a_claim_whose_worker_died_is_taken_over_when_it_has_run_out(house: House) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1")
    dead = claim(house)
    assert dead is not None
    assert claim(house) is None
    expire(house)
    heir = claim(house)
    assert heir is not None
    assert (heir.id, heir.sha256) == (dead.id, dead.sha256)


def test_a_late_answer_is_not_heard_while_another_works_nor_after_it_answered(house: House) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1")
    late = claim(house)
    expire(house)
    heir = claim(house)
    assert late is not None
    assert heir is not None
    assert answer(house, late) is False
    assert answer(house, heir) is True
    assert answer(house, late) is False
    assert answer(house, heir) is False


def test_two_that_hold_the_same_claim_answer_it_once(house: House) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1")
    held = claim(house)
    assert held is not None
    assert sorted(at_once(3, lambda _: answer(house, held))) == [False, False, True]


@pytest.mark.parametrize("name", ["", "no-id", "12345", "00000000-0000-0000-0000-000000000000", "\0", "x" * 5000])
def test_a_name_that_names_no_submission_is_unknown(house: House, name: str) -> None:
    with house.sessions() as session, pytest.raises(UnknownSubmission):
        submissions.named(session, name)


@pytest.mark.timezone
def test_a_receipt_gives_its_times_in_utc(house: House) -> None:
    walk(house, {"2020-Q1": {}})
    with house.sessions() as session:
        submission_id = session.execute(text("SELECT id FROM submission")).scalar_one()
    receipt = house.submission(submission_id)
    for name in ("received_at", "checked_at", "stored_at"):
        assert receipt[name].endswith("Z")
        assert abs(datetime.fromisoformat(receipt[name]) - datetime.now(UTC)) < timedelta(minutes=1)
    assert receipt["state"] == "in_force"
    assert receipt["verdict"] == "accepted"
    assert (receipt["rows_read"], receipt["rows_accepted"], receipt["rows_quarantined"]) == (40, 40, 0)
