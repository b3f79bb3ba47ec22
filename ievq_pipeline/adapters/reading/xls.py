"""Old XLS workbooks, read by xlrd, which tells what calamine does not: number formats, merged and hidden cells."""

import io
from collections.abc import Iterator
from functools import partial

import xlrd

from ievq_pipeline.adapters.reading.cells import PLAIN, Format, format_of, number
from ievq_pipeline.adapters.reading.damage import NO_SHEETS, damaged, encrypted
from ievq_pipeline.adapters.reading.grid import Area, Grid, Odd, Row, Sheet, slabs
from ievq_pipeline.adapters.reading.source import refuse
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

#: how an OLE file begins
MAGIC = b"\xd0\xcf\x11\xe0"
#: names in the directory of an OLE file, and what it then is
OTHERS = {
    "WordDocument": Text("旧版Word文档", "an old Word document"),
    "PowerPoint Document": Text("旧版PowerPoint演示文稿", "an old PowerPoint presentation"),
    "__properties_version1.0": Text("Outlook邮件", "an Outlook message"),
}
UNKNOWN = Text("旧版Office文件，其中没有工作簿", "an old Office file without a workbook")
MACROS = Text("宏", "macros")
TORN = Text("旧版工作簿（XLS）的内部结构不完整", "the inside of this old workbook (XLS) is torn")


def open_sheets(data: bytes) -> tuple[list[Sheet], list[Finding]]:
    """Raises Unreadable for encrypted and damaged files, and for other documents in the same container."""
    if _names(data, "EncryptedPackage", "EncryptionInfo"):
        raise encrypted()
    if not _names(data, "Workbook", "Book"):
        if _is_cut(data):
            raise damaged(TORN)
        refuse(next((kind for name, kind in OTHERS.items() if _names(data, name)), UNKNOWN))
    book = _book(data)
    if book.nsheets == 0:
        raise damaged(NO_SHEETS)
    visible = book._sheet_visibility  # the sheet itself says so too, but only once it is loaded
    sheets = [
        Sheet(name, visible[index] == 0, partial(_rows, book, index), partial(_open, book, index))
        for index, name in enumerate(book.sheet_names())
    ]
    told = {"what_zh": MACROS.zh, "what_en": MACROS.en}
    return sheets, [Finding("NQ-FILE-ACTIVE", parameters=dict(told))] if _names(data, "_VBA_PROJECT") else []


def _names(data: bytes, *names: str) -> bool:
    return any(name.encode("utf-16-le") in data for name in names)


def _is_cut(data: bytes) -> bool:
    """Whether the file ends before the directory that its head points to."""
    sector = 1 << min(int.from_bytes(data[30:32], "little"), 16)
    return (int.from_bytes(data[48:52], "little") + 1) * sector >= len(data)


def _book(data: bytes) -> xlrd.Book:
    """What a torn file makes of xlrd is any error: of an index, a struct, an assertion, a character."""
    try:
        return xlrd.open_workbook(
            file_contents=data, formatting_info=True, on_demand=True, logfile=io.StringIO(), ragged_rows=True
        )
    except Exception as error:
        if isinstance(error, xlrd.XLRDError) and "encrypted" in str(error).lower():
            raise encrypted() from error
        raise damaged(TORN) from error


def _load(book: xlrd.Book, index: int) -> xlrd.sheet.Sheet:
    try:
        return book.sheet_by_index(index)
    except Exception as error:
        raise damaged(TORN) from error


def _open(book: xlrd.Book, index: int) -> Grid:
    sheet = _load(book, index)
    merged = [Area(top + 1, left, bottom, right - 1) for top, bottom, left, right in sheet.merged_cells]
    hidden_columns = [(at, at) for at, column in sheet.colinfo_map.items() if column.hidden]
    hidden_rows = {row + 1 for row, info in sheet.rowinfo_map.items() if info.hidden}
    return Grid(slabs(_rows(book, index)), merged, hidden_columns, hidden_rows)


def _rows(book: xlrd.Book, index: int) -> Iterator[Row]:
    sheet = _load(book, index)
    formats: dict[int, Format] = {}
    for row in range(sheet.nrows):
        cells: dict[int, str] = {}
        odd: dict[int, Odd] = {}
        for at in range(sheet.row_len(row)):
            cell = sheet.cell(row, at)
            if cell.ctype == xlrd.XL_CELL_TEXT:
                if cell.value:
                    cells[at] = cell.value
            elif cell.ctype in {xlrd.XL_CELL_NUMBER, xlrd.XL_CELL_DATE}:
                look = formats.get(cell.xf_index)
                if look is None:
                    look = formats[cell.xf_index] = _format(book, cell.xf_index)
                cells[at], is_lossy = number(repr(cell.value), look, is_1904=bool(book.datemode))
                if is_lossy:
                    odd[at] = Odd("NQ-DIGITS-LOST", cells[at][:40])
            elif cell.ctype == xlrd.XL_CELL_BOOLEAN:
                cells[at] = "TRUE" if cell.value else "FALSE"
            elif cell.ctype == xlrd.XL_CELL_ERROR:
                odd[at] = Odd("NQ-CELL-ERROR", xlrd.error_text_from_code.get(cell.value, "#N/A"))
        if cells or odd:
            yield Row(row + 1, cells, odd)


def _format(book: xlrd.Book, style: int | None) -> Format:
    if style is None or not 0 <= style < len(book.xf_list):
        return PLAIN
    key = book.xf_list[style].format_key
    known = book.format_map.get(key)
    return format_of(known.format_str or None if known else None, key)
