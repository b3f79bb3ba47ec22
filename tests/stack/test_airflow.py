"""Airflow as the stack runs it: its own settings only, secrets made once, nothing of ours to others."""

import stat
from pathlib import Path

import pytest

from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stack import airflow as module
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


def test_its_dags_are_found(airflow: Airflow) -> None:
    assert module.dag_ids() == {"ingest", "detect_and_publish", "keep_calendar", "pull", "sweep"}
    assert (module.dags_folder() / "ingest.py").exists()


def test_without_airflow_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(OutsideMissing, match="extra `airflow`"):
        module.installed_version()
