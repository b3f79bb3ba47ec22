"""The contract of job demand as `interfaces.md` gives it to others."""

from typing import Any

from ievq_pipeline.domain.contracts import contract

JOB_DEMAND = contract("job-demand")
SHAPE = ["code", "title", "aliases", "type", "required", "unit", "code_list", "choices", "minimum", "maximum", "rule",
         "example"]  # fmt: skip


def test_the_columns_are_exactly_those_agreed_in_their_order() -> None:
    shown: Any = JOB_DEMAND.as_json()
    assert list(shown) == ["feed_kind", "version", "title", "key", "fields", "rules"]
    assert (shown["feed_kind"], shown["version"]) == ("job-demand", 1)
    assert all(list(field) == SHAPE for field in shown["fields"])
    assert [(f["code"], f["type"], f["required"], f["code_list"]) for f in shown["fields"]] == [
        ("enterprise", "identifier", True, None),
        ("quarter", "quarter", True, None),
        ("region", "code", True, "regions"),
        ("industry", "code", True, "industries"),
        ("occupation", "code", False, "occupations"),
        ("skill", "wording", True, "skills"),
        ("openings", "integer", True, None),
        ("applicants", "integer", False, None),
        ("post_ref", "wording", False, None),
        ("tier", "choice", False, None),
        ("is_required", "choice", False, None),
    ]


def test_one_column_is_told_in_full() -> None:
    assert JOB_DEMAND.field("openings").as_json() == {
        "code": "openings",
        "title": {"zh": "需求人数", "en": "Openings"},
        "aliases": ["招聘人数", "需求数", "用工需求人数", "招聘需求人数", "拟招人数", "空缺人数"],
        "type": "integer",
        "required": True,
        "unit": {"zh": "人", "en": "persons"},
        "code_list": None,
        "choices": None,
        "minimum": 0,
        "maximum": 100_000,
        "rule": {
            "zh": "本季度任一时间空缺的岗位所需人数，同一岗位在一项技能下只计一次",
            "en": "Persons wanted in positions open at any time in the quarter, each counted once for a skill",
        },
        "example": "12",
    }


def test_choices_are_listed_with_code_and_wording() -> None:
    assert JOB_DEMAND.field("is_required").as_json()["choices"] == [
        {"code": "yes", "title": {"zh": "是", "en": "yes"}},
        {"code": "no", "title": {"zh": "否", "en": "no"}},
    ]
    assert [choice.code for choice in JOB_DEMAND.field("tier").choices] == ["1", "2", "3"]


def test_the_key_is_everything_but_the_numbers() -> None:
    numbers = {"openings", "applicants"}
    assert JOB_DEMAND.key == tuple(f.code for f in JOB_DEMAND.fields if f.code not in numbers)
