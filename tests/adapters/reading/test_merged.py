"""Merged, hidden and empty cells: what is certain is filled in and counted, the rest is a finding."""

import time
from typing import Any

from tests import made_workbooks as made
from tests.made_workbooks import HEAD, bare, data, merging, rows_of, sheet_of
from tests.read_workbooks import GOOD, places, read


def test_a_name_merged_over_rows_is_filled_down_and_counted() -> None:
    source, rows, faults = read(made.table(4, merging("A2:A4", "B2:B5", "C5:C9")))
    assert [row["enterprise"] for row in rows] == ["us-agency:DN"] * 4
    assert not faults
    assert [row["quarter"] for row in rows] == ["2025-Q3"] * 4
    assert [(n.code, n.column, n.count, n.cell, n.before, n.after) for n in source.normalised] == [
        ("NQ-N-MERGED", "enterprise", 2, "A3", "", "us-agency:DN"),
        ("NQ-N-MERGED", "quarter", 3, "B3", "", "2025-Q3"),
    ]


def test_numbers_merged_over_rows_and_cells_merged_across_are_not_certain() -> None:
    _, rows, faults = read(made.table(5, merging("G2:G3", "C5:D5", "F6:G6")))
    assert places(faults) == [("NQ-MERGED", cell) for cell in ("G2", "G3", "C5", "D5", "F6", "G6")]
    assert faults[0].parameters == {"area": "G2:G3"}
    assert faults[0].value == "1"
    assert (rows[0]["openings"], rows[1]["openings"], rows[2]["openings"]) == (None, None, "3")
    assert (rows[3]["region"], rows[3]["industry"], rows[4]["skill"]) == (None, None, None)


def test_headings_as_wide_as_the_table_are_no_rows() -> None:
    rows = [HEAD, ["一、数字技能"], *data(2), ["二、绿色技能"], *data(1), ["厦门市人力资源和社会保障局"]]
    source, got, faults = read(made.workbook(rows, merging("A2:G2", "A5:G5", "A7:G7")))
    assert [row["row"] for row in got] == [3, 4, 6]
    assert not faults
    assert [(n.code, n.count) for n in source.normalised] == [("NQ-N-NOTES", 3)]


def test_merged_cells_of_old_and_open_workbooks_too() -> None:
    old = made.xls(
        [HEAD, *data(1)],
        lambda book, sheet: sheet.write_merge(2, 3, 0, 0, "us-agency:DN") or [sheet.write(k, 5, "x") for k in (2, 3)],
    )
    cells = [made.ods_cell("us-agency:DN", ' table:number-rows-spanned="2"'), *data(1)[0][1:]]
    ods = made.ods({"a": made.ods_rows([HEAD, *data(1), cells, ["<table:covered-table-cell/>", *data(1)[0][1:]]])})
    for book in (old, ods):
        source, rows, _ = read(book)
        assert [row["enterprise"] for row in rows] == ["us-agency:DN"] * 3
        assert [(n.code, n.cell) for n in source.normalised] == [("NQ-N-MERGED", "A4")]


def test_hidden_and_filtered_rows_and_columns_are_read_and_told() -> None:
    def edit(book: Any) -> None:
        sheet = book.worksheets[0]
        sheet.auto_filter.ref = "A1:G4"
        sheet.row_dimensions[3].hidden = True
        sheet.row_dimensions[50].hidden = True
        sheet.column_dimensions["C"].hidden = True
        sheet.column_dimensions["Z"].hidden = True

    def hide(book: Any, sheet: Any) -> None:
        sheet.row(2).hidden = True
        sheet.col(2).hidden = True

    hidden = '<table:table-row table:visibility="filter">'
    table_ = '<table:table-column table:number-columns-repeated="2"/><table:table-column table:visibility="collapse"/>'
    table_ += (
        made.ods_rows([HEAD, *data()]).replace("<table:table-row>", hidden, 3).replace(hidden, "<table:table-row>", 2)
    )
    for book in (made.table(3, edit), made.xls([HEAD, *data()], hide), made.ods({"a": table_})):
        source, rows, _ = read(book)
        assert rows == GOOD
        assert [(f.code, f.parameters) for f in source.findings] == [("NQ-ROWS-HIDDEN", {"rows": 1, "columns": 1})]


def test_empty_formatted_rows_down_to_the_last_are_no_rows_and_cost_little() -> None:
    empty = "".join(
        f'<row r="{k}" s="1" customFormat="1"><c r="A{k}" s="1"/><c r="B{k}" s="1"/></row>'
        for k in range(5, 1_000_000, 5)
    )
    begun = time.process_time()
    _, rows, _ = read(bare(sheet_of(rows_of([HEAD, *data()]) + empty), formats=("00",)))
    assert rows == GOOD
    assert time.process_time() - begun < 15
