"""calamine reads what is plain, and reads it as the exact way does."""

import datetime as dt
import io
from collections.abc import Sequence
from typing import Any

import openpyxl
import pytest

from ievq_pipeline.adapters.reading import plain_sheet, table
from ievq_pipeline.adapters.reading.package import MB
from ievq_pipeline.adapters.reading.source import ROW
from ievq_pipeline.adapters.reading.workbook import open_workbook
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from tests import made_workbooks as made
from tests.cells_of_workbooks import CELLS, FORMATS, STRINGS
from tests.made_workbooks import HEAD, bare, data, row_of, rows_of, sheet_of
from tests.read_workbooks import GOOD, read, told


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
        row_of(1, HEAD) + row_of(2, data(1)[0]) + row_of(900_000, ["注：无"]),
    ],
)
def test_both_ways_place_cells_alike(rows: str, monkeypatch: pytest.MonkeyPatch) -> None:
    book = bare(sheet_of(rows))
    assert grid_of(book, monkeypatch, 0)[1] == grid_of(book, monkeypatch, 1 << 40)[1]


def test_openpyxl_reads_the_same_from_what_it_wrote(monkeypatch: pytest.MonkeyPatch) -> None:
    day = dt.datetime.fromisoformat("2025-07-01")
    values = ("文字", 12, 12.5, True, day, day + dt.timedelta(minutes=510), "  x ", "00123", "a\nb", 0.1)
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
    assert sum(heights) == 10_000
    assert max(heights) <= 3_000 + table.HELD_BACK
    assert len(heights) > 3
    assert [(n.code, n.cell, n.before) for n in source.normalised] == [("NQ-N-NOTES", "A10003", "注：到此为止")]


def test_cells_far_apart_are_read_and_not_asked_memory_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_sheet, "PLAIN_FROM", 0)
    source, rows, _ = read(made.far_cells())
    assert not rows
    assert "NQ-HEADER-MISSING" in told(source)
    far = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    source, rows, _ = read(bare(sheet_of(rows_of([HEAD, *data()]) + far)))
    assert rows == GOOD
    assert [(f.code, f.cell) for f in source.findings] == [("NQ-CELLS-OUTSIDE", "XFD1048576")]


def test_a_false_dimension_hides_no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    for plain_from in (0, 1 << 40):
        monkeypatch.setattr(plain_sheet, "PLAIN_FROM", plain_from)
        book = bare(made.large_sheet(500).replace("<sheetData>", '<dimension ref="A1:C2"/><sheetData>'))
        assert len(read(book)[1]) == 500


@pytest.mark.parametrize(
    "said", ['uniqueCount="40000000000"', "uniqueCount='40000000000'", 'uniqueCount = "40000000000"']
)
def test_shared_strings_that_say_too_much_of_themselves_stay_with_the_exact_way(
    said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """calamine makes room for as many before it looks, and ends the process."""
    book = bare(sheet_of(rows_of([HEAD, *data()])), STRINGS[:1])
    strings = made.parts_of(book)["xl/sharedStrings.xml"].replace(b'uniqueCount="1"', said.encode())
    is_plain, cells = grid_of(made.patched(book, {"xl/sharedStrings.xml": strings}), monkeypatch, 0)
    assert not is_plain
    assert len(cells) == 18
    assert grid_of(book, monkeypatch, 0) == (True, cells)
