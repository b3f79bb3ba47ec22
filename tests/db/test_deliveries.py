"""Deliveries: claimed under a lease, never two of an alert at once, and a late worker does not undo an outcome."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import deliveries, endpoints
from ievq_pipeline.db.deliveries import LEASE, Claimed
from ievq_pipeline.domain.delivery import Attempt
from ievq_pipeline.domain.errors import NameTaken
from tests.made_up import at_once, change, look

GOOD, BAD = Attempt(204, ""), Attempt(500, "no")
WAIT = timedelta(seconds=5)


def endpoint(house: House, name: str = "one") -> None:
    with house.sessions.begin() as session:
        endpoints.add(session, name, "https://example.com/hook", b"sealed")


def told(house: House, quarter: str, *changes: dict[str, object]) -> None:
    look(house, quarter, *changes)
    house.publish()


def claim(house: House, limit: int = 100) -> list[Claimed]:
    with house.sessions.begin() as session:
        return deliveries.claim(session, limit)


def begin(house: House, held: Claimed) -> Claimed | None:
    with house.sessions.begin() as session:
        return deliveries.begin(session, held)


def record(house: House, held: Claimed, attempt: Attempt, wait: timedelta | None = None) -> None:
    with house.sessions.begin() as session:
        deliveries.record(session, held, attempt, wait)


def run(house: House, statement: str) -> None:
    with house.sessions.begin() as session:
        session.execute(text(statement))


def expire(house: House) -> None:
    run(house, "UPDATE delivery SET claimed_until = now() - interval '1 s' WHERE claimed_until IS NOT NULL")


def rows(house: House) -> list[tuple[object, ...]]:
    with house.sessions() as session:
        query = "SELECT revision, state, status, outcome FROM delivery ORDER BY feed_seq"
        return [tuple(row) for row in session.execute(text(query))]


def test_claims_come_in_feed_order_and_hold_for_a_lease(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", *(change(f"term {n}", "opened") for n in range(5)))
    first, rest = claim(house, 2), claim(house)
    assert [held.alert["feed_seq"] for held in first + rest] == [1, 2, 3, 4, 5]
    assert claim(house) == []
    with house.sessions() as session:
        left = session.execute(text("SELECT min(claimed_until) - now() FROM delivery")).scalar_one()
    assert LEASE - timedelta(seconds=5) < left <= LEASE


def test_workers_that_claim_at_once_share_out_what_is_due(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", *(change(f"term {n:02d}", "opened") for n in range(40)))
    held = [one.id for mine in at_once(4, lambda _: claim(house, 10) + claim(house, 10)) for one in mine]
    held += [one.id for one in claim(house)]
    assert len(held) == len(set(held)) == 40


def test_a_lease_that_ran_out_hands_the_same_notice_to_another(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    (dead,) = claim(house)
    expire(house)
    (heir,) = claim(house)
    assert heir.alert["event_id"] == dead.alert["event_id"]
    assert heir.until > dead.until


def test_what_a_worker_only_claimed_before_it_died_counts_as_no_attempt(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"), change("Rust", "opened"))
    for _ in range(3):
        sending, _ = claim(house)
        assert begin(house, sending)
        expire(house)
    with house.sessions() as session:
        assert session.execute(text("SELECT attempts FROM delivery ORDER BY feed_seq")).scalars().all() == [3, 0]


def test_a_newer_revision_waits_while_an_older_one_is_under_way(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    (older,) = claim(house)
    told(house, "2020-Q2", change("Go", "stepped", "strong", 1.8))
    assert claim(house) == []
    record(house, older, BAD, WAIT)
    assert [held.alert["revision"] for held in claim(house)] == [2]
    assert rows(house)[0] == (1, "superseded", 500, "no")


def test_an_older_revision_that_arrived_after_it_was_superseded_counts_as_sent(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    (older,) = claim(house)
    told(house, "2020-Q2", change("Go", "stepped", "strong", 1.8))
    record(house, older, GOOD)
    assert [state for _, state, *_ in rows(house)] == ["sent", "pending"]


def test_other_alerts_do_not_wait_for_the_one_under_way(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    claim(house)
    told(house, "2020-Q2", change("Rust", "opened"))
    assert [held.alert["skill"]["code"] for held in claim(house)] == ["Rust"]


def test_a_late_failure_does_not_undo_what_another_worker_delivered(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    (late,) = claim(house)
    expire(house)
    (heir,) = claim(house)
    record(house, heir, GOOD)
    record(house, late, BAD, WAIT)
    assert rows(house) == [(1, "sent", 204, "")]


def test_a_late_worker_does_not_give_back_the_lease_of_the_one_after_it(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    (late,) = claim(house)
    expire(house)
    (heir,) = claim(house)
    record(house, late, BAD, timedelta())
    assert claim(house) == []
    told(house, "2020-Q2", change("Go", "stepped", "strong", 1.8))
    assert claim(house) == [], "revision 2 would overtake revision 1, which the heir still sends"
    record(house, heir, GOOD)
    assert [held.alert["revision"] for held in claim(house)] == [2]


def test_what_waited_in_a_worker_s_queue_gets_a_full_lease_before_it_is_sent(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    with monkeypatch.context() as changed:
        changed.setattr(deliveries, "LEASE", timedelta(seconds=-1))
        (held,) = claim(house)
    assert begin(house, held)
    assert claim(house) == []


def test_what_was_taken_over_or_superseded_in_a_worker_s_queue_is_not_sent(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"), change("Rust", "opened"))
    late, rust = claim(house)
    expire(house)
    (heir, _) = claim(house)
    assert not begin(house, late)
    told(house, "2020-Q2", change("Go", "stepped", "strong", 1.8))
    assert not begin(house, heir)
    assert [held.alert["revision"] for held in claim(house)] == [2], "nothing waits for what will not be sent"
    record(house, rust, GOOD)
    assert not begin(house, rust)


def test_an_outcome_that_no_wait_follows_is_dead_and_never_due_again(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    (held,) = claim(house)
    record(house, held, BAD, None)
    assert rows(house) == [(1, "dead", 500, "no")]
    assert claim(house) == []
    with house.sessions() as session:
        assert deliveries.counts(session) == {"dead": 1}


def test_an_answer_that_no_text_column_can_hold_is_kept_all_the_same(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    (held,) = claim(house)
    record(house, held, Attempt(200, "a\0b\ufffd"))
    assert rows(house) == [(1, "sent", 200, "ab\ufffd")]


def test_each_endpoint_has_its_own_chain_of_earlier_places(house: House) -> None:
    endpoint(house, "one")
    told(house, "2020-Q1", change("Go", "opened"), change("Rust", "opened"))
    endpoint(house, "two")
    told(house, "2020-Q2", change("Go", "stepped", "strong", 1.8), change("Zig", "opened"))
    chains: dict[object, list[tuple[object, ...]]] = {}
    with house.sessions() as session:
        query = "SELECT name, prev_feed_seq, feed_seq FROM delivery JOIN endpoint ON endpoint_id = endpoint.id"
        for name, *place in session.execute(text(query + " ORDER BY feed_seq")):
            chains.setdefault(name, []).append(tuple(place))
    assert chains == {"one": [(None, 1), (1, 2), (2, 3), (3, 4)], "two": [(None, 3), (3, 4)]}


def test_a_disabled_endpoint_gets_nothing_and_what_waits_for_it_is_parked(house: House) -> None:
    endpoint(house)
    told(house, "2020-Q1", change("Go", "opened"))
    with house.sessions.begin() as session:
        endpoints.disable(session, endpoints.every(session)[0].id, "gone")
    told(house, "2020-Q2", change("Rust", "opened"))
    assert claim(house) == []
    assert rows(house) == [(1, "pending", None, None)]
    with house.sessions() as session:
        assert endpoints.active(session) == []
        assert endpoints.every(session)[0].disabled_why == "gone"


def test_the_first_reason_for_disabling_an_endpoint_stands(house: House) -> None:
    endpoint(house)
    for why in ("first", "second"):
        with house.sessions.begin() as session:
            endpoints.disable(session, endpoints.every(session)[0].id, why)
    with house.sessions() as session:
        assert endpoints.every(session)[0].disabled_why == "first"


def test_an_endpoint_s_name_is_given_once(house: House) -> None:
    endpoint(house)
    with pytest.raises(NameTaken, match="one"):
        endpoint(house)
