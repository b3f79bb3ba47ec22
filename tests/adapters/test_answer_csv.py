"""The findings as CSV: every one, in one language, and no cell a formula."""

import csv
import io

import pytest

from ievq_pipeline.adapters.answer_csv import findings_csv
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.finding import Finding

FOUND = [
    Finding("NQ-MEMBERS-GONE", value="us:DN"), Finding("NQ-ROW-WIDE", 3, None, None, "=cmd|'x'!A1"),
    Finding("NQ-INTEGER", 7, "openings", 5, "-5+1\n\"x\""), Finding("NQ-HEADER-UNKNOWN", 1, None, 27, "\0＠\ud800"),
]  # fmt: skip


def rows(language: str, found: list[Finding]) -> list[list[str]]:
    data = b"".join(findings_csv(found, JOB_DEMAND, sheet="=表", language=language))
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_places_and_words_stand_in_their_columns() -> None:
    zh, en = rows("zh", FOUND), rows("en", FOUND)
    assert zh[0][:8] == ["位置", "工作表", "行", "列号", "列代码", "列名", "单元格", "处理要求"]
    assert [row[0] for row in zh[1:]] == ["文件", "第3行", "F7", "AB1"]
    assert zh[3][2:9] == ["7", "F", "openings", "需求人数", "F7", "必须修改", "NQ-INTEGER"]
    assert en[3][5:8] == ["Openings", "F7", "To be mended"]
    assert "is not a whole number" in en[3][10]
    assert "请只填数字" in zh[3][11]
    assert {len(row) for row in zh + en} == {12}


def test_no_cell_is_a_formula() -> None:
    cells = [cell for row in rows("zh", FOUND)[1:] for cell in row]
    assert not [cell for cell in cells if cell[:1] in tuple("=+-@\t\r\0＝＋－＠")]
    assert "'=cmd|'x'!A1" in cells
    assert "'=表" in cells


@pytest.mark.parametrize("number", [0, 999, 1000, 2500])
def test_none_is_left_out_and_it_comes_in_pieces(number: int) -> None:
    found = [Finding("NQ-INTEGER", row, "openings", 5, "x") for row in range(2, number + 2)]
    assert [int(row[2]) for row in rows("en", found)[1:]] == list(range(2, number + 2))
    assert len(list(findings_csv(found, JOB_DEMAND, sheet=None, language="en"))) == number // 1000 + 1
