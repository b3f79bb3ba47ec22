"""Faults that only workbooks have, and what the stamp of a template tells."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ievq_pipeline.adapters.checks import Expected
from ievq_pipeline.adapters.templates.workbook import workbook
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.template import Order
from tools.findings.sample import QUARTER, ROWS, Sample

KIND = "job-demand"
CODES = list(ROWS[KIND][0])
Change = Callable[[Workbook, Worksheet], Any]


def _as_it_is(_book: Workbook, _sheet: Worksheet) -> None:
    """Nothing is done to it."""


def written(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def filled(change: Change = _as_it_is) -> bytes:
    """A workbook of good rows, and what is done to it."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(CODES)
    for row in ROWS[KIND]:
        sheet.append([int(cell) if cell.isdecimal() and code in ("openings", "applicants") else cell or None
                      for code, cell in row.items()])  # fmt: skip
    change(book, sheet)
    return written(book)


def _with_part(name: str, content: bytes) -> bytes:
    """The good workbook with one more part, or another in its place."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(filled())) as read, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for part in dict.fromkeys([*read.namelist(), name]):
            made.writestr(part, content if part == name else read.read(part))
    return stream.getvalue()


def _copied(book: Workbook, sheet: Worksheet) -> None:
    book.copy_worksheet(sheet)


def _noted(book: Workbook, _sheet: Worksheet) -> None:
    book.create_sheet("备忘").append(["与财务核对过"])


def _hidden(_book: Workbook, sheet: Worksheet) -> None:
    sheet.row_dimensions[3].hidden = True


def _put(address: str, value: Any) -> Change:
    def change(_book: Workbook, sheet: Worksheet) -> None:
        sheet[address] = value

    return change


def _merged(area: str) -> Change:
    def change(_book: Workbook, sheet: Worksheet) -> None:
        sheet.merge_cells(area)

    return change


def _template(order: Order, change: Change = _as_it_is, **lists: Any) -> bytes:
    """A template with the good rows filled in."""
    book = load_workbook(io.BytesIO(workbook(order, lists)))
    sheet = book.worksheets[0]
    for number, row in enumerate(ROWS[KIND], start=3):
        for column, cell in enumerate(row.values(), start=1):
            sheet.cell(number, column, cell or None)
    change(book, sheet)
    return written(book)


def _altered(book: Workbook, _sheet: Worksheet) -> None:
    (cell,) = [row[1] for row in book["_meta"].iter_rows() if row[0].value == "quarter"]
    cell.value = "2025-Q2"


OURS = Order(contract(KIND), QUARTER, feed="north", organisation="us-agency:N")
WHOSE = Expected(QUARTER, feed="north", organisation="us-agency:N")
OLD_LIST = {"list": "skills", "version": "older", "title": {"zh": "技能", "en": "Skills"}, "source": "-", "items": []}
RIGHT = (_template(OURS),)
OLD = Order(replace(contract(KIND), version=0), QUARTER, feed="north", organisation="us-agency:N")

SAMPLES = (
    Sample("NQ-FILE-DAMAGED", KIND, filled()[:-400], (filled(),)),
    Sample("NQ-FILE-UNSAFE", KIND, _with_part("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><workbook/>'), (filled(),)),
    Sample("NQ-FILE-ACTIVE", KIND, _with_part("xl/vbaProject.bin", b"\xd0\xcf\x11\xe0"), (filled(),)),
    Sample("NQ-SHEETS-SEVERAL", KIND, filled(_copied), (filled(), filled(_noted))),
    Sample("NQ-SHEETS-UNREAD", KIND, filled(_noted), (filled(), *RIGHT)),
    Sample("NQ-ROWS-HIDDEN", KIND, filled(_hidden), (filled(),)),
    Sample("NQ-CELLS-OUTSIDE", KIND, filled(_put("N2", "已核")), (filled(),)),
    Sample("NQ-MERGED", KIND, filled(_merged("C2:D2")), (filled(),)),
    Sample("NQ-DIGITS-LOST", KIND, filled(_put("A2", 913501000001000000)), (filled(),)),
    Sample("NQ-FORMULA-EMPTY", KIND, filled(_put("G2", "=6*2")), (filled(),)),
    Sample("NQ-CELL-ERROR", KIND, filled(_put("G2", "#REF!")), (filled(),)),
    Sample("NQ-N-MERGED", KIND, filled(_merged("C2:C3")), (filled(),)),
    Sample("NQ-TEMPLATE-QUARTER", KIND, _template(replace(OURS, quarter="2025-Q2")), RIGHT, WHOSE),
    Sample("NQ-TEMPLATE-FEED", KIND, _template(replace(OURS, feed="south")), RIGHT, WHOSE),
    Sample("NQ-TEMPLATE-ORGANISATION", KIND, _template(replace(OURS, organisation="us-agency:S")), RIGHT, WHOSE),
    Sample("NQ-TEMPLATE-OLD", KIND, _template(OLD), RIGHT, WHOSE),
    Sample("NQ-TEMPLATE-LISTS", KIND, _template(OURS, skills=OLD_LIST), RIGHT, WHOSE),
    Sample("NQ-TEMPLATE-ALTERED", KIND, _template(OURS, _altered), RIGHT, WHOSE),
)  # fmt: skip
GOOD = ((KIND, filled()), (KIND, RIGHT[0]))
