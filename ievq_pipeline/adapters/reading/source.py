"""What every reader leaves: the facts of the file, its header, and its rows in blocks of text."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import NoReturn

import polars as pl

from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

#: the name of the column with each row's number, as a person sees it in the file
ROW = "row"
#: blanks of every kind that stand at the ends of cells and mean nothing
BLANKS = (
    " \t\r\n\v\f\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u200b"
    "\u2028\u2029\u202f\u205f\u2060\u3000\ufeff"
)
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 5_000_000, 200, 32_767
#: rows that a block has at most, so that memory does not grow with the file
BLOCK_ROWS = 200_000


class Unreadable(Exception):
    """The bytes are no table that can be read; `finding` says why."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code)
        self.finding = finding


@dataclass(frozen=True, slots=True)
class Normalised:
    """Cells of one column that were changed without doubt: how many, and the first of them."""

    code: str
    column: str | None
    count: int
    cell: str | None
    before: str
    after: str

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "column": self.column,
            "count": self.count,
            "cell": self.cell,
            "from": self.before,
            "to": self.after,
        }


@dataclass(frozen=True, slots=True)
class Facts:
    """The `file` part of an answer, but for its name, size and digest."""

    format: str | None = None  #: csv (also with semicolons), tsv, xlsx (also macros), xls, ods, json, jsonl
    wrapper: str | None = None  #: gzip, zip
    encoding: str | None = None  #: utf-8, gb18030, utf-16
    sheet: str | None = None
    header_row: int | None = None


@dataclass(frozen=True, slots=True)
class GrandTotal:
    """The row below the data that gives the sums of its columns of numbers: what it says, by code of the column."""

    row: int
    cells: dict[str, str]


@dataclass(slots=True)
class Block:
    """Some rows of a file, in its order.

    `cells` has `row` (Int64), then the columns of the contract that the file has, by their codes: String as in the
    file, not trimmed, null or empty where nothing stands. Blank rows, titles and notes are no rows.
    `faults` are hard findings of rows and cells that show at reading (a row wider than the header, a formula without
    value, a cell `#REF!`); such a cell is null in `cells`, and is not asked for again.
    `displaced` are rows whose cells may stand in other columns than they belong to; of `unread` ones no cell could be
    read: a fault says why, and none of them is asked for again.
    """

    cells: pl.DataFrame
    faults: list[Finding] = field(default_factory=list)
    displaced: frozenset[int] = frozenset()
    #: of these rows, those that are displaced besides; asked only of rows with faults, since it costs
    look_closer: Callable[[Collection[int]], frozenset[int]] = lambda _rows: frozenset()
    unread: frozenset[int] = frozenset()


@dataclass(slots=True)
class Source:
    """A file that can be read. `blocks` is walked once, and may raise Unreadable.

    `positions` says by code of the contract at which 0-based column of the file it stands; `has_cells` is False for
    formats without addresses (JSON). `findings` are about the file and its structure. `normalised` grows while the
    blocks are walked: notes left out, merged cells filled. So does `sums`: a grand total below the data.
    """

    facts: Facts
    header: list[str]
    positions: dict[str, int]
    blocks: Iterator[Block]
    findings: list[Finding] = field(default_factory=list)
    normalised: list[Normalised] = field(default_factory=list)
    sums: list[GrandTotal] = field(default_factory=list)
    has_cells: bool = True


def over(cap: Text) -> Unreadable:
    """What to raise for a file that is over a cap."""
    return Unreadable(Finding("NQ-FILE-TOO-LARGE", parameters={"cap_zh": cap.zh, "cap_en": cap.en}))


def refuse(kind: Text) -> NoReturn:
    """Raise Unreadable for a file that holds something else than a table."""
    raise Unreadable(Finding("NQ-FILE-NOT-TABLE", parameters={"kind_zh": kind.zh, "kind_en": kind.en}))
