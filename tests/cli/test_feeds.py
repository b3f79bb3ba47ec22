"""Feeds, keys, endpoints, quarters, alerts and settings on the command line."""

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import migrate
from ievq_pipeline.domain.period import Quarter
from tests.made_up import change, look

Ievq = Callable[..., Any]
#: a totals feed as it is listed
TOTALS: dict[str, Any] = {
    "feed": "", "kind": "totals", "source": "", "basis": "totals:boss-zhipin", "schemes": {}, "pull_url": None,
    "watch_url": None, "due_days": None, "language": "zh", "ended_on": None, "submitter": None, "roster": 0,
}  # fmt: skip


def test_a_feed_is_registered_once_and_listed(stored: Ievq) -> None:
    for _ in range(2):
        assert stored("feeds", "add", "boss", "--source", "boss-zhipin").code == 0
    assert stored("feeds", "list", "--json").json == [TOTALS | {"feed": "boss", "source": "boss-zhipin"}]
    other = stored("feeds", "add", "boss", "--source", "lagou")
    assert (other.code, "“boss” is taken" in other.err) == (2, True)
    assert [feed["source"] for feed in stored("feeds", "list", "--json").json] == ["boss-zhipin"]
    assert stored("feeds", "add", "x", "--kind", "jobs").code == 2


def test_the_language_of_a_feed_is_changed_alone_and_its_contacts_are_written_to_in_it(stored: Ievq) -> None:
    assert stored("feeds", "add", "hn", "--json").json["language"] == "zh"
    assert stored("feeds", "add", "hn", "--lang", "en", "--json").json["language"] == "en"
    assert stored("feeds", "add", "hn", "--json").json["language"] == "en", "not given, it stays"
    assert stored("feeds", "contacts", "add", "hn", "a@office.example", "--json").json["language"] == "en"
    assert stored("feeds", "set", "hn", "--lang", "zh", "--json").json["language"] == "zh"
    for wrong in (
        ["feeds", "set", "hn", "--lang", "fr"],
        ["feeds", "set", "hn"],
        ["feeds", "set", "x", "--lang", "zh"],
    ):
        assert stored(*wrong).code == 2


@pytest.mark.parametrize("kind", ["job-demand", "technology"])
def test_a_feed_of_reporters_needs_a_submitter(stored: Ievq, kind: str) -> None:
    refused = stored("feeds", "add", "xiamen", "--kind", kind)
    assert (refused.code, refused.out) == (2, "")
    assert f"kind “{kind}” needs a submitter" in refused.err
    assert f"“{kind}”类填报渠道须指定填报单位" in stored("--lang", "zh", "feeds", "add", "xiamen", "--kind", kind).err
    assert stored("feeds", "list", "--json").json == []


def test_a_key_is_shown_once_and_listed_by_its_beginning(stored: Ievq) -> None:
    stored("feeds", "add", "hn")
    made = stored("keys", "create", "office", "--feed", "hn", "--json").json
    assert list(made) == ["name", "role", "feeds", "key"]
    assert stored("keys", "create", "bureau", "--role", "authority").code == 0
    plain = stored("keys", "create", "eyes", "--role", "engineer")
    assert plain.out.strip().startswith("ievq_")
    listed = stored("keys", "list", "--json")
    assert [(key["name"], key["role"], key["feeds"]) for key in listed.json] == [
        ("bureau", "authority", []),
        ("eyes", "engineer", []),
        ("office", "submitter", ["hn"]),
    ]
    assert made["key"] not in listed.out
    assert stored("keys", "revoke", "office").code == 0
    assert stored("keys", "list", "--json").json[2]["revoked_at"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["keys", "create", "office", "--feed", "nowhere"], "no feed “nowhere”"),
        (["keys", "create", "taken"], "“taken” is taken"),
        (["keys", "create", "x", "--role", "king"], "king"),
        (["feeds", "add", "x", "--submitter", "us-agency:DN"], "no organisation “us-agency:DN”"),
        (["feeds", "add", "x", "--submitter", "DN"], "neither a unified social credit code nor"),
        (["feeds", "add", "x", "--scheme", "region"], "column=scheme"),
        (["feeds", "add", "x", "--scheme", "region=us-state"], "“region” can't be of scheme “us-state”"),
        (["feeds", "add", "x", "--kind", "organisations"], "known: job-demand, technology, totals."),
        (["feeds", "add", "x", "--pull-url", "http://127.0.0.1/{quarter}.csv"], "127.0.0.1 is not a public address"),
        (["feeds", "end", "nowhere"], "no feed “nowhere”"),
        (["feeds", "roster", "nowhere", "list"], "no feed “nowhere”"),
        (["keys", "revoke", "nobody"], "no key “nobody”"),
        (["endpoints", "add", "x", "http://127.0.0.1:80/"], "127.0.0.1 is not a public address"),
        (["endpoints", "add", "x", "https://1.1.1.1:99999/"], "not a valid https address"),
        (["quarters", "open", "0000-Q1"], "not a quarter"),
        (["quarters", "open", "2025-Q3", "--due", "soon"], "soon"),
        (["quarters", "close", "2025-Q4"], "not open"),
        (["submissions", "show", "1"], "no submission “1”"),
        (["run", "--quarter", "never"], "not a quarter"),
    ],
)
def test_a_wrong_call_exits_with_2_and_says_what_is_wrong(stored: Ievq, arguments: list[str], said: str) -> None:
    stored("keys", "create", "taken")
    ran = stored(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_refusals_are_told_in_chinese_where_that_is_the_locale(stored: Ievq, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "zh_CN.UTF-8")
    assert "没有名为“nobody”的密钥" in stored("keys", "revoke", "nobody").err
    told = stored("endpoints", "add", "x", "http://10.0.0.1/").err
    assert "不允许访问地址 http://10.0.0.1/：10.0.0.1 不是公网地址；管理员可用 IEVQ_EGRESS_ALLOW 放行。" in told


def test_an_endpoints_secret_is_shown_once_and_stored_sealed(
    stored: Ievq, house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IEVQ_EGRESS_ALLOW", "http://127.0.0.1/32:8999")
    made = stored("endpoints", "add", "college", "http://127.0.0.1:8999/hook", "--json").json
    assert list(made) == ["endpoint_id", "name", "url", "secret"]
    assert made["secret"].startswith("whsec_")
    listed = stored("endpoints", "list", "--json")
    assert [(each["name"], each["disabled_at"]) for each in listed.json] == [("college", None)]
    assert "whsec_" not in listed.out
    assert stored("endpoints", "add", "college", "http://127.0.0.1:8999/hook").code == 2


def test_hostile_names_are_listed_as_they_are(stored: Ievq) -> None:
    for name in ("[/red]", "[bold]x", "a\x1b[2Jb"):
        assert stored("feeds", "add", name).code == 0
    table = stored("feeds", "list")
    assert table.code == 0
    assert "[/red]" in table.out
    assert "\x1b[2J" not in table.out
    assert len(stored("feeds", "list", "--json").json) == 3


def test_a_quarter_follows_its_end_unless_dates_are_given(stored: Ievq) -> None:
    stored("feeds", "add", "hn")
    stored("quarters", "open", "2025Q3")
    stored("quarters", "open", "2025-Q4", "--due", "2026-02-01", "--closes", "2026-03-01", "--mode", "history")
    again = stored("quarters", "open", "2025-Q4", "--due", "2026-05-05")  # it is there already
    assert "due 2026-02-01, closes 2026-03-01; history for totals:hn" in again.err
    listed = stored("quarters", "list", "--json").json
    assert [(row["quarter"], row["state"], row["due_on"], row["closes_on"], row["history"]) for row in listed] == [
        ("2025-Q3", "open", "2025-10-15", "2025-10-30", []),
        ("2025-Q4", "open", "2026-02-01", "2026-03-01", ["totals:hn"]),
    ]
    assert all(date.fromisoformat(row["opens_on"]) for row in listed)


def test_quarters_close_in_calendar_order_and_not_before_their_time(stored: Ievq) -> None:
    for quarter in ("2012-Q1", "2012-Q2", "2999-Q4"):
        stored("quarters", "open", quarter)
    refused = stored("quarters", "close", "2012-Q2")
    assert refused.code == 2
    assert "2012-Q1 is still open" in refused.err
    for quarter in ("2012-Q1", "2012-Q1", "2012-Q2"):
        assert stored("quarters", "close", quarter).code == 0
    early = stored("quarters", "close", "2999-Q4")
    assert early.code == 2
    assert "--now" in early.err
    assert stored("quarters", "close", "2999-Q4", "--now").code == 0


def test_what_was_done_is_told_as_json_where_asked(stored: Ievq) -> None:
    def done(*words: str) -> Any:
        ran = stored(*words, "--json")
        assert (ran.code, ran.err) == (0, "")
        return ran.json

    assert done("db", "upgrade") == {"revision": migrate.head()}
    assert done("feeds", "add", "hn") == TOTALS | {"feed": "hn", "source": "hn", "basis": "totals:hn"}
    opened = done("quarters", "open", "2012Q1", "--due", "2012-04-20")
    assert opened.pop("opened_at")
    assert opened == {
        "quarter": "2012-Q1", "state": "open", "is_due": True, "mode": "live", "opens_on": "2012-01-01",
        "due_on": "2012-04-20", "closes_on": "2012-04-30", "closed_at": None, "history": [],
    }  # fmt: skip
    assert done("quarters", "close", "2012-Q1") == {"quarter": "2012-Q1", "state": "closed", "silent": ["hn"]}
    done("keys", "create", "office")
    assert done("keys", "revoke", "office") == {"name": "office", "state": "revoked"}


def test_what_was_not_told_is_listed_in_the_shape_of_alerts_and_marked(stored: Ievq, house: House) -> None:
    house.open_quarter(Quarter(2020, 1))
    look(house, "2020-Q1", change("Told", "opened"), change("Watched", "opened", "watch", 1.25))
    house.publish()
    told, watched = stored("alerts", "list", "--all", "--json").json
    assert stored("alerts", "list", "--json").json == [told]
    assert set(told) - set(watched) == set()
    assert set(watched) - set(told) == {"episode", "opened", "withheld"}
    assert (told["skill"]["code"], watched["skill"]["code"]) == ("Told", "Watched")
    assert (watched["alert_id"], watched["notice"], watched["state"]) == (None, None, "active")
    assert (watched["growth"]["estimate"], watched["historical"], watched["opened"]) == (1.25, False, "2020-Q1")
    assert watched["expires_on"] == told["expires_on"]
    assert "rose" in watched["sentence"]["en"]
    table = stored("alerts", "list", "--all").out
    assert "Watched" in table
    assert "watched" in table


def test_what_is_empty_is_an_empty_list(stored: Ievq) -> None:
    for noun in ("feeds", "keys", "endpoints", "quarters", "alerts"):
        ran = stored(noun, "list", "--json")
        assert (ran.code, ran.json) == (0, [])
    assert stored("alerts", "list", "--all", "--json").json == []


def test_run_with_nothing_waiting_does_nothing(stored: Ievq) -> None:
    assert stored("run", "--json").json == {"validate": [], "store": [], "detect": [], "publish": [], "deliver": []}


def test_settings_are_listed_with_secrets_hidden(ievq: Ievq, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_DATABASE_URL", "postgresql://me:hush@db/x")
    monkeypatch.setenv("IEVQ_SECRET_KEY", "hush")
    shown = ievq("settings", "--json")
    assert shown.code == 0
    assert "hush" not in shown.out + shown.err
    assert {tuple(row) for row in shown.json} == {("name", "value", "origin", "meaning")}
    assert {row["name"]: row["origin"] for row in shown.json}["IEVQ_SECRET_KEY"] == "environment"


def test_a_wrong_setting_stops_every_command_with_the_nearest_name(ievq: Ievq, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IEVQ_DATA_DIRR", "x")
    ran = ievq("settings", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean IEVQ_DATA_DIR?" in ran.err


def test_a_database_address_that_is_none_is_told(ievq: Ievq, monkeypatch: pytest.MonkeyPatch) -> None:
    for url in ("nonsense:hush", "mysql://me:hush@db/x", "postgresql://me:hush@db:port/x"):
        monkeypatch.setenv("IEVQ_DATABASE_URL", url)
        ran = ievq("feeds", "list", "--json")
        assert (ran.code, ran.out) == (2, "")
        assert "IEVQ_DATABASE_URL is no address of a Postgres" in ran.err
        assert "hush" not in ran.err


def test_json_goes_through_json(stored: Ievq) -> None:
    stored("feeds", "add", '中文"\\')
    assert json.loads(stored("feeds", "list", "--json").out)[0]["feed"] == '中文"\\'
