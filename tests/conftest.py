"""One embedded Postgres for the whole run, and a house with empty tables for each test that asks."""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.adapters.embedded_postgres import Cluster, lease
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import migrate, partitions
from ievq_pipeline.db.session import connect
from ievq_pipeline.db.tables import Base
from ievq_pipeline.settings import Settings

#: parts of tables that hold, or held, a row: there are hundreds of empty ones
USED = text(
    "SELECT relid::regclass::text FROM pg_stat_user_tables JOIN pg_inherits ON inhrelid = relid"
    " WHERE pg_relation_size(relid) > 0"
)

for name in [name for name in os.environ if name.startswith("IEVQ_")]:
    del os.environ[name]  # what the developer has set is no test's business


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A Postgres of its own, gone after the run; where pytest's directories are closed to it, so `/tmp`."""
    bindir = Path(os.environ["TEST_PG_BINDIR"]) if "TEST_PG_BINDIR" in os.environ else None
    directory = Path(tempfile.mkdtemp(prefix="ievq-tests-")) / "postgres"
    try:
        with lease(directory, bindir=bindir) as running:
            _hasten(running)
            yield running
    finally:
        embedded_postgres.remove(directory, bindir=bindir)
        directory.parent.rmdir()


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
