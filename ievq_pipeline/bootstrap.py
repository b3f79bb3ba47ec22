"""Wiring: read the settings once, build everything, hand each room its tools. Nobody else builds anything."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline import settings as environment
from ievq_pipeline.adapters.airflow_api import AirflowApi
from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.adapters.embedded_postgres import lease
from ievq_pipeline.adapters.secret_box import SecretBox
from ievq_pipeline.db import migrate
from ievq_pipeline.db.session import connect, require
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.domain.period import calendar_date
from ievq_pipeline.settings import Settings
from ievq_pipeline.stages import carry, close, deliver, detect, publish, receive, store, validate
from ievq_pipeline.stages.receive import HandedIn


@dataclass(frozen=True)
class House:
    """All rooms with their tools; each claims every row that waits for it, and running it twice changes nothing."""

    settings: Settings
    engine: Engine

    @cached_property
    def sessions(self) -> sessionmaker[Session]:
        return sessionmaker(self.engine)

    @cached_property
    def egress(self) -> Egress:
        return Egress.parse(self.settings.egress_allow)

    @cached_property
    def secret_box(self) -> SecretBox:
        key = self.settings.secret_key
        return SecretBox.of(key.get_secret_value() if key else None, self.settings.data_dir)

    @cached_property
    def airflow(self) -> AirflowApi | None:
        """Airflow, where it is to be woken."""
        url, user, password = self.settings.airflow_url, self.settings.airflow_user, self.settings.airflow_password
        return AirflowApi(url, user, password.get_secret_value()) if url and password else None

    def receive(self, handed_in: HandedIn) -> tuple[UUID, bool]:
        return receive.run(self.sessions, handed_in)

    def validate(self, quarter: str | None = None) -> list[str]:
        return validate.run_waiting(self.sessions, quarter)

    def store(self, quarter: str | None = None) -> list[str]:
        return store.run_waiting(self.sessions, quarter)

    def close(self, quarter: str, *, is_forced: bool = False) -> list[str]:
        today = calendar_date(datetime.now(UTC))
        return close.run(self.sessions, quarter, today=today, is_forced=is_forced)

    def detect(self, quarter: str | None = None) -> list[str]:
        return detect.run_waiting(self.sessions, quarter)

    def publish(self, quarter: str | None = None) -> list[str]:
        return publish.run_waiting(self.sessions, public_url=self.settings.public_url, quarter=quarter)

    def deliver(self, is_stopping: Callable[[], bool] = lambda: False) -> list[str]:
        return deliver.run_waiting(
            self.sessions,
            egress=self.egress,
            secret_box=self.secret_box,
            public_url=self.settings.public_url,
            is_stopping=is_stopping,
        )

    def carry(self) -> list[str]:
        """Wake Airflow for what has happened; nothing to do where there is no Airflow."""
        return carry.run_waiting(self.sessions, self.airflow) if self.airflow else []

    def run(self, quarter: str | None = None) -> dict[str, list[str]]:
        """What waits, through all the rooms in their order: the main job without Airflow."""
        return {
            "validate": self.validate(quarter),
            "store": self.store(quarter),
            "detect": self.detect(quarter),
            "publish": self.publish(quarter),
            "deliver": self.deliver(),
        }


@contextmanager
def open_house(settings: Settings | None = None, *, is_upgraded: bool = True) -> Iterator[House]:
    """A house with its database: that of IEVQ_DATABASE_URL, or the embedded one under a lease.

    Raises OutsideMissing when the database does not answer or, unless `is_upgraded` is False, its tables are not those
    of this version.
    """
    settings = settings or environment.load()
    with _database(settings) as url:
        engine = connect(url)
        try:
            require(engine)
            if is_upgraded:
                _require_tables(engine)
            yield House(settings, engine)
        finally:
            engine.dispose()


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    if settings.database_url:
        yield settings.database_url
        return
    with lease(settings.data_dir / "postgres", bindir=settings.pg_bindir) as cluster:
        yield cluster.url("ievq", "ievq")


def _require_tables(engine: Engine) -> None:
    with engine.connect() as connection:
        found, wanted = migrate.current(connection), migrate.head()
    if found != wanted:
        raise OutsideMissing(
            f"The tables are of revision {found or 'none'}, this version needs {wanted}: run `ievq db upgrade`."
        )
