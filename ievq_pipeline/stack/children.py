"""The stack's children: each in its own session with its own log; one that dies is started again, all stop together."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from ievq_pipeline.stack import processes
from ievq_pipeline.stack.processes import MARK, Process
from ievq_pipeline.stack.record import Record

LOG_BYTES = 10_000_000
LOOK_SECONDS = 0.2
MUSTER_SECONDS = 1.0
#: between a death and the next start: doubled at each, forgotten after a minute of life
FIRST_PAUSE, LONGEST_PAUSE, GOOD_LIFE = 0.2, 10.0, 60.0
STOP_SECONDS = 15.0

log = structlog.get_logger()


@dataclass(frozen=True)
class Program:
    """What to run, under which name; `crew` begins the titles of forks that it cannot do without."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(repr=False)
    crew: str = ""


@dataclass
class Child:
    """A program and its present process."""

    program: Program
    process: subprocess.Popen[bytes]
    born: float
    deaths: int = 0
    again_at: float | None = None
    crew: set[Process] = field(default_factory=set)
    mustered_at: float = 0.0


class Children:
    """Starts programs and keeps them alive from a thread of its own until `stop`."""

    def __init__(self, record: Record, logs: Path, *, keep_open: Sequence[int] = ()) -> None:
        self._record = record
        self._logs = logs
        self._keep_open = keep_open
        self._children: dict[str, Child] = {}
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep_alive, name="stack-children", daemon=True)

    def start(self, program: Program) -> None:
        with self._lock:
            self._children[program.name] = Child(program, self._spawn(program), time.monotonic())
        if not self._thread.is_alive():
            self._thread.start()

    def pids(self) -> dict[str, int]:
        """The leaders' pids, by name."""
        with self._lock:
            return {name: child.process.pid for name, child in self._children.items()}

    def deaths(self) -> dict[str, int]:
        """How often each has died of late, where it has."""
        with self._lock:
            return {name: child.deaths for name, child in self._children.items() if child.deaths}

    def last_words(self, name: str, characters: int = 1500) -> str:
        path = self._logs / f"{name}.log"
        return path.read_text(errors="replace")[-characters:] if path.exists() else ""

    def stop(self) -> None:
        """SIGTERM to all groups, some seconds, then SIGKILL to the groups and to all else that carries the id."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        children = list(self._children.values())
        for child in children:
            _signal(child, signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, deadline - time.monotonic()))
        for child in children:
            _signal(child, signal.SIGKILL)
        processes.reap(self._record.stack_id, self._record.leaders())
        for child in children:
            child.process.wait()
        self._record.children.clear()
        self._record.save()

    def _spawn(self, program: Program) -> subprocess.Popen[bytes]:
        process = launch(program, self._logs, self._record.stack_id, self._keep_open)
        try:
            if living := processes.look(process.pid):
                self._record.born(program.name, living.process)
        except OSError:  # it will be started again, and must not run twice
            process.kill()
            process.wait()
            raise
        return process

    def _keep_alive(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            for child in list(self._children.values()):
                try:
                    self._look_after(child)
                except Exception:  # the record on a full disk, for one: without this thread nothing comes back at all
                    log.exception("stack.child_not_looked_after", child=child.program.name)

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.again_at is None:
            if (code := child.process.poll()) is None:
                if child.deaths and now - child.born > GOOD_LIFE:
                    child.deaths = 0
                if child.program.crew and now - child.mustered_at > MUSTER_SECONDS:
                    self._muster(child, now)
                return
            child.deaths += 1
            child.again_at = now + min(FIRST_PAUSE * 2 ** (child.deaths - 1), LONGEST_PAUSE)
            log.warning("stack.child_died", child=child.program.name, code=code, deaths=child.deaths)
            self._clear_up(child)
        elif now >= child.again_at:
            try:
                with self._lock:
                    child.process, child.born, child.again_at = self._spawn(child.program), now, None
            except OSError as error:  # no memory or no disk, just now
                child.again_at = now + LONGEST_PAUSE
                log.error("stack.child_not_started", child=child.program.name, error=str(error))
                return
            child.crew = set()
            log.info("stack.child_started_again", child=child.program.name, pid=child.process.pid)

    def _muster(self, child: Child, now: float) -> None:
        """One of the crew is gone: end the leader, who would not notice, and start afresh.

        A worker killed while it waits for work takes the lock of the queue into its grave, and all others wait on.
        """
        child.mustered_at = now
        crew = processes.forked(child.process.pid, child.program.crew)
        if lost := child.crew - crew:
            log.warning("stack.crew_lost", child=child.program.name, pids=[process.pid for process in lost])
            child.process.kill()
        child.crew = crew

    def _clear_up(self, child: Child) -> None:
        """End what a dead leader forked: a lone worker would hold its port, or work for nobody."""
        leader = self._record.children.get(child.program.name)
        if leader is not None:
            processes.reap(self._record.stack_id, [leader], session=leader.pid)


def ievq(*words: str) -> list[str]:
    """The command line of our own program, the one beside the Python that runs."""
    return [str(Path(sys.executable).parent / "ievq"), *words]


def launch(program: Program, logs: Path, stack_id: str, keep_open: Sequence[int] = ()) -> subprocess.Popen[bytes]:
    """Start a program with the stack's mark, in its own session, its output going to `logs`/NAME.log."""
    path = logs / f"{program.name}.log"
    if path.exists() and path.stat().st_size > LOG_BYTES:
        path.replace(path.with_suffix(".log.1"))
    with path.open("ab") as output:
        return subprocess.Popen(
            program.command,
            env={**program.environment, MARK: stack_id},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its own group too; a terminal's Ctrl-C is for the parent alone
            pass_fds=keep_open,
        )


def _signal(child: Child, number: signal.Signals) -> None:
    """To its group; not once the leader was collected, for then the number may be another group's."""
    if child.process.poll() is None:
        os.killpg(child.process.pid, number)
