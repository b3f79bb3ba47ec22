"""Intake timed: `python -m tests.bench_intake`, or `make bench-intake`: one submission of a million job demand rows.

The file is made up, and the same for the same number of rows. It goes through the real rooms on the embedded Postgres,
each room in a process of its own, so that peaks of memory are apart. The yardstick R is a raw `COPY` of the same file
into a table of text columns: machines are noisy, so trust ratios to R and not seconds.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import psycopg

from ievq_pipeline import log
from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.bootstrap import House, open_house
from ievq_pipeline.db import feeds, migrate, organisations
from ievq_pipeline.domain.organisation import Identifier
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.settings import Settings
from ievq_pipeline.stages.receive import HandedIn

SKILLS = Path(__file__).parents[1] / "data" / "codes" / "skills.csv"
QUARTER = Quarter(2025, 3)
FEED, FILE, SUBMITTER = "bench", "bench.csv", "bench:association"
HEADER = (
    "企业代码", "季度", "地区代码", "行业代码", "职业代码", "技能名称",
    "需求人数", "求职人数", "岗位编号", "技能层级", "是否必备",
)  # fmt: skip
ROWS_OF_REPORTER = 200
PLACES = [f"{province}{city:02}00" for province in (35, 33, 44, 31, 11) for city in range(1, 11)]
OCCUPATIONS = ("2-02-10-03", "2-02-10-09", "2-02-07-06", "4-04-05-11", "6-18-01-01", "")
#: wordings that no list knows, one row in twenty-five
UNLISTED = [f"岗位专项技能{number}号" for number in range(1, 41)]
#: one row in a thousand, in which of the columns and how
BAD_EVERY = 1_000
BAD = ((6, "约12人"), (6, ""), (1, "2025年"), (9, "高级"), (2, "厦门？"))
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
CREDIT_WEIGHTS = [pow(3, place, 31) for place in range(17)]
MEGABYTE = 1_000_000
#: `COPY` is timed so often: the quickest is R
COPIES = 3


def rows(number: int) -> Iterator[tuple[object, ...]]:
    """The file's rows: of each reporter its total, then what it seeks."""
    luck = random.Random(35)
    wordings = listed()
    for place in range(number):
        reporter, of_reporter = divmod(place, ROWS_OF_REPORTER)
        code, industry = credit_code(reporter), f"{13 + reporter % 31}"
        if of_reporter == 0:
            row: list[object] = [code, QUARTER, "", "", "", "合计", 40 * ROWS_OF_REPORTER, "", "", "", ""]
        else:
            openings = int(luck.paretovariate(1.5))
            wording = luck.choice(UNLISTED if luck.random() < 0.04 else wordings)
            asked = (luck.choice(("", "1", "2", "第3层")), luck.choice(("", "是", "否")))
            row = [code, QUARTER, luck.choice(PLACES), industry, luck.choice(OCCUPATIONS), wording,
                   min(openings, 40), openings * luck.randrange(8), f"HR-{of_reporter:04}", *asked]  # fmt: skip
        if place % BAD_EVERY == BAD_EVERY - 1:
            column, value = BAD[place // BAD_EVERY % len(BAD)]
            row[column] = value
        yield tuple(row)


def listed() -> list[str]:
    """Every code, Chinese title and alias of the list of skills."""
    with SKILLS.open(encoding="utf-8", newline="") as file:
        found = [(one["code"], one["title_zh"], *one["aliases"].split(";")) for one in csv.DictReader(file)]
    return [wording for wordings in found for wording in wordings if wording]


def credit_code(number: int) -> str:
    """A unified social credit code with its check character (GB 32100)."""
    body = f"91350200MA{number:07d}"
    total = sum(CREDIT_LETTERS.index(letter) * weight for letter, weight in zip(body, CREDIT_WEIGHTS, strict=True))
    return body + CREDIT_LETTERS[-total % 31]


def write(path: Path, number: int) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows(number)])


def settings_of(directory: Path) -> Settings:
    return Settings(_env_file=None, data_dir=directory, upload_cap_mb=4_096)


def _copy(directory: Path) -> dict[str, Any]:
    """R: the file into a bare table, decoded by Postgres."""
    content = (directory / FILE).read_bytes()
    with (
        embedded_postgres.lease(directory / "postgres") as cluster,
        psycopg.connect(cluster.dsn("ievq", "ievq"), autocommit=True) as connection,
    ):
        connection.execute(f"CREATE TABLE bench_raw ({', '.join(f'c{n} text' for n in range(len(HEADER)))})")
        began = time.perf_counter()
        with connection.cursor().copy("COPY bench_raw FROM STDIN (FORMAT csv, HEADER, ENCODING 'gb18030')") as copy:
            for start in range(0, len(content), 1 << 20):
                copy.write(content[start : start + (1 << 20)])
        seconds = time.perf_counter() - began
        count = connection.execute("SELECT count(*) FROM bench_raw").fetchone()
        connection.execute("DROP TABLE bench_raw")
    return {"s": seconds, "handled": count[0] if count else 0}


def _received(house: House, directory: Path) -> int:
    content = (directory / FILE).read_bytes()
    house.receive(HandedIn(FEED, str(QUARTER), FILE, content))
    return 1


ROOMS: dict[str, Callable[[House, Path], int]] = {
    "receive": _received,
    "validate": lambda house, _: len(house.validate()),
    "examine": lambda house, _: len(house.examine()),
    "store": lambda house, _: len(house.store(is_examined=True)),
}


def work(stage: str, directory: Path) -> dict[str, Any]:
    """One stage in this process: seconds without its imports, its peak of memory and what it had at the beginning."""
    if stage == "copy":
        return _copy(directory) | _memory(0)
    if stage == "examine":
        import great_expectations  # noqa: F401 - takes seconds, and is no work on rows
    with open_house(settings_of(directory)) as house:
        before = _peak()
        began = time.perf_counter()
        handled = ROOMS[stage](house, directory)
        return {"s": time.perf_counter() - began, "handled": handled} | _memory(before)


def _memory(before: int) -> dict[str, int]:
    return {"peak_mb": _peak() // MEGABYTE, "before_mb": before // MEGABYTE}


def _peak() -> int:
    """Bytes; not `getrusage`, whose figure a child inherits from whoever started it."""
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0]) * 1024


def register(house: House) -> None:
    """The association that hands in; its reporters are met first in its file."""
    file = f"单位代码,单位类别,单位名称\n{SUBMITTER},association,Bench\n"
    answer = house.import_organisations(file.encode(), "organisations.csv")
    assert answer["verdict"] == "accepted", answer["findings"]
    with house.sessions.begin() as session:
        submitter = organisations.named(session, Identifier.parse(SUBMITTER))
        feeds.add(session, FEED, "job-demand", submitter_id=submitter.id)


def in_child(stage: str, directory: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench_intake", "--stage", stage, "--directory", str(directory)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{stage} failed:\n{done.stderr[-3000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def bench(number: int, directory: Path) -> None:
    began = time.perf_counter()
    write(directory / FILE, number)
    size = (directory / FILE).stat().st_size
    print(
        f"{number:,} rows, {size / MEGABYTE:.0f} MB of GB18030, made in {time.perf_counter() - began:.0f} s", flush=True
    )
    with open_house(settings_of(directory), is_upgraded=False) as house:  # Postgres stays up till the end
        migrate.upgrade(house.engine)
        register(house)
        house.open_quarter(QUARTER, due_on=date(2099, 1, 1), closes_on=date(2099, 2, 1))
        copies = [in_child("copy", directory) for _ in range(COPIES - 1)]
        took = {}
        for stage in ROOMS:
            took[stage] = in_child(stage, directory)
            assert took[stage]["handled"] == 1, f"{stage} handled {took[stage]['handled']} submissions"
        copies.append(in_child("copy", directory))
        assert {one["handled"] for one in copies} == {number}
        _tell(number, min(one["s"] for one in copies), took)
        _require(house, number)


def _tell(number: int, yardstick: float, took: dict[str, dict[str, Any]]) -> None:
    print(f"R, a raw COPY of the file: {yardstick:.2f} s, {number / yardstick:,.0f} rows/s")
    print(f"{'stage':<28} {'s':>7} {'x R':>6} {'rows/s':>11} {'peak MB':>8} {'before':>7}")
    for stage, one in took.items():
        figures = f"{one['peak_mb']:>8} {one['before_mb']:>7}"
        print(f"{stage:<28} {one['s']:>7.2f} {one['s'] / yardstick:>6.1f} {number / one['s']:>11,.0f} {figures}")
    for stages in (("receive", "validate", "store"), tuple(took)):
        seconds = sum(took[stage]["s"] for stage in stages)
        print(f"{' + '.join(stages):<28} {seconds:>7.2f} {seconds / yardstick:>6.1f} {number / seconds:>11,.0f}")


def _require(house: House, number: int) -> None:
    """Nothing was fast by not being done."""
    with house.engine.connect() as connection:
        asked = "SELECT state, verdict, rows_read, rows_accepted, rows_quarantined FROM submission"
        state, verdict, read, accepted, quarantined = connection.exec_driver_sql(asked).one()
        stored = connection.exec_driver_sql("SELECT count(*) FROM job_demand_observation").scalar_one()
        totals = connection.exec_driver_sql("SELECT count(total) FROM filing").scalar_one()
    print(f"{state}, {verdict}: {accepted:,} rows accepted, {quarantined:,} quarantined; {totals:,} reporters' totals")
    assert (state, read, accepted + quarantined) == ("in_force", number, number)
    assert quarantined == number // BAD_EVERY
    assert stored + totals == accepted


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--stage", choices=["copy", *ROOMS])
    options.add_argument("--directory", type=Path)
    chosen = options.parse_args()
    log.configure("ERROR")
    if chosen.stage:
        print(json.dumps(work(chosen.stage, chosen.directory)))
        return
    with tempfile.TemporaryDirectory(prefix="ievq-bench-") as name:
        directory = Path(name)
        try:
            bench(chosen.rows, directory)
        finally:
            embedded_postgres.remove(directory / "postgres")


if __name__ == "__main__":
    main()
