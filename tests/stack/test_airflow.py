"""Airflow as the stack runs it: its own settings only, secrets made once, nothing of ours to others."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stack import airflow as module
from ievq_pipeline.stack import ready
from ievq_pipeline.stack.airflow import Airflow


@pytest.fixture
def airflow(tmp_path: Path) -> Airflow:
    return Airflow(tmp_path / "airflow", 8123, "ievq", "postgresql+psycopg://airflow:pw@127.0.0.1:5/airflow")


def test_settings_of_another_airflow_do_not_get_in(airflow: Airflow) -> None:
    made = airflow.environment({"AIRFLOW__CORE__EXECUTOR": "CeleryExecutor", "AIRFLOW_CONFIG": "/x", "HOME": "/h"})
    assert made["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert "AIRFLOW_CONFIG" not in made
    assert made["HOME"] == "/h"


def test_it_gets_its_database_by_the_driver_it_has(airflow: Airflow) -> None:
    made = airflow.environment({})
    assert made["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"] == "postgresql+psycopg2://airflow:pw@127.0.0.1:5/airflow"
    assert made["AIRFLOW__CORE__EXECUTION_API_SERVER_URL"] == "http://127.0.0.1:8123/execution/"


def test_secrets_are_made_once_and_read_by_the_owner_alone(airflow: Airflow) -> None:
    first, second = airflow.environment({}), airflow.environment({})
    assert first == second
    names = ("CORE__FERNET_KEY", "API__SECRET_KEY", "API_AUTH__JWT_SECRET")
    assert len({first[f"AIRFLOW__{name}"] for name in names} | {airflow.password}) == 4
    files = [path for path in airflow.home.iterdir() if path.is_file()]
    assert len(files) == 2
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}


def test_without_a_broker_the_scheduler_runs_the_tasks(airflow: Airflow) -> None:
    made = airflow.environment({})
    assert made["AIRFLOW__CORE__EXECUTOR"] == "LocalExecutor"
    assert not [name for name in made if "CELERY" in name]
    crews = {program.name: program.crew for program in airflow.programs(made)}
    assert list(crews) == ["airflow-api-server", "airflow-scheduler", "airflow-dag-processor"]
    assert crews["airflow-scheduler"]


def test_with_a_broker_its_tasks_go_to_workers_each_with_a_name_of_its_own(airflow: Airflow) -> None:
    celery = replace(airflow, broker="redis://:pw2@127.0.0.1:6/0", workers=2)
    made = celery.environment({})
    assert made["AIRFLOW__CORE__EXECUTOR"] == "CeleryExecutor"
    assert made["AIRFLOW__CELERY__BROKER_URL"] == "redis://:pw2@127.0.0.1:6/0"
    assert made["AIRFLOW__CELERY__RESULT_BACKEND"] == "db+postgresql+psycopg2://airflow:pw@127.0.0.1:5/airflow"
    workers = [one for one in celery.programs(made) if one.name.startswith("airflow-worker")]
    assert [one.command[one.command.index("-H") + 1] for one in workers] == [
        "airflow-worker-1@%h",
        "airflow-worker-2@%h",
    ]
    assert not any(program.crew for program in celery.programs(made)), "no worker of the scheduler's is to be missed"
    assert "pw2" not in repr(celery)


def test_workers_may_run_elsewhere(airflow: Airflow) -> None:
    celery = replace(airflow, broker="redis://127.0.0.1:6/0", workers=0)
    assert celery.worker_names() == []
    assert len(celery.programs({})) == 3


def test_a_broker_that_does_not_answer_is_not_ready(airflow: Airflow) -> None:
    pytest.importorskip("celery")
    assert ready.workers(airflow) == []
    (check,) = ready.workers(replace(airflow, broker="redis://127.0.0.1:9/0", workers=1))
    assert "broker does not answer" in check()


def test_without_celery_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(OutsideMissing, match="extra `celery`"):
        module.require_celery()


def test_its_dags_are_found(airflow: Airflow) -> None:
    assert module.dag_ids() == {
        "ingest",
        "detect_and_publish",
        "keep_calendar",
        "preview",
        "pull",
        "quarterly",
        "sweep",
    }
    assert (module.dags_folder() / "ingest.py").exists()


def test_without_airflow_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(OutsideMissing, match="extra `airflow`"):
        module.installed_version()
