"""Deliver: at least once, under one webhook id, in order per alert, and only where it may go."""

import time
from collections.abc import Iterator
from datetime import timedelta
from email.utils import format_datetime
from itertools import repeat
from typing import Any

import pytest
from sqlalchemy import text
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from ievq_pipeline.adapters import webhook
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import deliveries, endpoints
from ievq_pipeline.domain.delivery import JITTER, WAITS
from tests.made_up import at_once, change, look, span
from tests.scripted_receiver import Post, Reply, ScriptedReceiver, allowing, subscribe

GO, RUST = change("Go", "opened"), change("Rust", "opened")
STEPPED = change("Go", "stepped", "strong", 1.8)


@pytest.fixture
def receiver() -> Iterator[ScriptedReceiver]:
    with ScriptedReceiver().listening() as running:
        yield running


@pytest.fixture
def sender(house: House, receiver: ScriptedReceiver) -> House:
    """A house that may call the receiver, which has subscribed."""
    allowed = allowing(house, f"http://127.0.0.1/32:{receiver.port}")
    subscribe(allowed, receiver)
    return allowed


def told(house: House, quarter: str, *changes: dict[str, Any]) -> None:
    look(house, quarter, *changes)
    house.publish()


def rows(house: House) -> list[tuple[Any, ...]]:
    with house.sessions() as session:
        query = "SELECT state, attempts, status, outcome, next_at - now() FROM delivery ORDER BY feed_seq"
        return [tuple(row) for row in session.execute(text(query))]


def states(house: House) -> list[str]:
    return [state for state, *_ in rows(house)]


def make_due(house: House) -> None:
    with house.sessions.begin() as session:
        session.execute(text("UPDATE delivery SET next_at = now()"))


def expire(house: House) -> None:
    with house.sessions.begin() as session:
        session.execute(text("UPDATE delivery SET claimed_until = now() - interval '1 s' WHERE claimed_until > now()"))


def places(receiver: ScriptedReceiver) -> list[tuple[int | None, int]]:
    return [(post.event["prev_feed_seq"], post.event["feed_seq"]) for post in receiver.posts]


def test_a_notice_arrives_once_signed_and_in_full(house: House, receiver: ScriptedReceiver) -> None:
    sender = allowing(house, f"http://127.0.0.1/32:{receiver.port}")
    secret = subscribe(sender, receiver)
    told(sender, "2020-Q1", GO)
    (event_id,) = sender.deliver()
    assert sender.deliver() == []
    (post,) = receiver.posts
    assert post.webhook_id == event_id == post.event["id"] == post.event["data"]["event_id"]
    assert post.headers["content-type"].startswith("application/cloudevents+json")
    assert post.event["type"] == "ievq.alert.issued"
    assert post.event["data"]["skill"]["code"] == "Go"
    assert post.event["data"]["sentence"]["zh"]
    Webhook(secret).verify(post.raw, post.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook.new_secret()).verify(post.raw, post.headers)
    assert [row[:3] for row in rows(sender)] == [("sent", 1, 204)]


@pytest.mark.parametrize(
    "entry",
    [
        "",
        "https://127.0.0.1/32:{port}",
        "http://127.0.0.2/32:{port}",
        "http://127.0.0.1/32:1",
        "http://10.0.0.0/8:{port}",
    ],
)
def test_without_the_allowance_for_just_this_address_nothing_is_sent_and_the_reason_is_kept(
    house: House, receiver: ScriptedReceiver, entry: str
) -> None:
    refusing = allowing(house, entry.format(port=receiver.port))
    subscribe(refusing, receiver)
    told(refusing, "2020-Q1", GO)
    assert len(refusing.deliver()) == 1
    assert receiver.posts == []
    ((state, attempts, status, outcome, _),) = rows(refusing)
    assert (state, attempts, status) == ("pending", 1, None)
    assert "127.0.0.1" in outcome


def test_failures_are_retried_by_the_clock_and_given_up_after_the_last(
    sender: House, receiver: ScriptedReceiver
) -> None:
    receiver.answer = lambda _: Reply(500, body="稍后再试".encode())
    told(sender, "2020-Q1", GO)
    slack = timedelta(seconds=2)
    for n, wait in enumerate(WAITS, start=1):
        sender.deliver()
        ((state, attempts, status, outcome, due_in),) = rows(sender)
        assert (state, attempts, status, outcome) == ("pending", n, 500, "稍后再试")
        assert wait - slack < due_in <= wait * (1 + JITTER)
        assert sender.deliver() == [], "it is not due"
        make_due(sender)
    sender.deliver()
    assert states(sender) == ["dead"]
    make_due(sender)
    assert sender.deliver() == []
    assert len(receiver.posts) == len(WAITS) + 1
    assert len({post.webhook_id for post in receiver.posts}) == 1
    assert len({post.raw for post in receiver.posts}) == 1


@pytest.mark.parametrize(
    ("given", "shortest", "longest"),
    [
        ("3600", 3600, 3601),
        ("0", 5, 5.6),
        ("1", 5, 5.6),
        ("200000", 24 * 3600, 24 * 3600 + 1),
        ("9" * 40, 24 * 3600, 24 * 3600 + 1),
        ("soon", 5, 5.6),
        ("-60", 5, 5.6),
        ("٣٦٠٠", 5, 5.6),
    ],
)
def test_retry_after_lengthens_a_wait_up_to_a_day(
    sender: House, receiver: ScriptedReceiver, given: str, shortest: float, longest: float
) -> None:
    receiver.answer = lambda _: Reply(503, {"Retry-After": given.encode().decode("latin-1")})
    told(sender, "2020-Q1", GO)
    sender.deliver()
    due_in = rows(sender)[0][4].total_seconds()
    assert shortest - 2 < due_in <= longest


@pytest.mark.timezone
def test_retry_after_may_be_a_date(sender: House, receiver: ScriptedReceiver) -> None:
    with sender.sessions() as session:
        now = session.execute(text("SELECT now()")).scalar_one()
    receiver.answer = lambda _: Reply(429, {"Retry-After": format_datetime(now + timedelta(hours=1), usegmt=True)})
    told(sender, "2020-Q1", GO)
    sender.deliver()
    assert 3590 < rows(sender)[0][4].total_seconds() <= 3601


def test_gone_disables_the_endpoint_and_parks_what_waits(sender: House, receiver: ScriptedReceiver) -> None:
    receiver.answer = lambda post: Reply(410 if post.event["feed_seq"] == 1 else 500)
    told(sender, "2020-Q1", GO, RUST)
    sender.deliver()
    assert states(sender) == ["dead", "pending"]
    make_due(sender)
    assert sender.deliver() == []
    with sender.sessions() as session:
        assert "410" in str(endpoints.every(session)[0].disabled_why)
    told(sender, "2020-Q2", STEPPED)
    assert len(rows(sender)) == 2


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_nobody_follows_it(sender: House, receiver: ScriptedReceiver, status: int) -> None:
    receiver.answer = lambda _: Reply(status, {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"})
    told(sender, "2020-Q1", GO)
    sender.deliver()
    assert [row[:3] for row in rows(sender)] == [("pending", 1, status)]
    assert [post.path for post in receiver.posts] == ["/hook"]


def test_a_worker_killed_after_sending_sends_the_same_id_again(
    sender: House, receiver: ScriptedReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    told(sender, "2020-Q1", GO)
    send = webhook.send

    def die(*arguments: Any) -> None:
        send(*arguments)
        raise SystemExit

    monkeypatch.setattr(webhook, "send", die)
    with pytest.raises(SystemExit):
        sender.deliver()
    monkeypatch.undo()
    assert sender.deliver() == [], "the lease of the dead still holds"
    expire(sender)
    assert len(sender.deliver()) == 1
    first, second = receiver.posts
    assert first.webhook_id == second.webhook_id
    assert first.raw == second.raw
    assert states(sender) == ["sent"]


def test_a_newer_revision_takes_the_place_of_one_that_keeps_failing(sender: House, receiver: ScriptedReceiver) -> None:
    receiver.answer = lambda post: Reply(500 if post.event["feed_seq"] == 1 else 204)
    told(sender, "2020-Q1", GO)
    sender.deliver()
    told(sender, "2020-Q2", STEPPED)
    sender.deliver()
    assert states(sender) == ["superseded", "sent"]
    make_due(sender)
    assert sender.deliver() == []
    assert places(receiver) == [(None, 1), (1, 2)]


def test_a_revision_published_while_the_older_one_is_being_sent_comes_after_it(
    sender: House, receiver: ScriptedReceiver
) -> None:
    told(sender, "2020-Q1", GO)

    def publish_meanwhile(post: Post) -> Reply:
        if post.event["feed_seq"] == 1:
            told(sender, "2020-Q2", STEPPED)
            assert sender.deliver() == []
        return Reply(500)

    receiver.answer = publish_meanwhile
    sender.deliver()
    assert [post.event["data"]["revision"] for post in receiver.posts] == [1, 2]
    assert states(sender) == ["superseded", "pending"]


def test_with_several_workers_and_a_slow_receiver_no_older_revision_follows_a_newer_one(
    sender: House, receiver: ScriptedReceiver
) -> None:
    quarters = span("2018-Q1", "2020-Q4")
    ended: list[Post] = []

    def slow(post: Post) -> Reply:
        time.sleep(0.02)
        ended.append(post)
        return Reply(500 if len(ended) % 3 == 0 else 204)

    receiver.answer = slow

    def work(number: int) -> None:
        if number == 0:
            for n, quarter in enumerate(quarters):
                kind = "opened" if n == 0 else "continued"
                told(sender, quarter, *(change(f"term {t}", kind, "surge", 1.5 + n / 10) for t in range(4)))
        for _ in range(5):
            sender.deliver()

    at_once(3, work)
    while "pending" in states(sender):
        make_due(sender)
        sender.deliver()
    for posts in (receiver.posts, ended):
        for term in range(4):
            seen = [p.event["data"]["revision"] for p in posts if p.event["data"]["skill"]["code"] == f"term {term}"]
            assert seen == sorted(seen)
            assert seen[-1] == len(quarters)
    assert set(states(sender)) == {"sent", "superseded"} or set(states(sender)) == {"sent"}


def test_workers_at_once_send_each_notice_once(sender: House, receiver: ScriptedReceiver) -> None:
    told(sender, "2020-Q1", *(change(f"term {n:02d}", "opened") for n in range(40)))
    tried = [event_id for mine in at_once(3, lambda _: sender.deliver()) for event_id in mine]
    assert len(tried) == len(set(tried)) == len(receiver.posts) == 40


def test_no_transaction_is_open_while_something_is_sent(sender: House, receiver: ScriptedReceiver) -> None:
    told(sender, "2020-Q1", GO)
    in_transaction: list[int] = []

    def look_around(_: Post) -> Reply:
        with sender.sessions() as session:
            query = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            in_transaction.append(session.execute(text(query + " AND xact_start IS NOT NULL")).scalar_one())
        return Reply()

    receiver.answer = look_around
    sender.deliver()
    assert in_transaction == [0]


def test_a_receiver_that_does_not_answer_is_left_after_a_while(
    sender: House, receiver: ScriptedReceiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", (0.2, 0.2))

    def silent(_: Post) -> Reply:
        time.sleep(0.6)
        return Reply()

    receiver.answer = silent
    told(sender, "2020-Q1", GO)
    sender.deliver()
    ((state, _, status, outcome, _),) = rows(sender)
    assert (state, status) == ("pending", None)
    assert "ReadTimeout" in outcome


def test_a_receiver_that_is_not_there_is_tried_again(house: House) -> None:
    with ScriptedReceiver().listening() as gone:
        pass
    sender = allowing(house, f"http://127.0.0.1/32:{gone.port}")
    subscribe(sender, gone)
    told(sender, "2020-Q1", GO)
    sender.deliver()
    ((state, _, status, outcome, _),) = rows(sender)
    assert (state, status) == ("pending", None)
    assert "refused" in outcome


def dripping() -> Iterator[bytes]:
    for part in repeat(b"x", 100):
        time.sleep(0.1)
        yield part


def stalling() -> Iterator[bytes]:
    yield b"tha"
    time.sleep(1)


@pytest.mark.parametrize(
    "reply",
    [
        lambda: Reply(200, body=dripping()),
        lambda: Reply(200, {"Content-Length": "1000"}, stalling()),
        lambda: Reply(200, {"Content-Length": "1000"}, b"cut short"),
        lambda: Reply(200, {"Content-Encoding": "gzip"}, b"not gzip at all"),
        lambda: Reply(200, body=b"\xff\xfe\x00" * 10_000),
    ],
    ids=["dripping", "stalling", "cut short", "not gzip", "binary"],
)
def test_a_good_status_counts_whatever_the_body_does(
    sender: House, receiver: ScriptedReceiver, monkeypatch: pytest.MonkeyPatch, reply: Any
) -> None:
    monkeypatch.setattr(webhook, "TIMEOUT", (0.3, 0.3))
    receiver.answer = lambda _: reply()
    told(sender, "2020-Q1", GO)
    began = time.monotonic()
    sender.deliver()
    assert time.monotonic() - began < 3
    assert [row[:3] for row in rows(sender)] == [("sent", 1, 200)]
    assert len(rows(sender)[0][3]) <= webhook.KEPT_OF_ANSWER


def test_each_endpoint_can_tell_a_gap_from_what_came_before_its_time(house: House, receiver: ScriptedReceiver) -> None:
    sender = allowing(house, f"http://127.0.0.1/32:{receiver.port}")
    subscribe(sender, receiver, "early")
    told(sender, "2020-Q1", GO)
    sender.deliver()
    subscribe(sender, receiver, "late")
    told(sender, "2020-Q2", RUST)
    sender.deliver()
    assert sorted(places(receiver), key=str) == [(1, 2), (None, 1), (None, 2)]


def test_secrets_are_stored_encrypted_and_read_with_an_older_key_as_well(
    house: House, receiver: ScriptedReceiver
) -> None:
    older, newer, other = (webhook_key() for _ in range(3))

    def with_keys(keys: str) -> House:
        settings = allowing(house, f"http://127.0.0.1/32:{receiver.port}").settings
        return House(type(settings)(_env_file=None, **{**settings.model_dump(), "secret_key": keys}), house.engine)

    secret = subscribe(with_keys(older), receiver)
    with house.sessions() as session:
        sealed = session.execute(text("SELECT secret FROM endpoint")).scalar_one()
    assert secret.encode() not in sealed
    assert secret.removeprefix("whsec_").encode() not in sealed
    told(house, "2020-Q1", GO)
    with_keys(other).deliver()
    assert receiver.posts == []
    assert states(house) == ["pending"]
    assert "IEVQ_SECRET_KEY" in rows(house)[0][3]
    make_due(house)
    with_keys(f"{newer},{older}").deliver()
    Webhook(secret).verify(receiver.posts[0].raw, receiver.posts[0].headers)


def webhook_key() -> str:
    from cryptography.fernet import Fernet

    return Fernet.generate_key().decode()


def test_told_to_stop_it_begins_nothing_more(sender: House, receiver: ScriptedReceiver) -> None:
    told(sender, "2020-Q1", GO)
    assert sender.deliver(lambda: True) == []
    assert receiver.posts == []
    with sender.sessions() as session:
        assert deliveries.counts(session) == {"pending": 1}
