"""From another terminal: the Airflow that is named, else that of the stack in the data directory, else none."""

from pathlib import Path

import pytest
from pydantic import SecretStr

from ievq_pipeline.adapters.airflow_api import AirflowApi
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack import processes, reach
from ievq_pipeline.stack.airflow import Airflow
from ievq_pipeline.stack.processes import Process
from ievq_pipeline.stack.record import Record


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str]]:
    """Whom it is about to talk to, and as whom."""
    found: list[tuple[str, str, str]] = []

    class Noted(AirflowApi):
        def __init__(self, url: str, username: str, password: str) -> None:
            found.append((url, username, password))
            super().__init__(url, username, password)

    monkeypatch.setattr(reach, "AirflowApi", Noted)
    return found


def test_one_that_is_named_comes_first(asked: list[tuple[str, str, str]], tmp_path: Path) -> None:
    named = {"airflow_url": "http://airflow:8080", "airflow_password": SecretStr("pw"), "airflow_user": "me"}
    reach.airflow_api(Settings(_env_file=None, data_dir=tmp_path).model_copy(update=named))
    assert asked == [("http://airflow:8080", "me", "pw")]


def test_else_it_is_that_of_the_stack_that_runs_here(asked: list[tuple[str, str, str]], tmp_path: Path) -> None:
    record = Record(tmp_path / "stack.json", ports={"airflow": 8123})
    record.begin(processes.this())
    reach.airflow_api(Settings(_env_file=None, data_dir=tmp_path))
    assert asked == [("http://127.0.0.1:8123", "ievq", Airflow(tmp_path / "airflow", 8123, "ievq", "").password)]


@pytest.mark.parametrize("parent", [None, Process(1, 0)])
def test_without_one_the_remedy_is_named(tmp_path: Path, parent: Process | None) -> None:
    record = Record(tmp_path / "stack.json", ports={"airflow": 8123}, parent=parent)
    record.save()
    with pytest.raises(OutsideMissing, match="ievq stack up"):
        reach.airflow_api(Settings(_env_file=None, data_dir=tmp_path))
