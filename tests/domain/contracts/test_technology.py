"""The contract of technology as `interfaces.md` gives it to others."""

from typing import Any

from ievq_pipeline.domain.contracts import contract

TECHNOLOGY = contract("technology")


def test_the_columns_are_exactly_those_agreed_in_their_order() -> None:
    shown: Any = TECHNOLOGY.as_json()
    assert list(shown) == ["feed_kind", "version", "title", "key", "fields", "rules"]
    assert (shown["feed_kind"], shown["version"], shown["key"]) == (
        "technology", 1, ["enterprise", "quarter", "technology"],
    )  # fmt: skip
    assert [(f["code"], f["type"], f["required"], f["code_list"]) for f in shown["fields"]] == [
        ("enterprise", "identifier", True, None),
        ("quarter", "quarter", True, None),
        ("technology", "wording", True, "technologies"),
        ("stage", "choice", True, None),
        ("skills", "wording", True, "skills"),
        ("note", "text", False, None),
    ]


def test_the_stages_are_listed_with_code_and_wording() -> None:
    assert TECHNOLOGY.field("stage").as_json()["choices"] == [
        {"code": "research", "title": {"zh": "研发", "en": "research"}},
        {"code": "pilot", "title": {"zh": "试点", "en": "pilot"}},
        {"code": "in_use", "title": {"zh": "应用", "en": "in use"}},
        {"code": "widespread", "title": {"zh": "推广", "en": "widespread"}},
        {"code": "phasing_out", "title": {"zh": "淘汰", "en": "phasing out"}},
    ]


def test_no_wording_means_two_choices() -> None:
    names = [
        name.casefold()
        for c in TECHNOLOGY.field("stage").choices
        for name in (c.code, c.title.zh, c.title.en, *c.aliases)
    ]
    assert len(set(names)) >= len(names) - 3  # code and English wording may be the same word
    owners = {name: c.code for c in TECHNOLOGY.field("stage").choices for name in (c.code, c.title.zh, *c.aliases)}
    assert len(owners) == sum(len({c.code, c.title.zh, *c.aliases}) for c in TECHNOLOGY.field("stage").choices)
