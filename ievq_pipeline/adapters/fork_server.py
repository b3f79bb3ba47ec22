"""Forks bounded children: a process that loads what they need once, starts and reaps them, and ends with its parent."""

import ctypes
import gc
import importlib
import os
import pickle
import resource
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from ievq_pipeline.adapters.confined import FAILED, FORKED, OUT_OF_MEMORY, STATUS, WALL, Limits
from ievq_pipeline.adapters.plain_pickle import dump

PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS = 1, 36, 38
#: Linux has it, others do without: there a killed server leaves its child to the child's own limits
PRCTL = getattr(ctypes.CDLL(None), "prctl", None)
#: where a child finds its connection
CONNECTION = 3
OURS = "ievq_pipeline."


@dataclass(slots=True)
class _Child:
    end: int  #: to be told of its end; the caller closes the other side when it wants no answer any more
    ends_at: float | None  #: None once it was killed
    folder: str
    is_late: bool = False


def serve(control: int, folder: str, preload: Iterable[str]) -> None:
    """Fork a child for each message, until the parent is gone."""
    tempfile.tempdir = folder
    woken, wake = os.pipe()
    os.set_blocking(woken, False)
    os.set_blocking(wake, False)
    for entry in preload:
        module, _, function = entry.partition(":")
        loaded = importlib.import_module(module)
        if function:
            getattr(loaded, function)()
    gc.collect()
    gc.freeze()  # children share these pages, as long as nobody counts references in them
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    children: dict[int, _Child] = {}
    with socket.socket(fileno=control) as calls:
        while _waited(calls, woken, children):
            _reap(children)
    for pid, child in children.items():
        _kill(pid)
        with suppress(ChildProcessError):
            os.waitpid(pid, 0)
        shutil.rmtree(child.folder, ignore_errors=True)
    _end_strays(set())


def _waited(calls: socket.socket, woken: int, children: dict[int, _Child]) -> bool:
    """Wait until something is to be done, and do it; False when the parent is gone."""
    waiting = select.poll()
    waiting.register(calls, select.POLLIN)
    waiting.register(woken, select.POLLIN)
    living = {pid: (child, child.ends_at) for pid, child in children.items() if child.ends_at is not None}
    for child, _ in living.values():
        waiting.register(child.end, 0)  # tells by itself that the caller has closed its side
    left = min((ends_at - time.monotonic() for _, ends_at in living.values()), default=None)
    ready = dict(waiting.poll(None if left is None else max(0.0, left) * 1_000 + 1))
    if woken in ready:
        with suppress(BlockingIOError):
            os.read(woken, 4_096)
    for pid, (child, ends_at) in living.items():
        child.is_late = ends_at <= time.monotonic()
        if child.is_late or child.end in ready:
            child.ends_at = None
            _kill(pid)
    if calls.fileno() in ready:
        message, given, _, _ = socket.recv_fds(calls, WALL.size, 3)
        if not message:
            return False
        _fork(given, WALL.unpack(message)[0], children)
    return True


def _fork(given: list[int], wall_s: float, children: dict[int, _Child]) -> None:
    connection, end, noise = given
    folder = tempfile.mkdtemp(prefix="ievq-confined-")
    server = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            _run(connection, noise, folder, server)
        finally:
            os._exit(FAILED)
    os.close(connection)
    os.close(noise)
    with suppress(BrokenPipeError):
        os.write(end, FORKED)
    children[pid] = _Child(end, time.monotonic() + wall_s, folder)


def _reap(children: dict[int, _Child]) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        if (child := children.pop(pid, None)) is None:
            continue
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)  # what it started
        _end_strays(children.keys())
        shutil.rmtree(child.folder, ignore_errors=True)
        with suppress(BrokenPipeError):
            os.write(child.end, STATUS.pack(child.is_late, status))
        os.close(child.end)


def _strays() -> set[int]:
    """Every child of this process: also what a child left behind in a session of its own."""
    try:
        return {int(pid) for pid in Path(f"/proc/self/task/{os.getpid()}/children").read_text().split()}
    except OSError:
        return set()


def _end_strays(known: Iterable[int]) -> None:
    for pid in _strays() - set(known):
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):  # it may not have made its group yet
        with suppress(ProcessLookupError, PermissionError):
            kill(pid, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    if PRCTL is not None:
        PRCTL(option, value, 0, 0, 0)


def _run(connection: int, noise: int, folder: str, server: int) -> NoReturn:
    """In the child: confine it, take the call, answer it, end."""
    _confine(connection, noise, folder, server)
    try:
        with socket.socket(fileno=CONNECTION) as caller:
            with caller.makefile("rb") as given:
                _limit(pickle.load(given))  # noqa: S301 (from our own parent)
                function, args = pickle.load(given)  # noqa: S301
            try:
                outcome = ("returned", function(*args))
            except Exception as error:
                if not type(error).__module__.startswith(OURS):
                    raise
                outcome = ("raised", (type(error), error.args, vars(error)))
            with caller.makefile("wb") as back:
                dump(outcome, back)
    except MemoryError:
        os._exit(OUT_OF_MEMORY)
    except BaseException:  # noqa: BLE001 (a panic of a library is none of Exception)
        with suppress(BaseException):
            traceback.print_exc()
        os._exit(FAILED)
    os._exit(0)


def _confine(connection: int, noise: int, folder: str, server: int) -> None:
    os.setsid()
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _prctl(PR_SET_NO_NEW_PRIVS, 1)
    if os.getppid() != server:
        os._exit(FAILED)  # the server died before it could be told
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(noise, 2)
    spare = os.dup(connection)
    os.dup2(spare, CONNECTION)
    os.closerange(CONNECTION + 1, max(spare, noise, 1_024) + 1)
    os.chdir(folder)
    tempfile.tempdir = folder
    sys.argv[:] = [""]


def _limit(limits: Limits) -> None:
    for what, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_FSIZE, limits.file_bytes),
        (resource.RLIMIT_CPU, limits.cpu_s),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # a second more for the signal that says so to come first
        above = most + 1 if what == resource.RLIMIT_CPU and hard == resource.RLIM_INFINITY else most
        resource.setrlimit(what, (most, above))
