"""What the readers of all workbook formats leave for the table: rows by the sheet's own rows and columns."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from ievq_pipeline.adapters.reading.layout import MOST_TITLES
from ievq_pipeline.adapters.reading.source import BLOCK_ROWS, LONGEST_CELL, MOST_COLUMNS, ROW, Unreadable, over
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

#: what a sheet of any spreadsheet program measures at most
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384
MOST_MERGED = 200_000
#: rows of each sheet in which its header is looked for
LOOKED_AT = 4 * MOST_TITLES
ADDRESS = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")
MERGED = Text(f"最多 {MOST_MERGED:,} 个合并区域", f"at most {MOST_MERGED:,} merged areas")
COLUMNS = Text(f"最多 {MOST_COLUMNS} 列", f"at most {MOST_COLUMNS} columns")


class Odd(NamedTuple):
    """A cell that can't be read as it stands: the rule, and what the clerk sees there."""

    code: str
    value: str


class Area(NamedTuple):
    """A merged area: its rows as people count them, its 0-based columns, first and last."""

    top: int
    left: int
    bottom: int
    right: int


class Row(NamedTuple):
    number: int
    cells: dict[int, str]
    odd: dict[int, Odd]


@dataclass(slots=True)
class Slab:
    """Rows that hold anything: `frame` has `row` (Int64) and Strings under the 0-based positions of their columns,
    `0`, `3`, … (those that hold anything). `odd` is by row and position."""

    frame: pl.DataFrame
    odd: dict[tuple[int, int], Odd] = field(default_factory=dict)


@dataclass(slots=True)
class Grid:
    """One sheet, opened. `hidden_rows` may grow while the slabs are walked."""

    slabs: Iterator[Slab]
    merged: list[Area] = field(default_factory=list)
    #: first and last of each run of them
    hidden_columns: list[tuple[int, int]] = field(default_factory=list)
    hidden_rows: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet that can be opened; `top` leaves its first rows that hold anything."""

    name: str
    is_visible: bool
    top: Callable[[], Iterator[Row]]
    open: Callable[[], Grid]


def letters(position: int) -> str:
    """Of a 0-based column, such as `A` or `AB`."""
    text, n = "", position + 1
    while n:
        n, rest = divmod(n - 1, 26)
        text = chr(65 + rest) + text
    return text


def position(name: str) -> int:
    """The 0-based column of letters such as `AB`."""
    n = 0
    for letter in name.upper():
        n = n * 26 + ord(letter) - 64
    return n - 1


def area(reference: str) -> Area | None:
    """Of a reference such as `A1:C3`; None where it is none."""
    first, _, last = reference.partition(":")
    begin, end = ADDRESS.fullmatch(first), ADDRESS.fullmatch(last or first)
    if begin is None or end is None:
        return None
    (top, bottom) = sorted((int(begin[2]), int(end[2])))
    (left, right) = sorted((position(begin[1]), position(end[1])))
    return Area(top, left, bottom, right)


def address(place: Area) -> str:
    return f"{letters(place.left)}{place.top}:{letters(place.right)}{place.bottom}"


def slabs(rows: Iterator[Row], size: int = BLOCK_ROWS) -> Iterator[Slab]:
    """Rows gathered into slabs of at most `size`. Raises Unreadable past the caps on columns and on a cell's length."""
    seen: set[int] = set()
    numbers: list[int] = []
    columns: dict[int, list[str | None]] = {}
    odd: dict[tuple[int, int], Odd] = {}
    for number, cells, faults in rows:
        for at, text in cells.items():
            column = columns.get(at)
            if column is None:
                seen.add(at)
                if len(seen) > MOST_COLUMNS:
                    raise over(COLUMNS)
                column = columns[at] = []
            if len(column) < len(numbers):
                column.extend([None] * (len(numbers) - len(column)))
            if len(text) > LONGEST_CELL:
                raise Unreadable(Finding("NQ-CELL-LONG", number, parameters={"cap": f"{LONGEST_CELL:,}"}))
            column.append(text)
        for at, fault in faults.items():
            odd[number, at] = fault
        numbers.append(number)
        if len(numbers) == size:
            yield _slab(numbers, columns, odd)
            numbers, columns, odd = [], {}, {}
    yield _slab(numbers, columns, odd)


def _slab(numbers: list[int], columns: dict[int, list[str | None]], odd: dict[tuple[int, int], Odd]) -> Slab:
    for column in columns.values():
        column.extend([None] * (len(numbers) - len(column)))
    frame = pl.DataFrame(
        [pl.Series(ROW, numbers, pl.Int64)] + [pl.Series(str(at), columns[at], pl.String) for at in sorted(columns)]
    )
    return Slab(frame, odd)
