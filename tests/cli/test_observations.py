"""`ievq observations list`, and what changes it: confirmations, withdrawals, late files; as of any moment."""

import csv
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.domain.period import SHANGHAI
from tests.cli.conftest import Ievq
from tests.made_up import REGION, Row, demand_file, open_panel

QUARTER = "2020-Q1"
ASKED = ("observations", "list", "--kind", "job-demand", "--quarter", QUARTER)


def submit(ievq: Ievq, directory: Path, *rows: Row) -> str:
    """Hand a file in for the feed `a`, and store it if that may be; returns the submission."""
    path = directory / "a.csv"
    path.write_bytes(demand_file(QUARTER, rows))
    ran = ievq("submit", path, "--feed", "a", "--quarter", QUARTER, "--json")
    assert ievq("run").code == 0
    return str(ran.json["submission_id"])


def told(ievq: Ievq, *options: str) -> list[tuple[str, str]]:
    ran = ievq(*ASKED, *options)
    assert ran.code == 0, ran.err
    return [(row["reporter"], row["openings"]) for row in csv.DictReader(io.StringIO(ran.out))]


def test_each_moment_keeps_its_answer_through_confirmation_and_withdrawal(
    stored: Ievq, house: House, tmp_path: Path
) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    one, two = "us-agency:M1", "us-agency:M2"
    assert told(stored) == []
    submit(stored, tmp_path, (one, REGION, "go", 1), (two, REGION, "go", 2))
    instant = datetime.now(UTC)
    left_out = submit(stored, tmp_path, (one, REGION, "go", 3))
    assert stored("submissions", "show", left_out, "--json").json["state"] == "needs_confirmation"
    assert told(stored) == [(one, "1"), (two, "2")]
    wrong = stored("submissions", "confirm", left_out, "--reason", "NQ-MEMBERS-GONE=because")
    assert (wrong.code, wrong.out) == (2, "")
    assert "withdraw_them" in wrong.err
    assert stored("submissions", "confirm", left_out, "--reason", "nonsense").code == 2
    ran = stored("submissions", "confirm", left_out, "--reason", "NQ-MEMBERS-GONE=withdraw_them", "--json")
    assert (ran.code, ran.json["state"]) == (0, "accepted")
    assert stored("run").code == 0
    assert told(stored) == [(one, "3")]
    assert stored("submissions", "withdraw", left_out, "--reason", " ").code == 2
    ran = stored("submissions", "withdraw", left_out, "--reason", "wrong", "--json")
    assert (ran.code, ran.json["state"]) == (0, "withdrawn")
    assert stored("submissions", "withdraw", left_out, "--reason", "again").code == 0
    assert told(stored) == []
    day = instant.astimezone(SHANGHAI).date()
    before, after = ((day + timedelta(days=days)).isoformat() for days in (-1, 1))
    for as_of, then in (
        ("seq:0", []), ("seq:1", [(one, "1"), (two, "2")]), ("seq:2", [(one, "3")]), ("seq:3", []),
        (instant.isoformat(), [(one, "1"), (two, "2")]), (before, []), (after, []),
    ):  # fmt: skip
        assert told(stored, "--as-of", as_of) == then, as_of


def test_as_json_it_is_one_document_with_every_column(stored: Ievq, house: House, tmp_path: Path) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    submission = submit(stored, tmp_path, ("us-agency:M1", REGION, "go", 1))
    (row,) = stored(*ASKED, "--json").json["items"]
    said = {"reporter": "us-agency:M1", "region": f"gbt2260:{REGION}", "openings": 1, "submission_id": submission}
    assert {name: row[name] for name in said} == said
    assert row["known_from"].endswith("Z")
    (line,) = csv.DictReader(io.StringIO(stored(*ASKED).out))
    assert line == {name: "" if value is None else str(value) for name, value in row.items()}


@pytest.mark.parametrize(
    "wrong", [("--as-of", "yesterday"), ("--as-of", "2020-01-01T00:00"), ("--kind", "roster"), ("--quarter", "soon")]
)
def test_a_question_that_makes_no_sense_exits_with_2(stored: Ievq, wrong: tuple[str, str]) -> None:
    ran = stored(*ASKED, *wrong)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err
