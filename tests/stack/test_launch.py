"""A stack that was killed comes back on the same ports; one at a time; `down` ends it from anywhere.

The stack is real; `ievq` beside a pretended Python is a small program in the place of migrations, web and dispatcher.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from ievq_pipeline import stack
from ievq_pipeline.domain.errors import Conflict, OutsideMissing
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack import processes, record
from ievq_pipeline.stack.launch import environment_of
from ievq_pipeline.stack.processes import Process

FAKE = f"""#!{sys.executable} -IS
import http.server, os, subprocess, sys, time
word = sys.argv[1]
if word == "serve":
    class Answer(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
    http.server.ThreadingHTTPServer((sys.argv[3], int(sys.argv[5])), Answer).serve_forever()
elif word == "dispatch":
    subprocess.Popen(["sleep", "300"], start_new_session=True)
    time.sleep(300)
elif os.environ.get("IEVQ_LOG_LEVEL") == "ERROR":
    sys.exit("no such table")
"""
HOLDER = """
import sys
from pathlib import Path
from ievq_pipeline import log, stack
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack.launch import interruptible
log.configure()
sys.executable = sys.argv[2]
nowhere = "postgresql://nobody@127.0.0.1:1/none"
settings = Settings(_env_file=None, data_dir=Path(sys.argv[1]), database_url=nowhere, airflow_database_url=nowhere)
try:
    with interruptible(), stack.up(settings, airflow=False) as running:
        print(running.web_url, flush=True)
        sys.stdin.read()
except KeyboardInterrupt:
    sys.exit(130)
"""

Start = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def python(tmp_path: Path) -> Path:
    fake = tmp_path / "bin" / "ievq"
    fake.parent.mkdir()
    fake.write_text(FAKE)
    fake.chmod(0o755)
    return fake.with_name("python")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    nowhere = "postgresql://nobody@127.0.0.1:1/none"
    (tmp_path / "var").mkdir()
    return Settings(database_url=nowhere, airflow_database_url=nowhere, data_dir=tmp_path / "var")


@pytest.fixture
def start(settings: Settings, python: Path) -> Iterator[Start]:
    holders: list[subprocess.Popen[str]] = []

    def holder() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLDER, str(settings.data_dir), str(python)]
        one = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        holders.append(one)
        return one

    yield holder
    for one in holders:
        one.kill()
        one.communicate()
    found = record.load(settings.data_dir / "stack.json")
    processes.reap(found.stack_id, found.leaders())


def url_of(holder: subprocess.Popen[str]) -> str:
    assert holder.stdout is not None
    return holder.stdout.readline().strip()


def living(settings: Settings) -> list[Process]:
    found = record.load(settings.data_dir / "stack.json")
    return processes.leftovers(found.stack_id, found.leaders())


def full(settings: Settings) -> list[Process]:
    """Web, dispatcher and what that forks, which takes it a moment."""
    deadline = time.monotonic() + 10
    while len(found := living(settings)) != 3:
        assert time.monotonic() < deadline, found
        time.sleep(0.02)
    return found


def test_after_a_kill_the_next_one_ends_what_was_left_and_takes_the_same_ports(
    start: Start, settings: Settings
) -> None:
    first = start()
    url = url_of(first)
    first.kill()
    first.wait()
    orphans = full(settings)
    assert url_of(start()) == url
    assert not any(processes.is_alive(one) for one in orphans)
    full(settings)


def test_a_second_one_is_refused_while_the_first_lives(start: Start, settings: Settings) -> None:
    url_of(start())
    with pytest.raises(Conflict, match="ievq stack down"), stack.up(settings, airflow=False):
        pass
    full(settings)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_leaves_nothing(start: Start, settings: Settings, number: signal.Signals) -> None:
    holder = start()
    url_of(holder)
    holder.send_signal(number)
    assert holder.wait(30) == 130
    assert living(settings) == []


def test_down_ends_the_stack_of_another_terminal(start: Start, settings: Settings) -> None:
    holder = start()
    url_of(holder)
    assert stack.down(settings)
    assert holder.wait(5) == 130
    assert living(settings) == []
    assert not stack.down(settings)


def test_down_ends_what_a_kill_left(start: Start, settings: Settings) -> None:
    holder = start()
    url_of(holder)
    holder.kill()
    holder.wait()
    assert stack.down(settings)
    assert living(settings) == []


def test_migrations_that_fail_are_told_and_nothing_stays(
    settings: Settings, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(python))
    broken = settings.model_copy(update={"log_level": "ERROR"})
    with pytest.raises(OutsideMissing, match="no such table"), stack.up(broken, airflow=False):
        pass
    assert living(settings) == []


def test_children_are_told_what_the_stack_chose(
    settings: Settings, python: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(python))
    with stack.up(settings, airflow=False) as running:
        web, dispatcher = (environment_from(running.pids()[name]) for name in ("web", "dispatcher"))
    assert web["IEVQ_PUBLIC_URL"] == running.web_url == dispatcher["IEVQ_PUBLIC_URL"]
    assert web["IEVQ_DATABASE_URL"] == settings.database_url
    assert "IEVQ_AIRFLOW_DATABASE_URL" not in web


def environment_from(pid: int) -> dict[str, str]:
    pairs = Path(f"/proc/{pid}/environ").read_text().rstrip("\0").split("\0")
    return dict(pair.split("=", 1) for pair in pairs)


def test_a_public_address_that_was_set_stays(settings: Settings, python: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", str(python))
    known = Settings(
        data_dir=settings.data_dir,
        database_url=settings.database_url,
        airflow_database_url=settings.airflow_database_url,
        public_url="https://ievq.example",
    )
    with stack.up(known, airflow=False, dispatcher=False) as running:
        assert running.settings.public_url == "https://ievq.example"


def test_the_environment_says_the_same_as_the_settings() -> None:
    settings = Settings(airflow_password=SecretStr("secret"), airflow_database_url="postgresql://airflow", web_port=81)
    base = {"HOME": "/h", "IEVQ_WEB_PORT": "80", "IEVQ_FROM_BEFORE": "x", "no_proxy": "example.org"}
    made = environment_of(settings, base)
    assert made["IEVQ_AIRFLOW_PASSWORD"] == "secret"
    assert made["IEVQ_WEB_PORT"] == "81"
    assert made["NO_PROXY"] == "example.org,127.0.0.1,localhost"
    assert made["HOME"] == "/h"
    assert not {"IEVQ_FROM_BEFORE", "IEVQ_AIRFLOW_DATABASE_URL", "IEVQ_SECRET_KEY"} & made.keys()


def test_the_record_keeps_the_parent_and_only_its_owner_reads_it(start: Start, settings: Settings) -> None:
    holder = start()
    url_of(holder)
    path = settings.data_dir / "stack.json"
    assert json.loads(path.read_text())["parent"][0] == holder.pid
    assert path.stat().st_mode & 0o077 == 0
    assert os.getpgid(record.load(path).children["web"].pid) == record.load(path).children["web"].pid
