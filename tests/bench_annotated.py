"""The annotated workbook timed: `python -m tests.bench_annotated`, or `make bench-annotated`.

A workbook of 100,000 rows by 12 columns, made with openpyxl, gets 50,000 findings; a CSV of a million rows as many.
Each answer is written in a process of its own, so that peaks of memory are apart.
"""

import argparse
import csv
import json
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ievq_pipeline.adapters import annotated
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.finding import Finding

FINDINGS, ROWS, CSV_ROWS = 50_000, 100_000, 1_000_000
HEADER = ("企业代码", "季度", "地区代码", "行业代码", "职业代码", "技能名称",
          "需求人数", "求职人数", "岗位编号", "技能层级", "是否必备", "备注")  # fmt: skip
SHEET = "用人需求"
MOST_SECONDS, MOST_MB = 5.0, 150
MEGABYTE = 1_000_000
Row = tuple[str | int, ...]


def rows(number: int) -> Iterator[Row]:
    luck = random.Random(7)
    for n in range(number):
        yield ("91350200MA0000001X", "2025-Q3", "350200", "39", "2-02-10-03", f"技能{n % 260}", luck.randrange(40),
               luck.randrange(300), f"HR-{n:06}", luck.choice("123"), luck.choice("是否"), "无")  # fmt: skip


def write_workbook(path: Path, number: int) -> None:
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.append(HEADER)
    for row in rows(number):
        sheet.append(row)
    book.save(path)


def write_csv(path: Path, number: int) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows(number)])


def findings(number: int, of_rows: int) -> list[Finding]:
    """In the order of the file, spread over its rows and columns."""
    places = sorted(random.Random(3).sample(range(of_rows * 11), number))
    codes = ("NQ-INTEGER", "NQ-CODE", "NQ-MEMBERS-GONE", "NQ-HEADER-UNKNOWN")
    columns = [field.code for field in JOB_DEMAND.fields]
    return [
        Finding(codes[n % 4], place // 11 + 2, columns[place % 11], place % 11, f"约{n}人")
        for n, place in enumerate(places)
    ]


def answer(file: Path, of_rows: int, out: Path) -> dict[str, float]:
    """Seconds, those of them at work, the peak of memory, and what it was before."""
    facts = {"format": file.suffix[1:], "encoding": "gb18030", "sheet": SHEET, "header_row": 1, "wrapper": None}
    found = findings(FINDINGS, of_rows)
    data = file.read_bytes()
    before = _peak()
    began, worked = time.perf_counter(), time.process_time()
    annotated.answer_workbook(data, facts, found, JOB_DEMAND, language="zh", out=out)
    took = {"s": time.perf_counter() - began, "cpu_s": time.process_time() - worked}
    return took | {"peak_mb": _peak() / MEGABYTE, "before_mb": before / MEGABYTE}


def _peak() -> int:
    told = Path("/proc/self/status").read_text()
    return int(told.partition("VmHWM:")[2].split()[0]) * 1024


def in_child(file: Path, of_rows: int, out: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "tests.bench_annotated", "--answer", str(file), str(of_rows), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    return dict(json.loads(done.stdout.splitlines()[-1]))


def bench(directory: Path) -> None:
    for name, number, write in (("book.xlsx", ROWS, write_workbook), ("table.csv", CSV_ROWS, write_csv)):
        file, out = directory / name, directory / f"{name}.answer.xlsx"
        write(file, number)
        took = in_child(file, number, out)
        with zipfile.ZipFile(out) as package:
            assert package.testzip() is None
        size = (file.stat().st_size / MEGABYTE, out.stat().st_size / MEGABYTE)
        print(f"{name}: {number:,} rows, {size[0]:.1f} MB; answer with {FINDINGS:,} findings, {size[1]:.1f} MB")
        seconds = f"{took['s']:.2f} s, {took['cpu_s']:.2f} s of them at work"
        print(f"  {seconds}; peak {took['peak_mb']:.0f} MB, {took['before_mb']:.0f} MB of it before", flush=True)
        if name == "book.xlsx" and (took["cpu_s"] > MOST_SECONDS or took["peak_mb"] > MOST_MB):
            raise SystemExit(f"over the target of {MOST_SECONDS} s of CPU and {MOST_MB} MB")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--answer", nargs=3, metavar=("FILE", "ROWS", "OUT"))
    chosen = options.parse_args()
    if chosen.answer:
        file, of_rows, out = chosen.answer
        print(json.dumps(answer(Path(file), int(of_rows), Path(out))))
        return
    with tempfile.TemporaryDirectory(prefix="ievq-bench-") as name:
        bench(Path(name))


if __name__ == "__main__":
    main()
