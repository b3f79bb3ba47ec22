"""Up and down: one stack for each data directory, whatever was killed before."""

import fcntl
import os
import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import structlog
from pydantic import SecretStr

from ievq_pipeline.adapters.airflow_api import AirflowApi
from ievq_pipeline.domain.errors import Conflict
from ievq_pipeline.settings import PREFIX, Settings
from ievq_pipeline.stack import processes, ready
from ievq_pipeline.stack import record as records
from ievq_pipeline.stack.airflow import Airflow, installed_version, require_celery
from ievq_pipeline.stack.children import Children, Program, ievq
from ievq_pipeline.stack.databases import Databases, databases, stop_if_unused
from ievq_pipeline.stack.migrations import migrate
from ievq_pipeline.stack.record import Record

#: longer than a stack takes to stop
DOWN_SECONDS = 40.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Stack:
    """A running stack. `settings` are those its children got: with addresses, ports and Airflow's account filled in."""

    settings: Settings
    web_url: str
    airflow_url: str
    children: Children

    def pids(self) -> dict[str, int]:
        return self.children.pids()


@contextmanager
def up(settings: Settings, *, web: bool = True, dispatcher: bool = True, airflow: bool = True) -> Iterator[Stack]:
    """Start everything, give it when it is ready, stop it at the end.

    Raises Conflict while another stack runs in this data directory, OutsideMissing when something does not start.
    """
    logs = settings.data_dir / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        stack.enter_context(_alone(settings))
        record = _taken_over(settings)
        found = stack.enter_context(databases(settings))
        settings, one = _filled_in(settings, record, found, with_airflow=airflow)
        environment = environment_of(settings)
        started_at = datetime.now(UTC)
        children = Children(record, logs, keep_open=found.keep_open)
        stack.callback(children.stop)
        migrate(record, logs, environment, one, found.keep_open)
        checks: list[ready.Check] = []
        for program in _own_programs(settings, environment, web=web, dispatcher=dispatcher):
            children.start(program)
        if web:
            checks.append(ready.web(settings.web_url))
        if one is not None:
            for program in one.programs(one.environment(_without_account(environment))):
                children.start(program)
            checks += ready.airflow(one, AirflowApi(one.url, one.user, one.password), started_at)
            checks += ready.workers(one)
        ready.wait_until(checks, children)
        log.info("stack.ready", web=settings.web_url if web else "", airflow=settings.airflow_url)
        yield Stack(settings, settings.web_url if web else "", settings.airflow_url, children)


def run(settings: Settings) -> None:
    """`ievq stack up`: stay in the foreground until Ctrl-C or SIGTERM, then stop everything."""
    with suppress(KeyboardInterrupt), interruptible(), up(settings):
        threading.Event().wait()


def clear(settings: Settings) -> None:
    """End what kills left of an earlier stack. Raises Conflict while one runs."""
    with _alone(settings):
        record = records.load(_record_path(settings))
        processes.reap(record.stack_id, record.leaders())


def down(settings: Settings) -> bool:
    """End the stack of this data directory, and what kills left of one; False if there was nothing."""
    path = _record_path(settings)
    if not path.exists():
        return False
    record = records.load(path)
    deadline = time.monotonic() + DOWN_SECONDS
    was_up = False
    while True:
        try:
            with _alone(settings):
                left = processes.reap(record.stack_id, record.leaders())
                stop_if_unused(settings)
                return was_up or bool(left)
        except Conflict:
            parent = records.load(path).parent
            if parent is not None and (not was_up or time.monotonic() > deadline):
                processes.kill(parent, signal.SIGKILL if was_up else signal.SIGTERM)
            was_up = True
            time.sleep(0.2)


@contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and SIGINT raise KeyboardInterrupt, once: the stop that follows is not to be interrupted.

    SIGINT too, since a shell starts background jobs with it ignored.
    """

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def environment_of(settings: Settings, base: Mapping[str, str] = os.environ) -> dict[str, str]:
    """The environment that says the same as `settings`, for a child; not what is Airflow's alone."""
    kept = {name: value for name, value in base.items() if not name.startswith(PREFIX)}
    for name in type(settings).model_fields.keys() - {"airflow_database_url", "airflow_broker_url"}:
        value = getattr(settings, name)
        if value is not None:
            kept[PREFIX + name.upper()] = value.get_secret_value() if isinstance(value, SecretStr) else str(value)
    local = "127.0.0.1,localhost"
    kept["NO_PROXY"] = kept["no_proxy"] = ",".join(filter(None, (base.get("NO_PROXY") or base.get("no_proxy"), local)))
    return kept


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """The flock is this process's alone (children don't inherit it), so it is free once the parent is dead."""
    with (settings.data_dir / "stack.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Conflict(f"A stack runs in {settings.data_dir} already; `ievq stack down` ends it.") from error
        yield


def _taken_over(settings: Settings) -> Record:
    """The record, with nothing of an earlier run alive any more."""
    record = records.load(_record_path(settings))
    if left := processes.reap(record.stack_id, record.leaders()):
        log.warning("stack.reaped", pids=[process.pid for process in left])
    record.begin(processes.this())
    return record


def _filled_in(
    settings: Settings, record: Record, found: Databases, *, with_airflow: bool
) -> tuple[Settings, Airflow | None]:
    """The settings with what the stack chose: ports, the address of the house, and Airflow's account."""
    settings = settings.serving(settings.web_host, record.port("web", settings.web_port, settings.web_host))
    chosen: dict[str, object] = {"database_url": found.ours}
    one = None
    if with_airflow:
        installed_version()
        if broker := settings.airflow_broker_url:
            require_celery()
        one = Airflow(
            settings.data_dir / "airflow",
            record.port("airflow", settings.airflow_port, "127.0.0.1"),
            settings.airflow_user,
            found.airflows,
            broker.get_secret_value() if broker else "",
            settings.airflow_workers,
        )
        chosen |= {"airflow_port": one.port, "airflow_url": one.url, "airflow_password": SecretStr(one.password)}
    record.save()
    return settings.model_copy(update=chosen), one


def _own_programs(
    settings: Settings, environment: Mapping[str, str], *, web: bool, dispatcher: bool
) -> Iterator[Program]:
    if web:
        serve = ievq("serve", "--host", settings.web_host, "--port", str(settings.web_port))
        yield Program("web", serve, _without_account(environment))
    if dispatcher:
        yield Program("dispatcher", ievq("dispatch"), environment)


def _without_account(environment: Mapping[str, str]) -> dict[str, str]:
    """Only the dispatcher wakes Airflow."""
    return {name: value for name, value in environment.items() if name != f"{PREFIX}AIRFLOW_PASSWORD"}


def _record_path(settings: Settings) -> Path:
    return settings.data_dir / "stack.json"
