"""What a spreadsheet program offers and refuses while a template is filled in: one validation a column."""

from typing import Any

from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from ievq_pipeline.adapters.templates import wording
from ievq_pipeline.adapters.templates.plan import HEADER_ROWS, Choices, Plan, example
from ievq_pipeline.domain.contracts.model import Field, FieldType
from ievq_pipeline.domain.text import Text

FIRST_ROW, LAST_ROW = HEADER_ROWS + 1, 1_048_576
#: rows above the first code on a sheet of choices: its heading, and the names of its columns
ABOVE_CODES = 2
#: characters that the format allows
LONGEST_TITLE, LONGEST_PROMPT, LONGEST_ERROR, LONGEST_LIST = 32, 255, 225, 255


def validations(plan: Plan) -> list[DataValidation]:
    """One for each column, from the first entry to the end of the sheet."""
    made = []
    for number, column in enumerate(plan.columns, start=1):
        letter = get_column_letter(number)
        one = DataValidation(**_asked(plan, column, letter), allow_blank=True, showInputMessage=True)
        one.promptTitle, one.prompt = _prompt(plan, column)
        one.add(f"{letter}{FIRST_ROW}:{letter}{LAST_ROW}")
        made.append(one)
    return made


def _prompt(plan: Plan, column: Field) -> tuple[str, str]:
    language = plan.order.language
    tail = wording.SEE_LIST[language].format(sheet=sheet.name) if (sheet := plan.choices.get(column.code)) else ""
    text = wording.PROMPT[language].format(rule=column.rule[language], example=example(plan, column))
    return column.title[language][:LONGEST_TITLE], text[: LONGEST_PROMPT - len(tail)] + tail


def _asked(plan: Plan, column: Field, letter: str) -> dict[str, Any]:
    """The rule of a column; what is asked for stands in its type, what is said against it in its error."""
    language = plan.order.language

    def against(text: Text, style: str = "stop", **values: Any) -> dict[str, Any]:
        error = text[language].format(**values)[:LONGEST_ERROR]
        return {"errorStyle": style, "error": error, "errorTitle": wording.CHECK_IT[language], "showErrorMessage": True}

    if column.type is FieldType.QUARTER and plan.order.quarter:
        quarter = plan.order.quarter
        return {"type": "list", "formula1": f'"{quarter}"', **against(wording.NOT_QUARTER, quarter=quarter)}
    if column.type is FieldType.INTEGER and column.minimum is not None and column.maximum is not None:
        error = against(wording.NOT_NUMBER, minimum=column.minimum, maximum=column.maximum)
        formulas = {"formula1": str(column.minimum), "formula2": str(column.maximum)}
        return {"type": "whole", "operator": "between", **formulas, **error}
    if column.choices:
        titles = '"' + ",".join(choice.title[language] for choice in column.choices) + '"'
        return {"type": "list", "formula1": titles[:LONGEST_LIST], **against(wording.NOT_CHOICE)}
    if (sheet := plan.choices.get(column.code)) and not column.is_list:
        return {"type": "list", "formula1": _range(sheet), **_against_list(column, sheet, against)}
    if column.type is FieldType.IDENTIFIER and column.scheme == "uscc":
        place = f"{letter}{FIRST_ROW}"
        formula = f'OR(LEN(TRIM({place}))=18,ISNUMBER(FIND(":",{place})))'
        return {"type": "custom", "formula1": formula, **against(wording.NOT_CREDIT_CODE, "warning")}
    if column.maximum is not None and column.type is not FieldType.INTEGER:
        most = {"type": "textLength", "operator": "lessThanOrEqual", "formula1": str(column.maximum)}
        return {**most, **against(wording.TOO_LONG, maximum=column.maximum)}
    return {"type": None}


def _against_list(column: Field, sheet: Choices, against: Any) -> dict[str, Any]:
    """A list of codes only offers: a bare code, a title or another scheme are as good, and the check knows them all."""
    if column.type is not FieldType.IDENTIFIER:
        return {"showErrorMessage": False}
    return dict(against(wording.NOT_ON_ROSTER, "warning", sheet=sheet.name))


def _range(sheet: Choices) -> str:
    last = ABOVE_CODES + sheet.size
    return f"{quote_sheetname(sheet.name)}!$A${ABOVE_CODES + 1}:$A${last}"
