"""A cell is read as the clerk sees it; what can't be read is a finding at its place."""

from collections.abc import Sequence
from typing import Any

import pytest

from ievq_pipeline.adapters.reading.cells import date, format_of, number
from tests import made_workbooks as made
from tests.cells_of_workbooks import CELLS, FORMATS, STRINGS
from tests.made_workbooks import CODES, HEAD, bare, data, row_of, sheet_of
from tests.read_workbooks import places, read


def only(
    cell: str, strings: Sequence[str] = (), formats: Sequence[str] = (), column: int = 0, **options: Any
) -> tuple[Any, Any]:
    """What is read from one cell of raw XML in this column, and the code of its fault."""
    values = list(data(1)[0])
    values[column] = cell
    _, rows, faults = read(bare(sheet_of(row_of(1, HEAD) + row_of(2, values)), strings, formats, **options))
    return rows[0][CODES[column]], faults[0].code if faults else None


@pytest.mark.parametrize(("cell", "text", "fault"), CELLS, ids=[cell for cell, _, _ in CELLS])
def test_a_cell_is_read_as_the_clerk_sees_it(cell: str, text: str | None, fault: str | None) -> None:
    assert only(cell, STRINGS, FORMATS) == (text, fault)


def test_dates_from_1904_count_from_there() -> None:
    assert only('<c r="@" s="1"><v>44377</v></c>', formats=("14",), is_1904=True) == ("2025-07-01", None)
    assert [date(0, is_1904=True), date(0.5), date(61), date(59), date(45839.9999999)] == [
        "1904-01-01", "12:00:00", "1900-03-01", "1900-02-28", "2025-07-02",
    ]  # fmt: skip


def test_long_numbers_are_no_fault_where_a_number_is_asked_for() -> None:
    cell = '<c r="@"><v>1234567890123456</v></c>'
    assert only(cell, column=6) == ("1234567890123456", None)
    assert only(cell, column=5) == (None, "NQ-DIGITS-LOST")
    assert only('<c r="@" t="inlineStr"><is><t>913501000000001234</t></is></c>') == ("913501000000001234", None)
    assert number("1e400") == ("1e400", False)
    assert number("nan") == ("nan", False)
    assert number("12abc") == ("12abc", False)


def test_ordinary_number_formats_change_nothing() -> None:
    for code in ("General", "0", "#,##0", "0.00", "@", '"¥"#,##0', "0.00E+00", "[Red]0", "# ?/?", '"day"0', "0\\d"):
        assert format_of(code) == format_of("General"), code


def test_values_of_formulas_that_openpyxl_writes_are_missing() -> None:
    source, rows, faults = read(
        made.workbook([HEAD, ("us-agency:DN", "2025-Q3", "350200", "39", None, "焊接", "=1+2")])
    )
    assert places(faults) == [("NQ-FORMULA-EMPTY", "G2")]
    assert (faults[0].value, rows[0]["openings"], rows[0]["skill"]) == ("=1+2", None, "焊接")
    assert not source.normalised
