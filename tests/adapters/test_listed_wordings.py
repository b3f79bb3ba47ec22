"""Wordings of skills in files: the list's code where it knows them, else their own; and two that mean one."""

import time
from collections import Counter

import polars as pl
import pytest

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.answers import File, document
from ievq_pipeline.adapters.cell_checks import reader
from ievq_pipeline.adapters.checks import Answer, Expected, check
from ievq_pipeline.adapters.columns import Changes, Wordbook
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.skill import Family, Skill, Skills
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.text import Text
from tests.adapters.test_checks import places
from tests.adapters.test_job_demand import A, B, answer, marker, row, rows
from tests.adapters.test_technology import answer as technology_answer
from tests.adapters.test_technology import row as technology_row

JOB_DEMAND, TECHNOLOGY, TOTALS = contract("job-demand"), contract("technology"), contract("totals")


def skills_of(given: Answer) -> list[str]:
    return given.accepted["skill"].to_list()


def changes(given: Answer) -> list[tuple[str, int, str | None, str, str]]:
    return [(c.code, c.count, c.cell, c.before, c.after) for c in given.normalised if c.column in ("skill", "skills")]


def test_a_wording_that_the_list_knows_becomes_its_code_and_is_counted() -> None:
    given = answer(row(skill="kubernetes"), row(skill="K8s", enterprise=B), row(skill="网络安全"), row(skill="Ｃ＋＋"))
    assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
    assert skills_of(given) == ["kubernetes", "kubernetes", "security", "c-plus-plus"]
    assert changes(given) == [("NQ-N-SKILL", 3, "F3", "K8s", "kubernetes")]


def test_one_that_no_list_knows_stays_as_it_is_but_for_width_and_blanks() -> None:
    given = answer(row(skill="ＱＱＺ  UA"), row(skill="QQZ UA", enterprise=B), row(skill="盆景养护"))
    assert (given.verdict, [*given.findings]) == (Verdict.ACCEPTED, [])
    assert skills_of(given) == ["QQZ UA", "QQZ UA", "盆景养护"]
    assert changes(given) == [("NQ-N-WORDING", 1, "F2", "ＱＱＺ  UA", "QQZ UA")]


def test_one_wording_in_two_cases_is_one_concept_spelled_as_it_stood_first() -> None:
    given = answer(row(skill="Zephyr"), row(skill="zephyr", enterprise=B), row(skill="zEPHYR", industry="65"))
    assert skills_of(given) == ["Zephyr"] * 3
    assert places(answer(*rows(), row(skill="Zephyr"), row(skill="zephyr"))) == [("NQ-DUPLICATE", "F63")]


@pytest.mark.parametrize("word", ["零报告", "NIL", "合计", "TOTAL"])
def test_markers_come_first(word: str) -> None:
    everything = Skills("9", tuple(Skill(f"s{n}", Text(w, w), "f") for n, w in enumerate(("零报告", "nil-report", "NIL",
                        "合计", "total"))), {"f": Family("f", Text("类", "kind"))})  # fmt: skip
    data = "\n".join([",".join(f.code for f in JOB_DEMAND.fields), marker(word, openings="0")])
    given = check(data.encode(), JOB_DEMAND, Expected("2025-Q3"), {"skills": everything})
    assert skills_of(given)[0] in ("nil-report", "TOTAL")


def test_two_wordings_of_one_skill_are_a_repeat_that_explains_itself() -> None:
    given = answer(*rows(), row(skill="信息安全"), row(skill="Security ", openings="7"))
    (found,) = given.findings
    assert (found.code, found.cell, found.value) == ("NQ-DUPLICATE", "F63", "Security")
    message = found.as_json(JOB_DEMAND)["message"]
    assert message == {
        "zh": "“Security”与第 62 行的“信息安全”是同一项（信息安全，代码 security），"
        "企业、季度、地区、行业、职业、岗位、层级和是否必备也都相同。",
        "en": "“Security” means the same as “信息安全” in row 62 (Information security, code security), and enterprise,"
        " quarter, region, industry, occupation, post, tier and is_required are the same too.",
    }


def test_a_repeat_of_a_skill_that_no_list_knows_and_of_a_zero_report_explain_themselves_too() -> None:
    given = answer(*rows(), row(skill="刺绣"), row(skill="刺绣"), marker("零报告", B), marker("NIL", B))
    first, second = (found.as_json(JOB_DEMAND)["message"] for found in given.findings)
    assert "“刺绣”与第 62 行的“刺绣”是同一项（刺绣）" in str(first)
    assert "“NIL” means the same as “零报告” in row 64 (nil-report)" in str(second)


def test_every_item_of_a_list_is_coded_and_stands_once() -> None:
    given = technology_answer(technology_row(skills="Golang；御剑 飞行;K8s ; Go"))
    assert given.accepted["skills"].to_list() == ["go;御剑 飞行;kubernetes"]
    assert [code for code, *_ in changes(given)] == ["NQ-N-LIST", "NQ-N-SKILL"]
    (found,) = technology_answer(
        *(technology_row(technology=f"t{n}") for n in range(60)), technology_row(skills="Go;？？")
    ).findings
    assert (found.code, found.cell, found.value) == ("NQ-WORDING", "E62", "Go;？？")
    assert "“？？”中没有可以辨认的名称" in str(found.as_json(TECHNOLOGY)["message"])


def test_a_row_whose_skill_nobody_can_read_leaves_all_of_its_enterprise_unknown() -> None:
    given = answer(*rows(), row(skill="#REF!"), row(skill="K8s", openings="?"))
    assert (given.unnamed, given.unknown) == ([(62, A)], [(63, A, "kubernetes")])


def test_terms_of_a_totals_source_are_its_own() -> None:
    data = "source,quarter,term,count,exposure,months\nhn,2025-Q3,K8s,1,10,3\nhn,2025-Q3,Kubernetes,2,10,3"
    given = check(data.encode(), TOTALS, Expected("2025-Q3"))
    assert (given.accepted["term"].to_list(), given.normalised) == (["K8s", "Kubernetes"], [])
    told = document(given, TOTALS, File("a.csv", len(b""), None))
    assert (told["rules_version"], told["code_lists"]) == ("totals-1", {})


def test_the_answer_names_the_lists_that_it_was_made_with() -> None:
    told = document(answer(row()), JOB_DEMAND, File("a.csv", 0, None))
    shipped = {name: code_lists.versions()[name] for name in ("regions", "industries", "occupations", "skills")}
    assert told["code_lists"] == shipped
    assert told["rules_version"] == "+".join(["job-demand-1", *(f"{name}-{of}" for name, of in shipped.items())])
    newer = {"skills": Skills("12")}
    for data in (b"", ("\n".join([",".join(f.code for f in JOB_DEMAND.fields), row(skill="K8s")])).encode()):
        given = check(data, JOB_DEMAND, Expected("2025-Q3"), newer)
        told = document(given, JOB_DEMAND, File("a.csv", len(data), None))
        assert (told["rules_version"], told["code_lists"]) == ("job-demand-1+skills-12", {"skills": "12"})
    assert skills_of(given) == ["K8s"]


def taken(cells: pl.Series) -> tuple[pl.Series, dict[str, int]]:
    """A column of skills, typed, and how many cells were changed, by code."""
    column, changes = JOB_DEMAND.field("skill"), Changes("skill", 0, has_cells=True)
    book = Wordbook(column, reader(column, None, code_lists.shipped()), changes)
    typed = book.take(cells, pl.Series(range(len(cells))), ())
    return typed.values, {code: change.count for code, change in changes.counted.items()}


@pytest.mark.timeout(60)
def test_a_million_cells_are_read_wording_by_wording(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Counter[str]()
    find = Skills.find
    monkeypatch.setattr(Skills, "find", lambda self, wording: asked.update([wording]) or find(self, wording))
    cells = pl.Series(["K8s", "刺绣", "Ｇｏ", "go", "TOTAL", ""] * 170_000)
    start = time.process_time()
    values, changes = taken(cells)
    assert time.process_time() - start < 5
    assert values[:6].to_list() == ["kubernetes", "刺绣", "go", "go", "TOTAL", ""]
    assert changes == {"NQ-N-SKILL": 340_000}
    assert asked.total() < 20


def test_a_hundred_thousand_different_wordings_take_no_time_worth_telling() -> None:
    cells = pl.Series([f"技能 {n} Ａ" for n in range(100_000)])
    start = time.process_time()
    values, changes = taken(cells)
    assert time.process_time() - start < 10
    assert (values[-1], changes["NQ-N-WORDING"]) == ("技能 99999 A", 100_000)
