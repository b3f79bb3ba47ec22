"""The submitter's sheet patched as a stream: bad cells get their fill, and nothing else of it changes."""

from collections.abc import Iterable, Iterator
from xml.parsers import expat

from ievq_pipeline.adapters.annotated.marks import SEVERITIES, Marks
from ievq_pipeline.adapters.annotated.merged import column_of
from ievq_pipeline.adapters.annotated.styles import Styles
from ievq_pipeline.adapters.annotated.tokens import (
    BETWEEN,
    NAME,
    Edit,
    Unpatchable,
    edited,
    prefix_of,
    reader,
    tag_end,
    with_attributes,
)
from ievq_pipeline.domain.finding import letters

#: of a worksheet, what stands after the link to the drawing of its comments
AFTER_COMMENTS = frozenset(
    ("legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems", "tableParts", "extLst")
)
#: a row of bytes longer than this is let go piece by piece
BLOCK = 1 << 17


class Disordered(Exception):
    """Rows or cells stand out of their order, so nothing can be put between them."""


class SheetPatch:
    """One pass over a sheet in UTF-8, by handlers that change as the pass goes into the cells and out again.

    `drawing` is what to put where the drawing of comments belongs if the sheet has none; `drawing_id` is then that of
    the one it has. With `is_filling` False only cells that are there are filled. Raises Disordered, Unpatchable.
    """

    def __init__(self, marks: Marks, styles: Styles, *, drawing: str = "", is_filling: bool = True) -> None:
        self.drawing_id: str | None = None
        self._marks, self._styles, self._drawing, self._is_filling = marks, styles, drawing, is_filling
        self._parser = reader()
        self._held = bytearray()
        self._base = 0  #: where in the document the held bytes begin
        self._edits: list[Edit] = []
        self._seen = 0  #: before this nothing changes any more
        self._held_from: int | None = None  #: or before this
        self._depth = 0
        self._alternative: int | None = None
        self._column_styles: list[tuple[int, int, int]] = []
        self._data_name = self._row_name = self._cell_name = ""
        self._data_tag = self._row_tag = (0, 0)
        self._prefix = ""
        self._row, self._column = 0, -1
        self._row_style: int | None = None
        self._has_new = False  #: cells were put into the row
        self._waiting: list[tuple[int, int]] = []
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start_outside, self._end_outside

    def chunks(self, document: Iterable[bytes]) -> Iterator[bytes]:
        """The document, patched."""
        try:
            for chunk in document:
                self._held += chunk
                self._parser.Parse(chunk)
                if len(self._held) > BLOCK:
                    yield self._let_go(self._seen if self._held_from is None else self._held_from)
            self._parser.Parse(b"", True)  # noqa: FBT003 - takes no names
        except expat.ExpatError as error:
            raise Unpatchable(str(error)) from error
        yield self._let_go(self._base + len(self._held))

    def _let_go(self, until: int) -> bytes:
        size, base = until - self._base, self._base
        done = edited(bytes(self._held[:size]), [(begin - base, end - base, put) for begin, end, put in self._edits])
        del self._held[:size]
        self._base = until
        self._edits.clear()
        return done

    def _tag(self, begin: int) -> tuple[int, int]:
        return begin, tag_end(self._held, begin - self._base) + self._base

    def _bytes(self, tag: tuple[int, int]) -> bytes:
        return bytes(self._held[tag[0] - self._base : tag[1] - self._base])

    def _put(self, at: int, xml: str) -> None:
        self._edits.append((at, at, xml.encode()))

    # outside the cells

    def _start_outside(self, name: str, attributes: dict[str, str]) -> None:
        begin = self._seen = self._parser.CurrentByteIndex
        space, _, local = name.rpartition(BETWEEN)
        if local == "col":
            self._keep_style(attributes)
        elif self._depth == 1 and local == "sheetData":
            self._data_name, self._row_name, self._cell_name = name, f"{space}{BETWEEN}row", f"{space}{BETWEEN}c"
            self._data_tag = self._tag(begin)
            self._prefix = prefix_of(self._held, begin - self._base).decode()
            self._to_rows()
            return
        elif self._depth == 1 and local == "AlternateContent":
            self._alternative = self._held_from = begin
        elif local == "legacyDrawing":
            ids = [value for key, value in attributes.items() if key.rpartition(BETWEEN)[2] == "id"]
            self.drawing_id, self._drawing = next(iter(ids), None), ""
        elif local in AFTER_COMMENTS and (self._depth == 1 or self._alternative is not None):
            self._place_drawing(begin if self._alternative is None else self._alternative)
        self._depth += 1

    def _end_outside(self, _: str) -> None:
        self._depth -= 1
        if self._depth == 1:
            self._alternative = self._held_from = None
        elif self._depth == 0:
            self._place_drawing(self._parser.CurrentByteIndex)

    def _place_drawing(self, at: int) -> None:
        if self._drawing and self._data_name:
            self._put(at, self._drawing.format(prefix=self._prefix))
            self._drawing = ""

    def _keep_style(self, attributes: dict[str, str]) -> None:
        first, last, style = (_number(attributes.get(key)) for key in ("min", "max", "style"))
        if style and first and last:
            self._column_styles.append((first - 1, last - 1, style))

    # between the rows

    def _to_rows(self) -> None:
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start_row, self._end_data

    def _start_row(self, name: str, attributes: dict[str, str]) -> None:
        if name != self._row_name:
            return
        begin = self._seen = self._parser.CurrentByteIndex
        row = _number(attributes.get("r")) or self._row + 1
        if self._is_filling:
            if row <= self._row:
                raise Disordered
            self._put_rows(begin, row)
        self._row, self._column = row, -1
        self._waiting = self._marks.of_row(row)
        if not self._waiting:  # nothing of it is looked at
            self._parser.StartElementHandler, self._parser.EndElementHandler = None, self._end_plain_row
            return
        is_styled = attributes.get("customFormat") in ("1", "true")
        self._row_style = _number(attributes.get("s")) if is_styled else None
        self._row_tag, self._held_from = self._tag(begin), begin
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start_cell, self._end_row

    def _end_plain_row(self, name: str) -> None:
        if name == self._row_name:
            self._to_rows()

    def _end_data(self, name: str) -> None:
        if name != self._data_name:
            return
        begin, end = self._data_tag
        is_empty = self._row == 0 and end - self._base <= len(self._held) and begin >= self._base
        is_empty = is_empty and self._bytes(self._data_tag).endswith(b"/>")
        if self._is_filling and is_empty:
            rows = self._rows(0, None)
            if rows:
                self._edits.append((begin, end, self._opened(self._data_tag, rows)))
        elif self._is_filling:
            self._put_rows(self._parser.CurrentByteIndex, None)
        self._parser.StartElementHandler, self._parser.EndElementHandler = self._start_outside, self._end_outside

    def _put_rows(self, at: int, before: int | None) -> None:
        if rows := self._rows(self._row, before):
            self._put(at, rows)

    def _rows(self, after: int, before: int | None) -> str:
        """The marked rows that the sheet does not have, with their cells."""
        self._row_style = None
        return "".join(
            f'<{self._prefix}row r="{row}">'
            + "".join(self._cell(row, column, rank) for column, rank in self._marks.of_row(row))
            + f"</{self._prefix}row>"
            for row in self._marks.rows_between(after, before)
        )

    def _opened(self, tag: tuple[int, int], xml: str, **changes: bytes | None) -> bytes:
        """An empty element with something in it."""
        whole = self._bytes(tag)
        found = NAME.match(whole)
        start = with_attributes(whole, {name.encode(): value for name, value in changes.items()})
        return start.removesuffix(b"/>") + b">" + xml.encode() + b"</" + (found.group(1) if found else b"") + b">"

    # in a row with marks

    def _start_cell(self, name: str, attributes: dict[str, str]) -> None:
        if name != self._cell_name:
            return
        begin = self._parser.CurrentByteIndex
        named = attributes.get("r", "").rstrip("0123456789")
        column = column_of(named) if named else self._column + 1
        if self._is_filling:
            if column <= self._column:
                raise Disordered
            while self._waiting and self._waiting[0][0] < column:
                self._put(begin, self._missing_cell())
        self._column = column
        rank = next((rank for at, rank in self._waiting if at == column), None)
        if rank is None:
            return
        if self._is_filling:
            self._waiting.pop(0)
        style = self._styles.marked(_number(attributes.get("s")) or 0, SEVERITIES[rank])
        tag = self._tag(begin)
        self._edits.append((*tag, with_attributes(self._bytes(tag), {b"s": b"%d" % style})))
        if not self._waiting and not self._has_new:  # what is left of the row stays as it is
            self._held_from = None
            self._parser.StartElementHandler, self._parser.EndElementHandler = None, self._end_plain_row

    def _missing_cell(self) -> str:
        column, rank = self._waiting.pop(0)
        self._has_new = True
        return self._cell(self._row, column, rank)

    def _end_row(self, name: str) -> None:
        if name != self._row_name:
            return
        missing = ""
        while self._is_filling and self._waiting:
            missing += self._missing_cell()
        if self._has_new:  # the row may now be wider than it says
            tag = self._bytes(self._row_tag)
            if tag.endswith(b"/>"):
                self._edits.append((*self._row_tag, self._opened(self._row_tag, missing, spans=None)))
            else:
                self._put(self._parser.CurrentByteIndex, missing)
                self._edits.append((*self._row_tag, with_attributes(tag, {b"spans": None})))
            self._has_new = False
        self._held_from = None
        self._seen = self._parser.CurrentByteIndex
        self._to_rows()

    def _cell(self, row: int, column: int, rank: int) -> str:
        """A cell that was not there, in the style of its row or column."""
        style = self._row_style
        if style is None:
            style = next((style for first, last, style in self._column_styles if first <= column <= last), 0)
        marked = self._styles.marked(style, SEVERITIES[rank])
        return f'<{self._prefix}c r="{letters(column)}{row}" s="{marked}"/>'


def _number(value: str | None) -> int | None:
    """A count as an attribute gives it; None for none."""
    return int(value) if value and value.isascii() and value.isdigit() and len(value) < 10 else None
