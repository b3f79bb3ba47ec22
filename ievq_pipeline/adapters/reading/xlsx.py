"""XLSX and XLSM: its sheets, and what it holds beside them that is neither run nor followed."""

from collections.abc import Iterator
from functools import partial

from ievq_pipeline.adapters.reading.book import Book, SheetPart, open_book
from ievq_pipeline.adapters.reading.grid import Grid, Row, Sheet, slabs
from ievq_pipeline.adapters.reading.package import Package, folders
from ievq_pipeline.adapters.reading.plain_sheet import open_plain
from ievq_pipeline.adapters.reading.sheet_around import read_around, without_empty
from ievq_pipeline.adapters.reading.sheet_xml import SheetCells, rows
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

#: what may be in a workbook and isn't touched, by its folder
ACTIVE = {
    "externallinks": Text("指向其他文件的链接", "links to other files"),
    "embeddings": Text("嵌入的文件", "embedded files"),
    "activex": Text("ActiveX控件", "ActiveX controls"),
    "macrosheets": Text("宏表", "macro sheets"),
    "querytables": Text("外部数据查询", "queries of other data"),
}
MACROS = Text("宏", "macros")
CONNECTIONS = Text("外部数据连接", "connections to other data")


def open_sheets(package: Package, data: bytes) -> tuple[list[Sheet], list[Finding]]:
    """Raises Unreadable for a package that is no workbook."""
    book = open_book(package)
    sheets = [
        Sheet(part.name, part.is_visible, partial(_top, book, part), partial(_open, book, part, data))
        for part in book.sheets
        if package.has(part.part)
    ]
    return sheets, _active(package)


def _top(book: Book, sheet: SheetPart) -> Iterator[Row]:
    return rows(SheetCells(book, sheet.part), book.package.chunks(sheet.part, 64 * 1024))


def _open(book: Book, sheet: SheetPart, data: bytes) -> Grid:
    plain = open_plain(book, sheet.part, sheet.name, data)
    if plain is not None:
        return plain
    around = read_around(book, sheet.part)
    cells = SheetCells(book, sheet.part)
    return Grid(
        slabs(rows(cells, without_empty(book.package.chunks(sheet.part)))),
        around.merged,
        around.hidden_columns,
        cells.hidden_rows,
    )


def _active(package: Package) -> list[Finding]:
    there = folders(package)
    told = [text for folder, text in ACTIVE.items() if there[folder]]
    names = {name.rsplit("/", 1)[-1] for name in package.names}
    if "vbaproject.bin" in names:
        told.insert(0, MACROS)
    if "connections.xml" in names:
        told.append(CONNECTIONS)
    if not told:
        return []
    what = {"what_zh": "、".join(text.zh for text in told), "what_en": ", ".join(text.en for text in told)}
    return [Finding("NQ-FILE-ACTIVE", parameters=dict(what))]
