"""Bytes of a CSV file → a table of strings that knows where each cell stood. Guesses nothing."""

import csv
import io
from dataclasses import dataclass
from typing import NoReturn

from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

#: how files of other kinds begin, in lower case
SIGNATURES = (
    (b"%pdf", Text("PDF文件", "a PDF")),
    (b"pk\x03\x04", Text("ZIP压缩包或XLSX工作簿", "a ZIP archive or an XLSX workbook")),
    (b"\xd0\xcf\x11\xe0", Text("旧版Office文件（如XLS）", "an old Office file such as XLS")),
    (b"\x89png", Text("PNG图片", "a PNG picture")),
    (b"\xff\xd8\xff", Text("JPEG图片", "a JPEG picture")),
    (b"\x1f\x8b", Text("GZIP压缩文件", "a GZIP archive")),
    (b"<!doctype", Text("网页（HTML）", "a web page (HTML)")),
    (b"<html", Text("网页（HTML）", "a web page (HTML)")),
    (b"<?xml", Text("XML文件", "an XML file")),
)
BINARY = Text("二进制数据", "binary data")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5_000_000, 200, 32_767
CAPS = {
    "rows": Text(f"最多 {MOST_ROWS:,} 行", f"at most {MOST_ROWS:,} rows"),
    "columns": Text(f"最多 {MOST_COLUMNS} 列", f"at most {MOST_COLUMNS} columns"),
}
#: the name of the column with each row's number
ROW = "row"
BLANKS = " \t\r\n\v\f\u00a0\u3000\ufeff\u200b"


class Unreadable(Exception):
    """The bytes are no table that can be read; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Table:
    """`rows` pairs the row number that a person sees with the row's cells; blank rows are left out, but counted."""

    encoding: str
    header_row: int | None
    header: list[str]
    rows: list[tuple[int, list[str]]]


def read_csv(data: bytes) -> Table:
    """Parse a whole CSV file. Raises Unreadable."""
    if not data.strip(b" \t\r\n\xef\xbb\xbf"):
        raise Unreadable(Finding("NQ-FILE-EMPTY"))
    start = data[:64].lstrip().lower()
    for signature, kind in SIGNATURES:
        if start.startswith(signature):
            _refuse(kind)
    if data.startswith(UTF16_MARKS):
        raise Unreadable(Finding("NQ-FILE-ENCODING", parameters={"line": 1}))
    if b"\x00" in data:
        _refuse(BINARY)
    text, encoding = _decode(data)
    rows = _rows(text)
    if not rows:
        raise Unreadable(Finding("NQ-FILE-EMPTY"))
    (header_row, header), *body = rows
    if len([name for name in header if name.strip(BLANKS)]) > MOST_COLUMNS:
        raise over(CAPS["columns"])
    return Table(encoding, header_row, header, body)


def over(cap: Text) -> Unreadable:
    """What to raise for a file that is over a cap."""
    return Unreadable(Finding("NQ-FILE-TOO-LARGE", parameters={"cap_zh": cap.zh, "cap_en": cap.en}))


def _rows(text: str) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    number = 0
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
            if number > MOST_ROWS:
                raise over(CAPS["rows"])
            if any(cell.strip(BLANKS) for cell in cells):
                if max(map(len, cells)) > LONGEST_CELL:
                    _refuse_cell(number)
                rows.append((number, cells))
    except csv.Error:  # the reader has a cap of its own on a cell
        _refuse_cell(number + 1)
    return rows


def _refuse_cell(row: int) -> NoReturn:
    raise Unreadable(Finding("NQ-CELL-LONG", row, parameters={"cap": f"{LONGEST_CELL:,}"})) from None


def _decode(data: bytes) -> tuple[str, str]:
    """The strict ladder over the whole file: UTF-8 (with or without BOM), then GB18030; the header confirms it."""
    failed_at = 0
    for codec, name in (("utf-8-sig", "utf-8"), ("gb18030", "gb18030")):
        try:
            return data.decode(codec), name
        except UnicodeDecodeError as error:
            failed_at = max(failed_at, error.start)
    raise Unreadable(Finding("NQ-FILE-ENCODING", parameters={"line": data.count(b"\n", 0, failed_at) + 1}))


def _refuse(kind: Text) -> NoReturn:
    raise Unreadable(Finding("NQ-FILE-NOT-TABLE", parameters={"kind_zh": kind.zh, "kind_en": kind.en}))
