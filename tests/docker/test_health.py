"""The health checks of containers: healthy, not, and a word why. Each is a program, as an engine calls it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import psycopg
import pytest

from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.db.outbox import CHANNEL

HEALTH = Path(__file__).parents[2] / "docker" / "health.py"


def check(*words: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, HEALTH, *words], env=os.environ | environment, capture_output=True, text=True, timeout=60
    )
    return done.returncode, done.stderr.strip()


class Answer(BaseHTTPRequestHandler):
    """A page that is well, one that is not, and Airflow's page of health."""

    def do_GET(self) -> None:
        self.send_response(503 if self.path == "/ill" else 200)
        self.end_headers()
        parts = {"scheduler": {"status": "healthy"}, "dag_processor": {"status": "unhealthy"}}
        self.wfile.write(json.dumps(parts).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_page_that_answers_is_healthy(url: str) -> None:
    assert check("answers", f"{url}/well") == (0, "")
    assert check("answers", f"{url}/ill")[0] == 1
    assert check("answers", "http://127.0.0.1:9/")[0] == 1


def test_a_part_of_airflow_is_as_its_api_server_says(url: str) -> None:
    assert check("beats", "scheduler", url) == (0, "")
    assert check("beats", "dag_processor", url) == (1, "dag_processor is unhealthy")


def test_the_dispatcher_is_healthy_while_both_its_rooms_listen(cluster: Cluster) -> None:
    address = cluster.url("ievq", "ievq")
    with ExitStack() as stack:
        for count in (0, 1, 2):
            expected = (0, "") if count == 2 else (1, f"{count} of 2 rooms listen")
            assert check("listens", IEVQ_DATABASE_URL=address) == expected
            connection = stack.enter_context(psycopg.connect(cluster.dsn("ievq", "ievq"), autocommit=True))
            connection.execute(f"LISTEN {CHANNEL}")
    assert check("listens", IEVQ_DATABASE_URL="postgresql+psycopg://ievq@127.0.0.1:9/ievq")[0] == 1


def test_a_worker_that_cannot_be_called_is_not_healthy() -> None:
    pytest.importorskip("celery")
    code, why = check("worker", HOSTNAME="here", AIRFLOW__CELERY__BROKER_URL="redis://127.0.0.1:9/0")
    assert code == 1
    assert "refused" in why


def test_an_unknown_check_is_not_healthy() -> None:
    assert check("nonsense") == (1, "KeyError: 'nonsense'")
