"""Names in files that no list knows: asked about at their first cell, and queued with what stands around them."""

from dataclasses import replace

import polars as pl

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.checks import Expected, check
from ievq_pipeline.adapters.new_wordings import unlisted
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.learning import Learnt
from ievq_pipeline.domain.submission import Verdict
from tests.adapters.test_job_demand import A, B, answer, marker, row
from tests.adapters.test_technology import answer as technology_answer
from tests.adapters.test_technology import row as technology_row

JOB_DEMAND, TECHNOLOGY = contract("job-demand"), contract("technology")


def asked(given: object) -> list[tuple[str, str | None, object]]:
    findings = [one for one in given.findings if one.code == "NQ-WORDING-NEW"]  # type: ignore[attr-defined]
    return [(str(one.value), one.cell, one.parameters["suggestions_en"]) for one in findings]


def test_a_near_name_is_asked_about_once_however_often_it_stands_and_the_row_is_taken() -> None:
    given = answer(
        row(skill="Python"), row(skill="Kubernetez"), row(skill="kubernetez", enterprise=B), row(skill="炼丹")
    )
    assert given.verdict is Verdict.ACCEPTED
    assert given.rows_accepted == 4
    assert asked(given) == [("Kubernetez", "F3", "Kubernetes (kubernetes)")]
    (finding,) = given.findings
    assert finding.severity(JOB_DEMAND) is Severity.INFO
    told = finding.as_json(JOB_DEMAND)
    assert "Kubernetes（kubernetes）" in told["message"]["zh"]  # type: ignore[index]


def test_variants_of_a_listed_name_become_its_code_without_a_question() -> None:
    given = answer(row(skill="熟练掌握Python编程"), row(skill="kubernetes集群", enterprise=B))
    assert asked(given) == []
    assert given.accepted["skill"].to_list() == ["python", "kubernetes"]
    assert [(one.code, one.count) for one in given.normalised] == [("NQ-N-SKILL", 2)]


def test_two_variants_of_one_skill_of_one_enterprise_are_a_repeat() -> None:
    given = answer(row(skill="Python编程"), row(skill="熟悉python"), *(row(skill=f"名称{n}") for n in range(60)))
    assert "NQ-DUPLICATE" in {one.code for one in given.findings}


def test_what_was_decided_is_not_asked_about_again() -> None:
    learnt = {"skills": Learnt((("Pyhton语言程序", "python"),), ("Kubernetez",), 4)}
    data = "\n".join(
        [",".join(f.code for f in JOB_DEMAND.fields), row(skill="Kubernetez"), row(skill="pyhton语言程序")]
    )
    given = check(data.encode(), JOB_DEMAND, Expected("2025-Q3"), code_lists.taught(learnt))
    assert asked(given) == []
    assert given.accepted["skill"].to_list() == ["Kubernetez", "python"]
    assert given.list_versions["skills"] == f"{code_lists.versions()['skills']}.4"


def test_each_name_in_a_cell_of_several_is_asked_about_but_no_unseparated_list() -> None:
    given = technology_answer(technology_row(skills="Python;Kubernetez;React"))
    assert [(value, cell) for value, cell, _ in asked(given)] == [("Kubernetez", "E2")]
    assert asked(technology_answer(technology_row(skills="Python、Kubernetez"))) == []


def test_unlisted_names_are_queued_with_what_stands_behind_and_beside_them() -> None:
    given = answer(
        row(skill="Kubernetez", openings="7"),
        row(skill="Kubernetez", openings="2", enterprise=B),
        row(skill="Python", enterprise=B),
        row(skill="Go", enterprise=B),
        row(skill="炼丹", openings="30"),
        marker("合计", openings="99"),
    )
    first, second = unlisted(given.accepted, JOB_DEMAND, code_lists.shipped())
    assert (first.wording, first.rows, first.reporters, first.openings) == ("炼丹", 1, 1, 30)
    assert (second.wording, second.rows, second.reporters, second.openings) == ("Kubernetez", 2, 2, 9)
    assert (list(first.neighbours), sorted(second.neighbours)) == ([], ["go", "python"])
    assert (list(second.unsure), list(first.unsure)) == (["kubernetes"], [])
    assert second.suggestions[0]["code"] == "kubernetes"


def test_lists_in_cells_are_taken_apart_and_markers_known_and_settled_names_left_out() -> None:
    given = technology_answer(technology_row(skills="Python;炼丹;画符", technology="OPC UA"))
    lists = code_lists.shipped()
    found = {one.wording: one for one in unlisted(given.accepted, TECHNOLOGY, lists) if one.code_list == "skills"}
    assert found.keys() == {"炼丹", "画符"}
    assert (found["炼丹"].openings, list(found["炼丹"].neighbours)) == (None, ["python"])
    settled = {"skills": replace(lists["skills"], settled=frozenset({"炼丹"}))}
    assert [one.wording for one in unlisted(given.accepted, TECHNOLOGY, settled)] == ["画符"]
    assert unlisted(pl.DataFrame(), JOB_DEMAND, lists) == []
    assert A != B
