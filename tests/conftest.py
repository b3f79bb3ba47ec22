"""One embedded Postgres for the whole run, and a house with empty tables for each test that asks."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from ievq_pipeline.adapters.embedded_postgres import Cluster, lease
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import migrate, partitions
from ievq_pipeline.db.session import connect
from ievq_pipeline.db.tables import Base
from ievq_pipeline.settings import Settings

ROOT = Path(__file__).parent.parent
#: files that start a stack, kill processes, measure time or take much memory: one after another
APART = ("tests/stack/", "tests/test_kills.py", "tests/test_wheel.py", "tests/adapters/test_confined.py")
#: parts of tables that hold, or held, a row: there are hundreds of empty ones
USED = text(
    "SELECT relid::regclass::text FROM pg_stat_user_tables JOIN pg_inherits ON inhrelid = relid"
    " WHERE pg_relation_size(relid) > 0"
)

for name in [name for name in os.environ if name.startswith("IEVQ_")]:
    del os.environ[name]  # what the developer has set is no test's business


@pytest.hookimpl(optionalhook=True)  # it is xdist's
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """With `-n 2` a worker takes a file at a time, and one of them, first of all, everything that is to be apart."""
    from xdist.scheduler import LoadFileScheduling

    class Apart(LoadFileScheduling):  # type: ignore[misc]  # it has no types
        def _split_scope(self, nodeid: str) -> str:
            return "apart" if nodeid.startswith(APART) else str(super()._split_scope(nodeid))

    return Apart(config, log)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=lambda item: not item.nodeid.startswith(APART))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A Postgres of its own, gone after the run, even one that was killed; where pytest's directories are closed to it,
    so `/tmp`.
    """
    bindir = os.environ.get("TEST_PG_BINDIR", "")
    directory = Path(tempfile.mkdtemp(prefix="ievq-tests-"))
    command = [sys.executable, "-m", "tests.cleared_away", str(directory), bindir]
    cleaner = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, start_new_session=True)
    try:
        with lease(directory / "postgres", bindir=Path(bindir) if bindir else None) as running:
            _hasten(running)
            yield running
    finally:
        cleaner.communicate(b"\n")


def _hasten(cluster: Cluster) -> None:
    """Nothing of it is to outlive a power cut; a killed process loses nothing by this."""
    with psycopg.connect(cluster.dsn("postgres", "postgres"), autocommit=True) as superuser:
        superuser.execute("ALTER SYSTEM SET fsync = off")
        superuser.execute("SELECT pg_reload_conf()")


@pytest.fixture(scope="session")
def migrated(cluster: Cluster) -> str:
    """The address of a database with this version's tables."""
    url = cluster.url("ievq", "ievq")
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()
    return url


@pytest.fixture
def house(migrated: str, tmp_path: Path) -> Iterator[House]:
    """A house over empty tables. Its settings are the defaults, but for the database and the data directory."""
    engine = connect(migrated)
    with engine.begin() as connection:
        used = set(connection.scalars(USED)) | (Base.metadata.tables.keys() - set(partitions.TABLES.values()))
        connection.execute(text(f"TRUNCATE {', '.join(sorted(used))} RESTART IDENTITY"))
    yield House(Settings(_env_file=None, database_url=migrated, data_dir=tmp_path), engine)
    engine.dispose()
