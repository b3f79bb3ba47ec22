"""Examine: accepted rows pass their suite once per kind; what does not waits for an engineer, and nothing else does."""

import uuid
from collections.abc import Callable

import polars as pl
import pytest
from sqlalchemy import text

from ievq_pipeline.adapters import answers, suites
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds
from ievq_pipeline.db.tables import Organisation, Submission, SubmissionAnswer
from ievq_pipeline.domain.errors import UnknownSubmission
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.stages import examine
from ievq_pipeline.stages.examine import SuiteCrashed
from ievq_pipeline.stages.receive import HandedIn
from tests.adapters.test_job_demand import CODES, marker, row
from tests.made_up import at_once, hand_in, in_force, open_feed

Q1, Q2, Q3 = "2020-Q1", "2020-Q2", "2025-Q3"


@pytest.fixture(autouse=True)
def _feed_of_totals(house: House) -> None:
    open_feed(house, Q1, Q2)


def tamper(house: House, submission_id: uuid.UUID, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Rows kept as accepted that were not, as a defect of the check, or of what keeps its answer, would leave them."""
    with house.sessions.begin() as session:
        answer = session.get_one(SubmissionAnswer, submission_id)
        rows = change(answers.accepted_rows(answer.accepted))
        stream = rows.write_ipc_stream(None)
        answer.accepted = stream.getvalue()


def on(row_number: int, **cells: object) -> Callable[[pl.DataFrame], pl.DataFrame]:
    def change(rows: pl.DataFrame) -> pl.DataFrame:
        columns = {
            code: pl.when(pl.col("row") == row_number).then(pl.lit(cell, rows.schema[code])).otherwise(pl.col(code))
            for code, cell in cells.items()
        }
        return rows.with_columns(**columns)

    return change


def state(house: House, submission_id: uuid.UUID) -> tuple[str, bool, str | None]:
    """Its state, whether its suite has let it pass, and why it is held."""
    with house.sessions() as session:
        found = session.get_one(Submission, submission_id)
        return found.state, found.examined_at is not None, found.held_why


def hand_in_jobs(house: House, *lines: str, **schemes: str) -> uuid.UUID:
    with house.sessions.begin() as session:
        session.add(association := Organisation(kind="association", is_registered=True))
        session.flush()
        feeds.add(session, "jobs", "job-demand", submitter_id=association.id, schemes=schemes)
    house.open_quarter(Quarter.parse(Q3))
    return house.receive(HandedIn("jobs", Q3, "jobs.csv", "\n".join([CODES, *lines]).encode()))[0]


def runs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Which suites were run from now on, and over how many rows."""
    noted = []
    original = suites.run

    def run(made: dict[str, object], table: pl.DataFrame) -> suites.Outcome:
        noted.append((str(made["name"]), table.height))
        return original(made, table)

    monkeypatch.setattr(suites, "run", run)
    return noted


def test_all_that_waits_passes_in_one_run_a_kind_and_only_once(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = runs(monkeypatch)
    totals = [hand_in(house, quarter) for quarter in (Q1, Q2)]
    jobs = hand_in_jobs(house, row(), row(skill="Rust"), marker("零报告", "us-agency:DN"))
    house.validate()
    assert set(house.examine()) == {str(one) for one in (*totals, jobs)}
    assert sorted(noted) == [("job-demand-1", 3), ("totals-1", 80)]
    assert {state(house, one) for one in (*totals, jobs)} == {("accepted", True, None)}
    assert house.examine() == []
    assert len(noted) == 2


def test_in_airflow_nothing_is_stored_unexamined_and_elsewhere_it_is(house: House) -> None:
    first = hand_in(house, Q1)
    house.validate()
    assert house.store(is_examined=True) == []
    house.examine()
    assert house.store(is_examined=True) == [str(first)]
    second = hand_in(house, Q2)
    house.validate()
    assert house.store() == [str(second)]


def test_what_fails_is_held_with_rule_and_rows_and_the_rest_goes_on(house: House) -> None:
    bad, good = hand_in(house, Q1), hand_in(house, Q2)
    house.validate()
    tamper(house, bad, lambda rows: on(3, count=-5)(on(7, term="term 00", exposure=9_999)(rows)))
    house.examine()
    assert state(house, good) == ("accepted", True, None)
    assert state(house, bad) == (
        "accepted", False,
        "NQ-SUITE: NQ-MINIMUM count 3; NQ-DUPLICATE term 7; NQ-EXPOSURE-DIFFERS exposure 7",
    )  # fmt: skip
    assert house.store(is_examined=True) == [str(good)]
    assert house.store() == []
    assert in_force(house, Q1) == {}
    assert house.examine() == []


def test_the_submitter_is_told_that_there_is_nothing_to_do(house: House) -> None:
    bad = hand_in(house, Q1)
    house.validate()
    tamper(house, bad, on(2, months=4))
    house.examine()
    (told,) = house.findings(bad)
    assert (told["code"], told["severity"], told["row"]) == ("NQ-SUITE", "info", None)
    assert "NQ-MAXIMUM months 2." in told["message"]["en"]
    assert "nothing for you to do" in told["remedy"]["en"]
    assert "不需要做什么" in told["remedy"]["zh"]
    assert house.findings_page(bad, code="NQ-SUITE", severity="info", start=0, limit=9) == ([told], 1)


def test_a_released_submission_is_examined_again(house: House) -> None:
    bad = hand_in(house, Q1)
    house.validate()
    tamper(house, bad, on(2, term=None))
    house.examine()
    assert [one["submission_id"] for one in house.held()] == [str(bad)]
    assert house.release(bad)
    assert not house.release(bad)
    house.examine()
    assert house.held()[0]["held_why"] == "NQ-SUITE: NQ-REQUIRED term 2"
    tamper(house, bad, on(2, term="term 00"))
    house.release(bad)
    with house.sessions() as session:
        woken = session.execute(text("SELECT subject FROM outbox WHERE kind = 'submission.accepted'")).scalars()
        assert list(woken) == [str(bad)] * 3
    house.examine()
    assert house.held() == []
    assert house.store(is_examined=True) == [str(bad)]
    assert house.findings(bad) == []
    with pytest.raises(UnknownSubmission):
        house.release(uuid.uuid4())


def test_a_newer_submission_takes_the_place_of_one_that_is_held(house: House) -> None:
    bad = hand_in(house, Q1)
    house.validate()
    tamper(house, bad, on(2, months=4))
    house.examine()
    newer = hand_in(house, Q1, Go=5)
    house.validate()
    house.examine()
    assert house.store(is_examined=True) == [str(newer)]
    assert [state(house, one)[0] for one in (bad, newer)] == ["superseded", "in_force"]
    assert house.held() == []


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda rows: rows.head(39), "NQ-SUITE: rows 39/40"),
        (lambda rows: rows.drop("months"), "NQ-SUITE: columns"),
        (lambda rows: rows.cast({"count": pl.String}), "NQ-SUITE: columns"),
    ],
)
def test_rows_that_are_not_those_of_the_answer_are_held(
    house: House, change: Callable[[pl.DataFrame], pl.DataFrame], why: str
) -> None:
    bad, good = hand_in(house, Q1), hand_in(house, Q2)
    house.validate()
    tamper(house, bad, change)
    house.examine()
    assert state(house, bad) == ("accepted", False, why)
    assert state(house, good)[1]


def test_an_answer_that_cannot_be_read_is_held(house: House) -> None:
    bad = hand_in(house, Q1)
    house.validate()
    with house.sessions.begin() as session:
        session.get_one(SubmissionAnswer, bad).accepted = b"\xff" * 40
    house.examine()
    assert state(house, bad) == ("accepted", False, "NQ-SUITE: unreadable")


def test_a_suite_that_crashes_is_raised_after_the_other_kinds_and_passes_nobody(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    totals, jobs = hand_in(house, Q1), hand_in_jobs(house, row())
    house.validate()
    original = suites.shipped

    def shipped(rules_version: str) -> dict[str, object]:
        made = original(rules_version)
        if rules_version.startswith("job-demand"):
            made["expectations"][0]["kwargs"]["column"] = "absent"
        return made

    monkeypatch.setattr(suites, "shipped", shipped)
    with pytest.raises(SuiteCrashed, match=r'NQ-REQUIRED enterprise .*"absent"'):
        house.examine()
    assert (state(house, totals), state(house, jobs)) == (("accepted", True, None), ("accepted", False, None))
    monkeypatch.undo()
    assert house.examine() == [str(jobs)]


def test_where_the_table_as_a_whole_fails_all_of_that_kind_are_held(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = [hand_in(house, quarter) for quarter in (Q1, Q2)]
    house.validate()
    whole = {"type": "expect_table_row_count_to_equal", "kwargs": {"value": 1}, "severity": "critical",
             "meta": {"rule": "NQ-X", "column": "count"}}  # fmt: skip
    monkeypatch.setattr(suites, "shipped", lambda _: {"name": "x", "expectations": [whole]})
    house.examine()
    assert {state(house, one) for one in both} == {("accepted", False, "NQ-SUITE: NQ-X count")}


def test_feeds_of_other_schemes_pass_under_their_own_agreement(house: House) -> None:
    lines = row(enterprise="0b01.com", region="US-CA", industry=""), row(enterprise="hn:a:b", region="US-CA")
    jobs = hand_in_jobs(house, *lines, enterprise="hn", region="iso3166", industry="not-stated")
    house.validate()
    assert house.examine() == [str(jobs)]
    assert state(house, jobs) == ("accepted", True, None)


def test_a_quarter_that_is_named_is_examined_alone(house: House) -> None:
    first, second = hand_in(house, Q1), hand_in(house, Q2)
    house.validate()
    assert house.examine(Q2) == [str(second)]
    assert not state(house, first)[1]


def test_very_many_rows_are_examined_in_several_claims(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    noted = runs(monkeypatch)
    monkeypatch.setattr(examine, "MOST_ROWS", 50)
    both = [str(hand_in(house, quarter)) for quarter in (Q1, Q2)]
    house.validate()
    assert house.examine() == both
    assert noted == [("totals-1", 40), ("totals-1", 40)]


def test_workers_at_once_come_to_the_same_end(house: House) -> None:
    bad, good = hand_in(house, Q1), hand_in(house, Q2)
    house.validate()
    tamper(house, bad, on(2, months=4))
    house.examine(Q2)  # what is imported first is imported once
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET examined_at = NULL"))
    at_once(2, lambda _: house.examine())
    assert (state(house, bad)[2], state(house, good)) == ("NQ-SUITE: NQ-MAXIMUM months 2", ("accepted", True, None))
