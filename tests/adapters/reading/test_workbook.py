"""Workbooks of every format an office sends are read cell by cell; what is not certain is a finding at its cell."""

import datetime as dt
import io
import time
from collections.abc import Callable, Sequence
from typing import Any

import openpyxl
import polars as pl
import pytest
import xlwt
from openpyxl.utils import get_column_letter

from ievq_pipeline.adapters.reading import plain_sheet, table, workbook
from ievq_pipeline.adapters.reading.cells import date, format_of, number
from ievq_pipeline.adapters.reading.package import MB, Caps
from ievq_pipeline.adapters.reading.source import ROW, Block, Source, Unreadable
from ievq_pipeline.adapters.reading.workbook import open_workbook
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.finding import Finding
from tests import made_workbooks as made
from tests.made_workbooks import CODES, HEAD, bare, data, row_of, rows_of, sheet_of

Rows = list[dict[str, Any]]
GOOD = (
    [dict(zip(("row", *CODES), (k + 1, *map(as_text, cells)), strict=True)) for k, cells in enumerate(data(), 1)]
    if (as_text := lambda value: None if value is None else str(value))
    else []
)


def read(book: bytes, caps: Caps = workbook.CAPS) -> tuple[Source, Rows, list[Finding]]:
    """The source, its rows without columns that the file has not, and the faults of its cells."""
    source = open_workbook(book, JOB_DEMAND, caps=caps)
    blocks = list(source.blocks)
    return source, [row for block in blocks for row in block.cells.to_dicts()], [f for b in blocks for f in b.faults]


def refusal(book: bytes, caps: Caps = workbook.CAPS) -> Finding:
    with pytest.raises(Unreadable) as refused:
        read(book, caps)
    finding = refused.value.finding
    assert all(finding.as_json(JOB_DEMAND)[part] for part in ("message", "remedy"))
    return finding


def told(source: Source) -> set[str]:
    assert all(finding.as_json(JOB_DEMAND)["message"] for finding in source.findings)
    return {finding.code for finding in source.findings}


def places(faults: Sequence[Finding]) -> list[tuple[str, str | None]]:
    assert all(fault.as_json(JOB_DEMAND)["message"] for fault in faults)
    return [(fault.code, fault.cell) for fault in faults]


def skills(rows: Rows) -> list[str]:
    return [row["skill"] for row in rows]


# formats


@pytest.mark.parametrize(
    ("kind", "book"),
    [
        ("xlsx", made.table()),
        ("xls", made.xls([HEAD, *data()])),
        ("ods", made.ods({"数据": made.ods_rows([HEAD, *data()])})),
        ("xlsx", bare(sheet_of(rows_of([HEAD, *data()])))),
    ],
)
def test_every_format_gives_the_same_rows(kind: str, book: bytes) -> None:
    source, rows, faults = read(book)
    assert (source.facts.format, source.facts.sheet, source.facts.header_row) == (kind, "数据", 1)
    assert rows == GOOD
    assert not faults and not source.findings and not source.normalised
    assert source.positions == {code: at for at, code in enumerate(CODES)}


DIALECTS = {
    "prefixed": lambda xml: xml.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x="),
    "strict": lambda xml: xml.replace(made.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    "comments": lambda xml: xml.replace("<sheetData>", "<!-- </sheetData> --><sheetData>").replace("</row>", "</row><!-- -->"),
    "quotes": lambda xml: xml.replace('"', "'"),
    "utf-16": lambda xml: xml.replace("UTF-8", "UTF-16").encode("utf-16"),
    "cdata": lambda xml: xml.replace("<t>焊接2</t>", "<t><![CDATA[焊接]]>2</t>"),
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS)
def test_any_dialect_of_its_xml_is_read(dialect: str) -> None:
    after = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    xml = DIALECTS[dialect](sheet_of(rows_of([HEAD, *data()]), after=after))
    source, rows, _ = read(bare(xml))
    assert rows == GOOD
    assert [n.code for n in source.normalised] == ["NQ-N-MERGED"]


def test_cells_and_rows_without_addresses_follow_each_other() -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEAD)
    values = '<c t="inlineStr"><is><t>us-agency:DN</t></is></c><c/><c r="F2" t="inlineStr"><is><t>焊接</t></is></c><c><v>7</v></c>'
    _, rows, _ = read(bare(sheet_of(f"<row>{cells}</row><row>{values}</row>")))
    assert rows == [{**dict.fromkeys(CODES), "row": 2, "enterprise": "us-agency:DN", "skill": "焊接", "openings": "7"}]


# what a cell says


def only(
    cell: str, strings: Sequence[str] = (), formats: Sequence[str] = (), column: int = 0, **options: Any
) -> tuple[Any, Any]:
    """What is read from one cell of raw XML in this column, and the code of its fault."""
    values = list(data(1)[0])
    values[column] = cell
    _, rows, faults = read(bare(sheet_of(row_of(1, HEAD) + row_of(2, values)), strings, formats, **options))
    return rows[0][CODES[column]], faults[0].code if faults else None


FORMATS = ("000000", "00", "14", "yyyy-mm-dd hh:mm", 'yyyy"年"m"月"', "57", "[$-804]yyyy/m/d;@", '0"人"', "0.00E+00",
           "000000;[Red]-000000", "#,##0", "@", "hh:mm", '"第"0"季度"', "[>100]0;General", "0.00%", "G/通用格式", "0_ ")  # fmt: skip
STRINGS = (
    "<t>机器学习</t>",
    "<r><t>机</t></r><r><rPr><b/></rPr><t>器</t></r><rPh sb=\"0\" eb=\"1\"><t>キカイ</t></rPh><phoneticPr fontId=\"1\"/>",
    "<t xml:space=\"preserve\"> a\n b </t>",
    "<t>a_x000D_b_x005F_</t>",
    "<t/>",
    "<t>&lt;&amp;&#20013;</t>",
)  # fmt: skip
#: the XML of a cell, and its text
CELLS: list[tuple[str, str | None, str | None]] = [
    ('<c r="@"><v>12</v></c>', "12", None),
    ('<c r="@"><v>12.0</v></c>', "12", None),
    ('<c r="@"><v>-0.0</v></c>', "0", None),
    ('<c r="@"><v>12.50</v></c>', "12.5", None),
    ('<c r="@" t="n"><v>-3</v></c>', "-3", None),
    ('<c r="@"><v>0.30000000000000004</v></c>', "0.30000000000000004", None),
    ('<c r="@"><v>1.0000000000000001E-5</v></c>', "0.00001", None),
    ('<c r="@"><v>1.2E3</v></c>', "1200", None),
    ('<c r="@"><v>123456789012345</v></c>', "123456789012345", None),
    ('<c r="@"><v>1234567890123456</v></c>', None, "NQ-DIGITS-LOST"),
    ('<c r="@"><v>9.1350100000000006E+17</v></c>', None, "NQ-DIGITS-LOST"),
    ('<c r="@"><v>1E20</v></c>', None, "NQ-DIGITS-LOST"),
    ('<c r="@" t="b"><v>1</v></c>', "TRUE", None),
    ('<c r="@" t="b"><v>0</v></c>', "FALSE", None),
    ('<c r="@" t="e"><v>#REF!</v></c>', None, "NQ-CELL-ERROR"),
    ('<c r="@" t="e"><f>A9</f><v>#DIV/0!</v></c>', None, "NQ-CELL-ERROR"),
    ('<c r="@"><f>SUM(A1:A2)</f><v>7</v></c>', "7", None),
    ('<c r="@" t="str"><f>A1&amp;"x"</f><v>文字</v></c>', "文字", None),
    ('<c r="@" t="str"><f>""</f><v></v></c>', None, None),
    ('<c r="@"><f>SUM(A1:A2)</f></c>', None, "NQ-FORMULA-EMPTY"),
    ('<c r="@"><f>SUM(A1:A2)</f><v/></c>', None, "NQ-FORMULA-EMPTY"),
    ('<c r="@"><f t="shared" si="0"/><v></v></c>', None, "NQ-FORMULA-EMPTY"),
    ('<c r="@" t="d"><v>2025-07-01T00:00:00</v></c>', "2025-07-01", None),
    ('<c r="@" t="d"><v>2025-07-01T08:30:00Z</v></c>', "2025-07-01 08:30:00", None),
    ('<c r="@" s="1"><v>10203</v></c>', "010203", None),
    ('<c r="@" s="2"><v>1</v></c>', "01", None),
    ('<c r="@" s="2" t="n"><v>1.5</v></c>', "1.5", None),
    ('<c r="@" s="10"><v>350200</v></c>', "350200", None),
    ('<c r="@" s="3"><v>45839</v></c>', "2025-07-01", None),
    ('<c r="@" s="4"><v>45839.354166666664</v></c>', "2025-07-01 08:30:00", None),
    ('<c r="@" s="5"><v>45839</v></c>', "2025-07-01", None),
    ('<c r="@" s="6"><v>45839</v></c>', "2025-07-01", None),
    ('<c r="@" s="7"><v>60</v></c>', "1900-02-29", None),
    ('<c r="@" s="7"><v>1</v></c>', "1900-01-01", None),
    ('<c r="@" s="7"><v>-1</v></c>', "-1", None),
    ('<c r="@" s="7"><v>99999999</v></c>', "99999999", None),
    ('<c r="@" s="13"><v>0.25</v></c>', "06:00:00", None),
    *((f'<c r="@" s="{style}"><v>45839</v></c>', "45839", None) for style in (8, 9, 11, 12, 14, 15, 16, 17, 18, 99)),
    ('<c r="@" t="s"><v>0</v></c>', "机器学习", None),
    ('<c r="@" s="3" t="s"><v>0</v></c>', "机器学习", None),
    ('<c r="@" t="s"><v>1</v></c>', "机器", None),
    ('<c r="@" t="s"><v>2</v></c>', " a\n b ", None),
    ('<c r="@" t="s"><v>3</v></c>', "a\rb_", None),
    ('<c r="@" t="s"><v>4</v></c>', None, None),
    ('<c r="@" t="s"><v>5</v></c>', "<&中", None),
    ('<c r="@" t="inlineStr"><is><t>机器</t></is></c>', "机器", None),
    ('<c r="@" t="inlineStr"><is><r><t>机</t></r><r><t>器</t></r><rPh sb="0" eb="1"><t>キ</t></rPh></is></c>', "机器", None),
    ('<c r="@" t="inlineStr"><is><t>00123</t></is></c>', "00123", None),
    ('<c r="@" t="inlineStr"/>', None, None),
    ('<c r="@" s="3"/>', None, None),
    ('<c r="@" t="s"></c>', None, None),
    ('<c r="@" cm="1" vm="1"><v>5</v></c>', "5", None),
]  # fmt: skip


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


# both ways of reading


def grid_of(book: bytes, monkeypatch: pytest.MonkeyPatch, plain_from: int) -> tuple[bool, dict[tuple[int, str], str]]:
    """Whether calamine read it, and all cells by row and column."""
    seen = []
    original = plain_sheet.open_plain

    def spy(*arguments: Any) -> Any:
        grid = original(*arguments)
        seen.append(grid is not None)
        return grid

    monkeypatch.setattr(plain_sheet, "PLAIN_FROM", plain_from)
    monkeypatch.setattr("ievq_pipeline.adapters.reading.xlsx.open_plain", spy)
    source = open_workbook(book, JOB_DEMAND)
    cells: dict[tuple[int, str], str] = {}
    for block in source.blocks:
        for row in block.cells.iter_rows(named=True):
            cells |= {(row[ROW], code): text for code, text in row.items() if code != ROW and text}
    monkeypatch.setattr("ievq_pipeline.adapters.reading.xlsx.open_plain", original)
    return seen[0], cells


def test_both_ways_give_the_same_text_for_the_same_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each sort of cell in each column of a sheet; calamine reads those that the survey lets through."""
    by_calamine = []
    for cell, *_ in CELLS:
        for strings in (STRINGS, [s for s in STRINGS if "rPh" not in s] + ["<t>x</t>"]):
            rows = [row_of(1, HEAD), *(row_of(k, [*data(1)[0][:5], cell, k]) for k in range(2, 5))]
            book = bare(sheet_of("".join(rows)), strings, FORMATS)
            is_plain, cells = grid_of(book, monkeypatch, 0)
            assert cells == grid_of(book, monkeypatch, 1 << 40)[1], cell
            by_calamine.append(is_plain)
    assert 20 < sum(by_calamine) < len(by_calamine)


@pytest.mark.parametrize(
    "rows",
    [
        row_of(3, HEAD) + row_of(5, data(1)[0]),
        row_of(1, ['<c r="@"><f>1</f></c>']) + row_of(3, HEAD) + row_of(5, data(1)[0]),
        row_of(1, HEAD) + '<row r="2"><c r="C2"><v>350200</v></c></row>' + '<row r="9"/>' + row_of(10, data(1)[0]),
        row_of(1, (*HEAD, None, "备注")) + row_of(2, data(1)[0], ' hidden="1"'),
        row_of(1, HEAD) + row_of(2, data(1)[0]) + '<row r="900000"><c r="A900000" t="inlineStr"><is><t>注：无</t></is></c></row>',
    ],
)  # fmt: skip
def test_both_ways_place_cells_alike(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    book = bare(sheet_of(rows))
    assert grid_of(book, monkeypatch, 0)[1] == grid_of(book, monkeypatch, 1 << 40)[1]


def test_openpyxl_reads_the_same_from_what_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    values = (
        "文字",
        12,
        12.5,
        True,
        dt.datetime(2025, 7, 1),
        dt.datetime(2025, 7, 1, 8, 30),
        "  x ",
        "00123",
        "a\nb",
        0.1,
    )
    rows: list[Sequence[object]] = [(*data(1)[0][:5], value, k) for k, value in enumerate(values)]
    book = made.workbook([HEAD, *rows])
    sheet = openpyxl.load_workbook(io.BytesIO(book), read_only=True, data_only=True).worksheets[0]
    expected = [str(row[5]) for row in sheet.iter_rows(min_row=2, values_only=True)]
    expected[3:6] = ["TRUE", "2025-07-01", "2025-07-01 08:30:00"]
    for plain_from in (0, 1 << 40):
        cells = grid_of(book, monkeypatch, plain_from)[1]
        assert [cells[k, "skill"] for k in range(2, 12)] == expected


def test_a_large_plain_sheet_is_read_by_calamine_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_sheet, "BLOCK_ROWS", 3_000)
    xml = made.large_sheet(10_000, lambda k: ("us-agency:DN", "2025-Q3", "350200", 39, None, f"焊接{k}", k))
    book = bare(xml.replace("</sheetData>", row_of(10_003, ["注：到此为止"]) + "</sheetData>"))
    is_plain, cells = grid_of(book, monkeypatch, MB)
    assert is_plain
    assert len(cells) == 60_000
    source = open_workbook(book, JOB_DEMAND)
    heights = [block.cells.height for block in source.blocks]
    assert sum(heights) == 10_000 and max(heights) <= 3_000 + table.HELD_BACK and len(heights) > 3
    assert [(n.code, n.cell, n.before) for n in source.normalised] == [("NQ-N-NOTES", "A10003", "注：到此为止")]


# which sheet, which header


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
    assert rows == GOOD and source.facts.sheet == "数据"
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
    assert rows == GOOD and not source.findings


def test_titles_above_and_columns_of_ones_own_leave_true_rows_and_columns() -> None:
    rows: list[Sequence[object]] = [[None, "2025年第三季度用人需求表"], [], ["", "序号", *HEAD, "本单位备注"]]
    rows += [[None, k, *cells, "x"] for k, cells in enumerate(data(), 1)]
    rows.insert(4, [])
    source, got, _ = read(made.workbook(rows, lambda book: book.worksheets[0].merge_cells("B1:J1")))
    assert source.facts.header_row == 3
    assert source.positions["enterprise"] == 2
    assert [row["row"] for row in got] == [4, 6, 7] and skills(got) == skills(GOOD)
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
    assert skills(rows) == skills(GOOD) and rows[0]["row"] == 4
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
    assert len(got) == 3 and not faults
    assert [(n.code, n.count, n.cell) for n in source.normalised] == [("NQ-N-NOTES", 1, "D6")]


def test_an_error_in_an_otherwise_empty_row_is_told() -> None:
    rows = [HEAD, *data(), (None, None, '<c r="@" t="e"><v>#REF!</v></c>')]
    _, got, faults = read(bare(sheet_of(rows_of(rows))))
    assert places(faults) == [("NQ-CELL-ERROR", "C5")] and got[-1] == {**dict.fromkeys(CODES), "row": 5}


def test_errors_in_columns_that_are_not_read_are_no_faults() -> None:
    rows = [(*HEAD, "核对"), (*data(1)[0], '<c r="@" t="e"><v>#REF!</v></c>')]
    assert read(bare(sheet_of(rows_of(rows))))[2] == []


def test_content_beside_the_table_is_told_and_not_read() -> None:
    rows: list[Sequence[object]] = [HEAD, (*data(1)[0], None, "核对"), (*data(1)[0], None, "核对")]
    source, got, _ = read(made.workbook(rows))
    assert len(got) == 2
    assert [(f.code, f.cell, f.parameters) for f in source.findings] == [("NQ-CELLS-OUTSIDE", "I2", {"count": 2})]


# merged and hidden


def merging(*areas: str) -> Callable[[Any], None]:
    def edit(book: Any) -> None:
        for area in areas:
            book.worksheets[0].merge_cells(area)

    return edit


def test_a_name_merged_over_rows_is_filled_down_and_counted() -> None:
    source, rows, faults = read(made.table(4, merging("A2:A4", "B2:B5", "C5:C9")))
    assert [row["enterprise"] for row in rows] == ["us-agency:DN"] * 4 and not faults
    assert [row["quarter"] for row in rows] == ["2025-Q3"] * 4
    assert [(n.code, n.column, n.count, n.cell, n.before, n.after) for n in source.normalised] == [
        ("NQ-N-MERGED", "enterprise", 2, "A3", "", "us-agency:DN"),
        ("NQ-N-MERGED", "quarter", 3, "B3", "", "2025-Q3"),
    ]


def test_numbers_merged_over_rows_and_cells_merged_across_are_not_certain() -> None:
    _, rows, faults = read(made.table(5, merging("G2:G3", "C5:D5", "F6:G6")))
    assert places(faults) == [
        ("NQ-MERGED", "G2"), ("NQ-MERGED", "G3"), ("NQ-MERGED", "C5"), ("NQ-MERGED", "D5"), ("NQ-MERGED", "F6"), ("NQ-MERGED", "G6"),
    ]  # fmt: skip
    assert faults[0].parameters == {"area": "G2:G3"} and faults[0].value == "1"
    assert (rows[0]["openings"], rows[1]["openings"], rows[2]["openings"]) == (None, None, "3")
    assert (rows[3]["region"], rows[3]["industry"], rows[4]["skill"]) == (None, None, None)


def test_headings_as_wide_as_the_table_are_no_rows() -> None:
    rows = [HEAD, ["一、数字技能"], *data(2), ["二、绿色技能"], *data(1), ["厦门市人力资源和社会保障局"]]
    source, got, faults = read(made.workbook(rows, merging("A2:G2", "A5:G5", "A7:G7")))
    assert [row["row"] for row in got] == [3, 4, 6] and not faults
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


# other formats, cell by cell


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


# hostile and damaged


ENCRYPTED_ODS = {
    "META-INF/manifest.xml": '<m:manifest xmlns:m="x"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
}
REFUSED: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("bomb", lambda: made.bomb(220), "NQ-FILE-TOO-LARGE", "200 MB"),
    ("ratio", lambda: made.bomb(40), "NQ-FILE-UNSAFE", "sheet1.xml"),
    ("lying bomb", made.lying_bomb, "NQ-FILE-DAMAGED", "sheet1.xml"),
    ("parts", lambda: made.with_names(*(f"x{k}" for k in range(200))), "NQ-FILE-TOO-LARGE", "200"),
    ("climbs", lambda: made.with_names("../x"), "NQ-FILE-UNSAFE", "../x"),
    ("climbs inside", lambda: made.with_names("xl/../../x"), "NQ-FILE-UNSAFE", "xl/../../x"),
    ("backslashes", lambda: made.with_names("..\\x"), "NQ-FILE-UNSAFE", "../x"),
    ("absolute", lambda: made.with_names("/etc/x"), "NQ-FILE-UNSAFE", "/etc/x"),
    ("drive", lambda: made.with_names("C:/x"), "NQ-FILE-UNSAFE", "C:/x"),
    ("case", lambda: made.with_names("XL/Workbook.XML"), "NQ-FILE-UNSAFE", "XL/Workbook.XML"),
    ("prefix", lambda: b"GIF89a" + made.table(), "NQ-FILE-UNSAFE", ""),
    ("suffix", lambda: made.table() + b"<html></html>", "NQ-FILE-UNSAFE", ""),
    ("two", lambda: made.table() + made.table(), "NQ-FILE-UNSAFE", ""),
    ("doctype", made.doctype, "NQ-FILE-UNSAFE", "sheet1.xml"),
    ("doctype utf-16", lambda: made.doctype("utf-16"), "NQ-FILE-UNSAFE", "sheet1.xml"),
    ("doctype utf-16-be", lambda: made.doctype("utf-16-be"), "NQ-FILE-UNSAFE", "sheet1.xml"),
    ("doctype elsewhere", lambda: made.with_names() and made.patched(made.table(), {"docProps/x.xml": b"<!DOCTYPE a><a/>"}), "NQ-FILE-UNSAFE", "docProps/x.xml"),
    ("doctype far in", lambda: made.patched(made.table(), {"x.rels": b" " * (MB - 5) + b"<!DOCTYPE a><a/>"}), "NQ-FILE-UNSAFE", "x.rels"),
    ("encrypted entry", made.encrypted_entry, "NQ-FILE-ENCRYPTED", ""),
    ("encrypted ole", lambda: made.ole("EncryptionInfo", "EncryptedPackage"), "NQ-FILE-ENCRYPTED", ""),
    ("encrypted ods", lambda: made.ods({"a": ""}, ENCRYPTED_ODS), "NQ-FILE-ENCRYPTED", ""),
    ("old word", lambda: made.ole("WordDocument"), "NQ-FILE-NOT-TABLE", "Word"),
    ("torn xls", lambda: made.ole("Workbook"), "NQ-FILE-DAMAGED", ""),
    ("half xls", lambda: (b := made.xls([HEAD, *data(500)]))[: len(b) // 2], "NQ-FILE-DAMAGED", ""),
    ("word", lambda: made.zipped({"[Content_Types].xml": "<a/>", "_rels/.rels": f'<a><Relationship Id="a" Type="{made.OFFICE}/officeDocument" Target="word/document.xml"/></a>', "word/document.xml": "<a/>"}), "NQ-FILE-NOT-TABLE", "Word"),
    ("xlsb", lambda: made.zipped({"[Content_Types].xml": "<a/>", "_rels/.rels": f'<a><Relationship Id="a" Type="{made.OFFICE}/officeDocument" Target="xl/workbook.bin"/></a>'}), "NQ-FILE-NOT-TABLE", "XLSB"),
    ("zip of csv", lambda: made.zipped({"a.csv": "x"}), "NQ-FILE-NOT-TABLE", "ZIP"),
    ("cut", lambda: made.table()[:-40], "NQ-FILE-DAMAGED", ""),
    ("cut short", lambda: made.table()[:100], "NQ-FILE-DAMAGED", ""),
    ("flipped", lambda: (b := made.table(50))[: b.index(b"sheet1.xml") + 60] + b"\xff" * 40 + b[b.index(b"sheet1.xml") + 100 :], "NQ-FILE-DAMAGED", "sheet1.xml"),
    ("no xml", lambda: made.patched(made.table(), {made.SHEET: b"<worksheet><sheetData><row r='1'>"}), "NQ-FILE-DAMAGED", "sheet1.xml"),
    ("no workbook", lambda: made.patched(made.table(), {"xl/workbook.xml": None}), "NQ-FILE-DAMAGED", "workbook.xml"),
    ("cell twice", lambda: bare(sheet_of('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')), "NQ-FILE-DAMAGED", "A1"),
    ("row twice", lambda: bare(sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>')), "NQ-FILE-DAMAGED", "1"),
    ("beyond", lambda: bare(sheet_of('<row r="1048577"><c r="A1048577"><v>1</v></c></row>')), "NQ-FILE-DAMAGED", ""),
    ("beyond columns", lambda: bare(sheet_of('<row r="1"><c r="XFE1"><v>1</v></c></row>')), "NQ-FILE-DAMAGED", "XFE1"),
    ("no such string", lambda: bare(sheet_of('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')), "NQ-FILE-DAMAGED", "sheet1.xml"),
    ("overlaps", lambda: bare(sheet_of(rows_of([HEAD, *data(20)]), after='<mergeCells>' + '<mergeCell ref="A2:G21"/>' * 9 + "</mergeCells>")), "NQ-FILE-DAMAGED", "A2:G21"),
    ("columns", lambda: bare(sheet_of("".join(f'<row r="{k}"><c r="{get_column_letter(k)}{k}"><v>1</v></c></row>' for k in range(1, 202)))), "NQ-FILE-TOO-LARGE", "200"),
    ("long cell", lambda: bare(sheet_of(rows_of([HEAD, ("x" * 32_768,)]))), "NQ-CELL-LONG", ""),
    ("empty", lambda: made.workbook([]), "NQ-FILE-EMPTY", ""),
    ("empty zip", lambda: made.zipped({}), "NQ-FILE-DAMAGED", ""),
]  # fmt: skip


@pytest.mark.parametrize(("book", "code", "named"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_hostile_and_damaged_workbooks_are_refused_by_name(book: Callable[[], bytes], code: str, named: str) -> None:
    finding = refusal(book())
    assert finding.code == code
    assert named in str(finding.as_json(JOB_DEMAND)["message"])


def test_a_workbook_over_the_cap_in_bytes_is_not_opened() -> None:
    assert refusal(made.table(), Caps(packed=1_000)).code == "NQ-FILE-TOO-LARGE"
    assert refusal(b"\xd0\xcf\x11\xe0" * 1_000, Caps(packed=1_000)).code == "NQ-FILE-TOO-LARGE"
    assert refusal(made.table(), Caps(unpacked=1_000)).code == "NQ-FILE-TOO-LARGE"


def test_cells_far_apart_are_read_and_not_asked_memory_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_sheet, "PLAIN_FROM", 0)
    source, rows, _ = read(made.far_cells())
    assert not rows and "NQ-HEADER-MISSING" in told(source)
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    source, rows, _ = read(bare(sheet_of(rows_of([HEAD, *data()]) + far)))
    assert rows == GOOD
    assert [(f.code, f.cell) for f in source.findings] == [("NQ-CELLS-OUTSIDE", "XFD1048576")]


def test_a_false_dimension_hides_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for plain_from in (0, 1 << 40):
        monkeypatch.setattr(plain_sheet, "PLAIN_FROM", plain_from)
        book = bare(made.large_sheet(500).replace("<sheetData>", '<dimension ref="A1:C2"/><sheetData>'))
        assert len(read(book)[1]) == 500


def test_macros_links_and_embeddings_are_left_alone_and_told() -> None:
    parts: dict[str, bytes | None] = {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0",
        "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
        "xl/embeddings/oleObject1.bin": b"x",
        "xl/activeX/activeX1.xml": b"<ocx/>",
    }
    source, rows, _ = read(made.patched(made.table(), parts))
    assert rows == GOOD and told(source) == {"NQ-FILE-ACTIVE"}
    message = source.findings[0].as_json(JOB_DEMAND)["message"]
    assert isinstance(message, dict)
    assert (
        message["zh"]
        == "文件中有宏、指向其他文件的链接、嵌入的文件、ActiveX控件；均未运行、未打开，只读取单元格中保存的值。"
    )


def test_ordinary_workbooks_trip_no_cap() -> None:
    """Many sheets and pictures, parts that pack very well, a comment at the package's end, names that only look odd."""
    same = bare(made.large_sheet(4_000, lambda k: ("us-agency:DN", "2025-Q3", "350200", "39", None, "焊接", 1)))
    pictures = {f"xl/media/image{k}.png": b"\0" * 100_000 for k in range(150)}
    odd = {
        "xl/..foo/bar..xml": b"<a>!DOCTYPE</a>",
        "xl/media/page.html": b"no DOCTYPE",
        "xl/media/a.emf": b"\1\0<!DOCTYPE",
    }
    book = made.patched(same, {**pictures, **odd})
    assert len(read(book)[1]) == 4_000
    comment = book[:-2] + (3).to_bytes(2, "little") + b"end"
    assert len(read(comment)[1]) == 4_000


def test_blocks_hold_as_many_columns_as_the_header_knows() -> None:
    source = open_workbook(made.table(), JOB_DEMAND)
    block: Block = next(source.blocks)
    assert block.cells.schema == {ROW: pl.Int64, **dict.fromkeys(CODES, pl.String)}
