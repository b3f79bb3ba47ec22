"""From the rows of a sheet to blocks under the contract's columns: titles, repeats, notes and blank rows left out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from ievq_pipeline.adapters.reading import layout
from ievq_pipeline.adapters.reading.grand_total import MAY_BE_LABEL, Below, grand_total, is_sum
from ievq_pipeline.adapters.reading.grid import Grid, Odd, Slab, letters
from ievq_pipeline.adapters.reading.merged import Merges
from ievq_pipeline.adapters.reading.notes import MOST_NOTES, notes_below
from ievq_pipeline.adapters.reading.source import BLANKS, ROW, Block, GrandTotal, Normalised
from ievq_pipeline.domain.contracts.model import Contract, FieldType
from ievq_pipeline.domain.finding import Finding

#: rows that are held back until it is known whether more follow
HELD_BACK = 2 * MOST_NOTES
#: the name of a column with a header is no longer than this with what offices write around it
LONGEST_NAME = 60
#: types of columns in which a long number is a code whose end is lost
CODES = frozenset({FieldType.IDENTIFIER, FieldType.CODE, FieldType.WORDING, FieldType.CHOICE, FieldType.TEXT})

#: what formulas leave that were copied down beside rows not filled in
NOTHING_FOUND = Odd("NQ-CELL-ERROR", "#N/A")

Cells = list[str | None]


@dataclass(slots=True)
class Table:
    """The data of one sheet below its header. `titles` are the rows above that name columns too.

    `findings`, `normalised` and `sums` are complete once the blocks have been walked.
    """

    grid: Grid
    head: layout.Header
    contract: Contract
    titles: list[Cells] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    normalised: list[Normalised] = field(default_factory=list)
    sums: list[GrandTotal] = field(default_factory=list)
    _merges: Merges = field(init=False)
    _hidden: int = 0
    _outside: int = 0
    _outside_first: Finding | None = None
    _notes: int = 0
    _note_first: tuple[str, str] = ("", "")
    _subtotals: int = 0
    _subtotal_first: tuple[str, str] = ("", "")

    def blocks(self) -> Iterator[Block]:
        """At most one block for each slab. Raises Unreadable where the sheet turns out to be damaged, or over a cap."""
        self._merges = Merges(self.grid.merged, self.head, self.contract)
        held: Slab | None = None
        for slab in self.grid.slabs:
            below = _below(slab, self.head.row or 0)
            whole = below if held is None else _joined(held, below)
            ready = max(whole.frame.height - HELD_BACK, 0)
            held = Slab(whole.frame[ready:], whole.odd)
            if ready:
                rows = whole.frame[:ready]
                block = self._block(Slab(rows, whole.odd))
                last = int(rows[ROW][-1])
                held.odd = {place: odd for place, odd in whole.odd.items() if place[0] > last}
                if block is not None:
                    yield block
        if held is not None and (block := self._last_block(held)) is not None:
            yield block
        self._tell()

    def _last_block(self, slab: Slab) -> Block | None:
        """Without the notes below, and without a grand total above them."""
        if notes := self._notes_below(slab):
            self._leave_out(slab.frame[-notes:])
            slab = Slab(slab.frame[:-notes], slab.odd)
        for end in range(slab.frame.height, 0, -1):
            row, cells = int(slab.frame[ROW][end - 1]), _cells(slab.frame[end - 1].row(0, named=True))
            odd = [at for number, at in slab.odd if number == row]
            if not odd and not any(map(_is_filled, cells)):
                continue  # nothing but blanks
            found = grand_total(Below(row, cells, odd), self.head.positions, self.contract)
            if found is not None:
                self.sums.append(found[0])
                self.normalised.append(found[1])
                slab = Slab(slab.frame[: end - 1], {place: odd for place, odd in slab.odd.items() if place[0] < row})
            break
        return self._block(slab)

    def _notes_below(self, slab: Slab) -> int:
        """How many of the last rows are notes."""
        rows = [_cells(row) for row in slab.frame[-HELD_BACK:].iter_rows(named=True)]
        numbers = slab.frame[ROW][-HELD_BACK:].to_list()
        odd = {row for row, _ in slab.odd}
        wide = [number in self._merges.wide and number not in odd for number in numbers]
        return notes_below(rows, self.head.positions, self.contract, wide)

    def _block(self, slab: Slab) -> Block | None:
        frame = self._without_headings(slab.frame, slab.odd)
        frame = self._without_sums(self._without_repeats(frame))
        self._count_outside(frame)
        if not self.head.positions:  # no column is known: what stands under the header counts as rows all the same
            frame = frame.filter(_holds([str(at) for at in range(len(self.head.cells)) if str(at) in frame.columns]))
        cells = self._mapped(frame)
        placed = {at: code for code, at in self.head.positions.items()}
        odd = {(row, placed[at]): fault for (row, at), fault in slab.odd.items() if at in placed}
        cells = self._rows(cells, odd)
        if not cells.height:
            return None
        cells, faults = self._merges.settle(cells)
        cells, others = self._settle(cells, odd)
        if self.grid.hidden_rows:
            self._hidden += int(cells[ROW].is_in(list(self.grid.hidden_rows)).sum())
        return Block(cells, sorted((*faults, *others), key=lambda fault: (fault.row or 0, fault.position or 0)))

    def _rows(self, cells: pl.DataFrame, odd: dict[tuple[int, str], Odd]) -> pl.DataFrame:
        """Those that hold anything under the contract's columns. A look-up that found nothing, alone, is nothing."""
        if not self.head.positions:
            return cells
        is_said = _holds(list(self.head.positions))
        if not odd:
            return cells.filter(is_said)
        telling = {row for (row, _), fault in odd.items() if fault != NOTHING_FOUND}
        nothing = {row for row, _ in odd} - telling
        rest = cells.filter(~is_said & pl.col(ROW).is_in(sorted(nothing)))
        if rest.height:
            row = int(rest[ROW][0])
            at = min(self.head.positions[code] for number, code in odd if number == row)
            self._note_first = self._note_first if self._notes else (f"{letters(at)}{row}", NOTHING_FOUND.value)
            self._notes += rest.height
        return cells.filter(is_said | pl.col(ROW).is_in(sorted(telling)))

    def _mapped(self, frame: pl.DataFrame) -> pl.DataFrame:
        there = set(frame.columns)
        return frame.select(
            ROW,
            *(
                (pl.col(str(at)) if str(at) in there else pl.lit(None, pl.String)).alias(code)
                for code, at in self.head.positions.items()
            ),
        )

    def _settle(self, cells: pl.DataFrame, odd: dict[tuple[int, str], Odd]) -> tuple[pl.DataFrame, list[Finding]]:
        """Cells that can't be read as they stand: null, and a finding for each."""
        rows = set(cells[ROW].to_list()) if odd else set()
        faults: list[Finding] = []
        emptied: dict[str, list[int]] = {}
        types = {f.code: f.type for f in self.contract.fields}
        for (row, code), fault in odd.items():
            if row not in rows or (fault.code == "NQ-DIGITS-LOST" and types[code] not in CODES):
                continue
            faults.append(Finding(fault.code, row, code, self.head.positions[code], fault.value))
            emptied.setdefault(code, []).append(row)
        return cells.with_columns(
            pl.when(pl.col(ROW).is_in(rows)).then(None).otherwise(pl.col(code)).alias(code)
            for code, rows in emptied.items()
        ), faults

    def _without_headings(self, frame: pl.DataFrame, odd: dict[tuple[int, int], Odd]) -> pl.DataFrame:
        """Without rows that hold one cell as wide as the table, such as `一、数字技能`."""
        faulty = {row for row, _ in odd}
        numbers = [row for row in self._merges.wide if row not in faulty]
        wide = frame.filter(pl.col(ROW).is_in(numbers)) if numbers else frame[:0]
        alone = [row[ROW] for row in wide.iter_rows(named=True) if sum(map(_is_filled, _cells(row))) == 1]
        if not alone:
            return frame
        self._leave_out(frame.filter(pl.col(ROW).is_in(alone)))
        return frame.filter(~pl.col(ROW).is_in(alone))

    def _without_repeats(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Without rows that name the columns again. Only columns' own texts are compared: they are few."""
        known = layout.names(self.contract)
        hits = []
        for code, at in self.head.positions.items():
            if str(at) not in frame.columns:
                continue
            texts = frame[str(at)].drop_nulls()
            short = texts.filter(
                (texts.str.len_chars() <= LONGEST_NAME) & ~texts.str.contains("^[0-9A-Za-z:.-]*[0-9]$")
            )
            same = [
                text
                for text in short.unique().to_list()
                if layout.column(text, known) == code or layout.is_title(text, self.head)
            ]
            if same:
                hits.append(pl.col(str(at)).is_in(same))
        titles = {_trimmed(row) for row in self.titles}
        if not hits:
            return frame
        repeats = []
        for row in frame.filter(pl.any_horizontal(hits)).iter_rows(named=True):
            cells = _trimmed(_cells(row))
            said = [cell for cell in cells if cell]
            is_title = len(said) == 1 and layout.is_title(said[0], self.head)
            if is_title or layout.repeats_header(cells, self.head) or cells in titles:
                repeats.append(row[ROW])
        return frame.filter(~pl.col(ROW).is_in(repeats)) if repeats else frame

    def _without_sums(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Without rows that hold sums of others: they have no reporter, or their label in its place."""
        at = str(self.head.positions.get(self.contract.subject[0], -1))
        if at not in frame.columns:
            return frame
        doubtful = frame.filter(~_is_said(at) | pl.col(at).str.contains(MAY_BE_LABEL).fill_null(value=False))
        sums = []
        for row in doubtful.iter_rows(named=True):
            cells = _cells(row)
            if not is_sum(cells, self.head.positions, self.contract):
                continue
            if not self._subtotals:
                first = next(place for place, cell in enumerate(cells) if _is_filled(cell))
                self._subtotal_first = f"{letters(first)}{row[ROW]}", cells[first] or ""
            self._subtotals += 1
            sums.append(row[ROW])
        return frame.filter(~pl.col(ROW).is_in(sums)) if sums else frame

    def _count_outside(self, frame: pl.DataFrame) -> None:
        """Cells in columns without a name, beside rows of data."""
        header = self.head.cells
        for name in frame.columns[1:]:
            at = int(name)
            if at < len(header) and header[at].strip(BLANKS):
                continue
            filled = frame.filter(_is_said(name))
            self._outside += filled.height
            if filled.height and self._outside_first is None:
                first = filled.row(0, named=True)
                self._outside_first = Finding("NQ-CELLS-OUTSIDE", first[ROW], None, at, first[name][:200])

    def _leave_out(self, rows: pl.DataFrame) -> None:
        for row in rows.iter_rows(named=True):
            filled = [(at, cell) for at, cell in enumerate(_cells(row)) if cell is not None and cell.strip(BLANKS)]
            if not self._notes and filled:
                self._note_first = (f"{letters(filled[0][0])}{row[ROW]}", filled[0][1])
            self._notes += len(filled)

    def _tell(self) -> None:
        if self._notes:
            cell, text = self._note_first
            self.normalised.append(Normalised("NQ-N-NOTES", None, self._notes, cell, text, ""))
        if self._subtotals:
            self.normalised.append(Normalised("NQ-N-SUM", None, self._subtotals, *self._subtotal_first, ""))
        self.normalised += self._merges.filled()
        runs = self.grid.hidden_columns
        columns = sum(any(first <= at <= last for first, last in runs) for at in self.head.positions.values())
        if self._hidden or columns:
            counted: dict[str, object] = {"rows": self._hidden, "columns": columns}
            self.findings.append(Finding("NQ-ROWS-HIDDEN", parameters=counted))
        if self._outside_first is not None:
            self._outside_first.parameters["count"] = self._outside
            self.findings.append(self._outside_first)


def _below(slab: Slab, row: int) -> Slab:
    return Slab(slab.frame.filter(pl.col(ROW) > row), {place: odd for place, odd in slab.odd.items() if place[0] > row})


def _joined(first: Slab, second: Slab) -> Slab:
    return Slab(pl.concat([first.frame, second.frame], how="diagonal"), first.odd | second.odd)


def _is_said(name: str) -> pl.Expr:
    """Whether a column holds more than blanks; null counts as no."""
    return (pl.col(name).str.strip_chars(BLANKS).str.len_bytes() > 0).fill_null(value=False)


def _holds(columns: Sequence[str]) -> pl.Expr:
    return pl.any_horizontal([_is_said(name) for name in columns]) if columns else pl.lit(value=False)


def _cells(row: dict[str, object]) -> Cells:
    """The whole row by the sheet's columns."""
    filled = {int(name): text for name, text in row.items() if name != ROW and isinstance(text, str)}
    return [filled.get(at) for at in range(max(filled, default=-1) + 1)]


def _is_filled(cell: str | None) -> bool:
    return cell is not None and bool(cell.strip(BLANKS))


def _trimmed(cells: Cells) -> tuple[str, ...]:
    return tuple("" if cell is None else cell.strip(BLANKS) for cell in cells)
