"""Receive: a file becomes a row and a receipt once, whoever repeats it, and never lands in a closed quarter."""

import hashlib
import uuid
from dataclasses import replace

import pytest
from sqlalchemy import text

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, keys, outbox
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.errors import KeyReused, NotFound, QuarterNotOpen, UnknownFeed
from ievq_pipeline.stages import receive, validate
from ievq_pipeline.stages.receive import HandedIn
from tests.made_up import FEED, at_once, counts, open_feed, totals_file


def file(quarter: str = "2020-Q1", **others: object) -> bytes:
    return totals_file(quarter, counts(**others))


def handed_in(content: bytes, quarter: str = "2020-Q1", feed: str = FEED, **more: object) -> HandedIn:
    return HandedIn(feed, quarter, "a.csv", content, **more)  # type: ignore[arg-type]


def a_key(house: House, name: str = "key") -> uuid.UUID:
    with house.sessions.begin() as session:
        keys.create(session, name, "submitter", [FEED])
        return next(key.id for key in keys.every(session) if key.name == name)


def number_of(house: House, table: str) -> int:
    with house.sessions() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def test_a_file_leaves_its_receipt_its_bytes_and_one_event(house: House) -> None:
    open_feed(house, "2020-Q1")
    content = file(Go=5)
    submission_id, is_new = house.receive(handed_in(content))
    assert is_new
    receipt = house.submission(submission_id)
    assert receipt["state"] == "received"
    assert receipt["verdict"] is receipt["checked_at"] is None
    assert (receipt["number"], receipt["bytes"]) == (1, len(content))
    assert receipt["sha256"] == hashlib.sha256(content).hexdigest()
    with house.sessions() as session:
        assert session.execute(text("SELECT content FROM submission_file")).scalar_one() == content
        assert [(e.kind, e.subject) for e in outbox.waiting(session)] == [("submission.received", str(submission_id))]


def test_the_same_bytes_again_give_the_same_receipt_at_every_stage(house: House) -> None:
    open_feed(house, "2020-Q1")
    first, _ = house.receive(handed_in(file()))
    assert house.receive(handed_in(file())) == (first, False)
    house.validate()
    assert house.receive(handed_in(file())) == (first, False)
    house.store()
    assert house.receive(handed_in(file())) == (first, False)
    assert number_of(house, "submission") == number_of(house, "submission_file") == 1
    assert number_of(house, "outbox") == 2  # it arrived, and it was accepted


def test_going_back_to_an_earlier_file_is_a_new_submission(house: House) -> None:
    open_feed(house, "2020-Q1")
    a, b, again = (house.receive(handed_in(file(Go=n)))[0] for n in (1, 2, 1))
    assert len({a, b, again}) == 3
    house.run()
    assert [house.submission(one)["state"] for one in (a, b, again)] == ["superseded", "superseded", "in_force"]
    assert house.submission(again)["number"] == 3


def test_a_file_checked_under_older_rules_is_checked_anew(house: House) -> None:
    open_feed(house, "2020-Q1")
    first, _ = house.receive(handed_in(b"not a table"))
    house.validate()
    assert house.receive(handed_in(b"not a table")) == (first, False)
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET rules_version = 'of last year'"))
    second, is_new = house.receive(handed_in(b"not a table"))
    assert is_new
    assert second != first


def test_a_file_checked_under_an_older_code_list_is_checked_anew(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    totals = contract("totals")
    fields = (replace(f, code_list="skills") if f.code == "term" else f for f in totals.fields)
    mapped = replace(totals, fields=tuple(fields))
    for room in (receive, validate):
        monkeypatch.setattr(room, "contract", lambda _: mapped)
    open_feed(house, "2020-Q1")
    first, _ = house.receive(handed_in(file(K8s=9)))
    house.validate()
    assert house.receive(handed_in(file(K8s=9))) == (first, False)
    monkeypatch.setattr(code_lists, "versions", lambda: {"skills": "next"})
    second, is_new = house.receive(handed_in(file(K8s=9)))
    assert (is_new, second != first) == (True, True)


def test_the_same_bytes_for_another_quarter_or_feed_are_another_submission(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    with house.sessions.begin() as session:
        feeds.add(session, "second", "totals", "second")
    ids = {
        house.receive(one)[0]
        for one in (
            handed_in(file()),
            handed_in(file(), quarter="2020-Q2"),
            handed_in(file(), feed="second"),
        )
    }
    assert len(ids) == 3


def test_the_same_file_handed_in_by_several_at_once_is_one_submission(house: House) -> None:
    open_feed(house, "2020-Q1")
    answers = at_once(6, lambda _: house.receive(handed_in(file())))
    assert len({submission_id for submission_id, _ in answers}) == 1
    assert sorted(is_new for _, is_new in answers) == [False] * 5 + [True]


def test_different_files_at_once_are_numbered_without_a_gap(house: House) -> None:
    open_feed(house, "2020-Q1")
    answers = at_once(6, lambda n: house.receive(handed_in(file(Go=n)))[0])
    assert sorted(house.submission(one)["number"] for one in answers) == [1, 2, 3, 4, 5, 6]


def test_a_network_retry_under_its_key_gives_the_first_receipt_even_after_newer_files_and_the_closing(
    house: House,
) -> None:
    open_feed(house, "2020-Q1")
    key = a_key(house)
    first, _ = house.receive(handed_in(file(Go=1), api_key_id=key, idempotency_key="k"))
    house.receive(handed_in(file(Go=2), api_key_id=key))
    house.run()
    house.close("2020-Q1", is_forced=True)
    assert house.receive(handed_in(file(Go=1), api_key_id=key, idempotency_key="k")) == (first, False)


def test_a_key_of_another_caller_is_another_key(house: House) -> None:
    open_feed(house, "2020-Q1")
    one, other = a_key(house, "one"), a_key(house, "other")
    house.receive(handed_in(file(Go=1), api_key_id=one, idempotency_key="k"))
    _, is_new = house.receive(handed_in(file(Go=2), api_key_id=other, idempotency_key="k"))
    assert is_new


@pytest.mark.parametrize("change", ["bytes", "quarter", "feed"])
def test_a_key_used_for_something_else_is_refused(house: House, change: str) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    with house.sessions.begin() as session:
        feeds.add(session, "second", "totals", "second")
    key = a_key(house)
    house.receive(handed_in(file(), api_key_id=key, idempotency_key="k"))
    other = {
        "bytes": handed_in(file(Go=9), api_key_id=key, idempotency_key="k"),
        "quarter": handed_in(file(), quarter="2020-Q2", api_key_id=key, idempotency_key="k"),
        "feed": handed_in(file(), feed="second", api_key_id=key, idempotency_key="k"),
    }[change]
    with pytest.raises(KeyReused):
        house.receive(other)
    assert number_of(house, "submission") == 1


def test_different_files_at_once_under_one_key_give_one_submission_and_refusals(house: House) -> None:
    """Also for different feeds, which wait for no lock in common."""
    open_feed(house, "2020-Q1")
    with house.sessions.begin() as session:
        feeds.add(session, "second", "totals", "second")
    key = a_key(house)

    def receive(n: int) -> bool:
        feed = (FEED, "second")[n % 2]
        try:
            return house.receive(handed_in(file(Go=n), feed=feed, api_key_id=key, idempotency_key="k"))[1]
        except KeyReused:
            return False

    assert sorted(at_once(6, receive)) == [False] * 5 + [True]
    assert number_of(house, "submission") == 1


def test_an_unknown_feed_and_a_quarter_not_open_are_refused_and_leave_nothing(house: House) -> None:
    open_feed(house, "2020-Q2")
    with pytest.raises(UnknownFeed):
        house.receive(handed_in(file(), feed="nobody's"))
    for quarter in ("2020-Q1", "2019-Q4", "2020-Q5", "", "2020Q2"):
        with pytest.raises(QuarterNotOpen):
            house.receive(handed_in(file(), quarter=quarter))
    assert number_of(house, "submission") == number_of(house, "submission_file") == 0


def test_a_file_for_a_closed_quarter_is_taken_and_said_to_be_late(house: House) -> None:
    open_feed(house, "2020-Q1")
    on_time, _ = house.receive(handed_in(file()))
    house.run()
    house.close("2020-Q1", is_forced=True)
    late, is_new = house.receive(handed_in(file() + b"\n"))
    assert is_new
    assert [house.submission(one)["is_late"] for one in (on_time, late)] == [False, True]


def test_a_feed_s_name_that_no_text_column_can_hold_is_unknown(house: House) -> None:
    open_feed(house, "2020-Q1")
    with pytest.raises(NotFound):
        house.receive(handed_in(file(), feed="made-up\0"))


def test_a_file_name_may_hold_anything(house: House) -> None:
    open_feed(house, "2020-Q1")
    names = ["../../etc/passwd", "数据 2020年第一季度.csv", "a\0b.csv", "x" * 5_000, ""]
    for n, name in enumerate(names):
        house.receive(HandedIn(FEED, "2020-Q1", name, file(Go=n)))
    assert len(house.validate()) == len(names)
