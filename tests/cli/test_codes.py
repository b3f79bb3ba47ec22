"""`ievq codes`: the lists for programs and for people, without a database."""

import pytest

from tests.cli.conftest import Ievq


def test_the_lists_that_are_here_are_named_with_version_source_and_licence(ievq: Ievq) -> None:
    ran = ievq("codes", "list", "--json")
    assert (ran.code, ran.err) == (0, "")
    named = {one["list"]: one for one in ran.json}
    assert {"regions", "industries", "occupations", "programmes", "skills", "esco-skills"} <= set(named)
    assert named["skills"]["title"] == {"zh": "技能", "en": "Skills"}
    assert named["technologies"]["title"] == {"zh": "技术", "en": "Technologies"}
    assert all(one["source"] and one["licence"] for one in ran.json)
    plain = ievq("--lang", "zh", "codes", "list")
    assert plain.code == 0
    assert "技能" in plain.out


@pytest.mark.parametrize("name", ["skills", "technologies"])
def test_a_list_is_shown_as_one_document(ievq: Ievq, name: str) -> None:
    ran = ievq("codes", "show", name, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert {"list", "version", "source", "licence", "items"} <= set(ran.json)
    for item in ran.json["items"]:
        assert {"code", "title", "aliases", "family", "dimension", "id", "tiers", "reviewer"} <= set(item)
        assert set(item["title"]) == {"zh", "en"}


@pytest.mark.parametrize("name", ["regions", "industries", "occupations", "programmes", "esco-skills"])
def test_a_list_of_codes_is_shown_in_the_same_form(ievq: Ievq, name: str) -> None:
    ran = ievq("codes", "show", name, "--json")
    assert (ran.code, ran.err) == (0, "")
    assert {"list", "version", "source", "licence", "items", "history"} <= set(ran.json)
    for item in ran.json["items"]:
        assert {"code", "title", "aliases", "parent", "is_translated"} <= set(item)
        assert item["title"]["zh"]
        assert item["title"]["en"]
    told = ievq("--lang", "zh", "codes", "show", name)
    assert (told.code, ran.json["items"][-1]["title"]["zh"] in told.out) == (0, True)


def test_people_see_titles_in_their_language(ievq: Ievq) -> None:
    zh, en = (ievq("--lang", lang, "codes", "show", "skills") for lang in ("zh", "en"))
    assert (zh.code, en.code) == (0, 0)
    assert "机器学习" in zh.out
    assert "数据科学与人工智能" in zh.out
    assert "Machine learning" in en.out


def test_a_list_that_is_not_here_is_refused_in_words_that_name_the_others(ievq: Ievq) -> None:
    for lang, said in (
        ("zh", "这里没有代码表“places”；现有：skills, technologies, regions"),
        ("en", "no code list “places” here; there are: skills, technologies, regions"),
    ):
        ran = ievq("--lang", lang, "codes", "show", "places", "--json")
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err
