"""Bytes of a CSV file → a table of strings that knows where each cell stood. Guesses nothing."""

import csv
import io
from dataclasses import dataclass
from typing import NoReturn

from ievq_pipeline.domain.finding import Finding

#: how files of other kinds begin
SIGNATURES = (
    (b"%PDF", "PDF"),
    (b"PK\x03\x04", "ZIP/XLSX"),
    (b"\xd0\xcf\x11\xe0", "XLS/DOC"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x1f\x8b", "GZIP"),
    (b"<!DOCTYPE", "HTML"),
    (b"<html", "HTML"),
)
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
    for start, kind in SIGNATURES:
        if data[:64].lstrip().startswith(start):
            raise Unreadable(Finding("NQ-FILE-NOT-TABLE", value=kind))
    if b"\x00" in data:
        _refuse("binary data")
    text, encoding = _decode(data)
    rows: list[tuple[int, list[str]]] = []
    try:
        for number, cells in enumerate(csv.reader(io.StringIO(text, newline="")), start=1):
            if any(cell.strip(BLANKS) for cell in cells):
                rows.append((number, cells))
    except csv.Error:
        _refuse("text without a table's rows and columns")
    if not rows:
        raise Unreadable(Finding("NQ-FILE-EMPTY"))
    (header_row, header), *body = rows
    return Table(encoding, header_row, header, body)


def _decode(data: bytes) -> tuple[str, str]:
    """The strict ladder over the whole file: UTF-8 (with or without BOM), then GB18030; the header confirms it."""
    failed_at = 0
    for codec, name in (("utf-8-sig", "utf-8"), ("gb18030", "gb18030")):
        try:
            return data.decode(codec), name
        except UnicodeDecodeError as error:
            failed_at = max(failed_at, error.start)
    raise Unreadable(Finding("NQ-FILE-ENCODING", parameters={"line": data.count(b"\n", 0, failed_at) + 1}))


def _refuse(what: str) -> NoReturn:
    raise Unreadable(Finding("NQ-FILE-NOT-TABLE", value=what))
