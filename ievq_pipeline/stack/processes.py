"""Living processes as /proc tells of them: found by what they carry, and signalled only as the ones that were found."""

import contextlib
import os
import signal
import time
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import NamedTuple, cast

#: each child of a stack, and whatever it forks, has it in its environment
MARK = "IEVQ_STACK_ID"
_STATE, _PARENT, _SESSION, _STARTED = 0, 1, 3, 19  # fields of /proc/PID/stat, counted behind the name


class Process(NamedTuple):
    """A pid alone may by now be somebody else's; with its start (in ticks since boot) it is one process."""

    pid: int
    started: int


class Living(NamedTuple):
    """A process that lives: who it is, whose child, and the session it belongs to."""

    process: Process
    parent: int
    session: int


def boot_id() -> str:
    """Names this run of the kernel: pids and starts from another one mean nothing."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def look(pid: int) -> Living | None:
    """The process with that pid; none if it is gone, or dead and only not yet collected by its parent."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    if fields[_STATE] in "ZX" and not _has_threads(pid):
        return None
    return Living(Process(pid, int(fields[_STARTED])), int(fields[_PARENT]), int(fields[_SESSION]))


def _has_threads(pid: int) -> bool:
    """A dead main thread says little: until its other threads end, a process keeps its ports and its leases."""
    try:
        return any(thread.name != str(pid) for thread in Path(f"/proc/{pid}/task").iterdir())
    except (FileNotFoundError, ProcessLookupError):
        return False


def this() -> Process:
    """The process that asks."""
    return cast("Living", look(os.getpid())).process


def is_alive(process: Process) -> bool:
    found = look(process.pid)
    return found is not None and found.process == process


def forked(leader: int, title: str) -> set[Process]:
    """The living direct children of `leader` whose command line begins with `title`."""
    wanted = title.encode()
    return {
        one.process
        for one in _all()
        if one.parent == leader and _read(one.process.pid, "cmdline").replace(b"\0", b" ").startswith(wanted)
    }


def leftovers(stack_id: str, recorded: Collection[Process], *, session: int | None = None) -> list[Process]:
    """What lives of a stack, or of one session in it: the recorded leaders themselves, and all that carry its id.

    A process may have closed its environment to us (Airflow's workers do). Such a one is ours if it is in the session
    of a recorded leader: while any member lives, the kernel gives the leader's pid to nobody else.
    """
    leaders = {one.pid: one for one in recorded}
    wanted = f"{MARK}={stack_id}".encode()
    found = []
    for living in _all():
        if session is not None and living.session != session:
            continue
        leader = leaders.get(living.session)
        in_session = leader is not None and living.process.started >= leader.started and _may_lead(leader)
        environment = _environment(living.process.pid)
        is_ours = in_session if environment is None else wanted in environment
        if is_ours or living.process in recorded:
            found.append(living.process)
    return found


def kill(process: Process, number: signal.Signals = signal.SIGKILL) -> None:
    """Signal exactly this process: its pid can't change hands between the second look and the signal."""
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(process.pid)
        try:
            if is_alive(process):
                signal.pidfd_send_signal(handle, number)
        finally:
            os.close(handle)


def reap(
    stack_id: str, recorded: Collection[Process], *, session: int | None = None, seconds: float = 10
) -> list[Process]:
    """Kill what `leftovers` finds, again and again as long as something forks; returns what was killed."""
    killed: dict[Process, None] = {}
    deadline = time.monotonic() + seconds
    while (found := leftovers(stack_id, recorded, session=session)) and time.monotonic() < deadline:
        for process in found:
            kill(process)
        killed |= dict.fromkeys(found)
        time.sleep(0.05)
    return list(killed)


def _all() -> Iterator[Living]:
    for entry in Path("/proc").glob("[0-9]*"):
        if int(entry.name) != os.getpid() and (living := look(int(entry.name))):
            yield living


def _may_lead(leader: Process) -> bool:
    """Not if a stranger has got the leader's pid."""
    found = look(leader.pid)
    return found is None or found.process == leader


def _environment(pid: int) -> list[bytes] | None:
    """What the process was started with; none if it may not be read, or belongs to someone else."""
    try:
        return _read(pid, "environ").split(b"\0")
    except PermissionError:
        return None


def _read(pid: int, what: str) -> bytes:
    """Empty when the process is gone."""
    try:
        return Path(f"/proc/{pid}/{what}").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
