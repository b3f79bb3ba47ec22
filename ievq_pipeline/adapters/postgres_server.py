"""One Postgres server: made, started, found again and stopped through PostgreSQL's own programs.

Every method is called under the lock of the cluster (`embedded_postgres`).
"""

import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypedDict

from ievq_pipeline.adapters.private_files import write_private
from ievq_pipeline.domain.errors import OutsideMissing

HOST = "127.0.0.1"
SUPERUSER = "postgres"
#: given at each start, so that a newer release's values also reach older data
OPTIONS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",  # a socket's path may have 107 bytes, ours may be longer
    "timezone": "UTC",
    "log_timezone": "UTC",
    "password_encryption": "scram-sha-256",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
}
START_SECONDS = 20
#: how long the children of a killed server may take to notice
LAST_WORDS_SECONDS = 5


class Account(TypedDict, total=False):
    """Whom a program runs as, in the words of `subprocess`; empty: as ourselves."""

    user: int
    group: int
    extra_groups: list[int]


class Written(NamedTuple):
    """What the server wrote about itself when it started."""

    pid: int
    port: int


def account_for(home: Path) -> Account:
    """Postgres refuses to run as root: then it runs as the owner of the data, `nobody` for new ones."""
    if os.geteuid() != 0:
        return {}
    data = home / "data"
    entry = pwd.getpwuid(data.stat().st_uid) if data.exists() else pwd.getpwnam("nobody")
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@dataclass(frozen=True)
class Server:
    """The server in `home`, its programs, and the account they run as."""

    home: Path
    bindir: Path
    account: Account

    @property
    def data(self) -> Path:
        return self.home / "data"

    def make(self, password: str) -> None:
        """Make the data directory if there is none. Raises OutsideMissing if it is of another major version."""
        if not self.data.exists():
            self._initialise(password)
        theirs, ours = (self.data / "PG_VERSION").read_text().strip(), self._major()
        if theirs != ours:
            raise OutsideMissing(
                f"The data in {self.data} are of PostgreSQL {theirs}, the programs of {ours}. Set IEVQ_PG_BINDIR to the"
                f" programs of {theirs}; or dump with those and load into a new data directory (IEVQ_DATA_DIR)."
            )

    def start(self) -> int:
        """Start it unless it runs; returns its port, the same as last time where that is still free."""
        began = time.monotonic()
        while (running := self._running()) is None:
            if left := self._left_behind():
                if time.monotonic() > began + LAST_WORDS_SECONDS:
                    _kill(left)
            elif not self._try_start() and time.monotonic() > began + START_SECONDS:
                raise OutsideMissing(f"The embedded Postgres does not start. {self._last_words()}")
            time.sleep(0.05)
        write_private(self.home / "port", str(running.port))
        return running.port

    def stop(self) -> None:
        """Stop it if it runs; a fast stop that does not come to its end becomes an immediate one."""
        for mode in ("fast", "immediate"):
            if self._running():
                self.run("pg_ctl", "-D", self.data, "-w", "-t", "60", "-m", mode, "stop")

    def may_run(self) -> bool:
        """Whether the account can reach the programs."""
        try:
            return self.run("postgres", "--version").returncode == 0
        except OutsideMissing:
            return False

    def run(self, program: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs, in its own session (Ctrl-C is not for it) and with a clean environment."""
        command = [self.bindir / program, *arguments]
        environment = {"LC_ALL": "C", "TZ": "UTC", "PATH": f"{self.bindir}:/usr/bin:/bin"}
        with tempfile.TemporaryFile("w+") as output:  # the server inherits it, so that a pipe would never end
            try:
                result = subprocess.run(
                    command,
                    cwd="/",
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    check=False,
                    **self.account,
                )
            except OSError as error:
                raise OutsideMissing(f"Cannot run {command[0]}: {error}.") from error
            output.seek(0)
            return subprocess.CompletedProcess(command, result.returncode, output.read())

    def _initialise(self, password: str) -> None:
        """Made beside its place and renamed into it, so that a half-made one is never taken for whole."""
        for leftover in self.home.glob("half-made-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        room = Path(tempfile.mkdtemp(prefix="half-made-", dir=self.home))
        write_private(room / "password", password)
        if self.account:
            for path in (room, room / "password"):
                os.chown(path, self.account["user"], self.account["group"])
        result = self.run(
            *("initdb", "-D", room / "data", "-U", SUPERUSER, "--pwfile", room / "password"),
            *("--auth-host=scram-sha-256", "--auth-local=scram-sha-256", "--no-locale", "-E", "UTF8"),
        )
        if result.returncode != 0:
            raise OutsideMissing(f"initdb failed: {result.stdout.strip()[-600:]}")
        (room / "data").rename(self.data)
        shutil.rmtree(room)

    def _major(self) -> str:
        version = self.run("postgres", "--version").stdout
        if (found := re.search(r"\d+", version)) is None:
            raise OutsideMissing(f"`postgres --version` says “{version.strip()}”; is IEVQ_PG_BINDIR right?")
        return found.group()

    def _try_start(self) -> bool:
        """Fails when the port was just taken by another, and while the kernel still clears up after a killed server."""
        written = self._written()
        if written is not None and written.pid not in _postgres_processes():
            (self.data / "postmaster.pid").unlink(missing_ok=True)  # else a pid since given to another program stops us
        options = OPTIONS | {"port": str(_free_port(self.home / "port")), "cluster_name": self._mark()}
        given = " ".join(f"-c {name}={value}" for name, value in options.items())
        return self.run("pg_ctl", "-D", self.data, "-w", "-l", self._log(), "-o", given, "start").returncode == 0

    def _running(self) -> Written | None:
        """The living server of this very cluster, whoever started it."""
        written = self._written()
        return written if written and self._mark() in _postgres_processes().get(written.pid, "") else None

    def _left_behind(self) -> list[int]:
        """Pids of a killed server's children that have not noticed yet."""
        return [pid for pid, line in _postgres_processes().items() if self._mark() in line]

    def _written(self) -> Written | None:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return Written(int(lines[0]), int(lines[3]))
        except (FileNotFoundError, ValueError, IndexError):
            return None

    def _mark(self) -> str:
        """Stands in the command line of each process of this cluster, also after its directory was moved."""
        found = self.data.stat()
        return f"ievq-{found.st_dev:x}-{found.st_ino:x}."

    def _log(self) -> Path:
        return self.data / "server.log"

    def _last_words(self) -> str:
        log = self._log()
        return f"{log} ends with: {log.read_text(errors='replace')[-600:]}" if log.exists() else "It left no log."


def _free_port(kept: Path) -> int:
    """The port kept from last time if it is still free, else any free one."""
    for port in (int(kept.read_text()) if kept.exists() else 0, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OutsideMissing(f"No port is free on {HOST}.")


def _postgres_processes() -> dict[int, str]:
    """The living server processes of this machine: pid to command line. A zombie has none."""
    if not Path("/proc/self").exists():
        raise OutsideMissing("The embedded Postgres needs Linux with /proc; set IEVQ_DATABASE_URL to another one.")
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        if line.startswith("postgres:") or line.split(" ", 1)[0].endswith("/postgres"):
            found[int(entry.name)] = line
    return found


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
