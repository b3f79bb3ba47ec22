"""Organisations, their feeds and rosters on the command line."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.cli.output import today
from ievq_pipeline.db import reporters

Ievq = Callable[..., Any]
CODE = "91350100M000100Y43"
REGISTER = f"""单位代码,单位类别,单位名称,所有制,规模,起始日期
{CODE},企业,一号公司,民营,小型,2024-01-01
us-agency:DN,企业,Navy,,,
assoc:1,协会,机器人协会,,,
"""


@pytest.fixture
def file(tmp_path: Path) -> Callable[[str], Path]:
    def write(content: str) -> Path:
        path = tmp_path / "登记.csv"
        path.write_bytes(content.encode("gb18030"))
        return path

    return write


File = Callable[[str], Path]


def done(ievq: Ievq, *words: object) -> Any:
    ran = ievq(*words, "--json")
    assert (ran.code, ran.err) == (0, "")
    return ran.json


@pytest.fixture
def registered(stored: Ievq, file: File) -> Ievq:
    """The command line over a register of two enterprises and an association, with a feed of each sort."""
    assert done(stored, "organisations", "import", file(REGISTER))["added"] == 3
    done(stored, "feeds", "add", "own", "--kind", "job-demand", "--submitter", CODE)
    schemes = ("--scheme", "region=us-state", "--scheme", "industry=not-stated")
    done(stored, "feeds", "add", "theirs", "--kind", "job-demand", "--submitter", "assoc:1", *schemes)
    return stored


def test_a_file_is_answered_in_one_document_and_its_verdict_is_the_exit_code(stored: Ievq, file: File) -> None:
    told = done(stored, "organisations", "import", file(REGISTER))
    assert (told["verdict"], told["file"]["name"], told["added"], told["unchanged"]) == ("accepted", "登记.csv", 3, 0)
    again = stored("--lang", "zh", "organisations", "import", file(REGISTER))
    assert (again.code, again.out) == (0, "")
    assert "已接受：读取 3 行" in again.err
    assert "新增 0 家，变更 0 家，未变 3 家" in again.err
    refused = stored("organisations", "import", file(REGISTER.replace("小型", "中型")))
    assert refused.code == 1
    assert "NQ-HISTORY-DIFFERS E2" in refused.err
    assert "From the same day (2024-01-01) “small (fewer than 100 employees)” is registered" in refused.err
    assert "organisations: 0 new, 0 changed, 2 as before" in refused.err
    unreadable = stored("organisations", "import", file("%PDF-1.7"), "--json")
    assert (unreadable.code, unreadable.json["verdict"], unreadable.err) == (2, "unreadable", "")


def test_a_file_can_be_checked_before_without_a_database(ievq: Ievq, file: File) -> None:
    told = done(ievq, "check", file(REGISTER), "--feed-kind", "organisations")
    assert (told["verdict"], told["checks_not_run"]) == ("accepted", ["history", "peers"])
    shown = ievq("--lang", "zh", "contract", "show", "organisations")
    assert "小巨人" not in shown.err
    assert "资质认定" in shown.out


def test_organisations_are_listed_as_of_today_with_those_that_nobody_registered(registered: Ievq, house: House) -> None:
    with house.sessions.begin() as session:
        reporters.named(session, ["n:new"], today())
    listed = done(registered, "organisations", "list")
    assert [(each["identifiers"], each["kind"], each["is_registered"], each["scale"]) for each in listed] == [
        (["assoc:1"], "association", True, None),
        (["n:new"], "enterprise", False, None),
        (["us-agency:DN"], "enterprise", True, None),
        ([f"uscc:{CODE}"], "enterprise", True, "small"),
    ]
    assert len(done(registered, "organisations", "list", "--kind", "association")) == 1
    table = registered("organisations", "list")
    assert table.code == 0
    assert "机器人协会" in table.out


def test_one_organisation_is_shown_with_all_that_was_told_of_it(registered: Ievq) -> None:
    shown = done(registered, "organisations", "show", f"uscc:{CODE.lower()}")
    assert (shown["title"], shown["is_registered"]) == ("一号公司", True)
    assert shown["identifiers"] == [{"identifier": f"uscc:{CODE}", "holds_from": None, "holds_to": None}]
    assert [(each["dimension"], each["value"], each["holds_from"]) for each in shown["segments"]] == [
        ("ownership", "private", "2024-01-01"),
        ("scale", "small", "2024-01-01"),
    ]
    assert (shown["feeds"][0]["feed"], shown["rosters"][0]["feed"], shown["successions"]) == ("own", "own", [])
    plain = registered("organisations", "show", CODE)
    assert plain.code == 0
    assert "enterprise 一号公司, registered" in plain.err
    assert "2024-01-01" in plain.out
    missing = registered("organisations", "show", "us-agency:X")
    assert (missing.code, "no organisation “us-agency:X”" in missing.err) == (2, True)


def test_successions_and_released_codes_are_told(registered: Ievq) -> None:
    words = ("organisations", "succeed", CODE, "us-agency:DN", "--kind", "new_code", "--on", "2025-07-01")
    for _ in range(2):
        assert done(registered, *words) == {
            "predecessor": f"uscc:{CODE}", "successor": "us-agency:DN", "kind": "new_code", "happened_on": "2025-07-01",
        }  # fmt: skip
    back = registered(*words[:2], "us-agency:DN", CODE, "--kind", "merger", "--on", "2026-01-01")
    assert (back.code, "can't take over from “us-agency:DN” on 2026-01-01" in back.err) == (2, True)
    shown = done(registered, "organisations", "show", "us-agency:DN")["successions"]
    assert [(each["predecessor"], each["successor"]) for each in shown] == [(f"uscc:{CODE}", "us-agency:DN")]
    assert done(registered, "organisations", "release", CODE, "--to", "2025-06-30")["holds_to"] == "2025-06-30"
    for wrong in (("--kind", "marriage"), ("--on", "soon")):
        ran = registered(*words, *wrong)
        assert (ran.code, ran.out) == (2, "")


def test_feeds_are_listed_with_submitter_schemes_and_size_of_the_roster(registered: Ievq) -> None:
    own, theirs = done(registered, "feeds", "list")
    assert (own["submitter"], own["roster"], own["basis"], own["source"]) == (f"uscc:{CODE}", 1, "job-demand", None)
    assert theirs["schemes"] == {"region": "us-state", "industry": "not-stated"}
    assert (theirs["submitter"], theirs["roster"]) == ("assoc:1", 0)
    assert "region=us-state industry=not-stated" in registered("feeds", "list").out
    assert done(registered, "feeds", "end", "theirs", "--on", "2030-01-01")["ended_on"] == "2030-01-01"
    assert done(registered, "feeds", "end", "own")["ended_on"] == str(today())


def test_a_roster_is_changed_by_one_or_by_a_file(registered: Ievq, file: File) -> None:
    added = done(registered, "feeds", "roster", "theirs", "add", "us-agency:DN", "--primary", "--from", "2025-01-01")
    assert added["entries"] == [
        {**added["entries"][0], "identifiers": ["us-agency:DN"], "is_primary": True, "holds_from": "2025-01-01",
         "holds_to": None}
    ]  # fmt: skip
    removed = done(registered, "feeds", "roster", "theirs", "remove", "us-agency:DN")
    assert removed["entries"][0]["holds_to"] == str(today() - timedelta(days=1))
    told = done(registered, "feeds", "roster", "theirs", "import", file(f"企业代码,主要渠道\n{CODE},是\n"))
    assert (told["verdict"], told["changed"]) == ("accepted", 1)
    listed = done(registered, "feeds", "roster", "theirs", "list")
    assert [(row["identifiers"], row["is_primary"]) for row in listed] == [
        (["us-agency:DN"], True),
        ([f"uscc:{CODE}"], True),
    ]
    assert "一号公司" in registered("feeds", "roster", "theirs", "list").out
    plain = registered("feeds", "roster", "theirs", "add", "us-agency:DN", "--from", "2027-01-01")
    assert (plain.code, plain.out) == (0, "")
    assert "us-agency:DN" in plain.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["theirs", "add"], "neither a unified social credit code nor"),
        (["theirs", "add", "n:nobody"], "no organisation “n:nobody”"),
        (["theirs", "add", CODE, "--from", "2025-02-01", "--to", "2025-01-01"], "it ends before it begins"),
        (["theirs", "remove", CODE], f"no organisation “uscc:{CODE}”"),
        (["theirs", "import", "nowhere.csv"], "nowhere.csv"),
        (["theirs", "import"], "s a directory"),
        (["own", "add", CODE, "--primary"], "stands on a roster of this kind otherwise"),
        (["theirs", "burn"], "burn"),
    ],
)
def test_a_wrong_call_changes_no_roster(registered: Ievq, arguments: list[str], said: str) -> None:
    before = done(registered, "feeds", "list")
    ran = registered("feeds", "roster", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert done(registered, "feeds", "list") == before
