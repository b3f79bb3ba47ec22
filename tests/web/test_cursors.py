"""Cursors go out and come back, and nothing else comes in."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.web.cursors import cursor, place


@given(st.integers(0, 10**18 - 1))
def test_a_cursor_gives_its_place_back_and_needs_no_escaping_in_an_address(number: int) -> None:
    assert place(cursor(number)) == number
    assert cursor(number).replace("-", "").replace("_", "").isalnum()


def test_without_a_cursor_one_begins_at_the_start() -> None:
    assert place(None) == place("") == 0


@pytest.mark.parametrize(
    "given",
    [
        "0", "5", "v1:5", "abc", "=", "djE6", "djE6LTU", "djI6NQ", "djE6NQ==", "djE6NQ!", "djE6 NQ", "djE6MDU",
        "djE64pGg", "djE6NS41", "机器", "\0", "djE6" + "OQ" * 100, "' OR 1=1 --", "djE6OTk5OTk5OTk5OTk5OTk5OTk5OTk5",
    ],
)  # fmt: skip
def test_what_we_did_not_give_is_refused(given: str) -> None:
    with pytest.raises(BadCall, match="is not a cursor of ours"):
        place(given)


@given(st.text(min_size=1))
def test_any_text_is_a_cursor_of_ours_or_refused(given: str) -> None:
    with contextlib.suppress(BadCall):
        assert cursor(place(given)) == given
