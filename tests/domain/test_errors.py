"""Refusals: a stable code, an exit code, and a sentence in each language that holds what it was about."""

import re
import string

import pytest

from ievq_pipeline.domain import errors
from ievq_pipeline.domain.errors import BadCall, IevqError, OutsideMissing, RefusedAddress, UnknownFeed
from ievq_pipeline.domain.text import Text

EVERY = [e for e in vars(errors).values() if isinstance(e, type) and issubclass(e, IevqError)]


@pytest.mark.parametrize("error", EVERY, ids=lambda e: e.__name__)
def test_every_refusal_speaks_both_languages_and_fills_every_place(error: type[IevqError]) -> None:
    names = {name for text in (error.zh, error.__doc__ or "") for _, name, *_ in string.Formatter().parse(text) if name}
    made = error(**{name: f"<{name}>" for name in names})
    assert re.search("[\u4e00-\u9fff]", made.text("zh"))
    assert made.text("zh").endswith("。")
    assert made.text("en").rstrip("`")[-1] in ".>"
    assert not re.search(r"[{}]", made.text("zh") + made.text("en"))
    assert not re.search(r"[\u4e00-\u9fff] ?[,;:()]|[,;()] ?[\u4e00-\u9fff]", made.text("zh")), "half-width punctuation"
    assert str(made) == made.text("en")


def test_codes_are_the_names_and_each_stands_once() -> None:
    assert UnknownFeed.code() == "unknown-feed"
    codes = [error.code() for error in EVERY]
    assert len(codes) == len(set(codes))


def test_what_is_outside_can_be_tried_again_and_exits_with_3() -> None:
    assert (OutsideMissing.exit_code, OutsideMissing.is_retryable) == (3, True)
    assert {error.exit_code for error in EVERY if not issubclass(error, OutsideMissing)} == {2}


def test_a_reason_is_told_in_the_language_of_the_message() -> None:
    error = RefusedAddress(url="http://x", why=Text("不是 https", "it is not https"))
    assert error.text("zh") == "不允许访问地址 http://x：不是 https。"
    assert error.text("en") == "The address http://x is refused: it is not https."


def test_a_message_of_its_own_stands_after_the_general_one_in_chinese() -> None:
    error = OutsideMissing("The database does not answer.")
    assert error.text("en") == "The database does not answer."
    assert error.text("zh") == "缺少外部条件（数据库、网络或程序）。 The database does not answer."


def test_what_a_caller_gave_is_repeated_as_it_is_but_not_endlessly() -> None:
    assert UnknownFeed(name="{x} %s <b>").text("en").startswith("There is no feed “{x} %s <b>”")
    assert len(BadCall(why="x" * 1_000_000).text("zh")) < 400
