"""Publish: what a look found becomes notices in one feed without gaps, once, and nothing by halves."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import alerts, deliveries, endpoints, looks, outbox
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.period import Quarter
from tests.made_up import BASIS, at_once, change, look, open_feed, span


def bodies(house: House) -> list[dict[str, Any]]:
    with house.sessions() as session:
        return [notice.body for notice in alerts.notices(session, limit=1_000)]


def told(house: House) -> list[tuple[Any, ...]]:
    """Every notice: its place, what it is about, and what it says."""
    return [
        (body["feed_seq"], body["skill"]["code"], body["revision"], body["notice"], body["severity"])
        for body in bodies(house)
    ]


def number_of(house: House, table: str) -> int:
    with house.sessions() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_publishing_twice_changes_nothing(house: House) -> None:
    look(house, "2020-Q1", change("Go", "opened"), change("Rust", "opened", "strong", 1.7))
    assert len(house.publish()) == 2
    before = bodies(house)
    assert house.publish() == []
    assert bodies(house) == before
    with house.sessions() as session:
        assert [event.kind for event in outbox.waiting(session)] == [outbox.ALERTS_PUBLISHED]


def test_a_look_that_found_nothing_is_published_without_a_word(house: House) -> None:
    look(house, "2020-Q1")
    assert house.publish() == []
    assert number_of(house, "outbox") == 0
    with house.sessions() as session:
        assert session.execute(text("SELECT published_at FROM look")).scalar_one() is not None


def test_the_life_of_an_alert_is_told_under_one_identity(house: House) -> None:
    look(house, "2020-Q1", change("Go", "opened", "surge", 1.5))
    look(house, "2020-Q2", change("Go", "stepped", "strong", 1.8, opened="2020-Q1"))
    look(house, "2020-Q3", change("Go", "ended", "strong", 1.8))
    event_ids = house.publish()
    assert told(house) == [
        (1, "Go", 1, "issued", "surge"),
        (2, "Go", 2, "updated", "strong"),
        (3, "Go", 3, "expired", "strong"),
    ]
    found = bodies(house)
    assert len({body["alert_id"] for body in found}) == 1
    assert [body["event_id"] for body in found] == event_ids == [f"{found[0]['alert_id']}:{n}" for n in (1, 2, 3)]
    assert [body["state"] for body in found] == ["active", "active", "expired"]
    assert len({body["issued_at"] for body in found}) == 1


def test_the_next_episode_of_a_skill_is_another_alert(house: House) -> None:
    look(house, "2020-Q1", change("Go", "opened"))
    look(house, "2021-Q1", change("Go", "ended"))
    look(house, "2021-Q2", change("Go", "opened", episode=2, opened="2021-Q2"))
    house.publish()
    assert [(revision, notice) for _, _, revision, notice, _ in told(house)] == [
        (1, "issued"), (2, "expired"), (1, "issued"),
    ]  # fmt: skip
    assert len({body["alert_id"] for body in bodies(house)}) == 2


def test_what_begins_in_history_is_silent_to_its_end(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2", mode=Mode.HISTORY)
    open_feed(house, "2020-Q3")
    look(house, "2020-Q1", change("Go", "opened"))
    look(house, "2020-Q2", change("Go", "stepped", "strong", 1.8))
    look(house, "2020-Q3", change("Go", "ended", "strong", 1.8))
    assert house.publish() == []


def test_what_begins_in_history_and_rises_in_a_live_quarter_is_issued_as_revision_1(house: House) -> None:
    open_feed(house, "2020-Q1", mode=Mode.HISTORY)
    open_feed(house, "2020-Q2", "2020-Q3")
    look(house, "2020-Q1", change("Go", "opened"))
    look(house, "2020-Q2", change("Go", "stepped", "strong", 1.8))
    look(house, "2020-Q3", change("Go", "ended", "strong", 1.8))
    house.publish()
    assert told(house) == [(1, "Go", 1, "issued", "strong"), (2, "Go", 2, "expired", "strong")]


def test_what_is_only_watched_is_silent_until_it_becomes_a_surge(house: House) -> None:
    look(house, "2020-Q1", change("Go", "opened", "watch", 1.25), change("Rust", "opened", "watch", 1.25))
    look(house, "2020-Q2", change("Go", "stepped", "surge", 1.5))
    look(house, "2020-Q3", change("Rust", "ended", "watch", 1.25))
    house.publish()
    assert told(house) == [(1, "Go", 1, "issued", "surge")]


@pytest.mark.parametrize(("growth", "is_told"), [(1.504, False), (1.4951, False), (1.506, True), (1.49, True)])
def test_growth_speaks_again_when_its_first_two_digits_after_the_point_change(
    house: House, growth: float, is_told: bool
) -> None:
    look(house, "2020-Q1", change("Go", "opened", "surge", 1.5))
    look(house, "2020-Q2", change("Go", "continued", "surge", growth))
    house.publish()
    assert [notice for *_, notice, _ in told(house)] == (["issued", "updated"] if is_told else ["issued"])


def test_an_alert_says_all_that_subscribers_were_promised(house: House) -> None:
    look(house, "2020-Q1", change("Go", "opened", "surge", 1.5))
    house.publish()
    (body,) = bodies(house)
    promised = (
        "basis alert_id revision event_id feed_seq notice state provisional level skill region industry quarter"
        " severity growth observed expected matched n_eff p q window vintage rule_version sentence reason caused_by"
        " issued_at updated_at expires_on url"
    )
    assert set(body) == set(promised.split())
    assert body["basis"] == BASIS
    assert body["growth"] == {"estimate": 1.5, "lower": 1.2, "upper": 2.0}
    assert body["url"] == f"{house.settings.public_url}/alerts/{body['alert_id']}"
    assert body["sentence"]["zh"]
    assert body["sentence"]["en"]
    assert body["provisional"] is False


def test_it_expires_at_the_closing_of_its_last_quarter_as_its_row_says(house: House) -> None:
    house.open_quarter(Quarter(2020, 1))
    house.open_quarter(Quarter(2020, 4), closes_on=datetime(2021, 5, 5, tzinfo=UTC).date())
    look(house, "2020-Q1", change("Go", "opened"))
    house.publish()
    look(house, "2020-Q2", change("Rust", "opened", opened="2020-Q2"))
    house.publish()
    assert [body["expires_on"] for body in bodies(house)] == ["2021-05-05", "2021-04-30"]


@pytest.mark.timezone
def test_times_are_utc(house: House) -> None:
    look(house, "2020-Q1", change("Go", "opened"))
    house.publish()
    (body,) = bodies(house)
    for name in ("issued_at", "updated_at"):
        assert body[name].endswith("Z")
        assert abs(datetime.fromisoformat(body[name]) - datetime.now(UTC)) < timedelta(minutes=1)


@pytest.mark.parametrize("is_in_order", [True, False])
def test_two_publishers_and_a_polling_reader_the_feed_has_no_gap_and_the_reader_misses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch, is_in_order: bool
) -> None:
    """Also when each of them takes the looks in an order of its own, so that no row makes one wait for another."""
    quarters = span("2013-Q1", "2020-Q4")
    ids = [
        look(house, quarter, change("Go", "opened", episode=n, opened=quarter), change("Rust", "opened", episode=n))
        for n, quarter in enumerate(quarters)
    ]
    if not is_in_order:
        monkeypatch.setattr(looks, "unpublished", lambda *_: random.sample(ids, len(ids)))
    total = 2 * len(quarters)
    read: list[int] = []

    def work(number: int) -> list[str]:
        if number:
            return house.publish()
        for _ in range(5_000):
            with house.sessions() as session:
                read.extend(n.feed_seq for n in alerts.notices(session, after=read[-1] if read else 0, limit=7))
            if len(read) >= total:
                break
        return []

    published = [event_id for mine in at_once(4, work) for event_id in mine]
    assert read == list(range(1, total + 1))
    assert len(published) == len(set(published)) == total
    if is_in_order:
        assert [body["quarter"] for body in bodies(house) if body["skill"]["code"] == "Go"] == quarters


@pytest.mark.parametrize("place", ["ievq_pipeline.db.deliveries.prepare", "ievq_pipeline.db.outbox.tell"])
def test_a_kill_in_the_middle_leaves_nothing_half_told(
    house: House, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    with house.sessions.begin() as session:
        endpoints.add(session, "one", "https://example.com/hook", b"sealed")
    look(house, "2020-Q1", change("Go", "opened"), change("Rust", "opened"))
    calls = 0
    originals: dict[str, Callable[..., Any]] = {"prepare": deliveries.prepare, "tell": outbox.tell}
    original = originals[place.rpartition(".")[2]]

    def die(*arguments: Any) -> None:
        nonlocal calls
        calls += 1
        original(*arguments)
        if "tell" in place or calls == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(place, die)
    with pytest.raises(KeyboardInterrupt):
        house.publish()
    monkeypatch.undo()
    assert [number_of(house, table) for table in ("alert_revision", "delivery", "outbox")] == [0, 0, 0]
    assert len(house.publish()) == 2
    assert told(house) == [(1, "Go", 1, "issued", "surge"), (2, "Rust", 1, "issued", "surge")]
    assert [number_of(house, table) for table in ("alert_revision", "delivery", "outbox")] == [2, 2, 1]


def test_a_newer_revision_supersedes_what_has_not_arrived_and_leaves_what_has(house: House) -> None:
    with house.sessions.begin() as session:
        endpoints.add(session, "one", "https://example.com/hook", b"sealed")
    look(house, "2020-Q1", change("Go", "opened"), change("Rust", "opened"))
    house.publish()
    with house.sessions.begin() as session:
        session.execute(text("UPDATE delivery SET state = 'sent' WHERE feed_seq = 2"))
    look(house, "2020-Q2", change("Go", "stepped", "strong", 1.8), change("Rust", "stepped", "strong", 1.8))
    house.publish()
    with house.sessions() as session:
        states = session.execute(text("SELECT state FROM delivery ORDER BY feed_seq")).scalars().all()
    assert states == ["superseded", "sent", "pending", "pending"]


def test_looks_are_told_in_calendar_order_also_when_one_quarter_is_asked_for(house: House) -> None:
    look(house, "2020-Q1", change("Go", "opened"))
    look(house, "2020-Q2", change("Go", "stepped", "strong", 1.8))
    look(house, "2020-Q3", change("Rust", "opened"))
    house.publish("2020-Q2")
    assert told(house) == [(1, "Go", 1, "issued", "surge"), (2, "Go", 2, "updated", "strong")]
    house.publish()
    assert told(house)[-1] == (3, "Rust", 1, "issued", "surge")
