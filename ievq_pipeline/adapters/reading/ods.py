"""OpenDocument spreadsheets (ODS): the values kept in the cells, read as a stream."""

from collections.abc import Iterator
from functools import partial

from ievq_pipeline.adapters.reading.cells import boolean, iso_date, number
from ievq_pipeline.adapters.reading.damage import BROKEN_PART, NO_SHEETS, damaged, encrypted
from ievq_pipeline.adapters.reading.grid import (
    LAST_COLUMN,
    LAST_ROW,
    LOOKED_AT,
    MERGED,
    MOST_MERGED,
    Area,
    Grid,
    Odd,
    Row,
    Sheet,
    slabs,
)
from ievq_pipeline.adapters.reading.package import Package
from ievq_pipeline.adapters.reading.source import BLANKS, over
from ievq_pipeline.adapters.reading.xml_stream import Stream, each, local
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

CONTENT, MANIFEST, MIME = "content.xml", "META-INF/manifest.xml", "mimetype"
SPREADSHEETS = (
    b"application/vnd.oasis.opendocument.spreadsheet",
    b"application/vnd.oasis.opendocument.spreadsheet-template",
)
MACROS = Text("宏", "macros")
#: tables that are each looked for from the beginning of the document; the first rows of more are read in one go
FEW = 4
#: cells with a value that one element may stand for in all; a spreadsheet program repeats few that are filled
MOST_REPEATED = 2_000_000
REPEATED = Text("其中一个单元格重复了太多次", "one of its cells repeats too often")


def is_spreadsheet(package: Package) -> bool:
    return package.has(MIME) and package.size(MIME) < 200 and package.read(MIME).strip() in SPREADSHEETS


def open_sheets(package: Package) -> tuple[list[Sheet], list[Finding]]:
    """Raises Unreadable for an encrypted one, and for one that can't be parsed."""
    if package.has(MANIFEST):
        each(package, MANIFEST, _refuse_encrypted)
    hidden_styles: set[str] = set()
    tables: list[tuple[str, str]] = []
    style = ""

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal style
        if name == "style":
            style = attributes.get("name", "")
        elif name == "table-properties" and attributes.get("display") == "false":
            hidden_styles.add(style)
        elif name == "table":
            tables.append((attributes.get("name", ""), attributes.get("style-name", "")))

    each(package, CONTENT, started)
    if not tables:
        raise damaged(NO_SHEETS)
    tops = _tops(package) if len(tables) > FEW else None
    sheets = [
        Sheet(
            name,
            worn not in hidden_styles,
            partial(iter, tops[index]) if tops and index < len(tops) else partial(_rows, package, index),
            partial(_open, package, index),
        )
        for index, (name, worn) in enumerate(tables)
    ]
    has_macros = any(name.startswith(("basic/", "scripts/")) for name in package.names)
    told = {"what_zh": MACROS.zh, "what_en": MACROS.en}
    return sheets, [Finding("NQ-FILE-ACTIVE", parameters=dict(told))] if has_macros else []


def _refuse_encrypted(name: str, _: dict[str, str]) -> None:
    if name == "encryption-data":
        raise encrypted()


def _open(package: Package, index: int) -> Grid:
    around = TableCells(index)
    for _ in _fed(package, around):
        pass
    cells = TableCells(index)
    return Grid(slabs(_fed(package, cells)), around.merged, around.hidden_columns, cells.hidden_rows)


def _rows(package: Package, index: int) -> Iterator[Row]:
    return _fed(package, TableCells(index))


def _tops(package: Package) -> list[list[Row]]:
    """The first rows of every table."""
    cells = _Tops()
    for _ in _fed(package, cells):
        pass
    return cells.tops


def _fed(package: Package, cells: "TableCells") -> Iterator[Row]:
    for chunk in package.chunks(CONTENT, 64 * 1024):
        yield from cells.feed(chunk)
        if cells.is_done:
            return
    yield from cells.feed(b"", is_last=True)


class TableCells:
    """Fed with a document's content, it gathers the rows of one of its tables that hold anything."""

    def __init__(self, index: int) -> None:
        self.rows: list[Row] = []
        self.merged: list[Area] = []
        self.hidden_columns: list[tuple[int, int]] = []
        self.hidden_rows: set[int] = set()
        self.is_done = False
        self._left = index + 1
        self._depth = 0
        self._row, self._repeats, self._is_hidden = 1, 1, False
        self._at, self._column = 0, 0
        self._cells: dict[int, str] = {}
        self._odd: dict[int, Odd] = {}
        self._cell: dict[str, str] | None = None
        self._text: list[str] = []
        self._in_text, self._aside = 0, 0
        self._made = 0
        self._stream = Stream(CONTENT)
        self._stream.parser.StartElementHandler = self._started
        self._stream.parser.EndElementHandler = self._ended
        self._stream.parser.CharacterDataHandler = self._said

    def feed(self, chunk: bytes, *, is_last: bool = False) -> list[Row]:
        self._stream.feed(chunk, is_last=is_last)
        rows, self.rows = self.rows, []
        return rows

    def _started(self, raw: str, attributes: dict[str, str]) -> None:
        name = local(raw)
        if name == "table":
            self._left -= 1
        if self._left or self.is_done:
            return
        if self._cell is not None:
            self._inside(name, attributes)
            return
        is_error = any(value == "error" and local(key) == "value-type" for key, value in attributes.items())
        attributes = {local(key): value for key, value in attributes.items() if not key.startswith("calcext:")}
        if is_error:
            attributes["value-type"] = "error"
        if name == "table-column":
            many = _times(attributes.get("number-columns-repeated"), LAST_COLUMN - self._column)
            if attributes.get("visibility", "visible") != "visible" and len(self.hidden_columns) < LAST_COLUMN:
                self.hidden_columns.append((self._column, self._column + many - 1))
            self._column += many
        elif name == "table-row":
            self._at = 0
            self._repeats = _times(attributes.get("number-rows-repeated"), LAST_ROW - self._row + 1)
            self._is_hidden = attributes.get("visibility", "visible") != "visible"
        elif name in {"table-cell", "covered-table-cell"}:
            self._cell = attributes
            self._text = []

    def _inside(self, name: str, attributes: dict[str, str]) -> None:
        if name in {"annotation", "shapes", "ruby-text"} or self._aside:
            self._aside += 1
        elif name == "p":
            if self._text:
                self._text.append("\n")
            self._in_text += 1
        elif name == "s" and self._in_text:
            self._text.append(" " * _times(next((n for k, n in attributes.items() if local(k) == "c"), None), 1_000))
        elif name in {"tab", "line-break"} and self._in_text:
            self._text.append("\t" if name == "tab" else "\n")

    def _said(self, data: str) -> None:
        if self._in_text and not self._aside:
            self._text.append(data)

    def _ended(self, raw: str) -> None:
        name = local(raw)
        if self._left or self.is_done:
            return
        if self._aside:
            self._aside -= 1
        elif self._cell is not None:
            if name == "p":
                self._in_text -= 1
            elif name in {"table-cell", "covered-table-cell"}:
                self._end_cell(self._cell, name == "covered-table-cell")
                self._cell = None
        elif name == "table-row":
            self._end_row()
        elif name == "table":
            self.is_done = True

    def _end_cell(self, cell: dict[str, str], is_covered: bool) -> None:  # noqa: FBT001
        many = _times(cell.get("number-columns-repeated"), LAST_COLUMN - self._at)
        text, odd = (None, None) if is_covered else self._read(cell)
        if text or odd:
            self._made += many * self._repeats
            if self._made > MOST_REPEATED and max(many, self._repeats) > 1_000:
                raise damaged(REPEATED)
            for at in range(self._at, self._at + many):
                if text:
                    self._cells[at] = text
                if odd:
                    self._odd[at] = odd
        across, down = (
            _times(cell.get("number-columns-spanned"), LAST_COLUMN),
            _times(cell.get("number-rows-spanned"), LAST_ROW),
        )
        if across * down > 1:
            self.merged.append(Area(self._row, self._at, self._row + down - 1, self._at + across - 1))
            if len(self.merged) > MOST_MERGED:
                raise over(MERGED)
        self._at += many

    def _end_row(self) -> None:
        if self._cells or self._odd:
            for row in range(self._row, self._row + self._repeats):
                self.rows.append(Row(row, self._cells, self._odd))
                if self._is_hidden:
                    self.hidden_rows.add(row)
            self._cells, self._odd = {}, {}
        self._row += self._repeats
        if self._row > LAST_ROW + 1:
            raise damaged(BROKEN_PART, CONTENT)

    def _read(self, cell: dict[str, str]) -> tuple[str | None, Odd | None]:
        """What a cell keeps, and what is odd about it."""
        shown = "".join(self._text)
        kind = cell.get("value-type")
        if kind in {"float", "currency", "percentage"}:
            text, is_lossy = number(cell.get("value", shown).strip())
            bare = shown.strip(BLANKS)
            if bare.isascii() and bare.isdigit() and bare.startswith("0") and bare.lstrip("0") == text.lstrip("0"):
                text = bare
            return text, Odd("NQ-DIGITS-LOST", text[:40]) if is_lossy else None
        if kind == "date":
            return iso_date(cell.get("date-value", shown)), None
        if kind == "boolean":
            return boolean(cell.get("boolean-value", shown)), None
        formula = cell.get("formula")
        if kind == "error" or (formula is not None and shown.startswith(("#", "Err:")) and " " not in shown):
            return None, Odd("NQ-CELL-ERROR", shown[:40])
        if formula is not None and kind is None and not shown:
            return None, Odd("NQ-FORMULA-EMPTY", formula[formula.find("=") :][:200])
        return cell.get("string-value", shown) if kind == "string" and not shown else shown, None


class _Tops(TableCells):
    """The same for one table after the other; of each only the first rows are kept."""

    def __init__(self) -> None:
        super().__init__(0)
        self.tops: list[list[Row]] = []
        self._first: list[Row] = []

    def feed(self, chunk: bytes, *, is_last: bool = False) -> list[Row]:
        self._stream.feed(chunk, is_last=is_last)
        return []

    def _end_row(self) -> None:
        super()._end_row()
        self._first += self.rows[: LOOKED_AT - len(self._first)]
        self.rows = []

    def _ended(self, raw: str) -> None:
        super()._ended(raw)
        if self.is_done:
            self.tops.append(self._first)
            self._first, self.is_done = [], False
            self._left, self._row, self._column, self._made = 1, 1, 0, 0
            self.merged, self.hidden_columns, self.hidden_rows = [], [], set()


def _times(text: str | None, most: int) -> int:
    """A count of repeats: 1 where it is missing, and no more than there is room for."""
    if text is None or not (text.isascii() and text.isdigit()):
        return 1
    return max(1, min(int(text[:9]), most))
