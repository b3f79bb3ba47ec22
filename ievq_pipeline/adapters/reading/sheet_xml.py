"""The cells of an XLSX worksheet, exactly as the file has them: any dialect of its XML, formulas, dates, errors."""

from collections.abc import Iterable, Iterator

from ievq_pipeline.adapters.reading.book import Book
from ievq_pipeline.adapters.reading.cells import boolean, iso_date, number, unescape
from ievq_pipeline.adapters.reading.damage import BROKEN_PART, damaged
from ievq_pipeline.adapters.reading.grid import (
    ADDRESS,
    LAST_COLUMN,
    LAST_ROW,
    MERGED,
    MOST_MERGED,
    Area,
    Odd,
    Row,
    area,
    position,
)
from ievq_pipeline.adapters.reading.source import LONGEST_CELL, over
from ievq_pipeline.adapters.reading.xml_stream import Stream, local
from ievq_pipeline.domain.text import Text

TWICE = Text("单元格 {part} 的位置有误或重复", "cell {part} is out of place, or stands there twice")
#: text that cells are made of: of the value, of a formula, of a string that stands in the cell
VALUE, FORMULA, INLINE = "v", "f", "t"
TEXTS = frozenset({VALUE, FORMULA, INLINE})
#: characters of one that are kept: more than a cell may have, each written as `_x000A_`
LONGEST_TEXT = 8 * LONGEST_CELL


class SheetCells:
    """Fed with a worksheet's XML, it gathers rows that hold anything, and what stands around them."""

    def __init__(self, book: Book, part: str) -> None:
        self.book = book
        self.rows: list[Row] = []
        self.merged: list[Area] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.hidden_rows: set[int] = set()
        self.part = part
        self._names: dict[str, str] = {}
        self._columns: dict[str, int] = {}
        self._in_data = False
        self._row, self._row_text = 0, "0"
        self._is_hidden = False
        self._cells: dict[int, str] = {}
        self._odd: dict[int, Odd] = {}
        self._at = -1
        self._cell: dict[str, str] | None = None
        self._taking = ""
        self._aside = 0
        self._texts: dict[str, str] = {}
        self._stream = Stream(part)
        self._stream.parser.StartElementHandler = self._started
        self._stream.parser.EndElementHandler = self._ended
        self._stream.parser.CharacterDataHandler = self._said

    def feed(self, chunk: bytes, *, is_last: bool = False) -> list[Row]:
        """The rows that are complete with this piece."""
        self._stream.feed(chunk, is_last=is_last)
        rows, self.rows = self.rows, []
        return rows

    def _started(self, raw: str, attributes: dict[str, str]) -> None:
        name = self._names.get(raw) or self._names.setdefault(raw, local(raw))
        if not self._in_data:
            self._around(name, attributes)
        elif self._cell is not None:
            if name in TEXTS and not self._aside:
                self._taking = name
                self._texts.setdefault(name, "")
            elif name == "rPh":
                self._aside += 1
        elif name == "c":
            self._cell = attributes
        elif name == "row":
            self._begin_row(attributes)

    def _around(self, name: str, attributes: dict[str, str]) -> None:
        if name == "sheetData":
            self._in_data = True
        elif name == "mergeCell":
            if (place := area(attributes.get("ref", ""))) is not None:
                self.merged.append(place)
                if len(self.merged) > MOST_MERGED:
                    raise over(MERGED)
        elif name == "col" and attributes.get("hidden") in {"1", "true"}:
            first, last = attributes.get("min", ""), attributes.get("max", "")
            if first.isdigit() and last.isdigit() and len(self.hidden_columns) < LAST_COLUMN:
                self.hidden_columns.append((int(first[:6]) - 1, int(last[:6]) - 1))

    def _begin_row(self, attributes: dict[str, str]) -> None:
        raw = attributes.get("r")
        row = self._row + 1 if raw is None else int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 8 else 0
        if not self._row < row <= LAST_ROW:
            raise damaged(TWICE, f"{raw or row}")
        self._row, self._row_text, self._at = row, str(row), -1
        self._is_hidden = attributes.get("hidden") in {"1", "true"}

    def _said(self, data: str) -> None:
        if self._taking and len(self._texts[self._taking]) < LONGEST_TEXT:
            self._texts[self._taking] += data

    def _ended(self, raw: str) -> None:
        name = self._names[raw]
        if name == self._taking:
            self._taking = ""
        elif not self._in_data:
            return
        elif name == "c" and self._cell is not None:
            self._end_cell(self._cell)
            self._cell = None
        elif name == "rPh":
            self._aside -= 1
        elif name == "row" and self._cell is None:
            if self._cells or self._odd:
                self.rows.append(Row(self._row, self._cells, self._odd))
                if self._is_hidden:
                    self.hidden_rows.add(self._row)
                self._cells, self._odd = {}, {}
        elif name == "sheetData":
            self._in_data = False

    def _end_cell(self, cell: dict[str, str]) -> None:
        at = self._place(cell.get("r"))
        if not self._texts:
            return
        texts, self._texts = self._texts, {}
        kind = cell.get("t", "n")
        found: str | None
        odd: Odd | None
        if kind == "inlineStr":
            found, odd = unescape(texts.get(INLINE, "")), None
        else:
            found, odd = self._read(texts.get(VALUE, ""), kind, cell.get("s"), texts.get(FORMULA))
        if odd is not None:
            self._odd[at] = odd
        if found:
            self._cells[at] = found

    def _place(self, reference: str | None) -> int:
        if reference is None:
            at, row = self._at + 1, str(self._row)
        else:
            name = reference.rstrip("0123456789")
            at, row = self._columns.get(name, -1), reference[len(name) :]
            if at < 0:
                match = ADDRESS.fullmatch(reference)
                if match is None:
                    raise damaged(TWICE, reference)
                at = self._columns[name] = position(match[1])
        if row != self._row_text or at >= LAST_COLUMN or at in self._cells or at in self._odd:
            raise damaged(TWICE, reference or row)
        self._at = at
        return at

    def _read(self, raw: str, kind: str, style: str | None, formula: str | None) -> tuple[str | None, Odd | None]:
        """The text of a cell's value, and what is odd about it."""
        if kind == "str":
            return unescape(raw), None
        if not raw.strip():
            return None, None if formula is None else Odd("NQ-FORMULA-EMPTY", f"={formula[:200]}")
        if kind == "s":
            index = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 10 else -1
            if not 0 <= index < len(self.book.strings):
                raise damaged(BROKEN_PART, self.part)
            return self.book.strings[index], None
        if kind == "b":
            return boolean(raw), None
        if kind == "e":
            return None, Odd("NQ-CELL-ERROR", raw.strip()[:40])
        if kind == "d":
            return iso_date(raw), None
        text, is_lossy = number(raw.strip(), self.book.format(style), is_1904=self.book.is_1904)
        return text, Odd("NQ-DIGITS-LOST", text[:40]) if is_lossy else None


def rows(cells: SheetCells, chunks: Iterable[bytes]) -> Iterator[Row]:
    """The rows that hold anything, as they come."""
    for chunk in chunks:
        yield from cells.feed(chunk)
    yield from cells.feed(b"", is_last=True)
