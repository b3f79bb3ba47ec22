"""Moments: a date is its end in Shanghai, an instant is one moment, and a place is a place."""

from datetime import UTC, datetime, timedelta

import pytest

from ievq_pipeline.domain import moments
from ievq_pipeline.domain.errors import NotAMoment


def asked(text: str) -> datetime:
    """The instant that `text` stands for."""
    found: list[datetime] = []

    def cut_at(instant: datetime) -> int:
        found.append(instant)
        return 7

    assert moments.cut(text, cut_at) == 7
    return found[0]


@pytest.mark.timezone
@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2020-03-31T16:00:00Z", datetime(2020, 3, 31, 16, tzinfo=UTC)),
        (" 2020-04-01T00:00:00+08:00 ", datetime(2020, 3, 31, 16, tzinfo=UTC)),
        ("2020-03-31T16:00:00.123456+00:00", datetime(2020, 3, 31, 16, 0, 0, 123456, tzinfo=UTC)),
        ("2020-03-31 16:00Z", datetime(2020, 3, 31, 16, tzinfo=UTC)),
    ],
)
def test_an_instant_is_that_moment_in_any_time_zone(text: str, instant: datetime) -> None:
    assert asked(text) == instant


@pytest.mark.timezone
@pytest.mark.parametrize(("text", "following"), [("2020-03-31", (2020, 4, 1)), ("2024-02-29", (2024, 3, 1))])
def test_a_date_lasts_until_midnight_in_shanghai(text: str, following: tuple[int, int, int]) -> None:
    midnight = datetime(*following, tzinfo=UTC) - timedelta(hours=8)
    assert asked(text) == midnight - timedelta(microseconds=1)


@pytest.mark.parametrize(("text", "place"), [("seq:0", 0), ("seq:12", 12), (" seq:007 ", 7)])
def test_a_place_asks_no_clock(text: str, place: int) -> None:
    assert moments.cut(text, lambda _: pytest.fail("it knows no clock")) == place


@pytest.mark.parametrize(
    "text",
    [
        "", "seq:", "seq:-1", "seq:1.5", "seq:1x", "seq:" + "9" * 19, "seq:１", "now", "2020-13-01", "2020-02-30",
        "2020-03-31T16:00:00", "31.03.2020", "9999-12-31", "0000-01-01", "2020-03-31T25:00:00Z", "\0",
        "2020-03-31\n2020",
    ],
)  # fmt: skip
def test_what_names_no_moment_is_refused(text: str) -> None:
    with pytest.raises(NotAMoment):
        moments.cut(text, lambda _: 0)
