"""Health checks of containers: `health.py WHAT [WHERE]` ends with 0, or with 1 and a word why on standard error."""

import json
import os
import sys
import urllib.request
from collections.abc import Callable

TIMEOUT_SECONDS = 8
#: the dispatcher's two rooms, carry and deliver, each listen for commits on a connection of their own
LISTENING = 2
CHANNEL = "ievq"


def answers(url: str) -> str:
    """A page answers, with status 200."""
    with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 - of our own, http
        return "" if answer.status == 200 else f"{url} answers {answer.status}"


def beats(part: str, url: str) -> str:
    """Airflow's API server says that a part beats."""
    with urllib.request.urlopen(f"{url}/api/v2/monitor/health", timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310
        status = json.load(answer)[part]["status"]
    return "" if status == "healthy" else f"{part} is {status}"


def worker() -> str:
    """The Celery worker of this container answers a call through the broker."""
    from celery import Celery

    name = f"celery@{os.environ['HOSTNAME']}"
    with Celery(broker=os.environ["AIRFLOW__CELERY__BROKER_URL"]) as caller:
        answering = caller.control.inspect(destination=[name], timeout=TIMEOUT_SECONDS).ping() or {}
    return "" if name in answering else f"{name} does not answer"


def listens() -> str:
    """The dispatcher of this container is at its work, as the database sees it."""
    import psycopg

    url = os.environ["IEVQ_DATABASE_URL"].replace("postgresql+psycopg://", "postgresql://", 1)
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE usename = current_user AND query = %s AND client_addr IS NOT DISTINCT FROM inet_client_addr()"
    )
    with psycopg.connect(url, connect_timeout=TIMEOUT_SECONDS) as connection:
        row = connection.execute(query, [f"LISTEN {CHANNEL}"]).fetchone()
    found = row[0] if row else 0
    return "" if found >= LISTENING else f"{found} of {LISTENING} rooms listen"


CHECKS: dict[str, Callable[..., str]] = {"answers": answers, "beats": beats, "worker": worker, "listens": listens}


def main(words: list[str]) -> int:
    try:
        why = CHECKS[words[0]](*words[1:])
    except Exception as error:  # noqa: BLE001 - whatever it is, it is not healthy
        why = f"{type(error).__name__}: {error}"
    if why:
        sys.stderr.write(f"{why}\n")
    return 1 if why else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
