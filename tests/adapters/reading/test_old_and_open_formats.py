"""XLS and ODS, cell by cell."""

import datetime as dt
from typing import Any

import xlwt

from tests import made_workbooks as made
from tests.made_workbooks import HEAD, data
from tests.read_workbooks import places, read, refusal


def test_old_workbooks_show_dates_zeros_errors_and_types() -> None:
    def edit(book: Any, sheet: Any) -> None:
        six, day = xlwt.easyxf(num_format_str="000000"), xlwt.easyxf(num_format_str='yyyy"年"m"月"')
        sheet.write(1, 2, 10203, six)
        sheet.write(1, 1, dt.date(2025, 7, 1), day)
        sheet.write(1, 6, 12.0)
        sheet.write(2, 6, xlwt.Formula("1/0"))
        sheet.write(2, 0, 913501000000001234)
        sheet.write(3, 6, True)

    _, rows, faults = read(made.xls([HEAD, *data()], edit))
    assert (rows[0]["region"], rows[0]["quarter"], rows[0]["openings"]) == ("010203", "2025-07-01", "12")
    assert rows[2]["openings"] == "TRUE"
    assert ("NQ-DIGITS-LOST", "A3") in places(faults)


def test_open_documents_show_dates_zeros_errors_and_repeats() -> None:
    date_cell = '<table:table-cell office:value-type="date" office:date-value="2025-07-01T00:00:00"><text:p>2025年7月</text:p></table:table-cell>'
    zeros = (
        '<table:table-cell office:value-type="float" office:value="10203"><text:p>010203</text:p></table:table-cell>'
    )
    error = '<table:table-cell table:formula="of:=[.A1]" office:value-type="string" office:string-value="" calcext:value-type="error"><text:p>#REF!</text:p></table:table-cell>'
    empty = '<table:table-cell table:formula="of:=SUM([.A1])"/>'
    noted = '<table:table-cell office:value-type="string"><office:annotation><text:p>批注</text:p></office:annotation><text:p>焊<text:span>接</text:span><text:s text:c="2"/>x</text:p></table:table-cell>'
    body = made.ods_rows([HEAD, ("us-agency:DN", date_cell, zeros, "39", None, noted, error), (*data(1)[0][:6], empty)])
    body += made.ods_rows(data(1)).replace("<table:table-row>", '<table:table-row table:number-rows-repeated="2">')
    body += '<table:table-row table:number-rows-repeated="1048000"><table:table-cell table:number-columns-repeated="1024"/></table:table-row>'
    _, rows, faults = read(made.ods({"a": body}))
    assert (rows[0]["quarter"], rows[0]["region"], rows[0]["skill"]) == ("2025-07-01", "010203", "焊接  x")
    assert places(faults) == [("NQ-CELL-ERROR", "G2"), ("NQ-FORMULA-EMPTY", "G3")]
    assert [row["row"] for row in rows] == [2, 3, 4, 5]


def test_an_open_document_cannot_repeat_its_cells_without_end() -> None:
    row = '<table:table-row table:number-rows-repeated="1048000">' + made.ods_cell(
        "x", ' table:number-columns-repeated="150"'
    )
    assert refusal(made.ods({"a": made.ods_rows([HEAD]) + row + "</table:table-row>"})).code == "NQ-FILE-DAMAGED"
