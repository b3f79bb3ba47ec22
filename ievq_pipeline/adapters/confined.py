"""A bounded child process for what reads strangers' files: its limits hold whatever the file makes a parser do.

The child is forked by a server of our own (`fork_server.py`), which starts once in a process, the first time that it is
needed, with polars and the check loaded and an empty environment. It connects to nothing and ends with its parent.
"""

import atexit
import contextlib
import json
import os
import pickle
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from ievq_pipeline.adapters.plain_pickle import UnpicklingError, load

#: what the server loads before it forks; `module:function` is called too, and must start no thread
PRELOAD = (
    "numpy",
    "polars",
    "ievq_pipeline.adapters.checks",
    "ievq_pipeline.adapters.annotated",
    "ievq_pipeline.domain.contracts",
    "ievq_pipeline.adapters.code_lists:preload",
)
#: of the environment, what a Python that lies elsewhere needs to start at all; nothing else is handed on
KEPT = ("LD_LIBRARY_PATH", "PYTHONHOME")
MOST_THREADS = 4
START = (
    "import json, sys; given = json.loads(sys.argv[1]); sys.path[:] = given['path'];"
    "from ievq_pipeline.adapters.fork_server import serve; serve(given['control'], given['folder'], given['preload'])"
)
Reason = Literal["crashed", "memory", "time"]
#: what the child's end is told by: whether it was killed for its time, and its wait status
STATUS = struct.Struct("<?i")
FORKED = b"+"
WALL = struct.Struct("<d")
#: exit codes of a child: the function raised what is not ours, or memory ran out
FAILED, OUT_OF_MEMORY = 70, 71
#: what a child may still take to die, in seconds, before the server itself is given up
GRACE_S = 15.0
NOISE_BYTES, LAST_WORDS = 65_536, 4_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What a child may take: bytes of address space and of each file that it writes, seconds, open files."""

    memory_bytes: int = 4 << 30
    file_bytes: int = 1 << 30
    cpu_s: int = 300
    wall_s: float = 300.0
    open_files: int = 128


class Died(Exception):
    """The child ended without an answer; `reason` is crashed, memory or time, `detail` (for the log) its last words."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.reason: Reason = reason
        self.detail = detail


def call(function: Callable[..., Any], /, *args: Any, limits: Limits = Limits()) -> Any:
    """`function(*args)` in a child: a function of a module, in an empty folder that is removed afterwards.

    Bytes and frames go there and back with one copy; of a large file, a path is cheaper than its bytes, and means the
    same there as here. What comes back may hold plain values, frames, and dataclasses and enums of this package
    (`plain_pickle.py`). Exceptions of this package are raised here as they were there. Raises Died for every other end.
    Any number of threads may call at once. A call whose server was killed, of which the function need not be the cause,
    is made once more.
    """
    args = tuple(arg.absolute() if isinstance(arg, Path) else arg for arg in args)
    outcome = _outcome(function, args, limits) or _outcome(function, args, limits)
    if outcome is None:
        raise Died("crashed", "the server of children was killed, twice")
    if outcome[0] == "returned":
        return outcome[1]
    kind, told, state = outcome[1]
    raised = kind.__new__(kind, *told)
    raised.__dict__.update(state)
    raise raised


def end() -> None:
    """End this process's fork server until it is next needed; its children's times are then known."""
    _server.end()


def warm() -> None:
    """Start the server now, beside other work, so that the first call does not wait for it."""
    _server.warm()


def _outcome(function: Callable[..., Any], args: tuple[Any, ...], limits: Limits) -> tuple[str, Any] | None:
    """What the child sends; None where the server was killed: before it could fork one, or with it."""
    with contextlib.ExitStack() as open_here:
        ours, theirs = socket.socketpair()
        open_here.enter_context(ours)
        with theirs, contextlib.ExitStack() as handed_on:
            ended, end = _pipe(open_here, handed_on)
            noise, noisy = _pipe(open_here, handed_on)
            os.set_blocking(noisy, False)  # a child that has much to say must not wait for a reader
            _server.fork([theirs.fileno(), end, noisy], limits.wall_s)
        ours.settimeout(limits.wall_s + GRACE_S)
        try:
            with ours.makefile("wb") as out:
                pickle.dump(limits, out, protocol=5)
                pickle.dump((function, args), out, protocol=5)
            with ours.makefile("rb") as back:
                sent: tuple[str, Any] = load(back)
        except (EOFError, UnpicklingError, ConnectionError, TimeoutError) as error:
            ours.close()
            told = os.read(ended, STATUS.size) if os.read(ended, len(FORKED)) else b""
            if not told and not isinstance(error, TimeoutError):
                return None
            raise _death(told, os.read(noise, NOISE_BYTES), error) from error
        return sent


def _pipe(open_here: contextlib.ExitStack, handed_on: contextlib.ExitStack) -> tuple[int, int]:
    """A pipe, of which the reading end closes with the call: that tells the server to end the child."""
    reading, writing = os.pipe()
    open_here.callback(os.close, reading)
    handed_on.callback(os.close, writing)
    return reading, writing


def _death(told: bytes, noise: bytes, error: Exception) -> Died:
    """Why the child died: what the server tells (nothing, where that was killed itself), and the child's last words."""
    is_late, status = STATUS.unpack(told) if told else (isinstance(error, TimeoutError), FAILED << 8)
    said = noise.decode(errors="replace").strip()[-LAST_WORDS:]
    code = os.waitstatus_to_exitcode(status)
    if is_late or code == -signal.SIGXCPU:
        return Died("time", said)
    is_full = code == -signal.SIGABRT and "memory allocation of" in said  # how Rust ends where memory does
    # of SIGKILL nobody but the kernel, where memory is short, is the sender
    if is_full or code in (-signal.SIGKILL, OUT_OF_MEMORY):
        return Died("memory", said)
    detail = said or f"{type(error).__name__}: {error}"
    return Died("crashed", f"{signal.Signals(-code).name}: {detail}" if code < 0 else detail)


class _Server:
    """This process's fork server: started when it is first needed, and again where it was killed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._control: socket.socket | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def fork(self, descriptors: list[int], wall_s: float) -> None:
        """Have a child forked that gets the first and the last of the descriptors; the second is told of its end."""
        with self._lock:
            for is_last in (False, True):
                try:
                    socket.send_fds(self._running(), [WALL.pack(wall_s)], descriptors)
                except ConnectionError:
                    self._end()
                    if is_last:
                        raise
                else:
                    return

    def _running(self) -> socket.socket:
        if self._process is not None and self._process.poll() is not None:
            self._end()
        if self._control is None:
            self._control, theirs = socket.socketpair()
            with theirs:
                given = {
                    "path": [os.path.abspath(entry) for entry in sys.path],  # noqa: PTH100 ('' is the working folder)
                    "control": theirs.fileno(),
                    "folder": tempfile.gettempdir(),
                    "preload": PRELOAD,
                }
                self._process = subprocess.Popen(
                    [sys.executable, "-I", "-c", START, json.dumps(given)],
                    env=_environment(),
                    cwd="/",
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    pass_fds=[theirs.fileno()],
                    start_new_session=True,  # what is typed at a terminal is for the parent
                )
        return self._control

    def _end(self) -> None:
        if self._control is not None:
            self._control.close()  # it ends by itself, and its children with it
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
            if self._process.poll() is None:
                self._process.kill()
                self._process.wait()
        self._control = self._process = None

    def warm(self) -> None:
        with self._lock:
            self._running()

    def end(self) -> None:
        with self._lock:
            self._end()

    def forget(self) -> None:
        """In a fork of this process: the server is its parent's, and must see that one's end."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.returncode = 0  # not ours to wait for
        self.__init__()  # type: ignore[misc]


def _environment() -> dict[str, str]:
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    # an arena of glibc reserves 64 MB of address space for each thread
    return kept | {
        "LANG": "C.UTF-8",
        "MALLOC_ARENA_MAX": "2",
        "_RJEM_MALLOC_CONF": "dirty_decay_ms:0,muzzy_decay_ms:0",
        "OPENBLAS_NUM_THREADS": "1",
        "POLARS_MAX_THREADS": str(min(MOST_THREADS, usable)),
    }


_server = _Server()
atexit.register(_server.end)
os.register_at_fork(after_in_child=_server.forget)
