"""Contacts, due dates, mail and watched folders on the command line."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ievq_pipeline.bootstrap import House
from tests.made_up import FEED, counts, open_feed, totals_file
from tests.mail_server import MailServer

Ievq = Callable[..., Any]
OFFICE = "office@example.org"


def test_contacts_are_added_listed_and_removed_and_the_same_again_changes_nothing(stored: Ievq, house: House) -> None:
    open_feed(house)
    assert stored("feeds", "contacts", "list", "--json").json[0]["address"] is None
    for _ in range(2):
        added = stored("feeds", "contacts", "add", FEED, "Office@Example.ORG", "--from", "2025-01-01")
        assert (added.code, "IEVQ_SMTP_URL is not set" in added.err) == (0, True)
    stored("feeds", "contacts", "add", FEED, OFFICE, "--language", "en", "--from", "2025-07-01")
    rows = stored("feeds", "contacts", "list", FEED, "--json").json
    assert [(row["address"], row["language"], row["holds_from"]) for row in rows] == [
        ("Office@example.org", "zh", "2025-01-01"), (OFFICE, "en", "2025-07-01"),
    ]  # fmt: skip
    assert stored("feeds", "contacts", "remove", FEED, OFFICE, "--to", "2025-12-31").code == 0
    assert stored("feeds", "contacts", "list", FEED, "--json").json[1]["holds_to"] == "2025-12-31"
    assert OFFICE in stored("feeds", "contacts", "list").out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", FEED, "办公室@example.org"], "is not a mail address"),
        (["add", FEED, "a@b.c\nBcc: d@e.f"], "is not a mail address"),
        (["add", "nobody", OFFICE], "no feed “nobody”"),
        (["add", FEED, OFFICE, "--from", "2025-02-01", "--to", "2025-01-01"], "ends before it begins"),
        (["remove", FEED, OFFICE], "is not written to about this feed"),
        (["add", FEED, OFFICE, "--language", "fr"], "fr"),
    ],
)
def test_what_is_no_contact_is_told(stored: Ievq, house: House, words: list[str], said: str) -> None:
    open_feed(house)
    refused = stored("feeds", "contacts", *words)
    assert (refused.code, said in refused.err) == (2, True)


def test_a_feed_has_a_due_date_of_its_own_or_the_usual_one(stored: Ievq, house: House) -> None:
    open_feed(house, "2025-Q3")
    assert "as the quarter's row says" in stored("feeds", "due", FEED).err
    stored("feeds", "due", FEED, "--days", "10")
    told = stored("feeds", "due", FEED, "--quarter", "2025Q3", "--on", "2025-10-20", "--json").json
    assert told == {"feed": FEED, "due_days": 10, "quarters": {"2025-Q3": "2025-10-20"}}
    assert stored("feeds", "due", FEED, "--json").json == told, "looking changes nothing"
    steps = stored("quarters", "advance", "--today", "2025-10-21", "--json").json
    assert {"did": "reminded", "what": f"{FEED}:2025-Q3:late-1", "why": None} in steps
    stored("feeds", "due", FEED, "--quarter", "2025-Q3", "--usual")
    assert stored("feeds", "due", FEED, "--usual", "--json").json == {"feed": FEED, "due_days": None, "quarters": {}}


@pytest.mark.parametrize(
    "words",
    [
        ["--days", "3", "--usual"], ["--on", "2025-10-20"], ["--quarter", "2025-Q3"],
        ["--quarter", "2025-Q3", "--on", "2026-01-01"], ["--days", "-1"],
        ["--quarter", "1999-Q1", "--on", "1999-04-01"],
    ],
)  # fmt: skip
def test_a_due_date_that_means_nothing_is_refused(stored: Ievq, house: House, words: list[str]) -> None:
    open_feed(house, "2025-Q3")
    assert stored("feeds", "due", FEED, *words).code == 2


def test_advancing_the_calendar_mails_and_the_list_tells_to_whom(
    stored: Ievq, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_feed(house, "2025-Q3")
    stored("quarters", "advance", "--today", "2025-10-16")
    assert "nowhere to send: IEVQ_SMTP_URL is not set" in stored("quarters", "reminders").out
    with MailServer().listening() as server:
        for name, value in {
            "SMTP_URL": server.url,
            "MAIL_FROM": "c@ievq.example",
            "EGRESS_ALLOW": server.entry,
        }.items():
            monkeypatch.setenv(f"IEVQ_{name}", value)
        assert "nowhere to send: the feed has no contact" in stored("quarters", "reminders", "2025-Q3").out
        stored("feeds", "contacts", "add", FEED, OFFICE, "--from", "2025-01-01")
        stored("quarters", "advance", "--today", "2025-10-16")
        assert [came.to for came in server.came] == [OFFICE]
    [row] = stored("quarters", "reminders", "2025Q3", "--json").json
    assert (row["kind"], row["address"], row["state"], row["attempts"]) == ("late-1", OFFICE, "sent", 1)


def test_a_folder_is_watched_only_where_the_operator_allows(
    stored: Ievq, house: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inbox = tmp_path / "inbox"
    (inbox / "2025-Q3").mkdir(parents=True)
    add = ("feeds", "add", FEED, "--source", FEED, "--watch-url", f"file://{inbox}/{{quarter}}/*.csv")
    assert "IEVQ_WATCH_ROOTS" in stored(*add).err
    monkeypatch.setenv("IEVQ_WATCH_ROOTS", f"file://{inbox}")
    assert stored(*add, "--pull-url", "https://1.1.1.1/{quarter}.csv").code == 2
    assert stored(*add).code == 0
    assert stored("feeds", "list", "--json").json[0]["watch_url"].endswith("/{quarter}/*.csv")
    open_feed(house, "2025-Q3")
    (inbox / "2025-Q3" / "a.csv").write_bytes(totals_file("2025-Q3", counts()))
    tried = stored("feeds", "pull", FEED)
    assert (tried.code, "handed in as submission" in tried.err) == (0, True)
    [seen] = stored("feeds", "files", "--json").json
    assert (seen["feed"], seen["quarter"], seen["is_there"]) == (FEED, "2025-Q3", True)
    assert seen["submission_id"] in seen["said"]
    assert stored("feeds", "pulls", "--json").json[0]["failures"] == 0
