"""A file that is no workbook gets one all the same: its rows as texts, marked, with the list."""

import gzip
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl.utils.escape import unescape

from ievq_pipeline.adapters.annotated import answer_workbook, built, grids
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.finding import Finding
from tests.adapters.annotated.made_books import MAIN, Answer, bad, book, worksheet

CSV: dict[str, Any] = {"format": "csv", "encoding": "utf-8", "header_row": 2, "wrapper": None, "sheet": None}
TEXT = '本季度用人需求,,\n企业代码,技能,需求人数\n\na,"=HYPERLINK(""x"")",-5\nb,"x\ny",007\nc,@SUM(A1),1e5\n'


def built_of(data: bytes | None, facts: dict[str, Any], findings: list[Finding], path: Path) -> Answer:
    out = path / "built.xlsx"
    answer_workbook(data, facts, iter(findings), JOB_DEMAND, language="zh", out=out)
    return Answer(out)


def grid_of(answer: Answer) -> list[list[str]]:
    return [[unescape(str(v or "")) for v in row] for row in answer.book.worksheets[0].values]


@pytest.mark.parametrize("codec", ["utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_csv_stands_in_the_answer_as_it_was_laid_out(tmp_path: Path, codec: str, separator: str) -> None:
    text = TEXT.replace(",", separator) if separator != "," else TEXT
    facts = CSV | {"encoding": codec.removesuffix("-sig"), "format": "tsv" if separator == "\t" else "csv"}
    answer = built_of(text.encode(codec), facts, [bad(4, 1), bad(5, 2), bad(6, 6, "NQ-REQUIRED", "")], tmp_path)
    rows = grid_of(answer)
    assert [row[:3] for row in rows] == [
        ["本季度用人需求", "", ""], ["企业代码", "技能", "需求人数"], ["", "", ""],
        ["a", '\'=HYPERLINK("x")', "-5"], ["b", "x\ny", "007"], ["c", "'@SUM(A1)", "1e5"],
    ]  # fmt: skip
    name = answer.book.sheetnames[0]
    assert answer.filled(name) == answer.commented(name).keys() == {"B4", "C5", "G6"}
    assert answer.links() == ["'数据'!B4", "'数据'!C5", "'数据'!G6"]
    sheet = answer.book.worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    assert {cell.number_format for row in sheet.iter_rows(max_col=3) for cell in row if cell.value} == {"@"}
    assert sheet.freeze_panes == "A3"


def test_wrapped_files_and_rows_past_the_end_of_a_sheet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(built, "LAST_ROW", 4)
    answer = built_of(gzip.compress(TEXT.encode()), CSV | {"wrapper": "gzip"}, [bad(4, 0)], tmp_path)
    assert len(grid_of(answer)) == 4
    assert any("更后面的行没有放进来" in str(row[0]) for row in answer.listed.values)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as package:
        package.writestr("__MACOSX/._a.csv", b"x")
        package.writestr("a.csv", TEXT)
    assert grid_of(built_of(held.getvalue(), CSV | {"wrapper": "zip"}, [], tmp_path))[1][0] == "企业代码"


def test_json_becomes_a_table_with_its_elements_below_a_header(tmp_path: Path) -> None:
    records = [{"企业代码": "a", "openings": 1.50, "more": [1]}, {"企业代码": "b", "openings": "约", "z": None}]
    found = [Finding("NQ-INTEGER", 2, "openings", None, "约"), Finding("NQ-CREDIT-CODE", 1, "enterprise", None, "a")]
    facts = {"format": "json", "wrapper": None, "encoding": "utf-8", "sheet": None, "header_row": None}
    for data in (json.dumps(records).encode(), json.dumps({"about": {"x": 1}, "rows": records}).encode()):
        answer = built_of(data, facts, found, tmp_path)
        assert grid_of(answer) == [
            ["企业代码", "openings", "more", "z"], ["a", "1.5", "[1]", ""], ["b", "约", "", ""],
        ]  # fmt: skip
        assert answer.filled("数据") == {"B3", "A2"}
        assert answer.links() == ["'数据'!B3", "'数据'!A2"]
    lines = "\n".join(map(json.dumps, [records[0], ["l", 2]])) + "\n\n{broken"
    answer = built_of(lines.encode(), facts | {"format": "jsonl"}, [Finding("NQ-ROW-WIDE", 4)], tmp_path)
    assert [row[0] for row in grid_of(answer)] == ["企业代码", "a", "l", "", "{broken"]
    assert answer.links() == ["'数据'!A5"]


def test_an_old_or_broken_workbook_is_built_anew(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{row}"><c r="C{row}" t="inlineStr"><is><t>{text}</t></is></c></row>'
        for row, text in ((2, "需求人数"), (4, "约20"))
    )
    data = book(worksheet(rows), {"xl/styles.xml": f'<styleSheet xmlns="{MAIN}"/>'})
    facts = {"format": "xlsx", "wrapper": None, "sheet": "填报", "header_row": 2}
    answer = built_of(data, facts, [Finding("NQ-INTEGER", 4, "openings", 2, "约20")], tmp_path)
    assert answer.book.sheetnames == ["填报", "错误清单"]
    assert {at: answer.sheet()[at].value for at in ("C2", "C4")} == {"C2": "需求人数", "C4": "约20"}
    assert answer.filled() == {"C4"}


@pytest.mark.parametrize("data", [None, b"%PDF"])
def test_a_file_that_could_not_be_read_gets_the_list_alone(tmp_path: Path, data: bytes | None) -> None:
    found = [Finding("NQ-FILE-NOT-TABLE", parameters={"kind_zh": "PDF文件", "kind_en": "a PDF"})]
    answer = built_of(data, {"format": None}, found, tmp_path)
    assert answer.book.sheetnames == ["错误清单"]
    assert [row[:4] for row in answer.rows()] == [["文件", "", "必须修改", "NQ-FILE-NOT-TABLE"]]
    assert answer.links() == []


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    """A row is gone once it is written: of 60,000 rows no more than a few are held at a time."""
    alive = {"now": 0, "most": 0}

    class Cells(list[str]):
        def __init__(self) -> None:
            super().__init__(["x" * 50] * 5)
            alive["now"] += 1
            alive["most"] = max(alive["most"], alive["now"])

        def __del__(self) -> None:
            alive["now"] -= 1

    from ievq_pipeline.adapters.annotated.survey import survey
    from ievq_pipeline.adapters.catalogues import catalogue
    from ievq_pipeline.domain.finding_words import FindingWords

    grid = grids.Grid((number, Cells()) for number in range(1, 60_001))
    built.build(grid, survey([], FindingWords(JOB_DEMAND, "en"), catalogue("en")), tmp_path / "x.xlsx")
    assert alive["most"] < 10
