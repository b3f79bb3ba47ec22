"""A program, since Airflow reads its environment at import: reads the DAGs, runs each once, and tells of it as JSON.

The rooms are stood in for by ones that note who was asked; one of them can be told to fail.
"""

import json
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pendulum
from airflow import settings
from airflow._shared.timezones.timezone import parse
from airflow.dag_processing.dagbag import DagBag
from airflow.serialization.encoders import coerce_to_core_timetable
from airflow.timetables.base import TimeRestriction

from ievq_pipeline.orchestration import rooms

HEAVY = ("polars", "numpy", "scipy", "ievq_pipeline.bootstrap", "ievq_pipeline.stages", "ievq_pipeline.db")
asked: list[str] = []
failing: set[str] = set()


class House:
    """Stands in for the house: any room takes note and hands back many ids."""

    def __getattr__(self, room: str) -> Callable[[], list[str]]:
        def visited(*quarter: str, **_options: bool) -> list[str]:
            asked.append(" ".join((room, *quarter)))
            if room in failing:
                raise RuntimeError(f"{room} is told to fail")
            return [f"{room}-{number}" for number in range(500)]

        return visited


@contextmanager
def open_house() -> Iterator[House]:
    yield House()


def described(dag: Any) -> dict[str, Any]:
    return {
        "owners": sorted({task.owner for task in dag.tasks}),
        "doc": dag.doc_md or "",
        "tags": sorted(dag.tags),
        "retries": {task.task_id: task.retries for task in dag.tasks},
        "waits": {task.task_id: task.retry_delay.total_seconds() for task in dag.tasks},
        "tasks": [task.task_id for task in dag.topological_sort()],
        "runs_at_once": dag.max_active_runs,
        "catchup": dag.catchup,
        "timetable": type(dag.timetable).__name__,
        "cron": getattr(dag.timetable, "expression", None),
        "zone": str(getattr(dag.timetable, "timezone", None)),
        "next": next_two(dag.timetable),
    }


def backfilled(dag: Any) -> list[str]:
    """The keys of the runs that a backfill of two years makes, as Airflow's API is asked for it."""
    timetable = coerce_to_core_timetable(dag.timetable)
    first, last = (datetime(year, month, 1, tzinfo=UTC) for year, month in ((2014, 1), (2015, 10)))
    return [info.partition_key for info in timetable.iter_partition_dagrun_infos(earliest=first, latest=last)]


def scheduled(dag: Any) -> dict[str, str]:
    """The first run from June 2025 on that the scheduler makes by itself."""
    timetable = coerce_to_core_timetable(dag.timetable)
    since = TimeRestriction(earliest=parse("2025-06-01"), latest=None, catchup=True)
    info = timetable.next_dagrun_info_v2(last_dagrun_info=None, restriction=since)
    return {"run_after": info.run_after.isoformat(), "key": info.partition_key}


def next_two(timetable: Any) -> list[str]:
    """When a run that a clock begins comes after 2025-10-29 noon UTC, and when the next after that."""
    if not hasattr(timetable, "expression"):
        return []
    clock, after, found = coerce_to_core_timetable(timetable), pendulum.datetime(2025, 10, 29, 12), []
    for _ in range(2):
        info = clock.next_dagrun_info(
            last_automated_data_interval=None, restriction=TimeRestriction(after, None, catchup=True)
        )
        assert info is not None
        found.append(info.run_after.in_timezone("UTC").isoformat())
        after = info.run_after.add(minutes=1)
    return found


def played(dag: Any) -> dict[str, Any]:
    """One run: its state, those of its tasks, what each left in its XCom, and which rooms were asked in which order."""
    asked.clear()
    run = dag.test()
    tasks = run.get_task_instances()
    return {
        "state": run.state,
        "tasks": {task.task_id: task.state for task in tasks},
        "xcoms": {task.task_id: task.xcom_pull(task_ids=task.task_id) for task in tasks},
        "asked": list(asked),
    }


def main() -> None:
    bag = DagBag(settings.DAGS_FOLDER, bundle_path=Path(settings.DAGS_FOLDER), bundle_name="dags-folder")
    heavy = [name for name in HEAVY if name in sys.modules]
    stand_in: Any = types.ModuleType("ievq_pipeline.bootstrap")
    stand_in.open_house = open_house
    sys.modules["ievq_pipeline.bootstrap"] = stand_in
    told = {
        "errors": bag.import_errors,
        "heavy": heavy,
        "dags": {name: described(dag) for name, dag in bag.dags.items()},
        "runs": {name: played(dag) for name, dag in bag.dags.items()},
    }
    told |= {"backfilled": backfilled(bag.dags["quarterly"]), "scheduled": scheduled(bag.dags["quarterly"])}
    rooms.partition_key = lambda: "2014-04-01"
    told["quarterly_of_2014"] = played(bag.dags["quarterly"])
    failing.add("store")
    for task in bag.dags["sweep"].tasks:
        task.retries = 0  # a retry would be waited for
    told["sweep_with_a_failing_room"] = played(bag.dags["sweep"])
    Path(sys.argv[1]).write_text(json.dumps(told))


main()
