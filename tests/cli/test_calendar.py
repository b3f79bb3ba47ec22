"""The calendar and pulled feeds on the command line."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.period import Quarter
from tests.file_host import FileHost, Reply
from tests.made_up import FEED, counts, hand_in, open_feed, totals_file

Ievq = Callable[..., Any]
FAR = "2100-01-01"


def listed(stored: Ievq) -> dict[str, tuple[str, bool, str]]:
    rows = stored("quarters", "list", "--json").json
    return {row["quarter"]: (row["state"], row["is_due"], row["mode"]) for row in rows}


def test_quarters_are_listed_with_what_has_become_of_them_and_their_mode(stored: Ievq, house: House) -> None:
    open_feed(house, "2020-Q1", mode=Mode.HISTORY)
    with house.sessions.begin() as session:
        feeds.add(session, "other", "totals", "other")  # takes history over
    house.open_quarter(Quarter(2020, 2))
    house.close("2020-Q1")
    stored("quarters", "open", "2020-Q3", "--closes", FAR, "--due", FAR)
    day = house.today + timedelta(days=9)
    planned = stored("quarters", "open", "2020-Q4", "--opens-on", day, "--due-on", FAR, "--closes-on", FAR, "--json")
    assert (planned.json["state"], planned.json["opens_on"], planned.json["opened_at"]) == ("planned", str(day), None)
    assert listed(stored) == {
        "2020-Q1": ("closed", False, "history"),
        "2020-Q2": ("open", True, "live"),
        "2020-Q3": ("open", False, "live"),
        "2020-Q4": ("planned", False, "live"),
    }
    table = stored("quarters", "list").out.splitlines()
    assert [line.split()[1] for line in table[1:]] == ["closed", "due", "open", "planned"]


def test_a_quarter_that_is_history_for_some_is_mixed(stored: Ievq, house: House) -> None:
    open_feed(house)
    house.open_quarter(Quarter(2020, 1), mode=Mode.HISTORY)
    house.open_quarter(Quarter(2020, 2))
    with house.sessions.begin() as session:
        feeds.add(session, "other", "totals", "other")
    with house.sessions.begin() as session:
        from ievq_pipeline.db import quarters

        quarters.set_mode(session, "totals:other", "2020-Q2", Mode.HISTORY)
    assert listed(stored) == {"2020-Q1": ("open", True, "history"), "2020-Q2": ("open", True, "mixed")}


def test_dates_out_of_order_are_refused_but_leave_what_is_there(stored: Ievq) -> None:
    refused = stored("quarters", "open", "2025-Q3", "--closes", "2025-10-01")
    assert (refused.code, "out of order: opens 2025-07-01, due 2025-10-15, closes 2025-10-01" in refused.err) == (
        2,
        True,
    )
    assert "日期顺序不对" in stored("--lang", "zh", "quarters", "open", "2025-Q3", "--due", "2025-06-01").err
    assert listed(stored) == {}


def test_a_quarter_of_the_future_opens_at_once_unless_planned(stored: Ievq, house: House) -> None:
    opened = stored("quarters", "open", "2999-Q4", "--json").json
    assert (opened["state"], opened["opens_on"]) == ("open", str(house.today))


def test_advance_tells_what_was_done_and_then_finds_nothing(stored: Ievq, house: House) -> None:
    open_feed(house, "2025-Q3")
    steps = stored("quarters", "advance", "--today", "2025-10-16", "--json")
    assert (steps.code, steps.json) == (0, [
        {"did": "planned", "what": "2025-Q4", "why": None},
        {"did": "opened", "what": "2025-Q4", "why": None},
        {"did": "reminded", "what": f"{FEED}:2025-Q3:late-1", "why": None},
    ])  # fmt: skip
    hand_in(house, "2025-Q3")
    left = stored("quarters", "advance", "--today", "2025-10-30")
    assert (left.code, left.out) == (0, "")
    assert "left 2025-Q3: 1 submission(s)" in left.err
    house.validate()
    again = stored("quarters", "advance", "--today", "2025-10-16")
    assert (again.out, again.err.strip()) == ("", "nothing to do")
    assert stored("quarters", "advance", "--today", "soon").code == 2


@pytest.fixture
def host(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileHost]:
    """A host that we may ask, with the feed's file of 2025-Q3."""
    with FileHost().listening() as running:
        open_feed(house, "2025-Q3")
        with house.sessions.begin() as session:
            feeds.named(session, FEED).pull_url = f"{running.url}/{{quarter}}?token=hush"
        monkeypatch.setenv("IEVQ_EGRESS_ALLOW", running.entry)
        running.answer = lambda _: Reply(200, {"ETag": '"1"'}, totals_file("2025-Q3", counts()))
        yield running


def test_a_feed_is_pulled_at_once_and_how_it_went_is_told(stored: Ievq, house: House, host: FileHost) -> None:
    first = stored("feeds", "pull", FEED)
    assert (first.code, first.out) == (0, "")
    assert f"{FEED} 2025-Q3: 200 OK: " in first.err
    assert "handed in as submission" in first.err
    assert "again after 20" in first.err
    host.answer = lambda _: Reply(503)
    [tried] = stored("feeds", "pull", FEED, "--quarter", "2025Q3", "--json").json
    assert (tried["outcome"], tried["failures"], tried["said"]) == (
        "failed",
        1,
        "the server answered 503 Service Unavailable",
    )
    told = stored("feeds", "pull", FEED)
    assert (told.code, "503 Service Unavailable; failure 2 in a row; again after" in told.err) == (1, True)
    assert "hush" not in first.err + told.err
    [last] = stored("feeds", "pulls", "--json").json
    assert (last["feed"], last["quarter"], last["failures"]) == (FEED, "2025-Q3", 2)
    assert last["pulled_at"] < last["next_at"]
    assert "503 Service Unavailable" in stored("feeds", "pulls").out


def test_a_feed_is_pulled_anew_where_asked(stored: Ievq, host: FileHost) -> None:
    stored("feeds", "pull", FEED)
    stored("feeds", "pull", FEED, "--anew")
    assert [asked.headers.get("if-none-match") for asked in host.asked] == [None, None]
    stored("feeds", "pull", FEED)
    assert host.asked[2].headers["if-none-match"] == '"1"'


def test_without_a_feed_whatever_is_due_is_pulled(stored: Ievq, host: FileHost) -> None:
    assert stored("feeds", "pull", "--json").json == [f"{FEED}:2025-Q3"]
    assert stored("feeds", "pull").err.strip() == "0 tried"
    assert stored("feeds", "pull", "--anew").code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nobody"], "no feed “nobody”"),
        ([FEED], "has no address to pull"),
        ([FEED, "--quarter", "soon"], "not a quarter"),
    ],
)
def test_what_cannot_be_pulled_is_told(stored: Ievq, house: House, words: list[str], said: str) -> None:
    open_feed(house, "2025-Q3")
    refused = stored("feeds", "pull", *words)
    assert (refused.code, said in refused.err) == (2, True)


def test_an_address_that_is_the_same_for_every_quarter_is_refused(stored: Ievq) -> None:
    words = ("feeds", "add", "x", "--pull-url")
    refused = stored(*words, "https://1.1.1.1/latest.csv")
    assert (refused.code, "{quarter} must stand for the quarter in the address" in refused.err) == (2, True)
    assert stored(*words, "https://10.0.0.1/{quarter}").code == 2
    assert stored(*words, "https://1.1.1.1/{quarter}.csv").code == 0


def test_a_feed_without_an_open_quarter_has_nothing_to_pull(stored: Ievq, house: House, host: FileHost) -> None:
    house.close("2025-Q3")
    ran = stored("feeds", "pull", FEED)
    assert (ran.code, ran.err.strip()) == (0, f"{FEED}: no quarter is open")
    assert "2025-Q3 is not open" in stored("feeds", "pull", FEED, "--quarter", "2025-Q3").err
