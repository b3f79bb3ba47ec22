"""The DAGs hold order and schedule only: they are read quickly, say whose they are, and pass ids."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stack.airflow import Airflow, command, dag_ids, dags_folder, installed_version

try:
    installed_version()
except OutsideMissing:
    pytest.skip("Airflow is not installed", allow_module_level=True)

ROOMS = ["validate", "examine", "store", "detect", "publish", "deliver"]
#: by DAG, the rooms that a clock enters
BY_THE_CLOCK = {"keep_calendar": ["keep_calendar", "remind"], "preview": ["preview"], "pull": ["pull", "watch"]}
CLOCK_ROOMS = [room for rooms in BY_THE_CLOCK.values() for room in rooms]
DAGS = sorted(dag_ids())


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the probe tells, from a throw-away Airflow on an embedded Postgres."""
    place = tmp_path_factory.mktemp("airflow")
    directory = place / "postgres"
    probe = [sys.executable, str(Path(__file__).with_name("probe.py")), str(place / "told")]
    try:
        with embedded_postgres.lease(directory) as cluster:
            airflow = Airflow(place / "home", 9, "ievq", cluster.url("airflow", "airflow"))
            for words in (command("db", "migrate"), probe):
                done = subprocess.run(words, env=airflow.environment(os.environ), capture_output=True, text=True)
                assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    finally:
        embedded_postgres.remove(directory)
    return dict(json.loads((place / "told").read_text()))


def test_the_folder_is_not_empty_and_every_file_is_read(told: dict[str, Any]) -> None:
    assert told["errors"] == {}
    assert (
        sorted(told["dags"])
        == DAGS
        == ["detect_and_publish", "ingest", "keep_calendar", "preview", "pull", "quarterly", "sweep"]
    )


def test_reading_them_loads_nothing_heavy(told: dict[str, Any]) -> None:
    assert told["heavy"] == []


@pytest.mark.parametrize("name", DAGS)
def test_each_is_short_enough_to_read_in_one_look(name: str) -> None:
    assert len((dags_folder() / f"{name}.py").read_text().splitlines()) <= 60


@pytest.mark.parametrize("name", DAGS)
def test_each_says_whose_it_is_and_what_to_do_when_it_fails(told: dict[str, Any], name: str) -> None:
    dag = told["dags"][name]
    assert dag["owners"] == ["data-engineering"]
    assert "It failed?" in dag["doc"]
    assert "ievq" in dag["tags"]


@pytest.mark.parametrize("name", DAGS)
def test_each_task_that_enters_a_room_is_tried_again(told: dict[str, Any], name: str) -> None:
    dag = told["dags"][name]
    rooms = [task for task in dag["tasks"] if task in ROOMS + CLOCK_ROOMS]
    assert rooms
    assert all(dag["retries"][task] >= 1 and 0 < dag["waits"][task] <= 60 for task in rooms)


@pytest.mark.parametrize("name", DAGS)
def test_each_runs_once_at_a_time_and_not_for_the_past(told: dict[str, Any], name: str) -> None:
    assert (told["dags"][name]["runs_at_once"], told["dags"][name]["catchup"]) == (1, False)


@pytest.mark.parametrize(
    ("name", "rooms"),
    [
        ("ingest", ROOMS[:3]),
        ("detect_and_publish", ROOMS[3:5]),
        ("quarterly", ROOMS[:5]),
        ("sweep", ROOMS),
        *BY_THE_CLOCK.items(),
    ],
)
def test_a_run_enters_its_rooms_in_order(told: dict[str, Any], name: str, rooms: list[str]) -> None:
    run = told["runs"][name]
    assert run["state"] == "success"
    assert run["asked"] == rooms


@pytest.mark.parametrize("name", DAGS)
def test_a_run_leaves_ids_only_and_not_too_many(told: dict[str, Any], name: str) -> None:
    left = {task: ids for task, ids in told["runs"][name]["xcoms"].items() if task in ROOMS + CLOCK_ROOMS}
    assert left
    for task, ids in left.items():
        assert ids == [f"{task}-{number}" for number in range(100)]


def test_what_wakes_them(told: dict[str, Any]) -> None:
    timetables = {name: told["dags"][name]["timetable"] for name in DAGS}
    assert timetables["detect_and_publish"] == "PartitionedAssetTimetable"
    assert timetables["sweep"] == "CronTriggerTimetable"
    assert timetables["ingest"] == "AssetTriggeredTimetable"
    assert timetables["quarterly"] == "CronPartitionTimetable"
    assert told["dags"]["sweep"]["cron"] == "*/10 * * * *"
    for name in BY_THE_CLOCK:
        assert timetables[name] == "CronTriggerTimetable"
    assert (told["dags"]["pull"]["cron"], told["dags"]["pull"]["zone"]) == ("5-59/10 * * * *", "UTC")


def test_the_calendar_is_kept_after_midnight_in_shanghai_and_thrice_more_for_what_was_left(
    told: dict[str, Any],
) -> None:
    dag = told["dags"]["keep_calendar"]
    assert (dag["cron"], dag["zone"]) == ("30 0,6,12,18 * * *", "Asia/Shanghai")
    assert dag["next"] == ["2025-10-29T16:30:00+00:00", "2025-10-29T22:30:00+00:00"]


def test_a_backfill_makes_one_run_a_quarter_under_the_key_of_its_first_day(told: dict[str, Any]) -> None:
    months = ("01", "04", "07", "10")
    assert told["backfilled"] == [f"{year}-{month}-01" for year in (2014, 2015) for month in months]


def test_by_itself_a_quarters_run_comes_when_it_must_have_closed(told: dict[str, Any]) -> None:
    """The run of 1 July 2025, in Shanghai, is that of the first quarter, which closed on 30 April."""
    assert told["scheduled"] == {"run_after": "2025-06-30T16:00:00+00:00", "key": "2025-01-01"}


def test_its_rooms_are_told_of_which_quarter_they_are_asked(told: dict[str, Any]) -> None:
    assert told["quarterly_of_2014"]["asked"] == [f"{room} 2014-Q2" for room in ROOMS[:5]]


def test_a_room_that_fails_keeps_no_other_from_being_swept_but_fails_the_run(told: dict[str, Any]) -> None:
    run = told["sweep_with_a_failing_room"]
    assert run["asked"] == ROOMS
    assert run["tasks"] == dict.fromkeys(ROOMS, "success") | {"store": "failed", "every_room": "upstream_failed"}
    assert run["state"] == "failed"
