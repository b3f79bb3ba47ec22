"""Pull: hosted files come in once each, whatever servers, kills and other workers do meanwhile."""

import threading
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, outbox, pulls
from ievq_pipeline.db.tables import FeedPull, Submission
from ievq_pipeline.domain.errors import NothingToPull, QuarterNotOpen, UnknownFeed
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.pull import TAKEN, HandIn, Outcome
from ievq_pipeline.stages import pull
from tests.file_host import Asked, FileHost, Reply
from tests.made_up import FEED, at_once, counts, hand_in, open_feed, totals_file
from tests.scripted_receiver import allowing

Q = "2025-Q3"
FIRST, SECOND = (totals_file(Q, counts(Go=count)) for count in (1, 2))


@pytest.fixture
def host() -> Iterator[FileHost]:
    with FileHost().listening() as running:
        yield running


@pytest.fixture
def pulling(house: House, host: FileHost) -> House:
    """A house that may ask the host, with a feed that is hosted there and a quarter that is open."""
    open_feed(house)
    house.open_quarter(Quarter.parse(Q), closes_on=date(2100, 1, 1))
    hosted_at(house, f"{host.url}/{{quarter}}.csv?token=hush")
    return allowing(house, host.entry)


def hosted_at(house: House, url: str | None, **others: object) -> None:
    with house.sessions.begin() as session:
        feed = feeds.named(session, FEED)
        feed.pull_url = url
        for name, value in others.items():
            setattr(feed, name, value)


def row(house: House, quarter: str = Q) -> FeedPull:
    with house.sessions() as session:
        found = {one.quarter: one for _, one in pulls.every(session)}
    return found[quarter]


def submissions(house: House) -> list[Submission]:
    with house.sessions() as session:
        return list(session.query(Submission).order_by(Submission.quarter, Submission.number))


def due_again(house: House, **values: object) -> None:
    """As if the time had come."""
    with house.sessions.begin() as session:
        session.execute(text("UPDATE feed_pull SET next_at = now(), claimed_until = now() - interval '1 second'"))


def pulled(house: House) -> str:
    """What is said of the next try."""
    due_again(house)
    assert house.pull() == [f"{FEED}:{Q}"]
    return row(house).said or ""


def wait_of(house: House) -> timedelta:
    return row(house).next_at - datetime.now(UTC)


def with_etag(content: bytes, etag: str) -> Callable[[Asked], Reply]:
    """A server that keeps to the rules."""

    def answer(asked: Asked) -> Reply:
        if asked.headers.get("if-none-match") == etag:
            return Reply(304)
        return Reply(200, {"ETag": etag, "Content-Length": str(len(content))}, content)

    return answer


def test_a_file_comes_in_once_and_again_when_it_has_changed(pulling: House, host: FileHost) -> None:
    host.answer = with_etag(FIRST, '"1"')
    assert "200 OK: " in pulled(pulling)
    assert "304" in pulled(pulling)
    host.answer = with_etag(SECOND, '"2"')
    pulled(pulling)
    assert [asked.path for asked in host.asked] == [f"/{Q}.csv?token=hush"] * 3
    assert [asked.headers.get("if-none-match") for asked in host.asked] == [None, '"1"', '"1"']
    first, second = submissions(pulling)
    assert (first.number, first.file_name, first.bytes, first.quarter) == (1, f"{Q}.csv", len(FIRST), Q)
    assert (second.number, second.bytes) == (2, len(SECOND))
    assert str(second.id) in (row(pulling).said or "")
    with pulling.sessions() as session:
        assert [e.subject for e in outbox.waiting(session)] == [str(first.id), str(second.id)]
    assert pulling.validate() == [str(first.id), str(second.id)]


def test_what_is_not_due_is_not_asked_for(pulling: House, host: FileHost) -> None:
    host.answer = with_etag(FIRST, '"1"')
    assert len(pulling.pull()) == 1
    assert timedelta(minutes=40) < wait_of(pulling) < timedelta(hours=1)
    assert pulling.pull() == []
    assert len(host.asked) == 1


def test_last_modified_serves_where_there_is_no_etag(pulling: House, host: FileHost) -> None:
    host.answer = lambda asked: Reply(304) if "if-modified-since" in asked.headers else Reply(200, stamp, FIRST)
    stamp = {"Last-Modified": "Wed, 01 Oct 2025 08:00:00 GMT"}
    for said in ("200 OK: ", "304 Not Modified"):
        assert pulled(pulling).startswith(said)
    assert host.asked[1].headers["if-modified-since"] == stamp["Last-Modified"]


def test_the_same_bytes_without_validators_are_nothing_new(pulling: House, host: FileHost) -> None:
    host.answer = lambda _: Reply(200, {}, FIRST)
    pulled(pulling)
    assert pulled(pulling) == "200 OK: the same bytes as last time"
    assert len(submissions(pulling)) == 1


def test_a_hosted_file_that_has_not_changed_does_not_undo_a_correction_by_hand(pulling: House, host: FileHost) -> None:
    host.answer = lambda _: Reply(200, {}, FIRST)
    pulled(pulling)
    hand_in(pulling, Q, Go=3)
    pulled(pulling)
    assert len(submissions(pulling)) == 2
    [tried] = pulling.pull_named(FEED, Q, is_anew=True)  # unless somebody says so
    assert tried.submission_id == submissions(pulling)[2].id


def test_a_file_that_was_withdrawn_does_not_come_back_by_itself(pulling: House, host: FileHost) -> None:
    host.answer = lambda _: Reply(200, {}, FIRST)
    pulled(pulling)
    with pulling.sessions.begin() as session:
        session.execute(text("UPDATE submission SET state = 'withdrawn', withdrawn_at = now()"))
    pulled(pulling)
    assert len(submissions(pulling)) == 1


def test_a_file_that_somebody_handed_in_by_hand_gives_the_earlier_receipt(pulling: House, host: FileHost) -> None:
    submission_id = hand_in(pulling, Q, Go=1)
    host.answer = with_etag(FIRST, '"1"')
    assert f"the same file as submission {submission_id}" in pulled(pulling)
    assert "304" in pulled(pulling)
    assert len(submissions(pulling)) == 1


def test_validators_of_another_address_are_not_sent(pulling: House, host: FileHost) -> None:
    host.answer = with_etag(FIRST, '"1"')
    pulled(pulling)
    hosted_at(pulling, f"{host.url}/new/{{quarter}}.csv")
    pulled(pulling)
    assert "if-none-match" not in host.asked[1].headers
    assert "304" in pulled(pulling)


def test_no_file_yet_is_no_failure_and_asked_for_calmly(pulling: House, host: FileHost) -> None:
    for _ in range(3):
        assert pulled(pulling) == "404 Not Found: no file there yet"
    assert row(pulling).failures == 0
    assert timedelta(hours=5) < wait_of(pulling) < timedelta(hours=7)


def test_failures_are_counted_and_waited_out_longer_and_longer_until_it_works(pulling: House, host: FileHost) -> None:
    host.answer = lambda _: Reply(500)
    waits = []
    for failures in range(1, 5):
        assert "the server answered 500" in pulled(pulling)
        assert row(pulling).failures == failures
        waits.append(wait_of(pulling))
    assert all(later > 1.5 * earlier for earlier, later in pairwise(waits))
    host.answer = with_etag(FIRST, '"1"')
    pulled(pulling)
    assert (row(pulling).failures, len(submissions(pulling))) == (0, 1)
    host.answer = lambda _: Reply(503, {"Retry-After": "36000"})
    pulled(pulling)
    assert timedelta(hours=9.9) < wait_of(pulling) < timedelta(hours=10.1)
    host.answer = with_etag(FIRST, '"1"')
    assert "304" in pulled(pulling), "what was known before the failure still is"


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(302, {"Location": "http://10.0.0.1/x"}), "10.0.0.1 is not a public address"),
        (Reply(200, {"Content-Length": "999999999"}), "too large"),
        (Reply(200, {}, b"<html>log in</html>"), "a web page"),
        (Reply(200, {"Content-Length": "99"}, b"half"), "it broke off"),
    ],
)
def test_what_is_refused_is_told_and_not_handed_in(pulling: House, host: FileHost, reply: Reply, said: str) -> None:
    host.answer = lambda _: reply
    assert said in pulled(pulling)
    assert (row(pulling).failures, row(pulling).etag, submissions(pulling)) == (1, None, [])


def test_the_house_asks_no_private_address_that_the_operator_has_not_allowed(pulling: House, host: FileHost) -> None:
    assert "not a public address" in pulled(allowing(pulling, ""))
    assert host.asked == []


def test_what_receive_refuses_is_fetched_in_full_again(pulling: House, host: FileHost) -> None:
    host.answer = with_etag(FIRST, '"1"')

    def refuse(*_: object) -> tuple[uuid.UUID, bool]:
        raise QuarterNotOpen(quarter=Q)

    pull.run_waiting(tools(pulling, refuse))
    assert "not taken in: Quarter 2025-Q3 is not open" in (row(pulling).said or "")
    assert (row(pulling).failures, row(pulling).etag, row(pulling).sha256) == (1, None, None)
    assert "handed in as" in pulled(pulling)


def tools(house: House, hand_in: HandIn) -> pull.Tools:
    return pull.Tools(house.sessions, house.egress, hand_in, 1)


@pytest.mark.parametrize("is_in", [False, True], ids=["before receive", "after receive"])
def test_a_kill_between_fetching_and_keeping_loses_and_doubles_nothing(
    pulling: House, host: FileHost, is_in: bool
) -> None:
    host.answer = with_etag(FIRST, '"1"')

    def die(feed: str, quarter: str, name: str, content: bytes) -> tuple[uuid.UUID, bool]:
        if is_in:
            hand_in(pulling, quarter, Go=1)  # these very bytes
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        pull.run_waiting(tools(pulling, die))
    assert pulling.pull() == [], "the claim of the dead is kept to"
    assert pulling.pull_named(FEED, Q)[0].said == TAKEN
    claimed_until = row(pulling).claimed_until
    assert claimed_until is not None
    assert timedelta() < claimed_until - datetime.now(UTC) <= pulls.LEASE
    assert ("the same file as" if is_in else "handed in as") in pulled(pulling)
    assert len(submissions(pulling)) == 1


def test_two_workers_at_once_fetch_each_file_once(pulling: House, host: FileHost) -> None:
    names = [f"20{year}-Q4" for year in range(10, 20)]
    for name in names:
        pulling.open_quarter(Quarter.parse(name))
    host.answer = lambda asked: Reply(200, {}, totals_file(asked.path[1:8], counts()))
    tried = at_once(3, lambda _: pulling.pull())
    assert sorted(name for done in tried for name in done) == sorted(f"{FEED}:{name}" for name in [*names, Q])
    assert len(host.asked) == len(submissions(pulling)) == 11


def test_while_one_worker_fetches_another_neither_waits_nor_fetches(pulling: House, host: FileHost) -> None:
    entered, go_on = threading.Event(), threading.Event()
    states: list[str] = []

    def slowly(_: Asked) -> Reply:
        entered.set()
        go_on.wait(10)
        return Reply(200, {}, FIRST)

    host.answer = slowly
    working = threading.Thread(target=pulling.pull)
    working.start()
    try:
        assert entered.wait(10)
        assert pulling.pull() == []
        assert [tried.said for tried in pulling.pull_named(FEED)] == [TAKEN]
        with pulling.sessions() as session:
            mine = "datname = current_database() AND pid <> pg_backend_pid() AND state LIKE '%in transaction%'"
            states = list(session.scalars(text(f"SELECT state FROM pg_stat_activity WHERE {mine}")))
    finally:
        go_on.set()
        working.join()
    assert states == [], "no transaction is open while it fetches"
    assert (len(host.asked), len(submissions(pulling))) == (1, 1)


def test_whoever_comes_after_the_claim_was_taken_over_hands_in_nothing(pulling: House, host: FileHost) -> None:
    def overtaken(asked: Asked) -> Reply:
        if len(host.asked) == 1:
            due_again(pulling)  # as if the first had taken longer than its claim
            host.answer = with_etag(SECOND, '"2"')
            pulling.pull()
        return Reply(200, {"ETag": '"1"'}, FIRST)

    host.answer = overtaken
    pulling.pull()
    assert [one.bytes for one in submissions(pulling)] == [len(SECOND)]
    assert row(pulling).etag == '"2"'


def test_a_server_that_hangs_keeps_no_other_feed_waiting(pulling: House, host: FileHost) -> None:
    go_on = threading.Event()
    pulling.open_quarter(Quarter(2025, 2))

    def answer(asked: Asked) -> Reply:
        if Q not in asked.path:
            go_on.set()
            return Reply(404)
        return Reply(404 if go_on.wait(10) else 500)

    host.answer = answer
    assert len(pulling.pull()) == 2
    assert row(pulling).said == "404 Not Found: no file there yet"


@pytest.mark.parametrize("case", ["planned", "closed", "ended", "not hosted"])
def test_only_open_quarters_of_feeds_that_are_hosted_and_go_on_are_asked_for(
    pulling: House, host: FileHost, case: str
) -> None:
    if case == "planned":
        with pulling.sessions.begin() as session:
            session.execute(text("UPDATE quarter SET opened_at = NULL"))
    elif case == "closed":
        pulling.close(Q, is_forced=True)
    elif case == "ended":
        hosted_at(pulling, f"{host.url}/x", ended_on=date(2025, 9, 30))
    else:
        hosted_at(pulling, None)
    assert pulling.pull() == []
    with pytest.raises(NothingToPull if case == "not hosted" else QuarterNotOpen):
        pulling.pull_named(FEED, Q)
    assert host.asked == []


def test_a_feed_that_ends_after_the_quarter_is_still_asked_for_it(pulling: House, host: FileHost) -> None:
    hosted_at(pulling, f"{host.url}/x", ended_on=date(2025, 10, 1))
    assert len(pulling.pull()) == 1


def test_a_try_by_hand_waits_for_no_due_time_and_tells_how_it_went(pulling: House, host: FileHost) -> None:
    host.answer = with_etag(FIRST, '"1"')
    [first], [again] = pulling.pull_named(FEED), pulling.pull_named(FEED, Q)
    assert (first.outcome, again.outcome) == (Outcome.FILE, Outcome.UNCHANGED)
    assert first.submission_id == submissions(pulling)[0].id
    assert again.next_at == row(pulling).next_at
    with pytest.raises(UnknownFeed):
        pulling.pull_named("nobody")
