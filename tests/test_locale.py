"""The catalogues are complete: every text that is asked for stands in both languages, with the same places."""

import re
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message

from ievq_pipeline.adapters.catalogues import LOCALES, catalogue
from tools.catalogues import brought_up_to_date, extracted, kept, path_of, texts, written

PLACE = re.compile(r"\{[a-z_]*\}")
HAN = r"[\u3400-\u9fff]"


@cache
def asked_for() -> Catalog:
    return extracted()


def entries(locale: str) -> list[Message]:
    return [message for message in kept(locale) if message.id]


@pytest.mark.parametrize("locale", LOCALES.values())
def test_every_text_stands_in_each_catalogue_and_no_other(locale: str) -> None:
    wanted = {message.id for message in asked_for() if message.id}
    assert len(wanted) > 50
    assert {message.id for message in entries(locale)} == wanted
    assert path_of(locale).read_bytes() == written(brought_up_to_date(locale, asked_for())), "run make catalogues"


@pytest.mark.parametrize("locale", LOCALES.values())
def test_every_text_is_translated_for_good_with_the_same_places(locale: str) -> None:
    plurals = kept(locale).num_plurals
    for message in entries(locale):
        assert not message.fuzzy, message.id
        said, asked = texts(message.string), texts(message.id)
        assert all(said), message.id
        assert len(said) == (plurals if len(asked) == 2 else 1), message.id
        for one in said:
            assert set(PLACE.findall(one)) == set(PLACE.findall(asked[-1])), message.id


def test_chinese_holds_no_typed_space_beside_latin_letters_or_digits() -> None:
    for message in entries("zh_CN"):
        for said in texts(message.string):
            assert not re.search(rf"{HAN} [A-Za-z0-9{{]|[A-Za-z0-9}}] {HAN}", said), said
            assert re.search(rf"{HAN}|“{{", said), said


def test_catalogues_speak_and_another_language_hears_chinese() -> None:
    assert catalogue("zh").gettext("Findings") == catalogue("fr").gettext("Findings") == "错误清单"
    assert catalogue("en").ngettext("cell", "cells", 1) == "cell"
    assert catalogue("zh").ngettext("cell", "cells", 1) == catalogue("zh").ngettext("cell", "cells", 2) == "格"
