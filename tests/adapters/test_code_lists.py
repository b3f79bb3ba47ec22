"""The list of skills that is shipped: whole, without contradiction, and in words that offices write."""

import csv
import gzip
import hashlib
import re
from collections import Counter
from collections.abc import Iterable

import pytest

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.domain.contracts import CONTRACTS
from ievq_pipeline.domain.errors import UnknownCodeList
from ievq_pipeline.domain.skill import Dimension, folded, is_readable

HAN = re.compile("[\u4e00-\u9fff]")
SKILLS = code_lists.skills()
HN = code_lists.place().parent / "hn"
#: of every term of the sources, the skill, its family and its dimension, which no version changes
MEANT = "43b0232449d3f008a16d3719a9fe0ebe17154318b2064457dd22c43025aa5fe1"


def terms() -> set[str]:
    """Every term of the two sources."""
    with gzip.open(HN / "hn_panel_terms.csv.gz", "rt", encoding="utf-8", newline="") as panel:
        found = {row["term"] for row in csv.DictReader(panel)}
    with (HN / "hn_hiring_quarterly_terms.csv").open(encoding="utf-8", newline="") as totals:
        return found | {row["term"] for row in csv.DictReader(totals)}


def columns(name: str) -> Iterable[dict[str, str]]:
    with (code_lists.place() / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_term_of_the_sources_is_a_skill_and_means_what_it_always_meant() -> None:
    named = {term: SKILLS.find(term) for term in terms()}
    assert [term for term, skill in named.items() if skill is None] == []
    told = [f"{term} {one.code} {one.family} {one.dimension}\n" for term, one in sorted(named.items()) if one]
    assert hashlib.sha256("".join(told).encode()).hexdigest() == MEANT
    times = Counter(skill.code for skill in named.values() if skill)
    assert {code for code, count in times.items() if count > 1} == {"remote", "angular"}
    assert (len(named), len(times)) == (262, 260)


def test_a_wording_names_exactly_one_skill() -> None:
    owners: dict[str, set[str]] = {}
    for skill in SKILLS.skills:
        for wording in skill.wordings:
            owners.setdefault(folded(wording), set()).add(skill.code)
    assert {wording: codes for wording, codes in owners.items() if len(codes) > 1} == {}


def test_no_alias_is_there_twice_unreadable_or_looks_like_two() -> None:
    for skill in SKILLS.skills:
        texts = {folded(text) for text in (skill.title.zh, skill.title.en)}
        aliases = [folded(alias) for alias in skill.aliases]
        assert len(set(aliases) - texts) == len(aliases), skill.code
        assert all(is_readable(wording) and not re.search("[;；,，、]", wording)
                   for wording in skill.wordings), skill.code  # fmt: skip
        assert not HAN.search(skill.title.en)


def test_ids_are_those_of_the_codes() -> None:
    ids = {row["code"]: row["id"] for row in columns("skills.csv")}
    assert ids == {skill.code: str(skill.id) for skill in SKILLS.skills}
    assert list(ids) == sorted(ids)


def test_no_skill_is_worded_like_a_marker() -> None:
    markers = [name for kind in CONTRACTS.values() for field in kind.fields for m in field.markers
               for name in (m.code, *m.aliases)]  # fmt: skip
    assert markers
    assert [name for name in markers if SKILLS.find(name)] == []


def test_every_family_has_skills_and_titles_in_both_languages() -> None:
    members = Counter(skill.family for skill in SKILLS.skills)
    assert set(members) == set(SKILLS.families)
    assert 40 <= len(members) <= 50
    assert min(members.values()) >= 2
    for code, family in SKILLS.families.items():
        assert code == family.code
        assert HAN.search(family.title.zh)
        assert not HAN.search(family.title.en)


@pytest.mark.parametrize(
    ("wordings", "code", "family"),
    [
        (["Kubernetes", "K8s", "k8S", "Ｋ８Ｓ"], "kubernetes", "infrastructure-and-operations"),
        (["Go", "golang", "Go语言", "go"], "go", "programming-languages"),
        (["C++", "c++", "Ｃ＋＋", "CPP", "c-plus-plus"], "c-plus-plus", "programming-languages"),
        (["C", "C语言"], "c", "programming-languages"),
        (["C#", "C＃", "C♯", "csharp"], "c-sharp", "programming-languages"),
        (["AngularJS", "Angular", "Angular.js", "Angular 2"], "angular", "web-front-end"),
        (["Postgresql", "Postgres", "PostgreSQL"], "postgresql", "databases"),
        (["node.js", "Node", "NodeJS"], "node-js", "back-end-frameworks"),
        (["Front End", "前端", "前端开发", "front-end"], "front-end", "web-front-end"),
        (["Machine Learning", "机器学习"], "machine-learning", "data-science-and-ai"),
        (["AI", "人工智能", "Artificial Intelligence"], "ai", "data-science-and-ai"),
        (["Security", "网络安全", "信息安全"], "security", "infrastructure-and-operations"),
        (["remote", "Remote", "远程办公"], "remote", "posts-and-ways-of-working"),
        (["嵌入式", "嵌入式系统"], "embedded-systems", "embedded-and-robotics"),
    ],
)
def test_what_offices_write_is_understood(wordings: list[str], code: str, family: str) -> None:
    found = {SKILLS.find(wording) for wording in wordings}
    assert {(skill.code, skill.family) if skill else None for skill in found} == {(code, family)}


@pytest.mark.parametrize(
    "wording",
    ["ML", "安全", "统计", "接口", "变压器", "装配", "高级", "初级", "云", "CAD", "TS", "Reactt", "Java Script"],
)
def test_what_may_mean_something_else_or_is_only_alike_names_nothing(wording: str) -> None:
    assert SKILLS.find(wording) is None


def test_dimensions_of_the_sources_are_told_only_where_one_fits() -> None:
    named = {skill for term in terms() if (skill := SKILLS.find(term))}
    ways = {skill.code for skill in SKILLS.skills if skill.family == "posts-and-ways-of-working"}
    assert {skill.code for skill in named if skill.dimension is None} == ways | {"statistics", "fintech"}
    assert {skill.dimension for skill in named} == {None, Dimension.DIGITAL}


def test_the_document_is_the_one_agreed() -> None:
    told = code_lists.document("skills")
    assert {"list", "version", "source", "licence", "items"} <= set(told)
    assert (told["list"], told["version"]) == ("skills", code_lists.versions()["skills"])
    assert "MIT" in told["licence"]
    item = next(item for item in told["items"] if item["code"] == "kubernetes")
    assert item["title"] == {"zh": "Kubernetes", "en": "Kubernetes"}
    assert "K8s" in item["aliases"]
    assert (item["family"], item["dimension"]) == ("infrastructure-and-operations", "digital")
    assert item["id"] == "1e0cdde7-072f-5bfd-a031-6324f8297167"
    remote = next(item for item in told["items"] if item["code"] == "remote")
    assert (remote["dimension"], remote["title"]) == (None, {"zh": "远程办公", "en": "Remote working"})
    assert {item["family"] for item in told["items"]} == {family["code"] for family in told["families"]}


def test_a_list_that_is_not_here_names_those_that_are() -> None:
    with pytest.raises(UnknownCodeList) as refused:
        code_lists.document("places")
    known = ", ".join(code_lists.about())
    assert refused.value.text("en") == f"There is no code list “places” here; there are: {known}."
    assert refused.value.text("zh") == f"这里没有代码表“places”；现有：{known}。"
