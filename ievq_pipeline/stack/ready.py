"""Whether what was started also works: each check says what is still missing, or nothing."""

import time
from collections.abc import Callable, Sequence
from datetime import datetime

import requests
import structlog

from ievq_pipeline.adapters.airflow_api import AirflowApi
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stack.airflow import Airflow, dag_ids
from ievq_pipeline.stack.children import Children

#: an empty text is "ready"
Check = Callable[[], str]
READY_SECONDS = 240.0
LOOK_SECONDS = 0.3
#: so many deaths before it was ever ready, and it will not get well by itself
HOPELESS_DEATHS = 3

log = structlog.get_logger()


def wait_until(checks: Sequence[Check], children: Children, *, seconds: float = READY_SECONDS) -> None:
    """Ask until all say ready. Raises OutsideMissing with the last words of a child that keeps dying, or at the end."""
    deadline = time.monotonic() + seconds
    for check in checks:
        while missing := check():
            for name, deaths in children.deaths().items():
                if deaths >= HOPELESS_DEATHS:
                    raise OutsideMissing(f"{name} dies again and again. Its log ends:\n{children.last_words(name)}")
            if time.monotonic() > deadline:
                raise OutsideMissing(f"Not ready after {seconds:.0f} s: {missing}")
            time.sleep(LOOK_SECONDS)


def web(url: str) -> Check:
    return lambda: _answers(f"{url}/healthz")


def airflow(one: Airflow, api: AirflowApi, since: datetime) -> list[Check]:
    """In this order: all parts beat, the tasks' API is built, and the DAGs are there."""
    return [
        lambda: _beats(one, since),
        lambda: _answers(f"{one.url}/execution/health"),  # built when first asked, which takes seconds
        lambda: _dags_missing(api, since),
    ]


def workers(one: Airflow) -> list[Check]:
    """Each Celery worker of ours answers when it is called."""
    return [lambda: _workers_missing(one)] if one.worker_names() else []


def _workers_missing(one: Airflow) -> str:
    from celery import Celery
    from kombu.exceptions import OperationalError

    try:
        with Celery(broker=one.broker) as caller:
            answering = {answer.partition("@")[0] for answer in caller.control.inspect(timeout=1).ping() or {}}
    except OperationalError as error:
        return f"Celery's broker does not answer: {error}"
    missing = [name for name in one.worker_names() if name not in answering]
    return f"These workers do not answer: {', '.join(missing)}" if missing else ""


def _answers(url: str) -> str:
    answer = _get(url)
    return "" if answer is not None and answer.ok else f"{url} does not answer"


def _beats(one: Airflow, since: datetime) -> str:
    """Healthy is not enough: for some seconds Airflow still takes a killed scheduler's last beat for life."""
    answer = _get(f"{one.url}/api/v2/monitor/health")
    if answer is None or not answer.ok:
        return f"Airflow at {one.url} does not answer"
    health = answer.json()
    for part in ("scheduler", "dag_processor"):
        beat = health[part].get(f"latest_{part}_heartbeat")
        if health[part]["status"] != "healthy" or not beat or datetime.fromisoformat(beat) < since:
            return f"Airflow's {part} does not beat"
    return "" if health["metadatabase"]["status"] == "healthy" else "Airflow does not reach its database"


def _dags_missing(api: AirflowApi, since: datetime) -> str:
    """Raises OutsideMissing at once when Airflow cannot import one. One that somebody paused is only told of."""
    try:
        errors = api.get("/importErrors")["import_errors"]
        present = {dag["dag_id"]: dag["is_paused"] for dag in api.get("/dags", limit=100)["dags"]}
    except OutsideMissing as error:
        return str(error)
    for broken in errors:
        if datetime.fromisoformat(broken["timestamp"]) >= since:
            raise OutsideMissing(f"Airflow cannot import {broken['filename']}: {broken['stack_trace']}")
    if missing := sorted(dag_ids() - present.keys()):
        return f"Airflow has not read these DAGs yet: {', '.join(missing)}"
    for name in sorted(dag_ids()):
        if present[name]:
            log.warning("stack.dag_is_paused", dag=name)
    return ""


def _get(url: str) -> requests.Response | None:
    with requests.Session() as session:
        session.trust_env = False  # no proxy stands between us
        try:
            return session.get(url, timeout=30)
        except requests.RequestException:
            return None
