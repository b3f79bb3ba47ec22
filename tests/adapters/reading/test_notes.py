"""Notes and signatures below a table are known as such; a broken row of data never is."""

import pytest

from ievq_pipeline.adapters.reading.notes import is_note, notes_below
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.contracts.technology import TECHNOLOGY

#: enterprise, quarter, region, industry, skill, openings; a column of the office's own stands before and after
POSITIONS = {"enterprise": 1, "quarter": 2, "region": 3, "industry": 4, "skill": 5, "openings": 6}
WIDTH = 8


def row(**at: str) -> list[str | None]:
    cells: list[str | None] = [None] * WIDTH
    for place, text in at.items():
        cells[int(place[1:])] = text
    return cells


NOTES = [
    row(c0="注：本表按季度填报"),
    row(c0="备注:1.人数按岗位统计"),
    row(c1="说明：本表由企业填报。"),
    row(c5="附注：技能名称参照目录"),
    row(c0="填表人：张三", c3="审核人：李四", c6="填表日期：2025年7月1日"),
    row(c0="填表人", c1="张三", c3="联系电话", c4="0592-1234567"),
    row(c0="单位负责人：", c4="统计负责人：", c6="填表人："),
    row(c1="单位（盖章）：", c6="2025年7月10日"),
    row(c7="日期：2025-07-01"),
    row(c7="2025年 月 日"),
    row(c1="※ 请于每季度后十日内报送"),
    row(c1="以上数据由各企业人事部门核对后报送。"),
    row(c0="Note: figures are those of the personnel departments"),
    row(c0="  注 ：", c1="　"),
]
DATA = [
    row(),
    row(c5="注塑工艺"),
    row(c5="审核"),
    row(c5="备注"),
    row(c5="说明书编写"),
    row(c1="91350100M000100Y43"),
    row(c1="厦门某某机器人有限公司"),
    row(c1="*91350100M000100Y43"),
    row(c2="2025年7月1日"),
    row(c2="2025-Q3", c5="焊接"),
    row(c1="合计", c6="350"),
    row(c0="5", c1="备注：", c2="2025-Q3", c3="350200", c4="39", c5="焊接", c6="3"),
    row(c0="备注", c1="91350100M000100Y43", c2="2025-Q3", c5="焊接"),
    row(c6="约20"),
    row(c6="12."),
    row(c0="12"),
    row(c5="能独立完成焊接、装配与调试。"),
    row(c5="合计", c6="350"),
    row(c5="零报告"),
    row(c1="us-agency:DN", c5="TOTAL", c6="7"),
]


@pytest.mark.parametrize("cells", NOTES, ids=lambda cells: "|".join(cell or "" for cell in cells))
def test_notes_and_signatures_are_no_data(cells: list[str | None]) -> None:
    assert is_note(cells, POSITIONS, JOB_DEMAND)


@pytest.mark.parametrize("cells", DATA, ids=lambda cells: "|".join(cell or "" for cell in cells))
def test_a_row_that_may_be_data_is_no_note(cells: list[str | None]) -> None:
    assert not is_note(cells, POSITIONS, JOB_DEMAND)
    assert notes_below([cells], POSITIONS, JOB_DEMAND) == 0


def test_a_cell_as_wide_as_the_table_is_a_note_whatever_it_says() -> None:
    assert is_note(row(c0="厦门市机器人行业协会"), POSITIONS, JOB_DEMAND, is_merged=True)
    assert not is_note(row(c0="厦门市机器人行业协会", c5="焊接"), POSITIONS, JOB_DEMAND, is_merged=True)


def test_the_column_for_notes_holds_data() -> None:
    positions = {"enterprise": 0, "quarter": 1, "technology": 2, "stage": 3, "skills": 4, "note": 5}
    assert not is_note([None, None, None, None, None, "试点阶段。今年投产。"], positions, TECHNOLOGY)
    assert not is_note(["91350100M000100Y43", "2025-Q3", "OPC UA", "试点", "Python", "备注：无"], positions, TECHNOLOGY)


def test_what_stands_under_a_note_belongs_to_it() -> None:
    data = row(c1="91350100M000100Y43", c2="2025-Q3", c5="焊接", c6="3")
    notes = [row(c0="注：1. 人数按岗位统计"), row(c0="2. 技能名称参照目录"), row(c5="3. 其他"), row(c6="填表人：张三")]
    assert notes_below([data, *notes], POSITIONS, JOB_DEMAND) == 4
    assert notes_below([data, *notes, data], POSITIONS, JOB_DEMAND) == 0
    assert notes_below([data, row(c5="焊接"), *notes], POSITIONS, JOB_DEMAND) == 4
    assert notes_below([data, row(c5="焊接")], POSITIONS, JOB_DEMAND) == 0
