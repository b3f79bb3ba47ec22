"""Skills: which wordings are the same, what they name, and what becomes of those that no list knows."""

import re
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ievq_pipeline.domain.skill import NAMESPACE, Dimension, Family, Skill, Skills, folded, is_readable, spelled
from ievq_pipeline.domain.text import Text

FAMILIES = {"languages": Family("languages", Text("编程语言", "Languages"))}


def skill(code: str, *aliases: str, family: str = "languages") -> Skill:
    return Skill(code, Text(code.upper(), code.title()), family, Dimension.DIGITAL, aliases)


GO, C_SHARP = skill("go", "Golang", "Go语言"), skill("c-sharp", "C#")
LISTED = Skills("7", (GO, C_SHARP), FAMILIES)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Kubernetes", "KUBERNETES"),
        ("Ｋ８ｓ", "K8s"),
        (" machine \u3000 learning\n", "Machine Learning"),
        ("C＃", "c#"),
        ("SQL\u00a0Server", "SQL Server"),
        ("Kuber\u200bnetes\ufeff", "Kubernetes"),
        ("Straße", "STRASSE"),
        ("㏒", "log"),
    ],
)
def test_width_case_and_the_number_of_blanks_do_not_matter(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Node.js", "NodeJS"), ("机器 学习", "机器学习"), ("C", "C++"), ("PostgreSQL", "Postgre SQL"), ("React", "Reakt")],
)
def test_nothing_is_fuzzy(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(st.text())
def test_the_agreed_spelling_is_its_own_and_is_the_same_wording(wording: str) -> None:
    assert spelled(spelled(wording)) == spelled(wording)
    assert folded(spelled(wording)) == folded(wording) == folded(folded(wording))


@pytest.mark.parametrize("wording", ["Go", "焊接", "5G", "C#", "2050", "㎒", "Программирование"])
def test_a_name_has_a_letter_or_a_digit(wording: str) -> None:
    assert is_readable(wording)


@pytest.mark.parametrize(
    "wording", ["", "—", "/", "？？？", "#REF!", "#n/a", "＃ＮＡＭＥ？", "数据\ufffd分析", "\u200b"]
)
def test_what_nobody_can_read_is_no_name(wording: str) -> None:
    assert not is_readable(wording)


def test_a_skill_is_found_by_code_title_and_alias() -> None:
    assert {LISTED.find(wording) for wording in ("go", "GO", "golang", "Go 语言", "ｇｏ语言")} == {GO, None}
    assert LISTED.find("Go 语言") is None  # a blank more is another wording
    assert LISTED.named("ＧＯＬＡＮＧ") is GO


def test_what_no_list_knows_is_a_concept_of_its_own() -> None:
    found = LISTED.named("  ＯＰＣ\u3000 UA ")
    assert (found.code, found.title, found.family, found.dimension) == ("OPC UA", Text("OPC UA", "OPC UA"), None, None)
    assert found.aliases == ()
    assert LISTED.named(found.code) == found


def test_of_many_wordings_the_same_get_one_code() -> None:
    given = ["Golang", "OPC UA", "go", "opc  ua", "C#", "焊接", "？", "Opc Ua"]
    codes = ["go", "OPC UA", "go", "OPC UA", "c-sharp", "焊接", None, "OPC UA"]
    assert LISTED.codes(given) == dict(zip(given, codes, strict=True))


def test_the_id_comes_from_the_code_alone() -> None:
    assert uuid.UUID("22b7cded-1404-4c73-8de6-085da48fbb14") == NAMESPACE
    assert GO.id == Skill("go", Text("", "")).id == uuid.UUID("cf00b449-7595-5404-8f4c-2dcb7ed54012")
    assert GO.id != C_SHARP.id


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ([skill("gopher", "ｇｏｌａｎｇ")], "'Golang' names both gopher and go"),
        ([skill("go")], "names both go and go"),
        ([skill("rust", family="metals")], "family 'metals'"),
        ([skill("Rust")], "'Rust' is not lower-case"),
        ([skill("c++")], "is not lower-case"),
    ],
)
def test_a_list_that_contradicts_itself_is_none(others: list[Skill], said: str) -> None:
    with pytest.raises(ValueError, match=re.escape(said)):
        Skills("1", (GO, *others), FAMILIES)
