"""A backfill asked of Airflow: its runs told in calendar order as they end, its silences sat out, others respected."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from ievq_pipeline.adapters import backfills
from ievq_pipeline.adapters.airflow_api import AirflowApi
from ievq_pipeline.adapters.backfills import Backfill, begin, outcomes, planned
from ievq_pipeline.domain.backfill import Outcome, Reprocess
from ievq_pipeline.domain.errors import Conflict, OutsideMissing
from ievq_pipeline.domain.period import Quarter

QUARTERS = [Quarter(2014, 4), Quarter(2015, 1), Quarter(2015, 2)]
BEGUN = "2026-01-05T10:00:00Z"


class StandIn:
    """Answers as Airflow 3.3 does, with runs that a test sets; `states` of a run are used up one a look."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, dict[str, Any]]] = []
        self.runs: list[dict[str, Any]] = []
        self.tasks: dict[str, str] = {}
        self.is_paused = False
        self.troubles: list[Exception] = []

    def add_run(self, key: str, *states: str, queued_at: str = BEGUN) -> None:
        run = {"dag_run_id": f"run-{key}", "partition_key": key, "queued_at": queued_at, "duration": 3.0}
        self.runs.append(run | {"states": list(states)})

    def get(self, path: str, **parameters: str | int) -> dict[str, Any]:
        self.asked.append((path, parameters))
        if self.troubles:
            raise self.troubles.pop()
        if path == "/dags/quarterly":
            return {"is_paused": self.is_paused}
        if path == "/dags/quarterly/dagRuns":
            return {"dag_runs": [self._seen(run) for run in reversed(self.runs)]}
        if path.endswith("/taskInstances"):
            return {"task_instances": [{"task_id": name, "state": state} for name, state in self.tasks.items()]}
        return {"value": [] if "/validate/" in path else ["a", "b"]}

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((path, body))
        if self.troubles:
            raise self.troubles.pop()
        if path.endswith("dry_run"):
            return {"backfills": [{"partition_key": "2014-10-01"}, {"partition_key": "2015-01-01"}]}
        return {"id": 7, "created_at": BEGUN}

    @staticmethod
    def _seen(run: dict[str, Any]) -> dict[str, Any]:
        state = run["states"].pop(0) if len(run["states"]) > 1 else run["states"][0]
        return run | {"state": state}


@pytest.fixture
def airflow(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    monkeypatch.setattr(backfills, "LOOK_SECONDS", 0)
    return StandIn()


@pytest.fixture
def api(airflow: StandIn) -> AirflowApi:
    return cast("AirflowApi", airflow)


def test_it_is_asked_for_first_days_one_run_at_a_time(airflow: StandIn, api: AirflowApi) -> None:
    begin(api, QUARTERS, Reprocess.FAILED)
    assert airflow.asked == [
        (
            "/backfills",
            {
                "dag_id": "quarterly",
                "from_date": "2014-10-01T00:00:00Z",
                "to_date": "2015-04-01T00:00:00Z",
                "reprocess_behavior": "failed",
                "max_active_runs": 1,
                "run_backwards": False,
            },
        )
    ]


def test_what_would_run_is_asked_of_airflow(airflow: StandIn, api: AirflowApi) -> None:
    assert planned(api, QUARTERS, Reprocess.NONE) == QUARTERS[:2]
    assert airflow.asked[-1][0] == "/backfills/dry_run"


def test_a_paused_dag_is_refused(airflow: StandIn, api: AirflowApi) -> None:
    airflow.is_paused = True
    with pytest.raises(Conflict, match="unpause"):
        planned(api, QUARTERS, Reprocess.NONE)


def test_each_quarter_is_told_once_when_its_run_has_ended(airflow: StandIn, api: AirflowApi) -> None:
    airflow.add_run("2014-10-01", "queued", "running", "success")
    airflow.add_run("2015-01-01", "queued", "queued", "queued", "success")
    airflow.add_run("2015-04-01", "queued", "queued", "queued", "running", "running", "success")
    airflow.tasks = {"validate": "success", "publish": "success"}
    told = list(outcomes(api, Backfill(7, BEGUN, QUARTERS)))
    assert [one.quarter for one in told] == QUARTERS
    assert told[0] == Outcome(QUARTERS[0], "success", "run-2014-10-01", 3.0, {"validate": 0, "publish": 2}, None)


def test_a_failed_run_names_its_task_and_keeps_no_other_from_being_told(airflow: StandIn, api: AirflowApi) -> None:
    airflow.add_run("2014-10-01", "failed")
    airflow.add_run("2015-01-01", "success")
    airflow.tasks = {"validate": "success", "detect": "failed", "publish": "upstream_failed"}
    told = list(outcomes(api, Backfill(7, BEGUN, QUARTERS[:2])))
    assert [(one.state, one.failed_in) for one in told] == [("failed", "detect"), ("success", "detect")]
    assert told[0].handled == {"validate": 0}


def test_quarters_left_alone_are_told_first_whatever_runs_they_once_had(airflow: StandIn, api: AirflowApi) -> None:
    airflow.add_run("2014-10-01", "success", queued_at="2026-01-05T09:59:59Z")
    airflow.add_run("2015-01-01", "running", "success")
    told = [(one.quarter, one.state) for one in outcomes(api, Backfill(7, BEGUN, QUARTERS))]
    assert told == [(QUARTERS[0], "unchanged"), (QUARTERS[2], "unchanged"), (QUARTERS[1], "success")]


def test_an_airflow_that_is_away_for_a_moment_is_waited_for(airflow: StandIn, api: AirflowApi) -> None:
    airflow.add_run("2014-10-01", "success")
    airflow.troubles = [OutsideMissing("gone"), OutsideMissing("gone")]
    assert [one.state for one in outcomes(api, Backfill(7, BEGUN, QUARTERS[:1]))] == ["success"]


def test_one_that_stays_away_is_told(airflow: StandIn, api: AirflowApi, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfills, "SILENCE_SECONDS", -1)
    airflow.troubles = [OutsideMissing("gone")]
    with pytest.raises(OutsideMissing, match="gone"):
        list(outcomes(api, Backfill(7, BEGUN, QUARTERS)))


def test_an_ended_backfill_that_airflow_has_not_noticed_is_sat_out(airflow: StandIn, api: AirflowApi) -> None:
    airflow.add_run("2014-10-01", "success")
    airflow.troubles = [Conflict("There is already a running backfill")]
    assert begin(api, QUARTERS, Reprocess.NONE).number == 7


@pytest.mark.parametrize("prepare", [lambda one: one.add_run("2014-10-01", "running"), lambda one: None])
def test_one_that_is_under_way_is_not_disturbed(
    airflow: StandIn, api: AirflowApi, prepare: Callable[[StandIn], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor one of whose runs nothing is known for too long."""
    monkeypatch.setattr(backfills, "CLOSED_SECONDS", -1)
    prepare(airflow)
    airflow.troubles = [Conflict("There is already a running backfill")]
    with pytest.raises(Conflict, match="already"):
        begin(api, QUARTERS, Reprocess.NONE)
