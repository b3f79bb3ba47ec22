"""Backfill: past quarters → runs of Airflow's DAG `quarterly`, in calendar order, and what became of each."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ievq_pipeline.adapters.airflow_api import AirflowApi
from ievq_pipeline.domain.backfill import MOST_QUARTERS, UNCHANGED, Outcome, Reprocess
from ievq_pipeline.domain.errors import Conflict, OutsideMissing
from ievq_pipeline.domain.period import Quarter

DAG = "quarterly"
LOOK_SECONDS = 1.0
#: an API server that died is back long before; after that somebody must look
SILENCE_SECONDS = 120.0
#: Airflow notices within half a minute that the last run of a backfill has ended, and until then begins no other
CLOSED_SECONDS = 60.0
ENDED = ("success", "failed")


def planned(api: AirflowApi, quarters: list[Quarter], reprocess: Reprocess) -> list[Quarter]:
    """The quarters that would get a run. Raises Conflict while the DAG is paused: its runs would wait for ever."""
    if api.get(f"/dags/{DAG}")["is_paused"]:
        raise Conflict(f"The DAG {DAG} is paused: unpause it on Airflow's pages first.")
    answer = api.post("/backfills/dry_run", _asked(quarters, reprocess))
    return [_quarter(run) for run in answer["backfills"]]


@dataclass(frozen=True)
class Backfill:
    """A backfill under way in Airflow; it goes on whether or not somebody waits for it."""

    number: int
    created_at: str
    quarters: list[Quarter]


def begin(api: AirflowApi, quarters: list[Quarter], reprocess: Reprocess) -> Backfill:
    """Have `quarters` run, one at a time. Raises Conflict while another backfill of the DAG is under way."""
    deadline = time.monotonic() + CLOSED_SECONDS
    while True:
        try:
            made = api.post("/backfills", _asked(quarters, reprocess))
            break
        except Conflict:
            if _is_under_way(api) or time.monotonic() > deadline:
                raise
            time.sleep(LOOK_SECONDS)
    return Backfill(int(made["id"]), str(made["created_at"]), quarters)


def outcomes(api: AirflowApi, backfill: Backfill) -> Iterator[Outcome]:
    """Each quarter's outcome as soon as its run has ended, until all have; those left alone come first."""
    missing, heard_at = set(backfill.quarters), time.monotonic()
    told: set[Quarter] = set()
    while missing - told:
        try:
            runs = _runs(api, backfill)
            heard_at = time.monotonic()
            for quarter in sorted(missing - runs.keys() - told):
                told.add(quarter)
                yield Outcome(quarter, UNCHANGED)
            for quarter in sorted(runs.keys() - told):
                if runs[quarter]["state"] in ENDED:
                    ended = _outcome(api, quarter, runs[quarter])
                    told.add(quarter)
                    yield ended
        except OutsideMissing:
            if time.monotonic() - heard_at > SILENCE_SECONDS:
                raise
        if missing - told:
            time.sleep(LOOK_SECONDS)


def _asked(quarters: list[Quarter], reprocess: Reprocess) -> dict[str, Any]:
    """Airflow takes the bounds in the timetable's zone, where each quarter's key is the midnight of its first day."""
    return {
        "dag_id": DAG,
        "from_date": f"{quarters[0].first_day}T00:00:00Z",
        "to_date": f"{quarters[-1].first_day}T00:00:00Z",
        "reprocess_behavior": str(reprocess),
        "max_active_runs": 1,  # in calendar order
        "run_backwards": False,
    }


def _is_under_way(api: AirflowApi) -> bool:
    runs = api.get(f"/dags/{DAG}/dagRuns", run_type="backfill", order_by="-id", limit=MOST_QUARTERS)["dag_runs"]
    return any(run["state"] not in ENDED for run in runs)


def _runs(api: AirflowApi, backfill: Backfill) -> dict[Quarter, dict[str, Any]]:
    """This backfill's runs: Airflow allows one at a time, so none but its own were made since it began."""
    first, last = backfill.quarters[0].first_day, backfill.quarters[-1].first_day
    asked: dict[str, str | int] = {"run_type": "backfill", "order_by": "-id", "limit": MOST_QUARTERS}
    asked |= {"partition_date_gte": str(first), "partition_date_lte": str(last)}
    found = api.get(f"/dags/{DAG}/dagRuns", **asked)["dag_runs"]
    return {_quarter(run): run for run in reversed(found) if run["queued_at"] >= backfill.created_at}


def _outcome(api: AirflowApi, quarter: Quarter, run: dict[str, Any]) -> Outcome:
    path = f"/dags/{DAG}/dagRuns/{run['dag_run_id']}/taskInstances"
    tasks = {task["task_id"]: task["state"] for task in api.get(path)["task_instances"]}
    handled = {
        task: len(api.get(f"{path}/{task}/xcomEntries/return_value", deserialize="true")["value"])
        for task, state in tasks.items()
        if state == "success"
    }
    failed_in = next((task for task, state in tasks.items() if state == "failed"), None)
    return Outcome(quarter, run["state"], run["dag_run_id"], run["duration"], handled, failed_in)


def _quarter(run: dict[str, Any]) -> Quarter:
    """The DAG's keys are the first days of quarters."""
    return Quarter.of(date.fromisoformat(run["partition_key"]))
