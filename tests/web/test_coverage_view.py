"""Coverage on the page: groups of five and more, rounded, in both languages."""

from ievq_pipeline.domain.coverage import Heard, covered
from ievq_pipeline.domain.organisation import Dimension
from ievq_pipeline.web.coverage_view import section
from tests.domain.test_coverage import ALL, TABLE_1, enterprises, heard_of_all_but_the_other_types


def test_the_papers_table_as_the_page_has_it() -> None:
    expected = enterprises()
    kept = {"job-demand": covered(expected, heard_of_all_but_the_other_types(expected))}
    rows = {row["title"]: row["numbers"] for row in section(kept, "en")["rows"]}
    assert rows["Job demand · Accreditation · other type"] == ["80", "<3", "0%"]
    assert rows["Job demand · Accreditation · national manufacturing “Single Champion”"][0] == "5"
    assert sum(title.startswith("Job demand · Ownership") for title in rows) == len(TABLE_1[Dimension.OWNERSHIP])
    assert "用人需求表 · 所有制 · 民营或个体" in {row["title"] for row in section(kept, "zh")["rows"]}


def test_where_groups_are_too_small_nothing_but_the_reason_is_shown() -> None:
    few = {one: {Dimension.REGION: f"gbt2260:{n}00000"} for n, one in enumerate(ALL[:4], 1)}
    shown = section({"job-demand": covered(few, {})}, "zh")
    assert (shown["rows"], "不足 5 家" in shown["note"]) == ([], True)


def test_a_region_is_named_and_small_ones_stand_together() -> None:
    regions = ["gbt2260:350000"] * 20 + ["gbt2260:310000"] * 10 + ["gbt2260:110000"] * 3 + ["gbt2260:120000"] * 3
    told = {one: {Dimension.REGION: code} for one, code in zip(ALL, regions, strict=False)}
    rows = section({"job-demand": covered(told, {ALL[0]: Heard()})}, "en")["rows"]
    assert [row["title"].rpartition(" · ")[2] for row in rows] == ["Fujian", "Shanghai", "others together"]
    assert [row["numbers"][0] for row in rows] == ["20", "10", "5"]
