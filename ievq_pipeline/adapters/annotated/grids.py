"""A file that is no workbook, or an old one, as rows of texts: laid out as it was handed in."""

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

from ievq_pipeline.adapters.annotated.marks import Cell, cell_of
from ievq_pipeline.adapters.annotated.survey import Placed
from ievq_pipeline.adapters.reading import layout, ods, xls, xlsx
from ievq_pipeline.adapters.reading.grid import Sheet
from ievq_pipeline.adapters.reading.head import SEPARATORS
from ievq_pipeline.adapters.reading.package import CAPS, Caps, open_package
from ievq_pipeline.adapters.reading.source import ROW
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding

#: a row of a sheet, by its number as spreadsheet programs count
Row = tuple[int, Sequence[str]]
CODECS = {"utf-8": "utf-8-sig", "utf-16": "utf-16", "gb18030": "gb18030"}
#: elements of a JSON file that are looked at for the names of its columns
LOOKED_AT = 10_000


@dataclass(slots=True)
class Grid:
    """`rows` are walked once; `placed` says where in them a finding's cell is, `below` how much lower its row is."""

    rows: Iterator[Row]
    header_row: int | None = None
    name: str | None = None
    placed: Placed = cell_of
    below: int = 0


def grid_of(data: bytes, facts: Mapping[str, Any], contract: Contract, caps: Caps = CAPS) -> Grid | None:
    """The rows of a file by the facts of its answer; None of a file that was not read. Raises Unreadable."""
    kind, header_row = facts.get("format"), facts.get("header_row")
    if kind in ("csv", "tsv"):
        codec = CODECS.get(str(facts.get("encoding")), "utf-8-sig")
        return Grid(_separated(data, codec, header_row or 1, contract), header_row)
    if kind in ("json", "jsonl"):
        return _of_records(_array(data) if kind == "json" else _lines(data), contract)
    name = facts.get("sheet")
    found = next((sheet for sheet in _sheets(data, str(kind), caps) if sheet.name == name), None)
    return Grid(_cells(found), header_row, found.name) if found else None


def _sheets(data: bytes, kind: str, caps: Caps) -> list[Sheet]:
    """Those of a workbook, read as the check reads them."""
    if kind == "xls":
        return xls.open_sheets(data)[0]
    if kind not in ("ods", "xlsx"):
        return []
    package = open_package(data, caps)
    return (ods.open_sheets(package) if kind == "ods" else xlsx.open_sheets(package, data))[0]


def _cells(sheet: Sheet) -> Iterator[Row]:
    for slab in sheet.open().slabs:
        at = {name: int(name) for name in slab.frame.columns if name != ROW}
        width = max((*at.values(), *(column for _, column in slab.odd)), default=-1) + 1
        for number, *cells in slab.frame.select(ROW, *at).iter_rows():
            row = [""] * width
            for position, cell in zip(at.values(), cells, strict=True):
                odd = slab.odd.get((number, position))
                row[position] = cell or (odd.value if odd else "")
            yield number, row


def _separated(data: bytes, codec: str, header_row: int, contract: Contract) -> Iterator[Row]:
    lines = iter(io.TextIOWrapper(io.BytesIO(data), encoding=codec, errors="replace", newline=""))
    first = list(islice(lines, header_row))
    names = layout.names(contract)

    def known(separator: str) -> int:
        read = list(csv.reader(first, delimiter=separator))[-1:]
        return sum(layout.column(cell, names) is not None for cells in read for cell in cells)

    separator = max(SEPARATORS, key=known)
    rows = csv.reader(chain(first, lines), delimiter=separator)
    number = 0
    while True:
        try:
            cells = next(rows)
        except (StopIteration, csv.Error):  # a cell without end: what stands before it is shown
            return
        number += 1
        yield number, cells


def _array(data: bytes) -> Iterator[tuple[int, Any]]:
    """The elements of the first array of a JSON file, counted from 1."""
    import ijson

    with suppress(ijson.JSONError):  # of what is broken, what stands before it is shown
        place = next((prefix for prefix, event, _ in ijson.parse(io.BytesIO(data)) if event == "start_array"), None)
        if place is not None:
            yield from enumerate(ijson.items(io.BytesIO(data), f"{place}.item" if place else "item"), start=1)


def _lines(data: bytes) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(io.BytesIO(data), start=1):
        if stripped := line.removeprefix(b"\xef\xbb\xbf").strip():
            try:
                yield number, json.loads(stripped)
            except (ValueError, RecursionError):
                yield number, stripped.decode("utf-8", "replace")


def _of_records(records: Iterator[tuple[int, Any]], contract: Contract) -> Grid:
    """A header of the names that the elements have, and below it each element: the first one in the second row."""
    begun = list(islice(records, LOOKED_AT))
    header = list(dict.fromkeys(str(key) for _, one in begun if isinstance(one, dict) for key in one))
    if not header:
        widths = [len(one) for _, one in begun if isinstance(one, list)]
        header = [str(number) for number in range(1, max(widths, default=1) + 1)]
    positions = _positions(header, contract)

    def rows() -> Iterator[Row]:
        yield 1, header
        for number, one in chain(begun, records):
            yield number + 1, _values(one, header)

    def placed(finding: Finding) -> Cell | None:
        at = positions.get(finding.column) if finding.column else finding.position
        return (finding.row + 1, at) if finding.row is not None and at is not None else None

    return Grid(rows(), header_row=1, placed=placed, below=1)


def _positions(header: Sequence[str], contract: Contract) -> dict[str | None, int]:
    """By code of the contract, the first column of that name."""
    columns = {name.casefold(): each.code for each in contract.fields for name in each.names}
    named = {columns.get(name.strip().casefold()): at for at, name in reversed(list(enumerate(header)))}
    return {code: at for code, at in named.items() if code}


def _values(record: Any, header: Sequence[str]) -> list[str]:
    if isinstance(record, dict):
        return [_text(record.get(name)) for name in header]
    return [_text(value) for value in record] if isinstance(record, list) else [_text(record)]


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, dict | list) else str(value)
