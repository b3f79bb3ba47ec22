"""The curated lists of skills and technologies: told whole, linked to what is there, honest about who has read them."""

import csv
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator

import pytest

from ievq_pipeline.adapters import code_lists, skill_lists
from ievq_pipeline.domain.skill import TIERS, UNREVIEWED, Dimension, Skill, Skills, folded, is_readable
from tools import skill_counts

LISTS = {"skills": code_lists.skills(), "technologies": code_lists.technologies()}
FILES = {"skills": ("skills", "skill_families", "skill_tiers"), "technologies": ("technologies", "skill_families")}
#: what is in a version never changes: whoever changes a row gives the list a new version, and its digest
DIGESTS = {
    ("skills", "1"): "b398e1330351afff8ec08f743250ffeb5881fd030076b5d6104bde8d1a079a60",
    ("technologies", "1"): "485b14132068dcab7f54fcb515203a3aed3b08f3aa4404404858b91b7a48cb99",
}
HAN = re.compile("[\u4e00-\u9fff]")
#: the form of codes in the lists of others
OCCUPATION, PROGRAMME = re.compile(r"\d-\d\d-\d\d-\d\d"), re.compile(r"\d{6}K?")
ESCO = re.compile(r"http://data\.europa\.eu/esco/skill/[0-9a-fA-F-]{36}|http://data\.europa\.eu/esco/skill/[A-Z0-9.]+")


def rows(name: str) -> list[dict[str, str]]:
    with (code_lists.place() / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def everything() -> Iterator[Skill]:
    for one in LISTS.values():
        yield from one.skills


@pytest.mark.parametrize("name", LISTS)
def test_what_a_version_says_never_changes_but_for_signatures(name: str) -> None:
    said = [
        [value for column, value in row.items() if column != "reviewer"] for file in FILES[name] for row in rows(file)
    ]
    digest = hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
    assert digest == DIGESTS[name, LISTS[name].version], "give the list a new version in lists.csv"


def test_the_readme_counts_what_is_there() -> None:
    assert skill_counts.README.read_text("utf-8") == skill_counts.page(), "run `make codes`"
    assert "| all · 合计 |" in skill_counts.tables()


def test_there_are_enough_of_each_dimension_beyond_those_from_software() -> None:
    dimensions = Counter(one.dimension for one in everything())
    assert sum(dimensions.values()) >= 800
    assert dimensions[Dimension.DIGITAL] >= 300
    assert dimensions[Dimension.GREEN] >= 150
    assert dimensions[Dimension.INNOVATION] >= 50
    trades = [one for one in LISTS["skills"].skills if one.links.programmes and one.dimension is Dimension.GREEN]
    assert len(trades) >= 120


@pytest.mark.parametrize("name", LISTS)
def test_rows_are_whole_and_in_order_and_say_who_signed(name: str) -> None:
    told = rows(name)
    assert [row["code"] for row in told] == sorted(row["code"] for row in told)
    assert {row["code"]: row["id"] for row in told} == {one.code: str(one.id) for one in LISTS[name].skills}
    assert all(row["reviewer"].strip() for row in told)
    for one in LISTS[name].skills:
        assert one.title.zh
        assert not HAN.search(one.title.en), one.code
        assert all(is_readable(word) and not re.search("[;；,，、]", word) for word in one.wordings), one.code


def test_a_code_stands_in_one_list_alone_for_its_id_comes_from_it() -> None:
    assert {one.code for one in LISTS["skills"].skills}.isdisjoint(one.code for one in LISTS["technologies"].skills)


@pytest.mark.parametrize("name", LISTS)
def test_a_wording_names_one_concept_and_an_alias_says_something_new(name: str) -> None:
    owners: dict[str, set[str]] = {}
    for one in LISTS[name].skills:
        titles = {folded(one.title.zh), folded(one.title.en)}
        aliases = [folded(alias) for alias in one.aliases]
        assert len(set(aliases) - titles) == len(aliases), one.code
        for wording in one.wordings:
            owners.setdefault(folded(wording), set()).add(one.code)
    assert {wording: codes for wording, codes in owners.items() if len(codes) > 1} == {}


def test_technologies_need_skills_that_are_there_and_share_their_families() -> None:
    known = {one.code for one in LISTS["skills"].skills}
    for one in LISTS["technologies"].skills:
        assert one.links.skills, one.code
        assert set(one.links.skills) <= known, one.code
        assert len(set(one.links.skills)) == len(one.links.skills)
    assert {one.family for one in LISTS["technologies"].skills} <= set(LISTS["skills"].families)


def test_tiers_are_of_the_three_and_the_important_ones_say_what_can_be_done() -> None:
    told = [one for one in LISTS["skills"].skills if any(tier.can_do for tier in one.tiers)]
    assert len(told) >= 60
    for one in told:
        numbers = [tier.number for tier in one.tiers]
        assert numbers == sorted(set(numbers)), one.code
        assert set(numbers) <= set(TIERS)
        assert all(
            tier.can_do and HAN.search(tier.can_do.zh) and tier.can_do.en.startswith("Can ") for tier in one.tiers
        )
    tiered = {one.code for one in told}
    assert {"industrial-internet-operations", "carbon-accounting"} <= tiered, "the two that the paper names"


def test_links_have_the_form_of_what_they_point_to_and_stand_once() -> None:
    for one in everything():
        assert one.links.esco is None or ESCO.fullmatch(one.links.esco), one.code
        for codes, form in ((one.links.occupations, OCCUPATION), (one.links.programmes, PROGRAMME)):
            assert len(set(codes)) == len(codes), one.code
            assert all(form.fullmatch(code) for code in codes), one.code


@pytest.mark.parametrize("name", ["occupations", "programmes"])
def test_occupations_and_programmes_are_in_their_lists(name: str) -> None:
    known = code_lists.code_list(name).items
    linked = {code for one in everything() for code in getattr(one.links, name)}
    assert len(linked) > 100
    assert [code for code in linked if code not in known] == []


def test_esco_concepts_are_in_the_extract() -> None:
    known = code_lists.code_list("esco-skills").items
    assert [one.code for one in everything() if one.links.esco and one.links.esco not in known] == []
    assert sum(bool(one.links.esco) for one in everything()) > 100


def test_the_document_tells_tiers_links_and_reviewer() -> None:
    items = {item["code"]: item for item in code_lists.document("skills")["items"]}
    told = items["pv-operations"]
    assert [tier["code"] for tier in told["tiers"]] == ["1", "2", "3"]
    assert set(told["tiers"][0]["can_do"]) == {"zh", "en"}
    assert told["esco"].startswith("http://data.europa.eu/esco/skill/")
    assert (told["occupations"], told["reviewer"]) == (["6-28-01-10"], UNREVIEWED)
    technologies = code_lists.document("technologies")
    one = next(item for item in technologies["items"] if item["code"] == "virtual-power-plant")
    assert one["skills"] == ["virtual-power-plant-operation", "demand-response"]
    assert {item["family"] for item in technologies["items"]} == {one["code"] for one in technologies["families"]}


ROW = {
    "code": "go", "title_zh": "围棋", "title_en": "Go", "family": "games", "dimension": "", "tiers": "1;3",
    "esco_uri": "", "reviewer": "a person", "aliases": "",
}  # fmt: skip
GAMES = {"code": "games", "title_zh": "棋", "title_en": "Games"}
TIER = {"skill": "go", "tier": "3", "can_do_zh": "能赢", "can_do_en": "Can win"}


def test_a_list_is_read_with_what_its_tiers_mean_and_who_signed() -> None:
    (one,) = skill_lists.listed("7", [ROW], [GAMES], [TIER]).skills
    assert [(tier.number, tier.can_do and tier.can_do.en) for tier in one.tiers] == [(1, None), (3, "Can win")]
    assert (one.reviewer, one.links.skills) == ("a person", ())


@pytest.mark.parametrize(
    ("change", "tier", "said"),
    [
        ({}, TIER | {"tier": "2"}, r"what has none: \[\('go', 2\)\]"),
        ({}, TIER | {"skill": "chess"}, r"what has none: \[\('chess', 3\)\]"),
        ({"tiers": "4"}, None, "no tier 4"),
        ({"family": "metals"}, None, "family 'metals'"),
        ({"dimension": "grey"}, None, "grey"),
    ],
)
def test_a_list_that_contradicts_itself_is_not_read(
    change: dict[str, str], tier: dict[str, str] | None, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        skill_lists.listed("7", [ROW | change], [GAMES], [tier] if tier else [])


def test_lists_are_matched_each_in_its_own_column() -> None:
    shipped = code_lists.shipped()
    assert all(isinstance(shipped[name], Skills) and shipped[name] is LISTS[name] for name in LISTS)
    assert [shipped[name].named("数字孪生").code for name in LISTS] == ["digital-twin-modelling", "digital-twin"]
    assert [shipped[name].named("MES系统").code for name in LISTS] == [
        "mes-application",
        "manufacturing-execution-system",
    ]
