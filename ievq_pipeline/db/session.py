"""The engine and its sessions; `with sessions.begin() as session` is the unit of work."""

from typing import Any

from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from ievq_pipeline.domain.errors import BadSettings, OutsideMissing


def connect(url: str) -> Engine:
    """An engine for our database; nothing is opened yet. Sessions speak UTC whatever the server's default.

    Raises BadSettings for what is no address of a Postgres, without repeating it: it may hold a password.
    """
    try:
        is_postgres = make_url(url).get_backend_name() == "postgresql"
    except (ArgumentError, ValueError):
        is_postgres = False
    if not is_postgres:
        raise BadSettings(
            "IEVQ_DATABASE_URL is no address of a Postgres, such as postgresql+psycopg://me@host:5432/ievq."
        )
    engine = create_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=10,
        connect_args={"connect_timeout": 10, "application_name": "ievq"},
    )
    event.listen(engine, "connect", _speak_utc)
    return engine


def _speak_utc(connection: Any, _record: object) -> None:
    """Said in the session, where it outranks PGTZ and PGOPTIONS of whoever starts us; committed, lest it roll back."""
    connection.execute("SET TIME ZONE 'UTC'")
    connection.commit()


def require(engine: Engine) -> None:
    """Raise OutsideMissing when the database does not answer."""
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except OperationalError as error:
        raise OutsideMissing(f"The database does not answer: {error.orig}") from error
