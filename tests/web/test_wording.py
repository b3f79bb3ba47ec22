"""The wording is whole in both languages, and figures and dates are written as each language writes them."""

import re
from string import Formatter

import pytest

from ievq_pipeline.web import figures, wording


@pytest.mark.parametrize("key", wording.WORDS)
def test_every_entry_says_the_same_in_both_languages(key: str) -> None:
    text = wording.WORDS[key]
    assert text.zh.strip()
    assert text.en.strip()
    places = [{place for _, place, _, _ in Formatter().parse(said) if place} for said in (text.zh, text.en)]
    assert places[0] == places[1]


def test_both_languages_have_the_same_keys() -> None:
    assert wording.words("zh").keys() == wording.words("en").keys()
    assert wording.words("zh") != wording.words("en")


def test_chinese_has_no_typed_space_beside_latin_letters_or_digits() -> None:
    spaced = re.compile(r"[\u4e00-\u9fff] +[A-Za-z0-9{]|[A-Za-z0-9}] +[\u4e00-\u9fff]")
    assert [key for key, text in wording.WORDS.items() if spaced.search(text.zh)] == []


def test_english_holds_no_chinese_but_the_name_of_the_other_language() -> None:
    assert [key for key, text in wording.WORDS.items() if re.search("[\u4e00-\u9fff]", text.en)] == ["other_language"]


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (0.0042, "0.0042"),
        (0.5, "0.5"),
        (0.001, "0.001"),
        (1.3e-6, "1.3×10⁻⁶"),
        (2e-12, "2.0×10⁻¹²"),
        (0.0, "<10⁻³⁰⁰"),
        (None, "–"),
    ],
)
def test_a_probability_is_never_rounded_to_nothing(value: float | None, written: str) -> None:
    assert figures.probability(value) == written


@pytest.mark.parametrize(
    ("value", "written"), [(12431, "12,431"), (4.25, "4.2"), (4.0, "4"), (265.7, "266"), (0, "0"), (None, "–")]
)
def test_a_count_is_written_with_the_digits_it_has(value: float | None, written: str) -> None:
    assert figures.count(value) == written


def test_a_rounded_count_says_that_it_is_one() -> None:
    assert [figures.about(25, language) for language in ("zh", "en")] == ["约25", "about 25"]
    assert [figures.about(0, language) for language in ("zh", "en")] == ["<3", "<3"]
    assert figures.rounded(1235) == "1,235"


@pytest.mark.parametrize(
    ("edges", "zh", "en"),
    [
        ((None, 1.0), "不到1.0", "below 1.0"),
        ((1.3, 1.6), "1.3–1.6", "1.3–1.6"),
        ((2.0, None), "2.0或以上", "2.0 or more"),
        ((None, None), "–", "–"),
    ],
)
def test_a_ratio_by_its_band(edges: tuple[float | None, float | None], zh: str, en: str) -> None:
    band = dict(zip(("from", "below"), edges, strict=True))
    assert (figures.band(band, "zh"), figures.band(band, "en")) == (zh, en)


@pytest.mark.parametrize(
    ("part", "whole", "written"),
    [(0, 13, "0%"), (1, 13, "8%"), (13, 13, "100%"), (1, 1000, "<1%"), (999, 1000, ">99%"), (0, 0, "–")],
)
def test_a_share_is_nothing_or_all_only_where_it_is(part: int, whole: int, written: str) -> None:
    assert figures.portion(part, whole) == written


@pytest.mark.timezone
def test_a_day_is_counted_in_china_wherever_the_server_stands() -> None:
    assert figures.day("2020-07-31T15:59:59+00:00", "zh") == "2020年7月31日"
    assert figures.day("2020-07-31T16:00:00Z", "en") == "1 August 2020"
    assert figures.day("2021-04-30", "en") == "30 April 2021"


def test_a_run_of_quarters_is_named_by_its_ends_and_others_one_by_one() -> None:
    assert figures.quarter_span(["2018-Q4", "2019-Q1", "2019-Q2"], "en") == "2018 Q4–2019 Q2"
    assert figures.quarter_span(["2018-Q2", "2019-Q2"], "zh") == "2018年2季、2019年2季"
    assert figures.quarter_span(["2020-Q2"], "zh") == "2020年第2季度"


def test_what_xml_cannot_hold_and_what_turns_text_round_is_replaced() -> None:
    assert wording.printable("a\x00b\x0bc\u202ed\ud800e\ufffef\tg中😀") == "a�b�c�d�e�f\tg中😀"
