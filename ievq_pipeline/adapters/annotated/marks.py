"""Which cells are marked, and how badly: 8 bytes a finding, so that half a million of them are few MB."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.finding import Finding

#: how bad each is: of several findings in a cell the worst shows
RANKS = {Severity.HARD: 0, Severity.SOFT: 1, Severity.INFO: 2}
SEVERITIES = tuple(RANKS)
#: a place is row, column and rank in one number that sorts as the sheet does
COLUMN_BITS, RANK_BITS = 15, 2
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

#: 1-based row, 0-based column
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Area:
    """A merged area, by its first and last row (1-based) and column (0-based)."""

    top: int
    left: int
    bottom: int
    right: int


class Marks:
    """The cells to fill, in the order of the sheet, each once."""

    def __init__(self, marked: Iterable[tuple[Cell, int]]) -> None:
        packed = array("q", (_packed(cell, rank) for cell, rank in marked if _is_in_a_sheet(cell)))
        self._packed = _distinct(sorted(packed))

    def __len__(self) -> int:
        return len(self._packed)

    def of_row(self, row: int) -> list[tuple[int, int]]:
        """Column and rank of the marks in a row, from left to right."""
        low = row << (COLUMN_BITS + RANK_BITS)
        begin = bisect_left(self._packed, low)
        end = begin
        high = low + (1 << (COLUMN_BITS + RANK_BITS))
        while end < len(self._packed) and self._packed[end] < high:
            end += 1
        return [_column_and_rank(one) for one in self._packed[begin:end]]

    def rows_between(self, after: int, before: int | None) -> Iterator[int]:
        """The marked rows that lie between two, without them; `before` None: to the end."""
        shift = COLUMN_BITS + RANK_BITS
        at = bisect_left(self._packed, (after + 1) << shift)
        while at < len(self._packed):
            row = self._packed[at] >> shift
            if before is not None and row >= before:
                return
            yield row
            at = bisect_left(self._packed, (row + 1) << shift, at)

    def moved(self, areas: Sequence[Area]) -> "Marks":
        """With marks on cells that a merged area covers moved to its first cell: only that one is seen."""
        moved: list[tuple[Cell, int]] = []
        gone: set[int] = set()
        for area in areas:
            begin = bisect_left(self._packed, area.top << (COLUMN_BITS + RANK_BITS))
            for at in range(begin, len(self._packed)):
                row = self._packed[at] >> (COLUMN_BITS + RANK_BITS)
                if row > area.bottom:
                    break
                column, rank = _column_and_rank(self._packed[at])
                if area.left <= column <= area.right:
                    gone.add(at)
                    moved.append(((area.top, area.left), rank))
        if not moved:
            return self
        kept = array("q", (one for at, one in enumerate(self._packed) if at not in gone))
        kept.extend(_packed(cell, rank) for cell, rank in moved)
        made = Marks(())
        made._packed = _distinct(sorted(kept))
        return made


def cell_of(finding: Finding) -> Cell | None:
    """Where a finding's cell is; None for one about a row or the file."""
    if finding.row is None or finding.position is None:
        return None
    return finding.row, finding.position


def _is_in_a_sheet(cell: Cell) -> bool:
    return 1 <= cell[0] <= LAST_ROW and 0 <= cell[1] < LAST_COLUMN


def _packed(cell: Cell, rank: int) -> int:
    return (cell[0] << COLUMN_BITS | cell[1]) << RANK_BITS | rank


def _column_and_rank(packed: int) -> tuple[int, int]:
    return packed >> RANK_BITS & ((1 << COLUMN_BITS) - 1), packed & ((1 << RANK_BITS) - 1)


def _distinct(in_order: Iterable[int]) -> "array[int]":
    """Of the marks of one cell the worst, which comes first."""
    kept, last = array("q"), -1
    for one in in_order:
        if one >> RANK_BITS != last:
            kept.append(one)
            last = one >> RANK_BITS
    return kept
