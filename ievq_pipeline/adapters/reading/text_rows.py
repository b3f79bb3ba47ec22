"""A text file while its rows are read: where it is, and what its last rows tell once no more come."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ievq_pipeline.adapters.reading.grand_total import Below, grand_total
from ievq_pipeline.adapters.reading.head import Shape
from ievq_pipeline.adapters.reading.notes import MOST_NOTES, notes_below
from ievq_pipeline.adapters.reading.source import BLANKS, GrandTotal, Normalised
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import address

#: characters of a note that are told
LONGEST_SHOWN = 100
Row = tuple[int, list[str]]


@dataclass(slots=True)
class TextRows:
    """`row` is the number of the record read last."""

    contract: Contract
    shape: Shape
    pieces: Iterator[bytes]
    row: int = 0
    #: the last rows that were read
    tail: list[Row] = field(default_factory=list)
    normalised: list[Normalised] = field(default_factory=list)
    sums: list[GrandTotal] = field(default_factory=list)
    #: rows with sums that were left out
    sum_rows: list[Row] = field(default_factory=list)

    @property
    def width(self) -> int:
        return max(self.shape.width, len(self.shape.header.cells))

    def remember(self, rows: list[Row]) -> None:
        """Rows that may turn out to be the last."""
        self.tail = [*self.tail, *rows][-MOST_NOTES:]

    def end_of_data(self) -> int | None:
        """The first row of what stands below the data; notes are counted, and a grand total is kept beside it."""
        end = None
        below = notes_below([cells for _, cells in self.tail], self.shape.header.positions, self.contract)
        if below:
            end, cells = self.tail[-below]
            at, words = next((at, cell) for at, cell in enumerate(cells) if cell.strip(BLANKS))
            self.normalised.append(Normalised("NQ-N-NOTES", None, below, address(end, at), words[:LONGEST_SHOWN], ""))
        last = [*self.tail[: len(self.tail) - below][-1:], *self.sum_rows[-1:]]
        last = sorted(last, key=lambda row: row[0])[-1:]
        found = grand_total(Below(*last[0]), self.shape.header.positions, self.contract) if last else None
        if found is not None:
            self.sums.append(found[0])
            self.normalised.append(found[1])
            end = found[0].row
            self.sum_rows = [row for row in self.sum_rows if row[0] != end]
        if self.sum_rows:
            row, cells = self.sum_rows[0]
            at, words = next((at, cell) for at, cell in enumerate(cells) if cell.strip(BLANKS))
            self.normalised.append(Normalised("NQ-N-SUM", None, len(self.sum_rows), address(row, at), words, ""))
        return end
