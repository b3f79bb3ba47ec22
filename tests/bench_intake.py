"""Intake timed: `python -m tests.bench_intake`, or `make bench-intake`: files through receive, validate and store.

Every file is made up, and the same for the same number of rows. It goes through the real rooms on the embedded
Postgres, in a process of its own, so that peaks of memory are apart. The yardstick R is a raw `COPY` of the same file
into a table of text columns, K the same into one with the key that observations have. Machines are noisy: trust ratios,
not seconds.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from ievq_pipeline import log
from ievq_pipeline.adapters import code_lists, confined, embedded_postgres
from ievq_pipeline.adapters.matching import match
from ievq_pipeline.bootstrap import House, open_house
from ievq_pipeline.db import feeds, migrate, organisations
from ievq_pipeline.domain.organisation import Identifier
from ievq_pipeline.settings import Settings
from ievq_pipeline.stages.receive import HandedIn
from tests import bench_others
from tests.bench_files import HEADER, QUARTER, ROWS_OF_REPORTER, write_csv, write_xlsx

ROOMS = ("receive", "validate", "store")
SUBMITTER = "bench:association"
MEGABYTE = 1_000_000
#: `COPY` is timed so often: the quickest is R
COPIES = 3
RAW = ", ".join(f"c{n} text" for n in range(len(HEADER)))
NAMES = ", ".join(f"c{n}" for n in range(len(HEADER)))
COPY = f"COPY bench_raw ({NAMES}) FROM STDIN (FORMAT csv, HEADER, ENCODING '{{}}')"


@dataclass(frozen=True, slots=True)
class Case:
    """One file: rows, how many of a hundred are bad, and how it is written."""

    rows: int
    bad_in_100: int = 4
    encoding: str = "utf-8"
    is_workbook: bool = False

    @property
    def name(self) -> str:
        sort = "xlsx" if self.is_workbook else self.encoding
        return f"{self.rows:,} rows, {sort}, {self.bad_in_100} % bad"

    @property
    def feed(self) -> str:
        return f"bench-{self.rows}-{self.bad_in_100}-{'xlsx' if self.is_workbook else self.encoding}"

    def write(self, path: Path) -> None:
        if self.is_workbook:
            write_xlsx(path, self.rows, self.bad_in_100)
        else:
            write_csv(path, self.rows, self.bad_in_100, self.encoding)


def cases(number: int) -> list[Case]:
    small = [Case(rows) for rows in (10_000, 100_000) if rows < number]
    return [
        *small,
        Case(number),
        Case(number, encoding="gb18030"),
        Case(number, bad_in_100=6),
        Case(min(number, 100_000), is_workbook=True),
    ]


def settings_of(directory: Path) -> Settings:
    return Settings(_env_file=None, data_dir=directory, upload_cap_mb=4_096)


def copied(directory: Path, file: Path, encoding: str, key: str = "") -> float:
    """Seconds of a raw COPY of the file, decoded by Postgres; with a key the rows are numbered as they come."""
    with (
        embedded_postgres.lease(directory / "postgres") as cluster,
        psycopg.connect(cluster.dsn("ievq", "ievq"), autocommit=True) as connection,
    ):
        connection.execute(f"CREATE TABLE bench_raw ({RAW}{key})")
        began = time.perf_counter()
        with connection.cursor().copy(COPY.format(encoding)) as copy, file.open("rb") as of:
            while piece := of.read(1 << 20):
                copy.write(piece)
        seconds = time.perf_counter() - began
        connection.execute("DROP TABLE bench_raw")
    return seconds


#: what observations have: the submission, the quarter and the row
KEY = (
    ", submission uuid DEFAULT '00000000-0000-0000-0000-000000000001', quarter text DEFAULT '2025-Q3', row serial,"
    " PRIMARY KEY (submission, quarter, row)"
)


def work(case: Case, directory: Path, file: Path) -> dict[str, Any]:
    """The rooms in this process: seconds without imports, processor seconds and peak of memory, children's too."""
    took: dict[str, Any] = {}
    started = _cost_of_starting()
    with open_house(settings_of(directory)) as house, file.open("rb") as content:
        house.engine.connect().close()
        _warm()
        handed_in = HandedIn(case.feed, str(QUARTER), file.name, content)
        rooms: dict[str, Callable[[], object]] = {
            "receive": lambda: house.receive(handed_in),
            "validate": house.validate,
            "store": house.store,
        }
        for room, enter in rooms.items():
            began = time.perf_counter()
            enter()
            took[room] = time.perf_counter() - began
    confined.end()
    of_checks = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = int(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]) * 1024
    return took | {
        "check_cpu": of_checks.ru_utime + of_checks.ru_stime - 2 * started,
        "check_mb": of_checks.ru_maxrss * 1024 // MEGABYTE,
        "own_mb": own // MEGABYTE,
    }


def _warm() -> None:
    """A service has its server of children, and its lists indexed, long before a file comes."""
    confined.call(len, "x")
    match("no such skill", code_lists.skills())


def _cost_of_starting() -> float:
    """Processor seconds of the server of children alone, with all lists: once in the life of a service."""
    confined.call(len, "x")
    confined.end()
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def register(house: House, feed: str) -> None:
    """The association that hands in; its reporters are met first in its file."""
    file = f"单位代码,单位类别,单位名称\n{SUBMITTER},association,Bench\n"
    answer = house.import_organisations(file.encode(), "organisations.csv")
    assert answer["verdict"] == "accepted", answer["findings"]
    with house.sessions.begin() as session:
        submitter = organisations.named(session, Identifier.parse(SUBMITTER))
        feeds.add(session, feed, "job-demand", submitter_id=submitter.id)


def bench(case: Case, directory: Path) -> None:
    file = directory / "file"
    case.write(file)
    with open_house(settings_of(directory), is_upgraded=False) as house:  # Postgres stays up till the end
        migrate.upgrade(house.engine)
        register(house, case.feed)
        house.open_quarter(QUARTER, due_on=date(2099, 1, 1), closes_on=date(2099, 2, 1))
        as_text, encoding = file, case.encoding
        if case.is_workbook:
            as_text = directory / "as_text"
            write_csv(as_text, case.rows, case.bad_in_100, "utf-8")
        raw = min(copied(directory, as_text, encoding) for _ in range(COPIES))
        keyed = min(copied(directory, as_text, encoding, KEY) for _ in range(COPIES))
        took = in_child(case, directory, file)
        _tell(case, file, raw, keyed, took)
        if case.is_workbook:
            plain = bench_others.openpyxl_pass(file)
            print(
                f"  a bare openpyxl pass: {plain:.2f} s CPU; the whole check: {took['check_cpu'] / plain:.2f} of that"
            )
        _require(house, case)


def in_child(case: Case, directory: Path, file: Path) -> dict[str, Any]:
    given = json.dumps([case.rows, case.bad_in_100, case.encoding, case.is_workbook])
    command = [sys.executable, "-m", "tests.bench_intake", "--case", given, "--directory", str(directory), str(file)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{case.name} failed:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _tell(case: Case, file: Path, raw: float, keyed: float, took: dict[str, Any]) -> None:
    chain = sum(took[room] for room in ROOMS)
    peaks = f"check {took['check_mb']} MB, the rest {took['own_mb']} MB"
    print(f"{case.name}, {file.stat().st_size / MEGABYTE:.1f} MB: R {raw:.3f} s, K {keyed:.3f} s")
    print("  " + ", ".join(f"{room} {took[room]:.2f} s ({took[room] / raw:.1f} R)" for room in ROOMS))
    print(f"  chain {chain:.2f} s = {chain / raw:.1f} R = {chain / keyed:.1f} K, {case.rows / chain:,.0f} rows/s")
    print(f"  CPU of the check {took['check_cpu']:.2f} s; peaks: {peaks}", flush=True)


def _require(house: House, case: Case) -> None:
    """Nothing was fast by not being done."""
    with house.engine.connect() as connection:
        asked = "SELECT state, rows_read, rows_accepted, rows_quarantined FROM submission"
        state, read, accepted, quarantined = connection.exec_driver_sql(asked).one()
        stored = connection.exec_driver_sql("SELECT count(*) FROM job_demand_observation").scalar_one()
        counts = "SELECT sum(value::int) FROM submission_answer, jsonb_each_text(body->'counts')"
        findings = connection.exec_driver_sql(counts).scalar_one()
    assert read == case.rows
    assert quarantined == case.rows * case.bad_in_100 // 100 <= findings
    if case.bad_in_100 > 5:
        assert (state, accepted, stored) == ("rejected", 0, 0)
    else:
        assert (state, accepted) == ("in_force", read - quarantined)
        assert stored + case.rows // ROWS_OF_REPORTER == accepted


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--others", action="store_true", help="Great Expectations and frictionless as well")
    options.add_argument("--case")
    options.add_argument("--directory", type=Path)
    options.add_argument("file", nargs="?", type=Path)
    chosen = options.parse_args()
    log.configure("ERROR")
    if chosen.case:
        print(json.dumps(work(Case(*json.loads(chosen.case)), chosen.directory, chosen.file)))
        return
    for case in cases(chosen.rows):
        with tempfile.TemporaryDirectory(prefix="ievq-bench-") as name:
            directory = Path(name)
            try:
                bench(case, directory)
            finally:
                embedded_postgres.remove(directory / "postgres")
    if chosen.others:
        bench_others.main()


if __name__ == "__main__":
    main()
