"""`ievq codes`: the lists for programs and for people, without a database."""

from tests.cli.conftest import Ievq


def test_the_lists_that_are_here_are_named_with_version_source_and_licence(ievq: Ievq) -> None:
    ran = ievq("codes", "list", "--json")
    assert (ran.code, ran.err) == (0, "")
    (skills,) = ran.json
    assert (skills["list"], skills["version"], skills["title"]) == ("skills", "0", {"zh": "技能", "en": "Skills"})
    assert skills["source"]
    assert skills["licence"]
    plain = ievq("--lang", "zh", "codes", "list")
    assert plain.code == 0
    assert "技能" in plain.out


def test_a_list_is_shown_as_one_document(ievq: Ievq) -> None:
    ran = ievq("codes", "show", "skills", "--json")
    assert (ran.code, ran.err) == (0, "")
    assert {"list", "version", "source", "licence", "items"} <= set(ran.json)
    for item in ran.json["items"]:
        assert set(item) == {"code", "title", "aliases", "family", "dimension", "id"}
        assert set(item["title"]) == {"zh", "en"}


def test_people_see_titles_in_their_language(ievq: Ievq) -> None:
    zh, en = (ievq("--lang", lang, "codes", "show", "skills") for lang in ("zh", "en"))
    assert (zh.code, en.code) == (0, 0)
    assert "机器学习" in zh.out
    assert "数据科学与人工智能" in zh.out
    assert "Machine learning" in en.out


def test_a_list_that_is_not_here_is_refused_in_words_that_name_the_others(ievq: Ievq) -> None:
    for lang, said in (
        ("zh", "这里没有代码表“regions”；现有：skills。"),
        ("en", "no code list “regions” here; there are: skills."),
    ):
        ran = ievq("--lang", lang, "codes", "show", "regions", "--json")
        assert (ran.code, ran.out) == (2, "")
        assert said in ran.err
