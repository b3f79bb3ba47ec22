"""Airflow as the stack runs it: its environment, secrets and programs. Airflow itself is never imported here."""

import importlib.util
import json
import os
import re
import secrets
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from cryptography.fernet import Fernet

import ievq_pipeline
from ievq_pipeline.adapters.private_files import write_private
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stack.children import Program

HOST = "127.0.0.1"
#: the parts that must be healthy, and the words behind `airflow` that start each. No triggerer: no DAG defers
PARTS = {
    "airflow-api-server": ("api-server", "--host", HOST, "--workers", "1"),
    "airflow-scheduler": ("scheduler", "--skip-serve-logs"),  # else a log server listens on 0.0.0.0
    "airflow-dag-processor": ("dag-processor",),
}
#: tasks that one Celery worker runs at once
AT_ONCE = 2
#: the LocalExecutor never misses a killed worker, although none of the others may get work any more (see `Children`)
CREWS = {"airflow-scheduler": "airflow worker -- LocalExecutor"}


@dataclass(frozen=True)
class Airflow:
    """One Airflow: where it lives, where it listens, and which database is its own."""

    home: Path
    port: int
    user: str
    database: str = field(repr=False)
    #: Celery's broker; without one the scheduler forks the workers itself
    broker: str = field(default="", repr=False)
    workers: int = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    @property
    def password(self) -> str:
        return self._secrets()["password"]

    def environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """`base` without foreign Airflow settings, with ours. Writes the secrets and the account."""
        made = self._secrets()
        passwords = self.home / "passwords.json"
        write_private(passwords, json.dumps({self.user: made["password"]}))
        self._write_local_settings()
        values = {
            "CORE__LOAD_EXAMPLES": "False",
            **self._executor(),
            "CORE__DAGS_FOLDER": str(dags_folder()),
            "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
            "CORE__DEFAULT_TIMEZONE": "utc",
            "CORE__EXECUTION_API_SERVER_URL": f"{self.url}/execution/",
            "CORE__FERNET_KEY": made["fernet_key"],
            "CORE__SIMPLE_AUTH_MANAGER_USERS": f"{self.user}:admin",
            "CORE__SIMPLE_AUTH_MANAGER_PASSWORDS_FILE": str(passwords),
            "API__HOST": HOST,
            "API__PORT": str(self.port),
            "API__BASE_URL": self.url,
            "API__SECRET_KEY": made["api_secret_key"],
            "API_AUTH__JWT_SECRET": made["jwt_secret"],
            "DATABASE__SQL_ALCHEMY_CONN": self._psycopg2,
            "SCHEDULER__SCHEDULER_IDLE_SLEEP_TIME": "0.1",
            # a killed scheduler is missed, and its tasks are given out again, in seconds and not in five minutes
            "SCHEDULER__SCHEDULER_HEALTH_CHECK_THRESHOLD": "15",
            "SCHEDULER__ORPHANED_TASKS_CHECK_INTERVAL": "10",
            "SCHEDULER__TASK_INSTANCE_HEARTBEAT_SEC": "5",
            "SCHEDULER__TASK_INSTANCE_HEARTBEAT_TIMEOUT": "30",
            "DAG_PROCESSOR__MIN_FILE_PROCESS_INTERVAL": "300",  # a changed file is read at once all the same
            "USAGE_DATA_COLLECTION__ENABLED": "False",
        }
        kept = {name: value for name, value in base.items() if not name.startswith("AIRFLOW_")}
        return {
            **kept,
            **{f"AIRFLOW__{name}": value for name, value in values.items()},
            "AIRFLOW_HOME": str(self.home),
            "PATH": f"{Path(sys.executable).parent}:{base.get('PATH', os.defpath)}",
            "SPT_NOENV": "1",  # else a new process title overwrites the environment in which we look for our mark
        }

    @property
    def _psycopg2(self) -> str:
        return re.sub(r"^postgresql(\+\w+)?://", "postgresql+psycopg2://", self.database)

    def _executor(self) -> dict[str, str]:
        if not self.broker:
            return {"CORE__EXECUTOR": "LocalExecutor", "CORE__PARALLELISM": "4"}  # that many workers are forked at once
        return {
            "CORE__EXECUTOR": "CeleryExecutor",
            "CORE__PARALLELISM": "16",
            "CELERY__BROKER_URL": self.broker,
            "CELERY__RESULT_BACKEND": f"db+{self._psycopg2}",
            # a killed worker takes what it had fetched but not begun into its grave: given out again after this long
            "SCHEDULER__TASK_QUEUED_TIMEOUT": "60",
            "SCHEDULER__TASK_QUEUED_TIMEOUT_CHECK_INTERVAL": "10",
            "DAG_PROCESSOR__STALE_BUNDLE_CLEANUP_INTERVAL": "0",  # a process a worker, for bundles that we have not
        }

    def _write_local_settings(self) -> None:
        """Airflow looks for them in its home; ours stand in the package."""
        config = self.home / "config"
        config.mkdir(exist_ok=True)
        (config / "airflow_local_settings.py").write_text("from ievq_pipeline.orchestration import local_settings\n")

    def programs(self, environment: Mapping[str, str]) -> list[Program]:
        crews = {} if self.broker else CREWS
        parts = PARTS | {name: _worker(name) for name in self.worker_names()}
        return [Program(name, command(*words), environment, crews.get(name, "")) for name, words in parts.items()]

    def worker_names(self) -> list[str]:
        """The Celery workers that are ours to start."""
        return [f"airflow-worker-{number}" for number in range(1, self.workers + 1)] if self.broker else []

    def _secrets(self) -> dict[str, str]:
        """Made once; whoever changes them logs everybody out."""
        path = self.home / "secrets.json"
        if not path.exists():
            self.home.mkdir(parents=True, exist_ok=True, mode=0o700)
            names = ("password", "jwt_secret", "api_secret_key")
            made = {name: secrets.token_urlsafe(32) for name in names} | {"fernet_key": Fernet.generate_key().decode()}
            write_private(path, json.dumps(made))
        return dict(json.loads(path.read_text()))


def installed_version() -> str:
    """Airflow's version; raises OutsideMissing if it is not installed."""
    if importlib.util.find_spec("airflow") is None:
        raise OutsideMissing("Airflow is not installed. Install the extra `airflow`, or start the stack without it.")
    return version("apache-airflow-core")


def require_celery() -> None:
    """Raises OutsideMissing where tasks can't be sent to Celery workers."""
    if importlib.util.find_spec("celery") is None:
        raise OutsideMissing("Celery is not installed. Install the extra `celery`, or unset IEVQ_AIRFLOW_BROKER_URL.")


def _worker(name: str) -> tuple[str, ...]:
    """Its own name tells it from others on this machine. Logs are in a folder that the API server reads as well."""
    node = ("-H", f"{name}@%h", "-c", str(AT_ONCE), "-q", "default")
    return ("celery", "worker", *node, "--skip-serve-logs", "--without-gossip", "--without-mingle")


def command(*words: str) -> list[str]:
    return [sys.executable, "-m", "airflow", *words]


def dags_folder() -> Path:
    """Where the DAGs are: in a wheel, or beside the package in a checkout."""
    package = Path(ievq_pipeline.__file__).parent
    for folder in (package / "_shipped" / "dags", package.parent / "dags"):
        if folder.is_dir():
            return folder
    raise OutsideMissing(f"There are no DAGs beside {package}.")


def dag_ids() -> set[str]:
    """The DAGs that must be there: each file holds the one of its name."""
    return {path.stem for path in dags_folder().glob("[a-z]*.py")}
