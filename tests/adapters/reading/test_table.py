"""The right sheet, its header and its rows among titles, notes, repeats and what stands beside them."""

from collections.abc import Sequence
from typing import Any

from tests import made_workbooks as made
from tests.made_workbooks import CODES, HEAD, bare, data, rows_of, sheet_of
from tests.read_workbooks import GOOD, places, read, skills, told


def test_the_sheet_with_the_contracts_columns_is_read() -> None:
    def edit(book: Any) -> None:
        made.add(book, "填表说明", [["请按季度填写"], ["技能", "写名称或代码"]])
        made.add(book, "代码表", [["地区", "名称"], ["350200", "厦门"]])
        made.add(book, "上季度", [HEAD, *data(9)], "hidden")
        made.add(book, "_meta", [HEAD, *data(9)], "veryHidden")
        made.add(book, "空白模板", [HEAD])
        made.add(book, "填写示例", [HEAD, *data(2)])
        book.create_sheet("空")
        book.create_chartsheet("图")
        book.move_sheet("填表说明", -1)

    source, rows, _ = read(made.table(edit=edit))
    assert rows == GOOD
    assert source.facts.sheet == "数据"
    assert told(source) == {"NQ-SHEETS-UNREAD"}
    assert source.findings[0].value == "填表说明、代码表、空白模板、填写示例"


def test_two_sheets_with_data_are_not_certain() -> None:
    source, _, _ = read(made.table(edit=lambda book: made.add(book, "福州", [HEAD, *data(2)])))
    assert [(f.code, f.value) for f in source.findings] == [("NQ-SHEETS-SEVERAL", "数据、福州")]


def test_a_sheet_that_lacks_a_required_column_is_told_of_but_no_doubt() -> None:
    source, rows, _ = read(made.table(edit=lambda book: made.add(book, "汇总", [HEAD[2:], *(r[2:] for r in data(5))])))
    assert rows == GOOD
    assert told(source) == {"NQ-SHEETS-UNREAD"}


def test_an_ods_sheet_that_is_hidden_is_left_out() -> None:
    tables = {"-旧": made.ods_rows([HEAD, *data(9)]), "数据": made.ods_rows([HEAD, *data()])}
    source, rows, _ = read(made.ods(tables))
    assert rows == GOOD
    assert not source.findings


def test_titles_above_and_columns_of_ones_own_leave_true_rows_and_columns() -> None:
    rows: list[Sequence[object]] = [[None, "2025年第三季度用人需求表"], [], ["", "序号", *HEAD, "本单位备注"]]
    rows += [[None, k, *cells, "x"] for k, cells in enumerate(data(), 1)]
    rows.insert(4, [])
    source, got, _ = read(made.workbook(rows, lambda book: book.worksheets[0].merge_cells("B1:J1")))
    assert source.facts.header_row == 3
    assert source.positions["enterprise"] == 2
    assert [row["row"] for row in got] == [4, 6, 7]
    assert skills(got) == skills(GOOD)
    assert [(f.code, f.cell) for f in source.findings] == [("NQ-HEADER-UNKNOWN", "B3"), ("NQ-HEADER-UNKNOWN", "J3")]


def two_deep(book: Any) -> None:
    sheet = book.worksheets[0]
    for column in "ABCD":
        sheet.merge_cells(f"{column}2:{column}3")
    sheet.merge_cells("E2:G2")


UPPER, LOWER = (*HEAD[:4], "岗位信息", None, None), (None, None, None, None, *HEAD[4:])


def test_a_header_two_rows_deep_is_read_as_one() -> None:
    source, rows, _ = read(made.workbook([["表一"], UPPER, LOWER, *data()], two_deep))
    assert source.facts.header_row == 3
    assert skills(rows) == skills(GOOD)
    assert rows[0]["row"] == 4
    assert source.positions == {code: at for at, code in enumerate(CODES)}
    assert not source.findings


def test_headers_of_further_pages_and_codes_below_titles_are_no_rows() -> None:
    rows = [HEAD, CODES, *data(2), HEAD, *data(1), [*HEAD[:3], None, *HEAD[4:]]]
    assert [row["row"] for row in read(made.workbook(rows))[1]] == [3, 4, 6]
    deep = [["表一"], UPPER, LOWER, *data(1), UPPER, LOWER, *data(1)]
    assert [row["row"] for row in read(made.workbook(deep, two_deep))[1]] == [4, 7]


def test_notes_below_are_left_out_and_counted_and_broken_rows_are_not() -> None:
    broken = [None, None, None, None, None, "装配", None]
    rows = [
        HEAD,
        *data(),
        broken,
        [],
        ["注：1. 人数按岗位统计"],
        ["2. 另附说明"],
        ["填表人：张三", None, None, "审核人：李四"],
    ]
    source, got, _ = read(made.workbook(rows))
    assert skills(got) == [*skills(GOOD), "装配"]
    assert [(n.code, n.column, n.count, n.cell, n.before) for n in source.normalised] == [
        ("NQ-N-NOTES", None, 4, "A7", "注：1. 人数按岗位统计")
    ]


def test_prefilled_numbers_and_lookups_beside_nothing_are_no_rows() -> None:
    nothing = '<c r="@" t="e"><f>VLOOKUP(B5,x,2,0)</f><v>#N/A</v></c>'
    rows = [("序号", *HEAD), *((k, *cells) for k, cells in enumerate(data(), 1)), (4,), (5, None, None, nothing), (6,)]
    source, got, faults = read(bare(sheet_of(rows_of(rows))))
    assert len(got) == 3
    assert not faults
    assert [(n.code, n.count, n.cell) for n in source.normalised] == [("NQ-N-NOTES", 1, "D6")]


def test_an_error_in_an_otherwise_empty_row_is_told() -> None:
    rows = [HEAD, *data(), (None, None, '<c r="@" t="e"><v>#REF!</v></c>')]
    _, got, faults = read(bare(sheet_of(rows_of(rows))))
    assert places(faults) == [("NQ-CELL-ERROR", "C5")]
    assert got[-1] == {**dict.fromkeys(CODES), "row": 5}


def test_errors_in_columns_that_are_not_read_are_no_faults() -> None:
    rows = [(*HEAD, "核对"), (*data(1)[0], '<c r="@" t="e"><v>#REF!</v></c>')]
    assert read(bare(sheet_of(rows_of(rows))))[2] == []


def test_content_beside_the_table_is_told_and_not_read() -> None:
    rows: list[Sequence[object]] = [HEAD, (*data(1)[0], None, "核对"), (*data(1)[0], None, "核对")]
    source, got, _ = read(made.workbook(rows))
    assert len(got) == 2
    assert [(f.code, f.cell, f.parameters) for f in source.findings] == [("NQ-CELLS-OUTSIDE", "I2", {"count": 2})]
