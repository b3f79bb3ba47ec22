"""The head of a text file: its separator, its header, and in which encoding it would make sense."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from ievq_pipeline.adapters.reading import encoding, layout
from ievq_pipeline.adapters.reading.layout import Header
from ievq_pipeline.adapters.reading.source import BLANKS, LONGEST_CELL, Unreadable
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding

SEPARATORS = {",": "csv", "\t": "tsv", ";": "csv", "；": "csv", "，": "csv", "|": "csv"}
#: bytes in which the header is looked for
HEAD = 1 << 20
#: what a spreadsheet program may write above a table to say which separator it has
SEPARATOR_LINE = "sep="


@dataclass(frozen=True, slots=True)
class Shape:
    """What the head of a file tells of the rest."""

    separator: str
    header: Header
    #: cells of the longest record of the head
    width: int
    #: bytes of the head up to the end of the header's record
    offset: int


def shape_of(text: str, contract: Contract) -> Shape | None:
    """By the separator under which a row of the head knows most columns; a comma where none knows any."""
    best: Shape | None = None
    for separator in SEPARATORS:
        try:
            rows = list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=separator), 200))
        except csv.Error:
            if separator == ",":
                number = _longest(text)
                raise Unreadable(Finding("NQ-CELL-LONG", number, parameters={"cap": f"{LONGEST_CELL:,}"})) from None
            continue
        filled = [
            (row, cells)
            for row, cells in enumerate(rows, start=1)
            if any(cell.strip(BLANKS) for cell in cells) and not cells[0].casefold().startswith(SEPARATOR_LINE)
        ]
        header = layout.find(filled, contract)
        if header is not None and (best is None or len(header.positions) > len(best.header.positions)):
            width = max(len(cells) for _, cells in filled)
            best = Shape(separator, header, width, _offset(text, separator, header.row or 1))
    return best


def _offset(text: str, separator: str, record: int) -> int:
    """Bytes up to the end of a record."""
    lines = io.StringIO(text, newline="")
    taken: list[str] = []

    def counted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    for _ in islice(csv.reader(counted(), delimiter=separator), record):
        pass
    return len("".join(taken).encode())


def _longest(text: str) -> int:
    """The line with the cell that is too long, as far as lines tell."""
    return next((n for n, line in enumerate(text.split("\n"), start=1) if len(line) > LONGEST_CELL), 1)


def looks(data: bytes, contract: Contract) -> str:
    """An encoding that is not read, in which the header would be known; empty where there is none."""
    known = layout.names(contract)
    for name in encoding.REFUSED:
        lines = data[: HEAD // 4].decode(name, "ignore").splitlines()[:10]
        cells = [cell for line in lines for separator in SEPARATORS for cell in line.split(separator)]
        if sum(layout.column(cell.strip('"'), known) is not None for cell in cells) > 1:
            return name
    return ""
