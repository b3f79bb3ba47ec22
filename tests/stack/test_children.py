"""Children that die come back; all stop together, also those that would rather not."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stack import children as module
from ievq_pipeline.stack import processes, ready, record
from ievq_pipeline.stack.children import Children, Program

PATH = {"PATH": os.defpath}


@pytest.fixture
def children(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Children]:
    monkeypatch.setattr(module, "STOP_SECONDS", 0.5)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(module, "MUSTER_SECONDS", 0.02)
    one = Children(record.load(tmp_path / "stack.json"), tmp_path)
    yield one
    one.stop()


def shell(name: str, script: str, crew: str = "") -> Program:
    return Program(name, ["/bin/bash", "-c", script], PATH, crew)


def eventually(holds: Callable[[], bool], seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def test_a_killed_child_is_started_again_and_recorded(children: Children, tmp_path: Path) -> None:
    children.start(shell("sleeper", "exec sleep 300"))
    first = children.pids()["sleeper"]
    os.kill(first, signal.SIGKILL)
    eventually(lambda: children.pids()["sleeper"] != first)
    again = record.load(tmp_path / "stack.json").children["sleeper"]
    assert again.pid == children.pids()["sleeper"]
    assert processes.is_alive(again)


def test_a_disk_that_is_full_for_a_while_neither_ends_the_watch_nor_doubles_a_child(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LONGEST_PAUSE", 0.05)
    children.start(shell("sleeper", "exec sleep 300"))
    first = children.pids()["sleeper"]
    save, failures = record.Record.save, iter(range(3))

    def full(kept: record.Record) -> None:
        if next(failures, None) is not None:
            raise OSError(28, "No space left on device")
        save(kept)

    monkeypatch.setattr(record.Record, "save", full)
    os.kill(first, signal.SIGKILL)
    eventually(lambda: children.pids()["sleeper"] != first)
    kept = record.load(tmp_path / "stack.json")
    assert processes.leftovers(kept.stack_id, []) == [kept.children["sleeper"]]
    assert next(failures, None) is None


def test_a_child_that_cannot_be_cleared_up_after_does_not_end_the_watch_over_the_others(
    children: Children, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("one", "two"):
        children.start(shell(name, "exec sleep 300"))
    before = children.pids()
    reap, failures = processes.reap, iter(range(1))

    def broken(*arguments: Any, **more: Any) -> Any:
        if next(failures, None) is not None:
            raise OSError(24, "Too many open files")
        return reap(*arguments, **more)

    monkeypatch.setattr(processes, "reap", broken)
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: all(pid != before[name] for name, pid in children.pids().items()))
    assert set(children.pids()) == {"one", "two"}
    assert not any(processes.look(pid) for pid in before.values())


def test_what_a_killed_child_forked_ends_before_it_comes_back(children: Children, tmp_path: Path) -> None:
    children.start(shell("leader", f"sleep 300 & echo $! >> {tmp_path}/forks; exec sleep 300"))
    forks = tmp_path / "forks"
    eventually(lambda: forks.exists() and forks.read_text().count("\n") == 1)
    fork = processes.look(int(forks.read_text()))
    assert fork is not None
    os.kill(children.pids()["leader"], signal.SIGKILL)
    eventually(lambda: forks.read_text().count("\n") == 2)
    assert not processes.is_alive(fork.process)


def test_a_leader_that_lost_one_of_its_crew_is_started_afresh(children: Children) -> None:
    script = "exec -a crew-one sleep 300 & exec -a crew-two sleep 300 & while :; do sleep 300; done"
    children.start(shell("leader", script, "crew-"))
    first = children.pids()["leader"]
    eventually(lambda: len(processes.forked(first, "crew-")) == 2)
    time.sleep(0.1)  # until the crew was seen whole
    processes.kill(processes.forked(first, "crew-").pop())
    eventually(lambda: children.pids()["leader"] != first)
    eventually(lambda: len(processes.forked(children.pids()["leader"], "crew-")) == 2)
    assert not processes.forked(first, "crew-")


def test_a_child_that_dies_at_once_is_started_more_and_more_rarely(children: Children, tmp_path: Path) -> None:
    children.start(shell("broken", f"date +%s.%N >> {tmp_path}/starts; exit 3"))
    starts = tmp_path / "starts"
    eventually(lambda: starts.exists() and starts.read_text().count("\n") == 4)
    first, second, third, fourth = map(float, starts.read_text().split())
    assert second - first < third - second < fourth - third


def test_a_child_that_keeps_dying_ends_the_wait_with_its_last_words(children: Children) -> None:
    children.start(shell("broken", "echo the disk is full; exit 3"))
    with pytest.raises(OutsideMissing, match=r"(?s)broken dies again and again.*the disk is full"):
        ready.wait_until([lambda: "it does not answer"], children, seconds=20)


def test_waiting_ends_and_says_what_is_missing(children: Children) -> None:
    with pytest.raises(OutsideMissing, match="it does not answer"):
        ready.wait_until([lambda: "it does not answer"], children, seconds=0)


def test_stopping_also_ends_those_that_ignore_it_and_what_they_forked(children: Children, tmp_path: Path) -> None:
    children.start(shell("polite", f"trap 'echo bye > {tmp_path}/bye; exit' TERM; sleep 300 & wait"))
    children.start(
        shell("stubborn", f"trap '' TERM; setsid sleep 300 & echo $! > {tmp_path}/fork; sleep 300; sleep 300")
    )
    fork = tmp_path / "fork"
    eventually(lambda: fork.exists() and fork.read_text() != "")
    forked = processes.look(int(fork.read_text()))
    assert forked is not None
    leaders = list(children.pids().values())
    time.sleep(0.1)  # until the first has set its trap
    children.stop()
    assert (tmp_path / "bye").exists()
    assert [processes.look(pid) for pid in leaders] == [None, None]
    assert not processes.is_alive(forked.process)


def test_a_large_log_is_put_aside(children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOG_BYTES", 3)
    (tmp_path / "sleeper.log").write_text("much too long")
    children.start(shell("sleeper", "exec sleep 300"))
    assert (tmp_path / "sleeper.log.1").read_text() == "much too long"
    assert (tmp_path / "sleeper.log").read_text() == ""
