"""docker-compose.yml tried without an engine: `python -m tests.compose_trial`, or `make try-compose`.

Each service's command runs as a process with the environment that the file gives it, at an address of 127.0.1.0/24 that
stands for its name; Postgres and Redis are those of the tests. Each must become healthy by its own check. Then a real
quarter goes in by HTTP, is closed, looked at and published. Images, networks, limits and users are not tried.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import requests

from ievq_pipeline import log
from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.adapters.airflow_api import AirflowApi
from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.adapters.postgres_server import SUPERUSER
from ievq_pipeline.demo import hacker_news
from ievq_pipeline.stack import interruptible
from tests.celery_trial import redis, server
from tests.compose_file import ROOT, services, variables

BIN = Path(sys.executable).parent
JOBS = ("ievq-init", "airflow-init")
STANDING_IN = ("postgres", "redis")
HEALTHY_SECONDS, DONE_SECONDS, STOP_SECONDS = 240.0, 120.0, 20.0
QUARTER = hacker_news.FIRST_LIVE


class House:
    """The services as processes in `directory`, and whatever it takes to stop them."""

    def __init__(self, directory: Path, services: Mapping[str, Any], places: Mapping[str, str]) -> None:
        self._directory = directory
        self._services = services
        self._places = places
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        with (self._directory / f"{name}.log").open("ab") as output:
            self._running[name] = subprocess.Popen(
                self._command(name, self._services[name]["command"]), cwd=self._directory,
                env=self.environment(name), stdout=output, stderr=output, start_new_session=True,
            )  # fmt: skip

    def finish(self, name: str) -> None:
        """Run a job to its end, which must be a good one."""
        self.start(name)
        assert self._running.pop(name).wait(timeout=HEALTHY_SECONDS) == 0, self.last_words(name)

    def why_ill(self, name: str) -> str:
        """What the service's own check says; empty if it is healthy."""
        kind, *words = self._services[name]["healthcheck"]["test"]
        assert kind == "CMD"
        done = subprocess.run(
            self._command(name, words), env=self.environment(name), capture_output=True, text=True, timeout=60
        )
        return "" if done.returncode == 0 else done.stderr.strip() or str(done.returncode)

    def until_healthy(self, name: str) -> None:
        deadline = time.monotonic() + HEALTHY_SECONDS
        while why := self.why_ill(name):
            assert self._running[name].poll() is None, f"{name} ended: {self.last_words(name)}"
            assert time.monotonic() < deadline, f"{name}: {why}\n{self.last_words(name)}"
            time.sleep(0.5)

    def ievq(self, *words: str) -> str:
        """A command in the web app's container, as `docker compose exec web ievq …` runs it."""
        done = subprocess.run([BIN / "ievq", *words], env=self.environment("web"), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def environment(self, name: str) -> dict[str, str]:
        """What the file says and what an image sets; of this machine's nothing but where the programs are."""
        of_image = {"HOSTNAME": socket.gethostname(), "IEVQ_DATA_DIR": str(self._directory / "ievq")}
        if name.startswith("airflow"):
            of_image = {"HOSTNAME": socket.gethostname(), "AIRFLOW_HOME": str(self._directory / "airflow")}
        named = {key: self._placed(name, value) for key, value in self._services[name]["environment"].items()}
        return {"PATH": f"{BIN}:{os.defpath}", "HOME": str(self._directory), "LANG": "C.UTF-8", **of_image, **named}

    def stop(self, *names: str) -> None:
        stopped = {name: self._running.pop(name) for name in names or tuple(self._running)}
        for process in stopped.values():
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for process in stopped.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0.0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def last_words(self, name: str) -> str:
        return (self._directory / f"{name}.log").read_text(errors="replace")[-2000:]

    def _command(self, name: str, words: list[str]) -> list[str]:
        program, *rest = (self._placed(name, word) for word in words)
        return [str(BIN / program), *rest]

    def _placed(self, name: str, value: str) -> str:
        """A value with what stands here for the names and paths of containers."""
        for listening in ("0.0.0.0", "127.0.0.1"):
            value = value.replace(listening, self._places[name])
        for other, place in self._places.items():
            value = re.sub(rf"(?<=[/@]){other}(:\d+)", place if ":" in place else rf"{place}\1", value)
        return _local(value, self._directory)


def _local(value: str, directory: Path) -> str:
    """Paths of the images, as they are here."""
    for said, meant in (
        (r"/opt/ievq/airflow", directory / "airflow"),
        (r"/opt/ievq/dags", ROOT / "dags"),
        (r"/opt/ievq/(?=\w+\.py)", f"{ROOT / 'docker'}/"),
    ):
        value = re.sub(said, str(meant), value)
    return value


def said(text: str) -> None:
    print(f"try-compose: {text}", flush=True)


@contextmanager
def postgres(directory: Path, environment: Mapping[str, str]) -> Iterator[Cluster]:
    """A Postgres with the roles that the file's own script makes."""
    try:
        with embedded_postgres.lease(directory) as cluster:
            superuser = psycopg.conninfo.conninfo_to_dict(cluster.dsn("postgres", SUPERUSER))
            with psycopg.connect(cluster.dsn("postgres", SUPERUSER), autocommit=True) as connection:
                for name in ("ievq", "airflow"):
                    connection.execute(f"DROP DATABASE {name}")
                    connection.execute(f"DROP ROLE {name}")
            where = {"PGHOST": "127.0.0.1", "PGPORT": str(cluster.port), "PGPASSWORD": str(superuser["password"])}
            where |= {"PATH": f"{cluster.bindir}:{os.defpath}", "POSTGRES_USER": SUPERUSER}
            subprocess.run([ROOT / "docker" / "postgres-init.sh"], env={**environment, **where}, check=True)
            yield cluster
    finally:
        embedded_postgres.remove(directory)


def made_up() -> dict[str, str]:
    """A value for each variable that is demanded: by the command that .env.example gives, where there is one."""
    values = {name: "" for name, ways in variables().items() if any(how == "?" for how, _ in ways)}
    for command, name in re.findall(r"^# (python3 .+)\n(\w+)=$", (ROOT / ".env.example").read_text(), re.MULTILINE):
        done = subprocess.run([sys.executable, *shlex.split(command)[1:]], capture_output=True, text=True, check=True)
        values[name] = done.stdout.strip()
    return values | {"IEVQ_PUBLIC_URL": "https://ievq.example.org"}


def trial(house: House, web: str, airflow: AirflowApi) -> None:
    began = time.monotonic()
    for name in JOBS:
        house.finish(name)
    staying = [name for name in services() if name not in (*JOBS, *STANDING_IN, "mail")]
    for name in staying:
        house.start(name)
    for name in staying:
        house.until_healthy(name)
        said(f"{name} is healthy after {time.monotonic() - began:.0f} s")
    _one_quarter(house, web, airflow)
    house.stop("dispatcher")
    assert "0 of 2" in house.why_ill("dispatcher"), "the check of the dispatcher misses that it is gone"
    said(f"a quarter went in, was closed, looked at and published; {time.monotonic() - began:.0f} s in all")


def _one_quarter(house: House, web: str, airflow: AirflowApi) -> None:
    house.ievq("feeds", "add", "hn", "--kind", "totals", "--source", "hn")
    key = house.ievq("keys", "create", "trial", "--feed", "hn").split()[-1]
    house.ievq("quarters", "open", str(QUARTER))
    answer = requests.post(
        f"{web}/v1/submissions",
        data={"feed": "hn", "quarter": str(QUARTER)},
        files={"file": ("hn.csv", hacker_news.totals_file(QUARTER), "text/csv")},
        headers={"Authorization": f"Bearer {key}"}, timeout=30,
    )  # fmt: skip
    assert answer.status_code == requests.codes.created, answer.text
    assert answer.json()["url"].startswith("https://ievq.example.org/v1/submissions/")
    number = answer.json()["submission_id"]
    _until(lambda: '"in_force"' in house.ievq("submissions", "show", number, "--json"), f"{number} is not in force")
    house.ievq("quarters", "close", str(QUARTER), "--now")
    tasks = "/dags/detect_and_publish/dagRuns/~/taskInstances"
    _until(
        lambda: [task["state"] for task in airflow.get(tasks)["task_instances"]] == ["success"] * 2,
        f"{QUARTER} was not looked at and published",
    )
    task = airflow.get(tasks)["task_instances"][0]
    shown = airflow.get(f"/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}/logs/1")
    assert "handled" in str(shown["content"]), "the API server shows no log of the worker"


def _until(is_so: Any, otherwise: str) -> None:
    deadline = time.monotonic() + DONE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, otherwise
        time.sleep(0.5)


def main() -> None:
    log.configure("ERROR")
    program = server()
    if program is None:
        said("SKIPPED, nothing was tried: there is no redis-server or valkey-server, and the index has none for us")
        return
    with interruptible(), ExitStack() as stack:
        directory = Path(tempfile.mkdtemp(prefix="ievq-compose-"))
        stack.callback(shutil.rmtree, directory)
        directory.chmod(0o755)  # a root's Postgres runs as another account
        config = directory / "airflow" / "config"
        config.mkdir(parents=True)
        (directory / "ievq").mkdir()
        of_image = "from ievq_pipeline.orchestration import local_settings\n"
        (config / "airflow_local_settings.py").write_text(of_image)
        broker = urlsplit(stack.enter_context(redis(program)))
        values = made_up() | {"REDIS_PASSWORD": str(broker.password)}
        filled = services(values)
        cluster = stack.enter_context(postgres(directory / "postgres", filled["postgres"]["environment"]))
        places = {name: f"127.0.1.{number}" for number, name in enumerate(filled, start=1)}
        places |= {"postgres": f"127.0.0.1:{cluster.port}", "redis": f"127.0.0.1:{broker.port}"}
        house = House(directory, filled, places)
        stack.callback(house.stop)
        airflow = AirflowApi(f"http://{places['airflow-api-server']}:8080", "ievq", values["IEVQ_AIRFLOW_PASSWORD"])
        trial(house, f"http://{places['web']}:8080", airflow)


if __name__ == "__main__":
    main()
