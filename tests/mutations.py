"""Good files of every format, and what becomes of them: bytes change on the way, and offices get cells wrong."""

import csv
import gzip
import io
import json
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

from ievq_pipeline.adapters.reading import zipped
from tests import made_workbooks

QUARTER = "2025-Q3"
HEAD = {
    "enterprise": "企业代码", "quarter": "季度", "region": "地区", "industry": "行业", "occupation": "职业", "skill": "技能",
    "openings": "需求人数", "applicants": "求职人数", "post_ref": "岗位编号", "tier": "技能层级", "is_required": "是否必备",
}  # fmt: skip
CODES = list(HEAD)
NUMBERS = ("openings", "applicants")
Grid = list[dict[str, object]]
Random = random.Random


def grid(rows: int) -> Grid:
    """Rows without a fault, none of which is the same as another."""
    return [
        {
            "enterprise": f"us-agency:M{n % 7:02d}", "quarter": QUARTER, "region": ("350200", "110000", "us-state:CA")[n % 3],
            "industry": ("39", "I", "651")[n % 3], "occupation": "", "skill": f"某项技能{n}", "openings": n % 40 + 1,
            "applicants": n % 9 if n % 2 else "", "post_ref": f"HR-{n:04d}", "tier": str(n % 3 + 1),
            "is_required": ("是", "否")[n % 2],
        }
        for n in range(rows)
    ]  # fmt: skip


def _table(rows: Grid) -> list[list[object]]:
    return [list(HEAD.values()), *([row[code] for code in CODES] for row in rows)]


def _separated(rows: Grid, codec: str = "utf-8", **how: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, **{"lineterminator": "\r\n", **how}).writerows(_table(rows))  # type: ignore[arg-type]
    return text.getvalue().encode(codec)


def _records(rows: Grid) -> list[dict[str, object]]:
    return [{code: value if value != "" else None for code, value in row.items()} for row in rows]


def _json(rows: Grid) -> bytes:
    return json.dumps(_records(rows), ensure_ascii=False).encode()


def _wrapped_json(rows: Grid) -> bytes:
    titled = [{HEAD[code]: value for code, value in row.items()} for row in _records(rows)]
    return json.dumps({"quarter": QUARTER, "数据": titled}, ensure_ascii=False, indent=1).encode("utf-8-sig")


def _json_lines(rows: Grid) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in _records(rows)).encode()


def _cells(rows: Grid) -> list[list[object]]:
    return [[value if value != "" else None for value in row] for row in _table(rows)]


def _zipped(name: str, data: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, data)
    return packed.getvalue()


@dataclass(frozen=True, slots=True)
class Format:
    """How rows become a file, and the number that a person sees at the first of them."""

    name: str
    write: Callable[[Grid], bytes]
    first_row: int = 2


FORMATS = (
    Format("csv", _separated),
    Format("csv-bom", lambda rows: _separated(rows, "utf-8-sig", lineterminator="\n")),
    Format("csv-gb18030", lambda rows: _separated(rows, "gb18030")),
    Format("csv-utf-16", lambda rows: _separated(rows, "utf-16")),
    Format("csv-semicolon", lambda rows: _separated(rows, delimiter=";")),
    Format("tsv", lambda rows: _separated(rows, delimiter="\t")),
    Format("json", _json, 1),
    Format("json-wrapped", _wrapped_json, 1),
    Format("json-gb18030", lambda rows: _json(rows).decode().encode("gb18030"), 1),
    Format("jsonl", _json_lines, 1),
    Format("xlsx", lambda rows: made_workbooks.workbook(_cells(rows))),
    Format("xls", lambda rows: made_workbooks.xls(_cells(rows))),
    Format("ods", lambda rows: made_workbooks.ods({"数据": made_workbooks.ods_rows(_cells(rows))})),
    Format("csv.gz", lambda rows: gzip.compress(_separated(rows), mtime=0)),
    Format("csv.zip", lambda rows: _zipped("招聘.csv", _separated(rows))),
    Format("jsonl.gz", lambda rows: gzip.compress(_json_lines(rows), mtime=0), 1),
    Format("xlsx.zip", lambda rows: _zipped("表.xlsx", made_workbooks.workbook(_cells(rows)))),
)

#: what offices write into cells, and what it then is
FAULTS: dict[str, tuple[tuple[object, str], ...]] = {
    "enterprise": (("", "NQ-REQUIRED"), ("91350200M0001ABCDX", "NQ-CREDIT-CODE")),
    "quarter": (("", "NQ-REQUIRED"), ("三季度末", "NQ-QUARTER"), ("2024-Q1", "NQ-QUARTER-OTHER")),
    "region": (("", "NQ-REQUIRED"), ("35-厦门", "NQ-TITLE-UNKNOWN"), ("359999", "NQ-CODE-UNKNOWN")),
    "industry": (("", "NQ-REQUIRED"), ("9999", "NQ-CODE-UNKNOWN")),
    "skill": (("", "NQ-REQUIRED"), ("？？", "NQ-WORDING")),
    "openings": (("", "NQ-REQUIRED"), ("约20", "NQ-INTEGER"), ("-3", "NQ-MINIMUM"), ("9000000", "NQ-MAXIMUM")),
    "applicants": (("若干", "NQ-INTEGER"), ("1.5", "NQ-INTEGER")),
    "tier": (("四级", "NQ-CHOICE"),),
    "is_required": (("看情况", "NQ-CHOICE"),),
}  # fmt: skip
#: what may stand in cells without being one
HARMLESS: dict[str, tuple[object, ...]] = {
    "quarter": ("2025年第3季度", "2025Q3", " 2025-Q3 ", "２０２５－Ｑ３"),
    "openings": ("12.0", "１２", "1,200", " 7\u3000", "0"),
    "applicants": ("3.00", "０", ""),
    "skill": ("C++", "含,逗号;分号", "带“引号”和\"半角\"", "Ｐｙｔｈｏｎ 数据", "@SUM(A1)", "技能\n换行", "𠮷野家"),
    "post_ref": ("", "'00012", "+86", "@x", "1e5"),
    "is_required": ("yes", "", "√"),
    "tier": ("", "1.0"),
}  # fmt: skip


@dataclass(slots=True)
class Edited:
    """Rows in which cells were changed: `planted` names the faults by place in the grid, column and code."""

    rows: Grid
    planted: set[tuple[int, str, str]] = field(default_factory=set)


def edited(random: Random) -> Edited:
    """Harmless changes here and there, and up to a dozen faults, at most one a row."""
    made = Edited(grid(random.randrange(20, 80)))
    for row in random.sample(range(len(made.rows)), len(made.rows) // 2):
        column = random.choice(list(HARMLESS))
        value = random.choice(HARMLESS[column])
        # a wording of its own, so that no two rows become the same
        made.rows[row][column] = f"{value}{row}" if column == "skill" else value
    for row in random.sample(range(len(made.rows)), random.randrange(13)):
        column = random.choice(list(FAULTS))
        value, code = random.choice(FAULTS[column])
        made.rows[row][column] = value
        made.planted.add((row, column, code))
    return made


def _flipped(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 1, 2, 8, 64))):
        changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return bytes(changed)


def _span(data: bytes, random: Random) -> tuple[int, int]:
    start = random.randrange(len(data))
    return start, min(len(data), start + random.choice((1, 4, 30, 400, 5_000)))


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randrange(len(data))] if random.random() < 0.7 else data[random.randrange(len(data)) :]


def _spliced(data: bytes, random: Random) -> bytes:
    """A piece of another format in place of a piece."""
    other = random.choice(FORMATS).write(grid(12))
    (start, end), (begin, stop) = _span(data, random), _span(other, random)
    return data[:start] + other[begin:stop] + data[end:]


def _repeated(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:end] + data[start:end] * random.choice((1, 2, 20)) + data[end:]


def _removed(data: bytes, random: Random) -> bytes:
    start, end = _span(data, random)
    return data[:start] + data[end:]


def _swapped(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.choice((1, 5, 50))):
        one, two = random.randrange(len(changed)), random.randrange(len(changed))
        changed[one], changed[two] = changed[two], changed[one]
    return bytes(changed)


#: pieces that mean something in one format or the other
TOKENS = (
    b"\0", b'"', b"'", b"\n", b"\r", b"\r\n", b",", b";", b"\t", b"{", b"}", b"[", b"]", b"\\", b"\\u", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\x1a", b"=", b"NaN", b"1e999", b"<!DOCTYPE x [<!ENTITY a 'b'>]>", b"<", b"&#0;", b"]]>", b"PK\x03\x04", b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0", b"\x81\x30\x81\x30", b"\xed\xa0\x80", b"9" * 400, b"[" * 3_000, "\u202e零报告".encode(), "合计".encode(),
)  # fmt: skip


def _strewn(data: bytes, random: Random) -> bytes:
    for _ in range(random.choice((1, 2, 6))):
        at = random.randrange(len(data) + 1)
        data = data[:at] + random.choice(TOKENS) + data[at:]
    return data


def _recoded(data: bytes, random: Random) -> bytes:
    """As a program does that takes the text for another encoding, or writes another."""
    codecs = ("utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "big5", "shift_jis", "latin-1", "cp1252", "cp437")
    return data.decode(random.choice(codecs), "replace").encode(random.choice(codecs), "replace")


def _repacked(data: bytes, random: Random) -> bytes:
    """A ZIP whose entries changed: one mutated, doubled, renamed, left out, stored, or one more beside them."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except zipped.BROKEN:
        return _zipped(random.choice(("a.csv", "../a.csv", "xl/workbook.xml", "目录/数据.json", "mimetype")), data)
    if not parts:
        return data
    at = random.randrange(len(parts))
    name, content = parts[at]
    change = random.randrange(5)
    if change == 0 and content:
        parts[at] = name, random.choice(BYTES)(content, random)
    elif change == 1:
        del parts[at]
    elif change == 2:
        parts[at] = random.choice(("../", "/", "C:", "xl/", "", "__MACOSX/")) + name, content
    elif change == 3:
        parts.append((random.choice(("b.csv", "word/document.xml", "xl/vbaProject.bin", "note.txt")), content))
    else:
        random.shuffle(parts)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", random.choice((zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED))) as made:
        for one, inside in {name: inside for name, inside in parts if name}.items():
            made.writestr(one, inside)
    return packed.getvalue()


BYTES: tuple[Callable[[bytes, Random], bytes], ...] = (
    _flipped, _cut, _spliced, _repeated, _removed, _swapped, _strewn, _recoded,
)  # fmt: skip


def mutated(data: bytes, random: Random) -> bytes:
    """The file after one or a few accidents."""
    for _ in range(random.choice((1, 1, 1, 2, 3))):
        if data:
            data = random.choice((*BYTES, _repacked))(data, random)
    return data
