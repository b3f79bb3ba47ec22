"""The sheet that explains a template: how to go about it, and every column with its rule, example and unit."""

from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font
from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.worksheet import Worksheet

from ievq_pipeline.adapters.templates import wording
from ievq_pipeline.adapters.templates.plan import Plan, example
from ievq_pipeline.adapters.templates.sheets import (
    FONT,
    INK,
    OPTIONAL,
    PAPER,
    REQUIRED,
    fill,
    landscape,
    marker_words,
    put,
    width,
)
from ievq_pipeline.domain.contracts.model import Field, FieldType
from ievq_pipeline.domain.contracts.panel import NIL
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.template import GUIDE
from ievq_pipeline.domain.text import Text

#: widths of the columns: name, code, duty, rule, unit, example, choices
WIDTHS = (16, 14, 8, 64, 13, 22, 30)
LINE = 16.5


def guide(book: Workbook, plan: Plan) -> None:
    """Steps first, then the columns."""
    language = plan.order.language
    sheet = book.create_sheet(GUIDE[language])
    for number, wide in enumerate(WIDTHS, start=1):
        sheet.column_dimensions[chr(64 + number)].width = wide
    put(sheet, 1, 1, plan.order.contract.title[language]).font = Font(
        name=FONT[language], bold=True, size=15, color=INK
    )
    row = 2
    for text in _about(plan):
        put(sheet, row, 1, text).font = Font(name=FONT[language], color=INK)
        row += 1
    for number, text in enumerate(steps(plan), start=1):
        _step(sheet, row, f"{number}. {text}", language)
        row += 1
    _columns(sheet, row + 1, plan)
    landscape(sheet)
    sheet.sheet_view.showGridLines = False


def _about(plan: Plan) -> Iterator[str]:
    order = plan.order
    quarter = Quarter.parse(order.quarter) if order.quarter else None
    if quarter:
        spelled = f"{quarter.zh}（{quarter}）" if order.language == "zh" else str(quarter)
        yield wording.FOR_QUARTER[order.language].format(quarter=spelled)
    if order.feed:
        yield wording.FOR_FEED[order.language].format(feed=order.feed)
    if named := " ".join(filter(None, (order.organisation_title, order.organisation))):
        yield wording.FOR_ORGANISATION[order.language].format(organisation=named)


def steps(plan: Plan) -> list[str]:
    """What to do, in order, as this kind of feed needs it."""
    order, language = plan.order, plan.order.language
    said: list[tuple[Text, dict[str, str]]] = [(text, {"sheet": plan.sheet}) for text in wording.STEPS]
    column = next((f for f in plan.columns if f.type is FieldType.QUARTER), None)
    if column and order.quarter:
        said.append((wording.QUARTER, {"title": column.title[language], "quarter": order.quarter}))
    titles = {f.code: f.title[language] for f in plan.columns}
    for code, marker, may_be_empty in marker_words(plan):
        empty = ("、" if language == "zh" else ", ").join(title for f, title in titles.items() if f in may_be_empty)
        places = {"title": titles[order.contract.subject[-1]], "marker": marker, "empty": empty}
        said.append((wording.ZERO if code == NIL else wording.TOTAL, places))
    if order.keys and order.quarter:
        said.append((wording.PREFILLED, {"previous": str(Quarter.parse(order.quarter).plus(-1))}))
    said += [(text, {}) for text in wording.LAST]
    return [text[language].format(**places) for text, places in said]


def _step(sheet: Worksheet, row: int, text: str, language: str) -> None:
    """Over all columns, and as high as its lines."""
    cell = put(sheet, row, 1, text)
    cell.font, cell.alignment = Font(name=FONT[language], color=INK), Alignment(wrap_text=True, vertical="top")
    sheet.merge_cells(start_row=row, end_row=row, start_column=1, end_column=len(WIDTHS))
    sheet.row_dimensions[row].height = LINE * _lines(text, sum(WIDTHS))


def _lines(text: str, wide: int) -> int:
    """Lines that a text takes; a proportional font may need somewhat more than its characters."""
    return -(-int(width(text) * 1.05) // wide)


def _columns(sheet: Worksheet, top: int, plan: Plan) -> None:
    language = plan.order.language
    heads = (
        wording.COLUMN,
        wording.STANDS_FOR,
        wording.DUTY,
        wording.RULE,
        wording.UNIT,
        wording.SAMPLE,
        wording.VALUES,
    )
    for number, head in enumerate(heads, start=1):
        cell = put(sheet, top, number, head[language])
        cell.font, cell.fill = Font(name=FONT[language], bold=True, color=PAPER), fill(REQUIRED)
    for row, column in enumerate(plan.columns, start=top + 1):
        texts = _told(plan, column)
        for number, text in enumerate(texts, start=1):
            cell = put(sheet, row, number, text)
            cell.font = Font(name=FONT[language], bold=number == 1, color=INK)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            if number == 1 and not column.required:
                cell.fill = fill(OPTIONAL)
        if one := plan.choices.get(column.code):
            link = sheet.cell(row, len(texts))
            link.hyperlink = f"#{quote_sheetname(one.name)}!A1"
            link.font = Font(name=FONT[language], underline="single", color=REQUIRED)
        lines = max(_lines(text, wide) for text, wide in zip(texts, WIDTHS, strict=True))
        sheet.row_dimensions[row].height = LINE * max(1, lines)


def _told(plan: Plan, column: Field) -> tuple[str, ...]:
    language = plan.order.language
    if one := plan.choices.get(column.code):
        values = wording.SEE[language].format(sheet=one.name)
    else:
        values = ("、" if language == "zh" else ", ").join(choice.title[language] for choice in column.choices)
    return (
        column.title[language],
        column.code,
        (wording.YES if column.required else wording.NO)[language],
        column.rule[language],
        column.unit[language] if column.unit else "",
        example(plan, column),
        values,
    )
