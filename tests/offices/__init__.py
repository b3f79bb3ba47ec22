"""Files as offices send them, each with what must come out of it: the rows, the findings at their cells, what was normalised."""

import csv
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests import made_workbooks

QUARTER = "2025-Q3"
JOB = "job-demand"
#: the columns of job demand, A to K
CODES = (
    "enterprise", "quarter", "region", "industry", "occupation", "skill", "openings", "applicants", "post_ref", "tier", "is_required",
)  # fmt: skip
HEAD = ["企业代码", "季度", "地区", "行业", "职业", "技能", "需求人数", "求职人数", "岗位编号", "技能层级", "是否必备"]
ENTERPRISES = ("91350100M000100Y43", "us-agency:DN", "us-agency:TR")
TECHNOLOGY_HEAD = ["企业代码", "季度", "技术", "应用阶段", "所需技能", "备注"]
TOTALS_HEAD = ["来源", "季度", "技能词", "招聘数", "招聘总数", "月数"]
Cells = list[Any]
Rows = list[Cells]


@dataclass(frozen=True)
class Case:
    """One file. `findings` are all of them, as `CODE CELL` (`CODE` alone: of the whole file; `CODE 7`: of a row).

    `values` are accepted cells by row and code; `changed` all codes under `normalised`; `facts` what `file` says.
    """

    name: str
    data: bytes
    accepted: int
    findings: Sequence[str] = ()
    values: Mapping[tuple[int, str], object] = field(default_factory=dict)
    changed: Sequence[str] = ()
    verdict: str = "accepted"
    kind: str = JOB
    quarter: str | None = QUARTER
    facts: Mapping[str, object] = field(default_factory=dict)


def good(count: int, first: int = 1) -> Rows:
    """Rows without a fault, none the same as another."""
    return [
        [ENTERPRISES[n % 3], QUARTER, "350200", "39", "2-02-10-03", f"某项技能{n}", 10, 3, f"HR-{n:03}", "2", "yes"]
        for n in range(first, first + count)
    ]


def table(count: int = 12) -> Rows:
    return [list(HEAD), *good(count)]


def technology(count: int = 6) -> Rows:
    rows: Rows = [list(TECHNOLOGY_HEAD)]
    return rows + [[ENTERPRISES[0], QUARTER, f"某项技术{n}", "pilot", "python;sql", ""] for n in range(1, count + 1)]


def totals(count: int = 6) -> Rows:
    rows: Rows = [list(TOTALS_HEAD)]
    return rows + [["hn", QUARTER, f"词{n}", n, 100, 3] for n in range(1, count + 1)]


def put(rows: Rows, *cells: tuple[str, object]) -> Rows:
    """The rows with these cells (`F7`) in place of theirs; row 1 is the first."""
    for address, value in cells:
        row, at = rows[int(address[1:]) - 1], ord(address[0]) - 65
        row += [""] * (at + 1 - len(row))
        row[at] = value
    return rows


def separated(rows: Rows, codec: str = "utf-8", separator: str = ",", ends: str = "\r\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=ends).writerows(rows)
    return text.getvalue().encode(codec)


def xlsx(rows: Rows, edit: Callable[[Any], object] = lambda book: None) -> bytes:
    filled = [[None if cell == "" else cell for cell in row] for row in rows]
    return made_workbooks.workbook(filled, edit)


def xls(rows: Rows) -> bytes:
    return made_workbooks.xls([[None if cell == "" else cell for cell in row] for row in rows])


def ods(rows: Rows) -> bytes:
    filled = [[None if cell == "" else cell for cell in row] for row in rows]
    return made_workbooks.ods({"数据": made_workbooks.ods_rows(filled)})


def records(rows: Rows) -> list[dict[str, object]]:
    return [
        {str(name): cell if cell != "" else None for name, cell in zip(rows[0], row, strict=False)} for row in rows[1:]
    ]


def json_of(rows: Rows) -> bytes:
    return json.dumps(records(rows), ensure_ascii=False).encode()


def json_lines(rows: Rows) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in records(rows)).encode()


def zip_of(files: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return packed.getvalue()


def gzipped(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)
