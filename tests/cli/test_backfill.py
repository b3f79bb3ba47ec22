"""`ievq backfill` says what became of each quarter, and answers with its exit code whether all of them are done."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from ievq_pipeline import cli, stack
from ievq_pipeline.adapters import backfills
from ievq_pipeline.adapters.backfills import Backfill
from ievq_pipeline.domain.backfill import Outcome, Reprocess
from ievq_pipeline.domain.period import Quarter

Q1, Q2 = Quarter(2015, 1), Quarter(2015, 2)


class Airflow:
    """Stands in for what is asked of Airflow: which quarters are to run, and how they end."""

    def __init__(self) -> None:
        self.wanted = [Q1, Q2]
        self.ends = [Outcome(Q1, "success", "run-1", 3.21, {"detect": 1, "publish": 2}), Outcome(Q2, "success")]
        self.begun: list[Reprocess] = []
        self.is_interrupted = False

    def begin(self, _api: Any, quarters: list[Quarter], reprocess: Reprocess) -> Backfill:
        self.begun.append(reprocess)
        return Backfill(7, "", quarters)

    def outcomes(self, _api: Any, _backfill: Backfill) -> Iterator[Outcome]:
        yield from self.ends
        if self.is_interrupted:
            raise KeyboardInterrupt


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> Airflow:
    stand_in = Airflow()
    monkeypatch.setattr(stack, "airflow_api", lambda settings: None)
    monkeypatch.setattr(backfills, "planned", lambda api, quarters, reprocess: stand_in.wanted)
    monkeypatch.setattr(backfills, "begin", stand_in.begin)
    monkeypatch.setattr(backfills, "outcomes", stand_in.outcomes)
    return stand_in


def call(monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    monkeypatch.setattr("sys.argv", ["ievq", "--lang", "en", "backfill", *words])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    return int(ended.value.code or 0)


def test_each_quarter_has_a_line(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "2015-Q1", "2015-Q2") == 0
    assert capsys.readouterr().err.splitlines() == ["2015-Q1  success  3.2 s  detect 1  publish 2", "2015-Q2  success"]
    assert airflow.begun == [Reprocess.COMPLETED]


def test_a_failed_one_is_not_good_and_says_where_to_look(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    airflow.ends[0] = Outcome(Q1, "failed", "run-1", 39.0, {"validate": 0}, "detect")
    assert call(monkeypatch, "2015-Q1", "2015-Q2") == 1
    assert "in detect: see its log on Airflow's pages, run run-1" in capsys.readouterr().err


def test_for_programs_it_is_one_document(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(monkeypatch, "2015-Q1", "2015-Q2", "--json", "--reprocess", "failed") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["backfill"] == 7
    assert told["quarters"][0] == {
        "quarter": "2015-Q1", "state": "success", "run_id": "run-1", "seconds": 3.21,
        "handled": {"detect": 1, "publish": 2}, "failed_in": None,
    }  # fmt: skip
    assert airflow.begun == [Reprocess.FAILED]


def test_a_dry_run_begins_nothing(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    airflow.wanted = [Q2]
    assert call(monkeypatch, "2015-Q1", "2015-Q2", "--dry-run") == 0
    assert capsys.readouterr().err.splitlines() == ["2015-Q1  unchanged", "2015-Q2  planned"]
    assert airflow.begun == []


def test_nothing_is_begun_where_nothing_is_wanted(airflow: Airflow, monkeypatch: pytest.MonkeyPatch) -> None:
    airflow.wanted = []
    assert call(monkeypatch, "2015-Q1", "2015-Q2", "--reprocess", "none") == 0
    assert airflow.begun == []


def test_who_stops_waiting_is_told_that_it_goes_on(
    airflow: Airflow, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    airflow.is_interrupted = True
    assert call(monkeypatch, "2015-Q1", "2015-Q2") == 130
    assert "backfill 7 goes on in Airflow" in capsys.readouterr().err


@pytest.mark.parametrize("words", [("2015-Q2", "2015-Q1"), ("2015-Q1", "2999-Q1"), ("2015-Q1", "2015-Q5")])
def test_a_wrong_call_is_refused(airflow: Airflow, monkeypatch: pytest.MonkeyPatch, words: tuple[str, str]) -> None:
    assert call(monkeypatch, *words) == 2
    assert airflow.begun == []
