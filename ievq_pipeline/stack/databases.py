"""The stack's two databases: the embedded Postgres under a lease, brought back when it was killed, or elsewhere."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.settings import Settings

LOOK_SECONDS = 2.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Databases:
    """Addresses in SQLAlchemy's words, ours and Airflow's, and what children keep open so that a lease outlives us."""

    ours: str = field(repr=False)
    airflows: str = field(repr=False)
    keep_open: tuple[int, ...] = ()


@contextmanager
def databases(settings: Settings) -> Iterator[Databases]:
    """The addresses set; for those that are not, a lease on the embedded Postgres and a guard over it."""
    ours, airflows = settings.database_url, settings.airflow_database_url
    if ours and airflows:
        yield Databases(ours, airflows)
        return
    place = settings.data_dir / "postgres"
    with embedded_postgres.lease(place, bindir=settings.pg_bindir) as cluster, _guarded(settings, cluster):
        ours, airflows = ours or cluster.url("ievq", "ievq"), airflows or cluster.url("airflow", "airflow")
        yield Databases(ours, airflows, (cluster.lease_fd,))


def stop_if_unused(settings: Settings) -> None:
    """Give an embedded server that nobody holds any more, since all were killed, its last lease and with it its end."""
    if not (settings.database_url and settings.airflow_database_url) and (settings.data_dir / "postgres").exists():
        with embedded_postgres.lease(settings.data_dir / "postgres", bindir=settings.pg_bindir):
            pass


@contextmanager
def _guarded(settings: Settings, cluster: Cluster) -> Iterator[None]:
    ended = threading.Event()
    guard = threading.Thread(target=_guard, args=(settings, cluster, ended), name="stack-postgres", daemon=True)
    guard.start()
    try:
        yield
    finally:
        ended.set()
        guard.join()


def _guard(settings: Settings, cluster: Cluster, ended: threading.Event) -> None:
    """A lease starts the server that it finds dead, on the same port; ours goes on holding it afterwards."""
    while not ended.wait(LOOK_SECONDS):
        if _listens(cluster):
            continue
        log.warning("stack.database_gone", port=cluster.port)
        try:
            with embedded_postgres.lease(cluster.directory, bindir=settings.pg_bindir) as back:
                log.info("stack.database_back", port=back.port)
        except Exception:  # a full disk, for one: whoever guards goes on, and tries again
            log.exception("stack.database_not_back", port=cluster.port)


def _listens(cluster: Cluster) -> bool:
    try:
        with socket.create_connection((cluster.host, cluster.port), timeout=5):
            return True
    except OSError:
        return False
