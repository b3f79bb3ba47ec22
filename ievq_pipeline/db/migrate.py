"""Migrations: up, down, and whether models and tables agree."""

from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text

from ievq_pipeline.db import partitions
from ievq_pipeline.db.tables import Base
from ievq_pipeline.domain.errors import Conflict

#: "ievq" in ASCII, the lock that keeps two migrations apart
LOCK = 0x69657671


def place() -> Path:
    """Where the migrations are: shipped inside the wheel, or beside the package in a checkout."""
    shipped = Path(str(files("ievq_pipeline"))) / "_shipped" / "migrations"
    return shipped if shipped.is_dir() else Path(__file__).parents[2] / "migrations"


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(place()))
    config.attributes["connection"] = connection
    return config


def upgrade(engine: Engine, revision: str = "head") -> str:
    """Bring the tables to `revision`; returns the revision they have now. Doing it twice changes nothing.

    Raises Conflict where there is no such revision, or a newer version made the tables.
    """
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        with _in_words():
            command.upgrade(_config(connection), revision)
        return str(current(connection))


def downgrade(engine: Engine, revision: str, *, is_discarding: bool = False) -> str | None:
    """Take the tables back. Raises Conflict when rows would be lost, unless told to discard them, and as upgrade."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        before = counts(connection)
        with _in_words():
            command.downgrade(_config(connection), revision)
        after = counts(connection)
        lost = {table: rows - after.get(table, 0) for table, rows in before.items() if rows > after.get(table, 0)}
        if lost and not is_discarding:
            told = ", ".join(f"{table} ({rows})" for table, rows in sorted(lost.items()))
            raise Conflict(
                f"This downgrade would lose rows of {told}; nothing was changed. Say --discard to lose them."
            )
        return current(connection)


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except CommandError as error:
        raise Conflict(f"This version has no such tables: {error}.") from error


def current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def head() -> str:
    config = Config()
    config.set_main_option("script_location", str(place()))
    return str(ScriptDirectory.from_config(config).get_current_head())


def differences(engine: Engine) -> list[object]:
    """What the models say and the tables don't, or the other way round."""
    with engine.connect() as connection:
        options = {"compare_type": True, "compare_server_default": True, "include_object": _is_no_partition}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


def _is_no_partition(_object: object, name: str | None, kind: str, _reflected: bool, _like: object) -> bool:  # noqa: FBT001
    """Alembic asks about each object that it finds; a quarter's partitions come and go with the quarters."""
    return kind != "table" or name is None or not partitions.is_partition(name)


def counts(connection: Connection) -> dict[str, int]:
    """Rows by table, for the tables of ours that exist; those of partitions count for their whole."""
    found = {}
    whole = text(
        "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        " AND NOT relispartition AND relname <> 'alembic_version'"
    )
    existing = connection.execute(whole).scalars().all()
    for name in existing:
        found[name] = int(connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one())  # noqa: S608
    return found
