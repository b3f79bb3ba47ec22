"""What is left of a stack is found by its mark, and nothing else is ever killed."""

import contextlib
import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ievq_pipeline.stack import processes
from ievq_pipeline.stack.processes import MARK, Process

Run = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def stack_id() -> str:
    return secrets.token_hex(16)


@pytest.fixture
def run() -> Iterator[Run]:
    """Start a shell command in its own session, with the mark given."""
    started: list[subprocess.Popen[bytes]] = []

    def start(script: str, mark: str | None = None) -> subprocess.Popen[bytes]:
        environment = {"PATH": os.defpath} | ({MARK: mark} if mark else {})
        command = ["/bin/bash", "-c", script]
        one = subprocess.Popen(command, env=environment, start_new_session=True, stdout=subprocess.PIPE)
        started.append(one)
        return one

    yield start
    for one in started:  # with what it forked into its group
        with contextlib.suppress(ProcessLookupError):
            os.killpg(one.pid, signal.SIGKILL)
        one.wait()
        if one.stdout:
            one.stdout.close()


def process_of(pid: int) -> Process:
    found = processes.look(pid)
    assert found is not None
    return found.process


def forked_by(one: subprocess.Popen[bytes]) -> Process:
    """The process whose pid the script printed."""
    assert one.stdout is not None
    return process_of(int(one.stdout.readline()))


def test_what_a_dead_leader_forked_into_a_session_of_its_own_is_reaped(run: Run, stack_id: str) -> None:
    leader = run("setsid sleep 300 & echo $!; exec sleep 300", stack_id)
    orphan = forked_by(leader)
    leader.kill()
    leader.wait()
    assert processes.reap(stack_id, []) == [orphan]
    assert not processes.is_alive(orphan)


def test_a_process_that_ignores_sigterm_is_reaped(run: Run, stack_id: str) -> None:
    stubborn = run("trap '' TERM; echo $$; while :; do sleep 300; done", stack_id)
    found = forked_by(stubborn)
    assert found in processes.reap(stack_id, [])
    assert stubborn.wait(5) == -signal.SIGKILL


def test_a_pid_that_was_given_to_a_stranger_is_not_killed(run: Run, stack_id: str) -> None:
    stranger = run("exec sleep 300")
    recorded = process_of(stranger.pid)._replace(started=1)
    assert processes.reap(stack_id, [recorded]) == []
    processes.kill(recorded)
    time.sleep(0.1)
    assert stranger.poll() is None


def test_the_children_of_another_stack_are_not_killed(run: Run, stack_id: str) -> None:
    other = run("exec sleep 300", secrets.token_hex(16))
    assert processes.leftovers(stack_id, []) == []
    assert other.poll() is None


def test_a_process_with_a_closed_environment_is_found_by_its_session(
    run: Run, stack_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    leader = run("sleep 300 & echo $!; exec sleep 300")
    fork, recorded = forked_by(leader), process_of(leader.pid)
    stranger = run("exec sleep 300")
    leader.kill()
    leader.wait()
    monkeypatch.setattr(processes, "_environment", lambda pid: None)
    assert processes.leftovers(stack_id, [recorded]) == [fork]
    assert processes.leftovers(stack_id, [recorded._replace(started=fork.started + 1)]) == []
    assert stranger.poll() is None


def test_a_session_whose_number_was_given_to_a_stranger_is_not_ours(
    run: Run, stack_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = run("sleep 300 & echo $!; exec sleep 300")
    forked_by(stranger)
    monkeypatch.setattr(processes, "_environment", lambda pid: None)
    assert processes.leftovers(stack_id, [process_of(stranger.pid)._replace(started=1)]) == []


def test_only_the_session_asked_for_is_reaped(run: Run, stack_id: str) -> None:
    one, other = run("exec sleep 300", stack_id), run("exec sleep 300", stack_id)
    processes.reap(stack_id, [], session=one.pid)
    assert one.wait(5) == -signal.SIGKILL
    assert other.poll() is None


def test_a_process_whose_main_thread_ended_lives_until_its_other_threads_end() -> None:
    """Else it would still hold a port or a lease when it is taken for dead."""
    script = (
        "import ctypes, threading, time\n"
        "threading.Thread(target=time.sleep, args=(300,)).start()\n"
        "print('up', flush=True)\n"
        "ctypes.CDLL(None).pthread_exit(None)"
    )
    with subprocess.Popen([sys.executable, "-IS", "-c", script], stdout=subprocess.PIPE) as one:
        assert one.stdout is not None
        one.stdout.readline()
        stat = Path(f"/proc/{one.pid}/stat")
        deadline = time.monotonic() + 5
        while ") Z " not in stat.read_text() and time.monotonic() < deadline:
            time.sleep(0.01)
        assert ") Z " in stat.read_text()
        assert processes.look(one.pid) is not None
        one.kill()


def test_a_zombie_is_not_alive(run: Run) -> None:
    one = run("exit 0")
    deadline = time.monotonic() + 5
    while processes.look(one.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert one.returncode is None
    assert processes.look(one.pid) is None
