"""Bounded children: whatever a function does, its caller gets a result or a plain word, and nothing is left behind."""

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NoReturn

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from ievq_pipeline.adapters import confined
from ievq_pipeline.adapters.confined import Died, Limits, call
from ievq_pipeline.adapters.reading.source import Unreadable
from ievq_pipeline.domain.errors import NotAQuarter
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.submission import Verdict

SMALL = Limits(memory_bytes=2 << 30, cpu_s=20, wall_s=30)


def alive(pid: int) -> bool:
    """Whether there is such a process that is no zombie."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(what: Any) -> bool:
    """Waits for a process, or a folder, to be gone."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        if not (alive(what) if isinstance(what, int) else Path(what).exists()):
            return True
        time.sleep(0.02)
    return False


# what children are asked to do


def given_back(*args: Any) -> Any:
    return args


def surroundings() -> dict[str, Any]:
    Path("left behind").write_text("something")
    sys.stdout.write("a word to nobody")
    in_process = Path("/proc/self/environ").read_bytes().decode().split("\0")
    return {
        "pid": os.getpid(),
        "environment": dict(os.environ),
        "initial": [entry.partition("=")[0] for entry in in_process if entry],
        "cwd": str(Path.cwd()),
        "temporary": tempfile.mkdtemp(),
        "files": [fd for fd in range(256) if is_open(fd)],
        "modules": [name for name in ("polars", "numpy", "ievq_pipeline.adapters.checks") if name in sys.modules],
    }


def is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def allocate() -> int:
    held = []
    while True:
        held.append(bytearray(100_000_000))


def allocate_in_rust() -> int:
    return len(pl.int_range(0, 2_000_000_000, dtype=pl.Int64, eager=True).sort(descending=True))


def loop() -> NoReturn:
    while True:
        pass


def sleep() -> None:
    time.sleep(60)


def abort() -> NoReturn:
    os.abort()


def leave() -> NoReturn:
    os._exit(0)


def segfault() -> NoReturn:
    os.kill(os.getpid(), signal.SIGSEGV)
    raise AssertionError


def kill_nine() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fork_and_stay(note: str) -> int:
    """Leaves two processes: one in its group, and one that went into a session of its own."""
    pids = []
    for is_apart in (False, True):
        reading, writing = os.pipe()
        if os.fork() == 0:
            if is_apart:
                os.setsid()
                if os.fork():
                    os._exit(0)
            os.write(writing, str(os.getpid()).encode())
            time.sleep(60)
            os._exit(0)
        pids.append(os.read(reading, 20).decode())
    Path(note).write_text(" ".join(pids))
    return os.getpid()


def write_much() -> None:
    with Path("big").open("wb") as file:
        file.writelines(bytes(1_000_000) for _ in range(20))


def shout() -> NoReturn:
    while True:
        os.write(2, b"x" * 80)


def misuse() -> NoReturn:
    raise KeyError("a fault of ours")


def refuse(kind: str) -> NoReturn:
    if kind == "domain":
        raise NotAQuarter(name="2025-Q5")
    raise Unreadable(Finding("NQ-FILE-EMPTY", 3, parameters={"cap": 5}))


class Grasp:
    """A pickle of it would run a command where it is read."""

    def __reduce__(self) -> Any:
        return os.system, ("touch grasped",)


def grasp() -> Any:
    return Grasp()


def megabytes(count: int) -> bytes:
    return b"\xe4" * (count * 1_000_000)


def frame(rows: int) -> pl.DataFrame:
    return pl.DataFrame({"row": range(rows), "skill": [f"技能{n}" for n in range(rows)]})


def size(path: str) -> int:
    return Path(path).stat().st_size


def test_values_frames_and_words_of_ours_go_there_and_back() -> None:
    plain = (1, None, "文字", b"\x00", {"a": [1.5]}, Finding("NQ-REQUIRED", 7), Verdict.ACCEPTED, frozenset({3}))
    assert call(given_back, *plain) == plain
    assert_frame_equal(call(frame, 1_000), frame(1_000))
    with pytest.raises(NotAQuarter) as told:
        call(refuse, "domain")
    assert "2025-Q5" in told.value.text("zh")
    with pytest.raises(Unreadable) as refused:
        call(refuse, "file")
    assert refused.value.finding == Finding("NQ-FILE-EMPTY", 3, parameters={"cap": 5})


def test_a_child_has_no_secrets_no_files_and_a_folder_that_goes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_SECRET_KEY", "hush")
    confined._server.end()  # it starts with the secret around
    found = call(surroundings)
    # the last is what polars itself sets at import
    allowed = {
        *confined.KEPT,
        "LANG",
        "MALLOC_ARENA_MAX",
        "OPENBLAS_NUM_THREADS",
        "POLARS_MAX_THREADS",
        "_RJEM_MALLOC_CONF",
    }
    assert set(found["environment"]) <= allowed
    assert set(found["initial"]) <= allowed, "nor does the kernel know more"
    assert found["files"] == [0, 1, 2, 3]
    assert found["cwd"] != str(Path.cwd())
    assert found["temporary"].startswith(found["cwd"])
    assert len(found["modules"]) == 3, "loaded before the child was forked"
    assert gone(found["cwd"])
    assert gone(found["pid"])


@pytest.mark.parametrize(
    ("function", "limits", "reason"),
    [
        (allocate, SMALL, "memory"),
        (allocate_in_rust, SMALL, "memory"),
        (kill_nine, SMALL, "memory"),
        (loop, Limits(cpu_s=1), "time"),
        (sleep, Limits(wall_s=0.3), "time"),
        (abort, SMALL, "crashed"),
        (segfault, SMALL, "crashed"),
        (leave, SMALL, "crashed"),
        (misuse, SMALL, "crashed"),
        (grasp, SMALL, "crashed"),
        (write_much, Limits(file_bytes=5_000_000), "crashed"),
    ],
)
def test_each_way_to_die_has_its_word(function: Any, limits: Limits, reason: str) -> None:
    with pytest.raises(Died) as died:
        call(function, limits=limits)
    assert died.value.reason == reason
    assert call(given_back, 1) == (1,), "and the next call is answered"
    if function is misuse:
        assert "a fault of ours" in died.value.detail
    if function is grasp:
        assert "nothing that a child may send" in died.value.detail
        assert not Path("grasped").exists()


def test_what_a_child_starts_ends_with_it(tmp_path: Path) -> None:
    child = call(fork_and_stay, str(tmp_path / "pids"))
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert len(pids) == 2
    assert all(gone(pid) for pid in (child, *pids))


def test_a_child_that_talks_without_end_does_not_wait_for_a_listener() -> None:
    with pytest.raises(Died, match="crashed"):  # its own write fails, as to a full disk
        call(shout, limits=Limits(wall_s=20))


def test_large_arguments_and_results_are_whole(tmp_path: Path) -> None:
    assert call(megabytes, 100) == megabytes(100)
    large = os.urandom(30_000_000)
    assert call(given_back, large, 1) == (large, 1)
    (tmp_path / "file").write_bytes(large)
    assert call(size, str(tmp_path / "file")) == len(large)


def test_several_threads_call_at_once_and_each_gets_its_own() -> None:
    answers: dict[int, Any] = {}

    def ask(number: int) -> None:
        try:
            answers[number] = call(abort) if number % 4 == 3 else call(given_back, number, bytes(number * 100_000))
        except Died as died:
            answers[number] = died.reason

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == {n: "crashed" if n % 4 == 3 else (n, bytes(n * 100_000)) for n in range(16)}


def test_a_server_can_be_started_beforehand() -> None:
    confined._server.end()
    confined.warm()
    assert confined._server._process
    warmed = confined._server._process.pid
    assert call(given_back, 1) == (1,)
    assert confined._server._process.pid == warmed


def test_a_server_that_was_killed_is_started_again() -> None:
    call(given_back, 1)
    assert confined._server._process
    first = confined._server._process.pid
    os.kill(first, signal.SIGKILL)
    assert call(given_back, 2) == (2,)
    assert gone(first)


def test_a_fork_of_the_caller_has_a_server_of_its_own() -> None:
    """As Airflow's tasks are; and the parent's server stays the parent's."""
    call(given_back, 1)
    assert confined._server._process
    server = confined._server._process.pid
    if (pid := os.fork()) == 0:
        try:
            is_good = call(given_back, 5) == (5,) and confined._server._process.pid != server
            confined._server.end()
            os._exit(0 if is_good else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    assert alive(server)
    assert call(given_back, 6) == (6,)


CALLER = """
import sys; sys.path.insert(0, {root!r})
from ievq_pipeline.adapters.confined import call
from tests.adapters.test_confined import stay
call(stay, {note!r})
"""


def stay(note: str) -> None:
    Path(note).write_text(f"{os.getpid()} {os.getppid()} {Path.cwd()}")
    time.sleep(60)


def test_a_caller_that_is_killed_leaves_nothing(tmp_path: Path) -> None:
    note = tmp_path / "note"
    program = CALLER.format(root=str(Path(__file__).parents[2]), note=str(note))
    caller = subprocess.Popen([sys.executable, "-c", program])
    until = time.monotonic() + 30
    while not (note.exists() and note.read_text()) and time.monotonic() < until:
        time.sleep(0.05)
    child, server, folder = note.read_text().split()
    assert alive(int(child))
    caller.kill()
    caller.wait()
    assert gone(int(child))
    assert gone(int(server))
    assert gone(folder)


def test_a_killed_server_takes_its_children_along(tmp_path: Path) -> None:
    note = tmp_path / "note"
    outcome: list[str] = []

    def ask() -> None:
        try:
            call(stay, str(note))
        except Died as died:
            outcome.append(died.reason)

    thread = threading.Thread(target=ask)
    thread.start()
    until = time.monotonic() + 30
    for _ in range(2):  # it is called once more
        while not (note.exists() and note.read_text()) and time.monotonic() < until:
            time.sleep(0.05)
        child, server, _ = note.read_text().split()
        note.unlink()
        os.kill(int(server), signal.SIGKILL)
        assert gone(int(child))
    thread.join(timeout=20)
    assert outcome == ["crashed"]


def kill_the_server_once(note: str) -> str:
    if not Path(note).exists():
        Path(note).touch()
        os.kill(os.getppid(), signal.SIGKILL)
        time.sleep(60)
    return "answered"


def test_a_call_whose_server_is_killed_is_made_again(tmp_path: Path) -> None:
    assert call(kill_the_server_once, str(tmp_path / "note")) == "answered"
