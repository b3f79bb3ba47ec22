"""Stored keys as rows of a template: bare codes, words that people use, and never a number."""

from typing import Any

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.templates import keys
from ievq_pipeline.domain.contracts import contract

STORED = {
    "reporter": "uscc:91350100M000100Y43", "region": "gbt2260:350200", "industry": "isic:2620", "occupation": None,
    "skill": "machine-learning", "post_ref": "007", "tier": 2, "is_required": False, "openings": 12, "applicants": 3,
}  # fmt: skip


def test_codes_come_bare_where_the_feed_writes_them_so_and_wordings_by_title() -> None:
    lists = code_lists.shipped()
    (zh,) = keys.rows([STORED], contract("job-demand"), "zh", lists)
    assert zh == {
        "enterprise": "91350100M000100Y43", "region": "350200", "industry": "isic:2620", "skill": "机器学习",
        "post_ref": "007", "tier": "第2层", "is_required": "否",
    }  # fmt: skip
    (en,) = keys.rows([STORED], contract("job-demand"), "en", lists)
    assert (en["skill"], en["tier"], en["is_required"]) == ("Machine learning", "tier 2", "no")
    (other,) = keys.rows([STORED], contract("job-demand").with_schemes({"region": "us-state"}), "en", lists)
    assert other["region"] == "gbt2260:350200"


def test_a_total_is_a_key_without_its_number_and_a_zero_report_is_none() -> None:
    stored: list[dict[str, Any]] = [
        {"reporter": "us-agency:DN", "skill": "TOTAL", "openings": 40},
        {"reporter": "us-agency:X", "skill": "nil-report"},
    ]
    assert list(keys.rows(stored, contract("job-demand"), "zh", {})) == [
        {"enterprise": "us-agency:DN", "skill": "合计"}
    ]


def test_no_kind_prefills_a_number_or_the_quarter() -> None:
    for kind in ("job-demand", "technology", "totals"):
        named = keys.columns(contract(kind))
        assert not {"quarter", "openings", "applicants", "count", "exposure", "months", "stage", "note"} & set(named)
