"""The dispatcher: a process that listens for commits and polls, wakes Airflow, delivers notices, and mails."""

import signal
import threading
from collections.abc import Callable

import psycopg
import structlog

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db.outbox import CHANNEL

log = structlog.get_logger()
#: a notification may get lost, a retry comes due without one: look again after so many seconds
POLL_SECONDS = 2.0


def run(house: House, stopping: threading.Event | None = None) -> None:
    """Carry, deliver and remind, each on its own, until told to stop (SIGTERM, SIGINT); what fails waits.

    So none waits for another: not the notices for an Airflow that hangs, nor Airflow for a slow subscriber.
    """
    stopping = stopping or _stopped_by_signals()
    is_stopping = stopping.is_set
    rooms: dict[str, Callable[[], object]] = {"carry": house.carry, "deliver": lambda: house.deliver(is_stopping)}
    if house.office is not None:
        rooms["remind"] = lambda: house.remind(is_stopping)
    threads = [threading.Thread(target=_keep, args=(house, *one, stopping), name=one[0]) for one in rooms.items()]
    for thread in threads:
        thread.start()
    stopping.wait()
    for thread in threads:
        thread.join()


def _keep(house: House, room: str, work: Callable[[], object], stopping: threading.Event) -> None:
    """Let a room work at each commit that is told of, and every two seconds without one."""
    while not stopping.is_set():
        try:
            with psycopg.connect(_dsn(house), autocommit=True) as listening:
                listening.execute(f"LISTEN {CHANNEL}")
                while not stopping.is_set():
                    work()
                    _wait(listening, stopping)
        except Exception:  # the database may be coming back from a crash, for one
            log.exception("dispatcher.failed", room=room)
            stopping.wait(POLL_SECONDS)


def _dsn(house: House) -> str:
    return house.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)


def _wait(listening: psycopg.Connection, stopping: threading.Event) -> None:
    """Until a notification comes or it is time to look again; a signal is noticed within half a second."""
    for _ in range(int(POLL_SECONDS / 0.5)):
        if stopping.is_set() or list(listening.notifies(timeout=0.5, stop_after=1)):
            return


def _stopped_by_signals() -> threading.Event:
    stopping = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    return stopping
