"""A region is named where the shape of its code is known, and stays a code where it is not."""

import pytest

from ievq_pipeline.web import regions


@pytest.mark.parametrize(
    ("code", "zh", "en"),
    [
        ("iso3166:US-CA", "加利福尼亚州", "California"),
        ("us-state:CA", "加利福尼亚州", "California"),
        ("iso3166:CA", "加拿大", "Canada"),
        ("iso3166:GB", "英国", "the United Kingdom"),
        ("gbt2260:350000", "福建省", "Fujian"),
        ("gbt2260:350200", "福建省（350200）", "Fujian (350200)"),
        ("350200", "福建省（350200）", "Fujian (350200)"),
        ("gbt2260:990000", "gbt2260:990000", "gbt2260:990000"),
        ("iso3166:US-XX", "iso3166:US-XX", "iso3166:US-XX"),
        ("iso3166:us-ca", "iso3166:us-ca", "iso3166:us-ca"),
        ("district:7", "district:7", "district:7"),
        ("<b>", "<b>", "<b>"),
        ("", "", ""),
    ],
)
def test_a_region_in_words(code: str, zh: str, en: str) -> None:
    assert (regions.title(code, "zh"), regions.title(code, "en")) == (zh, en)


def test_every_region_has_both_names_and_no_two_the_same() -> None:
    for names in (regions.PROVINCES, regions.STATES, regions.COUNTRIES):
        for language in ("zh", "en"):
            told = [name[language] for name in names.values()]
            assert all(told)
            assert len(told) == len(set(told))
