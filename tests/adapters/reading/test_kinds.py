"""A file of another kind is named as such, and a broken header of the right kind is not."""

from dataclasses import replace

import pytest

from ievq_pipeline.adapters.checks import Expected, check
from ievq_pipeline.adapters.reading import layout
from ievq_pipeline.adapters.reading.kinds import named, other_kind, recognised
from ievq_pipeline.adapters.reading.source import Facts, Source
from ievq_pipeline.adapters.templates.plan import plan
from ievq_pipeline.adapters.templates.twin import csv_twin
from ievq_pipeline.adapters.templates.workbook import workbook
from ievq_pipeline.domain.contracts import CONTRACTS, REGISTERS, contract
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.template import Order, Stamp

JOB_DEMAND, TECHNOLOGY = contract("job-demand"), contract("technology")


@pytest.mark.parametrize("wanted", CONTRACTS)
@pytest.mark.parametrize("handed_in", CONTRACTS)
@pytest.mark.parametrize("language", ["zh", "en", "code"])
def test_a_template_of_each_kind_is_known_as_what_it_is(wanted: str, handed_in: str, language: str) -> None:
    rules = contract(handed_in)
    header = [f.code for f in rules.fields] if language == "code" else plan(Order(rules, None, language), {}).titles()
    found = other_kind(header, contract(wanted))
    assert found == (None if handed_in == wanted else rules)


@pytest.mark.parametrize("kind", [*CONTRACTS, *REGISTERS])
def test_a_header_that_lost_a_column_is_still_of_its_own_kind(kind: str) -> None:
    codes = [f.code for f in contract(kind).fields]
    for lost in codes:
        assert other_kind([code for code in codes if code != lost], contract(kind)) is None
    assert other_kind(["a", "b"], contract(kind)) is None
    assert other_kind([], contract(kind)) is None


def test_one_finding_names_the_kind_in_the_place_of_the_columns_that_it_lacks() -> None:
    titles = plan(Order(TECHNOLOGY), {}).titles()
    head = layout.header(4, ["序号", *titles], JOB_DEMAND)
    (found,) = named(head.findings, head.cells, head.row, JOB_DEMAND)
    told = found.as_json(JOB_DEMAND)
    assert (found.code, found.row, found.parameters["kind"]) == ("NQ-TEMPLATE-KIND", 4, "technology")
    assert "这是“技术应用表”，不是“用人需求表”" in str(told["message"])
    assert "“Technology”, not “Job demand”" in str(told["message"])
    own = layout.header(4, ["序号", *titles], TECHNOLOGY)
    assert named(own.findings, own.cells, own.row, TECHNOLOGY) == own.findings
    broken = layout.header(1, ["企业代码", "季度", "技能"], JOB_DEMAND)
    assert named(broken.findings, broken.cells, 1, JOB_DEMAND) == broken.findings


def test_where_no_header_fits_the_stamp_says_the_kind_unless_it_was_altered() -> None:
    head = layout.header(1, ["甲", "乙"], JOB_DEMAND)
    (found,) = named(head.findings, head.cells, 1, JOB_DEMAND, Stamp("totals", 1))
    assert found.parameters["kind"] == "totals"
    for stamp in (Stamp("totals", 1, is_altered=True), Stamp("job-demand", 1), Stamp("nothing", 1), None):
        assert named(head.findings, head.cells, 1, JOB_DEMAND, stamp) == head.findings


def test_the_check_says_it_in_one_finding_for_a_file_of_another_kind() -> None:
    answer = check(csv_twin(Order(TECHNOLOGY, "2025-Q3")), JOB_DEMAND, Expected("2025-Q3"))
    (found,) = answer.findings
    assert (found.code, found.row, answer.verdict) == ("NQ-TEMPLATE-KIND", 1, Verdict.REJECTED)


def test_only_sheets_that_somebody_added_to_a_template_are_told_as_unread() -> None:
    template = workbook(Order(JOB_DEMAND, "2025-Q3"), {})
    unread = Finding("NQ-SHEETS-UNREAD", value="填表说明、代码表-地区、名单", parameters={"sheet": "用人需求表"})

    def told(finding: Finding, data: bytes) -> list[Finding]:
        codes = [f.code for f in JOB_DEMAND.fields]
        source = Source(Facts("xlsx", header_row=1), codes, dict.fromkeys(codes, 0), iter(()), [finding])
        return recognised(source, data, JOB_DEMAND, quarter="2025-Q3", list_versions={})

    assert told(unread, template) == []
    assert told(replace(unread, value="填表说明、上季度、代码表-技能"), template) == [replace(unread, value="上季度")]
    assert told(unread, b"PK of a workbook that is no template") == [unread]
