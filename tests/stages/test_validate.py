"""Validate: each submission is answered once, by whoever claims it first, whatever becomes of the others."""

import uuid
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.adapters.checks import check_file
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import submissions
from ievq_pipeline.stages.receive import HandedIn
from ievq_pipeline.stages.validate import MOST_ATTEMPTS
from tests.made_up import FEED, at_once, counts, hand_in, open_feed, span, totals_file

QUARTERS = span("2018-Q1", "2020-Q4")


def receive(house: House, content: bytes, quarter: str = "2020-Q1") -> uuid.UUID:
    return house.receive(HandedIn(FEED, quarter, "a.csv", content))[0]


def answers(house: House) -> int:
    with house.sessions() as session:
        return int(session.execute(text("SELECT count(*) FROM submission_answer")).scalar_one())


def test_every_waiting_one_is_answered_and_again_nothing(house: House) -> None:
    open_feed(house, *QUARTERS)
    handed_in = [str(hand_in(house, quarter)) for quarter in QUARTERS]
    assert house.validate() == handed_in
    assert house.validate() == []
    assert {house.submission(one)["state"] for one in handed_in} == {"accepted"}


def test_workers_at_once_answer_each_submission_once(house: House) -> None:
    open_feed(house, *QUARTERS)
    handed_in = sorted(str(hand_in(house, quarter)) for quarter in QUARTERS)
    answered = [one for mine in at_once(4, lambda _: house.validate()) for one in mine]
    assert sorted(answered) == handed_in
    assert answers(house) == len(handed_in)


def test_with_a_quarter_the_others_wait(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    first, second = hand_in(house, "2020-Q1"), hand_in(house, "2020-Q2")
    assert house.validate("2020-Q2") == [str(second)]
    assert house.submission(first)["state"] == "received"


def test_one_whose_worker_died_is_answered_by_the_next_when_its_claim_has_run_out(house: House) -> None:
    open_feed(house, "2020-Q1")
    submission_id = hand_in(house, "2020-Q1")
    with house.sessions.begin() as session:
        assert submissions.claim(session) is not None
    assert house.validate() == []
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s'"))
    assert house.validate() == [str(submission_id)]


def test_a_file_on_which_the_check_itself_breaks_does_not_keep_the_others_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_feed(house, "2020-Q1", "2020-Q2", "2020-Q3")
    first, broken, last = (hand_in(house, quarter) for quarter in ("2020-Q1", "2020-Q2", "2020-Q3"))

    def fail_on_the_second(path: Path, *more: Any) -> Any:
        if b"2020-Q2" in path.read_bytes():
            raise ZeroDivisionError
        return check_file(path, *more)

    monkeypatch.setattr("ievq_pipeline.stages.validate.checked", fail_on_the_second)
    assert house.validate() == [str(first), str(last)]
    assert house.submission(broken)["state"] == "checking"
    monkeypatch.undo()
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s'"))
    assert house.validate() == [str(broken)]


def test_the_worker_that_comes_late_counts_nothing_as_its_own(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its claim runs out while it checks, and another answers meanwhile."""
    open_feed(house, "2020-Q1")
    submission_id = hand_in(house, "2020-Q1")
    heirs: list[list[str]] = []

    def slow(*arguments: Any) -> Any:
        monkeypatch.undo()
        with house.sessions.begin() as session:
            session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s'"))
        heirs.append(house.validate())
        return check_file(*arguments)

    monkeypatch.setattr("ievq_pipeline.stages.validate.checked", slow)
    assert house.validate() == []
    assert heirs == [[str(submission_id)]]
    assert answers(house) == 1


@pytest.mark.parametrize(
    ("content", "verdict"),
    [
        (b"", "unreadable"),
        (b"%PDF-1.7 no table", "unreadable"),
        (totals_file("2020-Q1", counts()).replace(b"term", b"colour", 1), "rejected"),
        (totals_file("2019-Q4", counts()), "rejected"),
        (totals_file("2020-Q1", {f"term {n}": "many" for n in range(40)}), "rejected"),
        (totals_file("2020-Q1", {f"term {n}": -1 for n in range(40)}), "rejected"),
        (totals_file("2020-Q1", {}), "rejected"),
    ],
)
def test_a_bad_file_is_answered_in_both_languages_and_changes_nothing_stored(
    house: House, content: bytes, verdict: str
) -> None:
    open_feed(house, "2020-Q1")
    good = hand_in(house, "2020-Q1")
    house.run()
    bad = receive(house, content)
    assert house.validate() == [str(bad)]
    assert house.store() == []
    receipt = house.submission(bad)
    assert (receipt["state"], receipt["verdict"]) == ("rejected", verdict)
    found = house.findings(bad)
    assert found
    assert all(one["message"]["zh"] and one["message"]["en"] and one["remedy"]["zh"] for one in found)
    assert house.submission(good)["state"] == "in_force"
    assert receipt["rows_accepted"] == 0


def test_a_file_with_few_bad_rows_is_accepted_without_them(house: House) -> None:
    open_feed(house, "2020-Q1")
    submission_id = hand_in(house, "2020-Q1", Go="约20")
    house.validate()
    receipt = house.submission(submission_id)
    assert (receipt["state"], receipt["verdict"]) == ("accepted", "accepted_with_quarantine")
    assert (receipt["rows_read"], receipt["rows_accepted"], receipt["rows_quarantined"]) == (41, 40, 1)
    assert [(one["row"], one["column"], one["value"]) for one in house.findings(submission_id)] == [
        (42, "count", "约20")
    ]


def test_a_file_on_which_the_check_breaks_every_time_is_answered_in_the_end_and_may_come_again(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_feed(house, "2020-Q1")
    submission_id = hand_in(house, "2020-Q1")

    def fail(*_: Any) -> Any:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr("ievq_pipeline.stages.validate.checked", fail)
        for _ in range(MOST_ATTEMPTS):
            assert house.validate() == []
            with house.sessions.begin() as session:
                session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s'"))
        assert house.validate() == [str(submission_id)]
    told = house.submission(submission_id)
    assert (told["state"], told["verdict"]) == ("rejected", "unreadable")
    assert [finding["code"] for finding in house.findings(submission_id)] == ["NQ-CHECK-FAILED"]
    again = hand_in(house, "2020-Q1")
    assert again != submission_id
    assert house.validate() == [str(again)]
    assert house.submission(again)["state"] == "accepted"


def test_an_accepted_one_wakes_store_since_its_check_may_outlast_the_run_that_its_arrival_woke(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    accepted = hand_in(house, "2020-Q1")
    receive(house, b"nothing of a table", "2020-Q2")
    house.validate()
    with house.sessions() as session:
        told = session.execute(text("SELECT subject FROM outbox WHERE kind = 'submission.accepted'")).scalars().all()
    assert told == [str(accepted)]
