"""The template as a workbook: what it offers, what it refuses, and that what is filled in reads back without a word."""

import csv
import io
import zipfile
from typing import Any

import polars as pl
import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from ievq_pipeline.adapters import code_lists, templates
from ievq_pipeline.adapters.checks import Answer, Expected, check
from ievq_pipeline.adapters.templates.plan import plan
from ievq_pipeline.adapters.templates.workbook import workbook
from ievq_pipeline.domain.contracts import CONTRACTS, contract
from ievq_pipeline.domain.contracts.model import Contract, FieldType
from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.template import Order, Reporter

ENTERPRISE, QUARTER = "91350100M000100Y43", "2025-Q3"
#: as long as the real list, so that no drop-down may hold it inline
REGIONS: dict[str, Any] = {
    "list": "regions", "version": code_lists.versions()["regions"], "source": "made up",
    "title": {"zh": "行政区划", "en": "Regions"},
    "items": [
        {"code": str(350000 + n), "title": {"zh": f"第{n}区", "en": f"District {n}"}, "parent": "350000" if n else None}
        for n in range(3_300)
    ],
}  # fmt: skip
JOB_DEMAND = contract("job-demand")
ROWS: dict[str, list[list[Any]]] = {
    "job-demand": [
        [ENTERPRISE, QUARTER, "350200", "39", "2-02-10-03", "{skill}", 12, 30, "007", "{tier}", "{yes}"],
        [ENTERPRISE, QUARTER, "350203", "I", None, "测试用的新技能", 0, None, None, None, None],
        [ENTERPRISE, QUARTER, None, None, None, "{total}", 40, None, None, None, None],
        ["us-agency:DN", QUARTER, None, None, None, "{nil}", None, None, None, None, None],
    ],
    "technology": [[ENTERPRISE, QUARTER, "OPC UA", "{stage}", "Python；SQL", "note"],
                   ["us-agency:DN", QUARTER, "{nil}", None, None, None]],
    "totals": [["hn", QUARTER, "Kubernetes", 152, 2314, 3]],
}  # fmt: skip
WORDS = {
    "zh": {"skill": "机器学习", "tier": "第2层", "yes": "是", "total": "合计", "nil": "零报告", "stage": "试点"},
    "en": {"skill": "Machine learning", "tier": "tier 2", "yes": "yes", "total": "TOTAL", "nil": "nil-report",
           "stage": "pilot"},
}  # fmt: skip


def lists() -> dict[str, Any]:
    return {"skills": code_lists.document("skills"), "regions": REGIONS}


def made(kind: str = "job-demand", language: str = "zh", **more: Any) -> Workbook:
    return load_workbook(io.BytesIO(workbook(Order(contract(kind), QUARTER, language, **more), lists())))


def offered(sheet: Worksheet) -> dict[str, Any]:
    """By code of its column, the validation that holds from the first entry to the end of the sheet."""
    codes = {get_column_letter(n): str(cell.value) for n, cell in enumerate(sheet[2], start=1)}
    found: dict[str, Any] = {}
    for one in sheet.data_validations.dataValidation:
        letter = str(one.sqref).rstrip("0123456789").partition("3:")[0]
        assert str(one.sqref) == f"{letter}3:{letter}1048576"
        found[codes[letter]] = one
    return found


def fill(book: Workbook, kind: str, language: str) -> None:
    for number, row in enumerate(ROWS[kind], start=3):
        for column, value in enumerate(row, start=1):
            told = value.format(**WORDS[language]) if isinstance(value, str) else value
            book.worksheets[0].cell(number, column, told)


def as_it_should_be(answer: Answer, kind: str) -> None:
    assert [found for found in answer.findings if found.code != "NQ-LIST-DOUBT"] == []
    assert (answer.verdict, answer.rows_accepted) == (Verdict.ACCEPTED, len(ROWS[kind]))
    assert {change.code for change in answer.normalised} <= {"NQ-N-CHOICE", "NQ-N-MARKER", "NQ-N-SKILL", "NQ-N-LIST"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", CONTRACTS)
def test_what_is_filled_in_as_offered_is_accepted_without_a_finding(kind: str, language: str) -> None:
    book = made(kind, language)
    fill(book, kind, language)
    stream = io.BytesIO()
    book.save(stream)
    as_it_should_be(check(stream.getvalue(), contract(kind), Expected(QUARTER)), kind)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", CONTRACTS)
def test_every_offer_keeps_to_the_format_and_explains_itself(kind: str, language: str) -> None:
    book = made(kind, language)
    found = offered(book.worksheets[0])
    assert found.keys() == {f.code for f in contract(kind).fields}
    for one in found.values():
        assert 0 < len(one.promptTitle) <= 32
        assert 0 < len(one.prompt) <= 255
        assert one.showInputMessage
        assert len(one.formula1 or "") <= 255
        if one.showErrorMessage:
            assert 0 < len(one.error) <= 225
            assert any("\u4e00" <= character <= "\u9fff" for character in one.error) == (language == "zh")
    for f in contract(kind).fields:
        if f.type is FieldType.INTEGER:
            one = found[f.code]
            assert (one.type, one.operator, one.errorStyle) == ("whole", "between", "stop")
            assert (int(one.formula1), int(one.formula2)) == (f.minimum, f.maximum)
    assert found["quarter"].formula1 == f'"{QUARTER}"'
    assert found["quarter"].errorStyle == "stop"


def test_a_long_list_is_a_range_on_its_own_sheet_and_leaves_other_schemes_and_new_words_open() -> None:
    book = made()
    found = offered(book.worksheets[0])
    sheet = book["代码表-地区"]
    region = found["region"]
    assert region.formula1 == "'代码表-地区'!$A$3:$A$3302"
    assert [sheet.cell(row, 2).value for row in (2, 3, 3302, 3303)] == ["编码", "350000", "353299", None]
    told = [sheet.cell(4, column).value for column in range(1, 6)]
    assert told == ["350001 第1区", "350001", "第1区", "第0区", "District 1"]
    assert REGIONS["version"] in str(sheet["A1"].value)
    assert not region.showErrorMessage
    skill = found["skill"]
    skills = book["代码表-技能"]
    assert not skill.showErrorMessage
    assert [skills.cell(row, 1).value for row in (3, 4)] == ["零报告", "合计"]
    assert skill.formula1 == f"'代码表-技能'!$A$3:$A${skills.max_row}"
    listed = code_lists.skills()
    for row in range(5, skills.max_row + 1):
        known = listed.find(str(skills.cell(row, 1).value))
        assert known is not None
        assert known.code == skills.cell(row, 3).value


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("kind", CONTRACTS)
def test_the_check_reads_every_offer_of_the_lists_that_come_along_as_its_code(kind: str, language: str) -> None:
    rules = contract(kind)
    lists = templates.documents(rules)
    assert ("skills" in lists) == (kind != "totals")
    made = plan(Order(rules, QUARTER, language), lists)
    for column in rules.fields:
        sheet = made.choices.get(column.code)
        if sheet is None or column.is_list:
            continue
        is_named = column.type is FieldType.WORDING
        offered = [(row[0], row[2 if is_named else 1]) for row in sheet.rows[1:]]
        offered = [(text, code) for text, code in offered if code not in {m.code for m in column.markers}]
        answer = check(one_a_row(rules, column.code, [text for text, _ in offered]), rules, Expected(QUARTER))
        assert answer.findings == []
        assert answer.accepted.get_column(column.code).cast(pl.String).to_list() == [code for _, code in offered]


def one_a_row(rules: Contract, column: str, cells: list[str]) -> bytes:
    """A good file with these cells in the column, each in a row of its own."""
    filled = dict(zip([f.code for f in rules.fields], ROWS[rules.feed_kind][0], strict=True))
    good = {f.code: "" if f.code == "post_ref" else filled[f.code] or "" for f in rules.fields if f.code in filled}
    told = {code: str(value).format(**WORDS["en"]) for code, value in good.items()}
    text = io.StringIO()
    writer = csv.DictWriter(text, [f.code for f in rules.fields])
    writer.writeheader()
    writer.writerows({**told, column: cell} for cell in cells)
    return text.getvalue().encode()


def test_the_sheet_is_made_to_be_filled_in() -> None:
    book = made()
    assert book.sheetnames == ["用人需求表", "填表说明", "代码表-地区", "代码表-技能", "_meta"]
    assert book["_meta"].sheet_state == "veryHidden"
    sheet = book.active
    assert sheet is not None
    assert (sheet.title, sheet.freeze_panes) == ("用人需求表", "B3")
    titles = [cell.value for cell in sheet[1]]
    assert titles[:3] == ["企业代码 *", "季度 *", "地区 *"]
    assert titles[4] == "职业"
    assert "需求人数（人） *" in titles
    assert [cell.value for cell in sheet[2]] == [f.code for f in JOB_DEMAND.fields]
    for number, field in enumerate(JOB_DEMAND.fields, start=1):
        shape = sheet.column_dimensions[get_column_letter(number)]
        assert shape.number_format == ("0" if field.type is FieldType.INTEGER else "@")
        assert shape.width >= 2 * len(field.title.zh)
    assert sheet.column_dimensions["A"].width > len(ENTERPRISE)


def test_the_guide_tells_every_column_and_the_rows_of_another_sort() -> None:
    for language, words in (
        ("zh", ("零报告", "合计", "2025年第3季度", "厦门软件协会")),
        ("en", ("nil-report", "TOTAL", QUARTER, "hn")),
    ):
        book = made(language=language, feed="hn", organisation="uscc:" + ENTERPRISE, organisation_title="厦门软件协会")
        told = "\n".join(str(cell.value) for row in book.worksheets[1].iter_rows() for cell in row if cell.value)
        for field in JOB_DEMAND.fields:
            for text in (field.title[language], field.code, field.rule[language]):
                assert text in told
        assert all(word in told for word in words)
        assert "{" not in told


def test_the_roster_and_keys_of_a_feed_are_in_its_template_and_no_text_is_a_formula() -> None:
    keys = [{"enterprise": ENTERPRISE, "region": "350200", "skill": "=1+1"}]
    book = made(keys=keys, reporters=[Reporter(ENTERPRISE, "厦门某公司"), Reporter("us-agency:DN", "")])
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[3]][:7] == [ENTERPRISE, QUARTER, "350200 第200区", None, None, "=1+1", None]
    assert sheet["F3"].data_type == "s"
    assert sheet.max_row == 3
    enterprise = offered(sheet)["enterprise"]
    assert (enterprise.formula1, enterprise.errorStyle) == ("'名单'!$A$3:$A$4", "warning")
    assert [cell.value for cell in book["名单"][3]] == [ENTERPRISE, "厦门某公司"]
    assert "2025-Q2" in str(list(book["填表说明"].iter_rows(values_only=True)))


def test_a_feeds_own_schemes_change_what_is_asked_for_and_offered() -> None:
    rules = JOB_DEMAND.with_schemes({"region": "us-state", "industry": "not-stated"})
    book = load_workbook(io.BytesIO(workbook(Order(rules, QUARTER), lists())))
    found = offered(book.worksheets[0])
    assert "industry" not in found
    assert found["region"].type == "textLength"
    assert "代码表-地区" not in book.sheetnames


def test_the_same_order_gives_the_same_bytes_whenever_it_is_made() -> None:
    order = Order(JOB_DEMAND, QUARTER, feed="hn")
    first, again = workbook(order, lists()), workbook(order, lists())
    assert first == again
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {one.date_time[0] for one in package.infolist()} == {1980}
        assert b"1980-01-01" in package.read("docProps/core.xml")


def test_without_a_quarter_none_is_offered_and_too_many_keys_are_refused_in_words() -> None:
    book = load_workbook(io.BytesIO(workbook(Order(JOB_DEMAND), {})))
    assert offered(book.worksheets[0])["quarter"].formula1 is None
    with pytest.raises(BadCall, match="CSV"):
        templates.made(Order(JOB_DEMAND, keys=[{}] * (templates.MOST_KEYS + 1)), is_csv=False)
