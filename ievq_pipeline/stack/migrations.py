"""Bringing both databases up to date before anything else starts; Airflow's only when it is behind."""

import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

import psycopg

from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stack.airflow import Airflow, command, installed_version
from ievq_pipeline.stack.children import Program, ievq, launch
from ievq_pipeline.stack.record import Record


def migrate(
    record: Record, logs: Path, environment: Mapping[str, str], airflow: Airflow | None, keep_open: Sequence[int]
) -> None:
    """Run `ievq db upgrade` and, where needed, `airflow db migrate`. Raises OutsideMissing if one fails."""
    programs = [Program("db-upgrade", ievq("db", "upgrade"), environment)]
    if airflow is not None and not _is_current(record, airflow):
        programs.append(Program("airflow-db", command("db", "migrate"), airflow.environment(environment)))
    running = [(program, launch(program, logs, record.stack_id, keep_open)) for program in programs]
    for program, process in running:
        _wait(program, process, logs)
    if airflow is not None:
        record.migrated = [installed_version(), _revision(airflow)]
        record.save()


def _wait(program: Program, process: subprocess.Popen[bytes], logs: Path) -> None:
    if process.wait() != 0:
        said = (logs / f"{program.name}.log").read_text(errors="replace")[-1500:]
        raise OutsideMissing(f"{program.name} ended with {process.returncode}:\n{said}")


def _is_current(record: Record, airflow: Airflow) -> bool:
    """Whether this version has brought this very database to the revision where it still stands: saves seconds."""
    return record.migrated == [installed_version(), _revision(airflow)]


def _revision(airflow: Airflow) -> str:
    """Where Airflow's database stands; empty if it has no tables yet."""
    address = re.sub(r"^postgresql\+\w+://", "postgresql://", airflow.database)
    try:
        with psycopg.connect(address, connect_timeout=10) as connection:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except psycopg.errors.UndefinedTable:
        return ""
    except psycopg.OperationalError as error:
        raise OutsideMissing(f"Airflow's database does not answer: {error}") from error
    return str(row[0]) if row else ""
