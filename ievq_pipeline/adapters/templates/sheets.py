"""The sheets of a template as openpyxl writes them: entries, choices, the guide and the stamp."""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import cast

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.formatting.rule import FormulaRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from ievq_pipeline.adapters.templates.plan import HEADER_ROWS, Choices, Plan, marker_title
from ievq_pipeline.adapters.templates.validations import FIRST_ROW, validations
from ievq_pipeline.domain.contracts.model import Field, FieldType

TEXT, NUMBER = "@", "0"
#: how a formula may begin
FORMULA = frozenset("=+-@＝＋－＠")
FONT = {"zh": "微软雅黑", "en": "Calibri"}
INK, GREY, PAPER = "1F2933", "7B8794", "FFFFFF"
REQUIRED, OPTIONAL, PREFILLED, ASKED = "1F4E79", "DCE6F1", "F2F6FA", "FFF2B3"
#: rows in which a required cell left empty is coloured; more would make old programs slow
COLOURED_TO = 20_000
NARROWEST, WIDEST, WIDEST_OF_LIST = 10, 30, 60


def width(text: str) -> int:
    """Columns of a text: Chinese characters take two."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def fill(colour: str) -> PatternFill:
    return PatternFill("solid", start_color=colour, end_color=colour)


def put(sheet: Worksheet, row: int, column: int, text: str) -> Cell:
    """A cell of text: never a formula, whatever it begins with."""
    cell = cast("Cell", sheet.cell(row, column))  # nothing is merged yet
    cell.value, cell.data_type, cell.number_format = text, "s", TEXT
    cell.quotePrefix = text[:1] in FORMULA
    return cell


def entries(book: Workbook, plan: Plan) -> None:
    """The sheet to be filled in: titles, codes beneath, then the keys of the quarter before."""
    language = plan.order.language
    sheet = book.create_sheet(plan.sheet)
    line = Border(bottom=Side(style="thin", color=GREY))
    for number, (column, title) in enumerate(zip(plan.columns, plan.titles(), strict=True), start=1):
        head = put(sheet, 1, number, title)
        head.font = Font(name=FONT[language], bold=True, color=PAPER if column.required else INK)
        head.fill = fill(REQUIRED if column.required else OPTIONAL)
        head.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)
        code = put(sheet, HEADER_ROWS, number, column.code)
        code.font, code.border = Font(name=FONT["en"], italic=True, size=9, color=GREY), line
        code.alignment = Alignment(horizontal="center")
        shape = sheet.column_dimensions[get_column_letter(number)]
        shape.width = _column_width(plan, column, title)
        shape.number_format = NUMBER if column.type is FieldType.INTEGER else TEXT
    sheet.row_dimensions[1].height = 34
    for row, key in enumerate(plan.order.keys, start=FIRST_ROW):
        for number, text in enumerate(plan.cells(key), start=1):
            if text:
                put(sheet, row, number, text).fill = fill(PREFILLED)
    for one in validations(plan):
        sheet.add_data_validation(one)
    _ask_for_the_rest(sheet, plan)
    sheet.freeze_panes = f"B{FIRST_ROW}"
    sheet.print_title_rows = f"1:{HEADER_ROWS}"
    landscape(sheet)


def _column_width(plan: Plan, column: Field, title: str) -> int:
    texts = [title, column.code, column.example, *(one.title[plan.order.language] for one in column.choices)]
    texts += [key.get(column.code, "") for key in plan.order.keys[:200]]
    return min(WIDEST, max(NARROWEST, *map(width, texts)) + 2)


def _ask_for_the_rest(sheet: Worksheet, plan: Plan) -> None:
    """Required cells that are still empty are coloured once their row is begun; markers excuse some of them."""
    last = get_column_letter(len(plan.columns))
    named = plan.order.contract.subject[-1]
    names = {column.code: get_column_letter(number) for number, column in enumerate(plan.columns, start=1)}
    for column in plan.columns:
        if not column.required:
            continue
        letter = names[column.code]
        excuses = [m for m in plan.order.contract.markers if column.code in m.may_be_empty]
        words = [word for m in excuses for word in dict.fromkeys((m.code, *m.aliases))]
        conditions = [f"COUNTA($A{FIRST_ROW}:${last}{FIRST_ROW})>0", f'TRIM({letter}{FIRST_ROW})=""']
        if words:
            equal = ",".join(f'TRIM(${names[named]}{FIRST_ROW})="{word}"' for word in words)
            conditions.append(f"NOT(OR({equal}))")
        rule = FormulaRule(  # type: ignore[no-untyped-call]
            formula=[f"AND({','.join(conditions)})"], fill=fill(ASKED)
        )
        sheet.conditional_formatting.add(f"{letter}{FIRST_ROW}:{letter}{COLOURED_TO}", rule)


def choices(book: Workbook, plan: Plan) -> None:
    """A sheet for each list of codes: what it is, the names of its columns, and every code with its titles."""
    for one in plan.sheets:
        _choices(book.create_sheet(one.name), one, plan.order.language)


def _choices(sheet: Worksheet, one: Choices, language: str) -> None:
    put(sheet, 1, 1, one.heading).font = Font(name=FONT[language], bold=True, color=INK)
    for row, texts in enumerate(one.rows, start=2):
        sheet.append([text or None for text in texts])  # a style for each of 40,000 cells would take seconds
        for number, text in enumerate(texts, start=1):
            if text[:1] in FORMULA:
                put(sheet, row, number, text)
    for number, column in enumerate(zip(*one.rows, strict=True), start=1):
        head = sheet.cell(2, number)
        head.font, head.fill = Font(name=FONT[language], bold=True, color=PAPER), fill(REQUIRED)
        shape = sheet.column_dimensions[get_column_letter(number)]
        shape.width = min(WIDEST_OF_LIST, max(NARROWEST, *map(width, column)) + 2)
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = f"A2:{get_column_letter(len(one.rows[0]))}{len(one.rows) + 1}"
    landscape(sheet)


def stamp(book: Workbook, entries: Mapping[str, str], name: str) -> None:
    """The very hidden sheet: a name and its value in each row."""
    sheet = book.create_sheet(name)
    sheet.sheet_state = "veryHidden"
    for row, told in enumerate(entries.items(), start=1):
        for number, text in enumerate(told, start=1):
            put(sheet, row, number, text)


def landscape(sheet: Worksheet) -> None:
    """On paper: all columns on one page."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
    sheet.page_setup.fitToHeight, sheet.page_setup.fitToWidth = 0, 1
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)


def marker_words(plan: Plan) -> Iterable[tuple[str, str, frozenset[str]]]:
    """Every marker of the kind: its code, how it is written, and which columns it lets be empty."""
    language = plan.order.language
    return [(m.code, marker_title(m.aliases, m.code, language), m.may_be_empty) for m in plan.order.contract.markers]
