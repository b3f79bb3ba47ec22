"""What a template's stamp means for the file that carries it."""

from dataclasses import replace
from typing import Any

import pytest

from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.template import LAYOUT, Order, Stamp, judge

RULES = contract("job-demand")
VERSIONS = {"regions": "2024", "skills": "2", "other": "9"}
STAMP = Stamp.of(Order(RULES, "2025-Q3", "zh", "north", "us-agency:N"), VERSIONS)
KNOWN: dict[str, Any] = {
    "feed": "north",
    "organisation": "us-agency:N",
    "quarter": "2025-Q3",
    "list_versions": VERSIONS,
}


def test_a_stamp_reads_back_from_its_entries_and_shows_when_they_change() -> None:
    entries = STAMP.entries()
    assert Stamp.parse(entries) == STAMP
    assert STAMP.code_lists == {"regions": "2024", "skills": "2"}
    for name in entries.keys() - {"template", "layout", "contract_version"}:
        changed = Stamp.parse({**entries, name: "other"})
        assert changed is not None
        assert changed.is_altered, name


@pytest.mark.parametrize("changes", [{"template": "x"}, {"layout": "²"}, {"contract_version": ""}, {"feed": "x" * 501}])
def test_what_is_no_stamp_is_none(changes: dict[str, str]) -> None:
    assert Stamp.parse({**STAMP.entries(), **changes}) is None


def test_a_template_of_today_for_this_submission_says_nothing_and_neither_does_what_is_not_known() -> None:
    assert judge(STAMP, RULES, **KNOWN) == []
    assert judge(STAMP, RULES) == []
    assert judge(Stamp.of(Order(RULES), VERSIONS), RULES, **KNOWN) == []
    assert judge(replace(STAMP, kind="technology", quarter="2020-Q1"), RULES, **KNOWN) == []


@pytest.mark.parametrize(
    ("stamp", "code", "zh"),
    [
        (replace(STAMP, quarter="2025-Q2"), "NQ-TEMPLATE-QUARTER", "这是 2025-Q2 的模板，而本次填报的是 2025-Q3。"),
        (replace(STAMP, feed="south", organisation="us-agency:S"), "NQ-TEMPLATE-FEED", "渠道“south”的模板"),
        (replace(STAMP, organisation="us-agency:S"), "NQ-TEMPLATE-ORGANISATION", "单位“us-agency:S”的模板"),
        (replace(STAMP, contract_version=0), "NQ-TEMPLATE-OLD", f"0.{LAYOUT} 版，现行的是 {RULES.version}.{LAYOUT} 版"),
        (replace(STAMP, code_lists={"regions": "2023", "skills": "2"}), "NQ-TEMPLATE-LISTS", "地区 2023 → 2024。"),
        (replace(STAMP, is_altered=True, quarter="2020-Q1"), "NQ-TEMPLATE-ALTERED", "隐藏的标记"),
    ],
)
def test_what_differs_is_told_once_and_as_information(stamp: Stamp, code: str, zh: str) -> None:
    (found,) = judge(stamp, RULES, **KNOWN)
    told = found.as_json(RULES)
    assert (found.code, told["severity"]) == (code, "info")
    assert zh in str(told["message"])
