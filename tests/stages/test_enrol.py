"""Files of organisations and rosters into the register: all or in part, once, and never over what was known."""

import time
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, organisations, reporters, rosters
from ievq_pipeline.domain.errors import BadCall, UnknownFeed
from ievq_pipeline.domain.organisation import Dimension, Identifier
from ievq_pipeline.domain.period import Quarter
from tests.made_up import at_once

HEADER = "identifier,kind,title,scale,region,holds_from,member_of,succeeds,succession,happened_on"
TABLES = ("organisation", "organisation_identifier", "organisation_segment", "organisation_succession", "roster")


def take(house: House, *rows: str, header: str = HEADER) -> dict[str, Any]:
    return house.import_organisations("\n".join([header, *rows]).encode(), "register.csv")


def tally(told: dict[str, Any]) -> tuple[str, int, int, int]:
    return told["verdict"], told["added"], told["changed"], told["unchanged"]


def found(told: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(each["code"], each["cell"]) for each in told["findings"]]


def stored(house: House) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the register, with the transaction that wrote each."""
    with house.sessions() as session:
        return {
            name: [tuple(row) for row in session.execute(text(f"SELECT xmin, t.* FROM {name} AS t ORDER BY t"))]
            for name in TABLES
        }


def known(house: House, identifier: str) -> dict[str, Any]:
    with house.sessions() as session:
        return organisations.told(session, organisations.named(session, Identifier.parse(identifier)))


def add_feed(house: House, code: str, submitter: str, kind: str = "job-demand") -> None:
    with house.sessions.begin() as session:
        who = organisations.named(session, Identifier.parse(submitter)).id
        feeds.add(session, code, kind, submitter_id=who)


def expected(house: House, quarter: str) -> dict[str, dict[str, bool]]:
    """By feed, the members expected by their codes, and whether it is their primary association's."""
    with house.sessions() as session:
        codes = organisations.identifiers(session)
        named = {feed.id: feed.code for feed in feeds.every(session)}
        found = rosters.expected(session, Quarter.parse(quarter))
        return {named[feed]: {codes[one][0]: flag for one, flag in members.items()} for feed, members in found.items()}


def test_a_file_is_answered_as_any_intake_and_its_organisations_are_known(house: House) -> None:
    told = take(house, "n:1,企业,一号公司,小型,350200,2025-01-01,,,,", "n:2,协会,,,,,,,,")
    assert tally(told) == ("accepted", 2, 0, 0)
    assert list(told)[:10] == [
        "verdict", "file", "rows_read", "rows_accepted", "rows_quarantined", "findings", "normalised", "rules_version",
        "code_lists", "checks_not_run",
    ]  # fmt: skip
    assert (told["rows_read"], told["rows_accepted"], told["checks_not_run"]) == (2, 2, [])
    one = known(house, "n:1")
    assert (one["kind"], one["title"], one["is_registered"]) == ("enterprise", "一号公司", True)
    assert [(each["dimension"], each["value"], each["source"]) for each in one["segments"]] == [
        ("region", "350200", "register.csv"),
        ("scale", "small", "register.csv"),
    ]


def test_the_same_file_again_writes_nothing(house: House) -> None:
    rows = ["n:1,企业,一号,小型,350200,2024-01-01,,,,", "n:1,企业,一号,中型,350200,2025-01-01,,,,", "n:2,企业,,,,,,,,"]
    rows += ["n:3,企业,,,,,,n:2,更换代码,2025-01-01"]
    assert tally(take(house, *rows)) == ("accepted", 3, 0, 0)
    before = stored(house)
    assert tally(take(house, *rows)) == ("accepted", 0, 0, 3)
    assert stored(house) == before


def test_a_dated_change_keeps_what_was_and_an_undated_one_is_refused_with_its_place(house: House) -> None:
    take(house, "n:1,企业,,小型,,,,,,", *(f"n:{n},企业,,小型,,,,,," for n in range(2, 42)))
    told = take(
        house,
        "n:1,企业,,中型,,2025-07-01,,,,",
        "n:2,企业,,大型,,,,,,",
        *(f"n:{n},企业,,小型,,,,,," for n in range(3, 42)),
    )
    assert tally(told) == ("accepted_with_quarantine", 0, 1, 39)
    assert found(told) == [("NQ-CHANGE-UNDATED", "D3")]
    (fault,) = told["findings"]
    assert fault["message"]["en"] == (
        "Registered is “small (fewer than 100 employees)”; this row says “large (more than 1,000 employees)”,"
        " but not since when."
    )
    with house.sessions() as session:
        scales = {
            day: {told[Dimension.SCALE] for told in organisations.segments(session, day).values()}
            for day in (date(2025, 6, 30), date(2025, 7, 1))
        }
    assert scales == {date(2025, 6, 30): {"small"}, date(2025, 7, 1): {"small", "medium"}}
    assert [(each["value"], each["holds_from"], each["holds_to"]) for each in known(house, "n:1")["segments"]] == [
        ("small", None, date(2025, 6, 30)),
        ("medium", date(2025, 7, 1), None),
    ]


def test_a_code_of_another_organisation_is_refused_with_its_place(house: House) -> None:
    take(house, "n:1,企业,一号公司,,,,,,,", "n:2,企业,,,,,,,,")
    told = take(
        house, "n:2,n:1,企业", *(f"n:{n},,企业" for n in range(3, 43)), header="identifier,other_identifiers,kind"
    )
    assert found(told) == [("NQ-IDENTIFIER-TAKEN", "B2")]
    assert "another organisation (一号公司)" in told["findings"][0]["message"]["en"]
    assert tally(told) == ("accepted_with_quarantine", 40, 0, 0)


def test_too_many_faults_and_files_that_cannot_be_read_leave_the_register_as_it_was(house: House) -> None:
    take(house, *(f"n:{n},企业,,小型,,,,,," for n in range(10)))
    before = stored(house)
    told = take(house, *(f"n:{n},企业,,大型,,,,,," for n in range(3)), *(f"n:{n},企业,,,,,,,," for n in range(10, 17)))
    assert (tally(told), told["rows_accepted"], told["rows_quarantined"]) == (("rejected", 0, 0, 0), 0, 3)
    assert len(told["findings"]) == 3
    assert house.import_organisations(b"%PDF-1.7", "x.pdf")["verdict"] == "unreadable"
    assert take(house, "n:1")["verdict"] == "rejected"
    assert stored(house) == before


def test_an_unregistered_organisation_keeps_its_id_when_it_is_registered(house: House) -> None:
    with house.sessions.begin() as session:
        assert reporters.named(session, ["n:1"], date(2025, 9, 30))
    before = known(house, "n:1")
    assert not before["is_registered"]
    assert tally(take(house, "n:1,院校,一号学院,,,,,,,")) == ("accepted", 0, 1, 0)
    after = known(house, "n:1")
    assert after["organisation_id"] == before["organisation_id"]
    assert (after["is_registered"], after["kind"]) == (True, "college")


def test_members_stand_on_the_rosters_of_their_association_and_move(house: House) -> None:
    take(house, "a:1,协会,,,,,,,,", "a:2,协会,,,,,,,,", "n:1,企业,,,,,,,,")
    add_feed(house, "first", "a:1")
    add_feed(house, "second", "a:2")
    add_feed(house, "own", "n:1")
    assert expected(house, "2025-Q1") == {"own": {"n:1": False}}
    assert tally(take(house, "n:1,企业,,,,,a:1,,,", "n:2,企业,,,,,a:1,,,")) == ("accepted", 1, 1, 0)
    assert tally(take(house, "n:1,企业,,,,2025-07-01,a:2,,,")) == ("accepted", 0, 1, 0)
    assert expected(house, "2025-Q2") == {"own": {"n:1": False}, "first": {"n:1": True, "n:2": True}}
    assert expected(house, "2025-Q3") == {"own": {"n:1": False}, "first": {"n:2": True}, "second": {"n:1": True}}
    told = take(house, "n:3,企业,,,,,n:1,,,", *(f"n:{n},企业,,,,,,,," for n in range(10, 50)))
    assert found(told) == [("NQ-ASSOCIATION", "G2")]


def test_after_a_merger_the_new_one_is_expected_in_the_place_of_both(house: House) -> None:
    take(house, "a:1,协会,,,,,,,,")
    add_feed(house, "first", "a:1")
    take(house, "n:1,企业,,,,,a:1,,,", "n:2,企业,,,,,a:1,,,")
    told = take(house, "n:3,企业,,,,,,n:1;n:2,合并,2025-07-01", header=HEADER)
    assert (tally(told), found(told)) == (("accepted", 1, 0, 0), [])
    assert expected(house, "2025-Q2") == {"first": {"n:1": True, "n:2": True}}
    assert expected(house, "2025-Q3") == {"first": {"n:3": True}}
    assert len(known(house, "n:3")["successions"]) == 2
    with house.sessions() as session:
        recorded = organisations.successions(session)
        assert organisations.successions(session, session.scalar(text("SELECT now() - interval '1 day'"))) == []
    assert {(each.kind, each.happened_on) for each in recorded} == {("merger", date(2025, 7, 1))}


def test_a_roster_comes_as_a_file_in_the_same_way(house: House) -> None:
    take(house, "a:1,协会,,,,,,,,", *(f"n:{n},企业,,,,,,,," for n in range(40)))
    add_feed(house, "first", "a:1")
    rows = ["enterprise,is_primary,holds_from,holds_to", *(f"n:{n},是,2025-07-01," for n in range(40)), "n:99,,,"]
    told = house.import_roster("first", "\n".join(rows).encode(), "名单.csv")
    assert tally(told) == ("accepted_with_quarantine", 0, 40, 0)
    assert found(told) == [("NQ-ORGANISATION-UNKNOWN", "A42")]
    assert tally(house.import_roster("first", "\n".join(rows).encode(), "名单.csv"))[1:] == (0, 0, 40)
    assert {len(members) for members in expected(house, "2025-Q3").values()} == {40}
    assert expected(house, "2025-Q2") == {}
    with pytest.raises(UnknownFeed):
        house.import_roster("nowhere", b"", "x.csv")
    with house.sessions.begin() as session:
        feeds.add(session, "hn", "totals")
    with pytest.raises(BadCall, match="no roster"):
        house.import_roster("hn", "\n".join(rows).encode(), "x.csv")


def test_two_imports_at_once_make_nobody_twice(house: House) -> None:
    rows = [f"n:{n},企业,,小型,,,,,," for n in range(50)]
    counts = at_once(2, lambda _: tally(take(house, *rows)))
    assert sorted(counts) == [("accepted", 0, 0, 50), ("accepted", 50, 0, 0)]


@pytest.mark.timeout(120)
def test_ten_thousand_organisations_take_seconds(house: House) -> None:
    take(house, "a:1,协会,,,,,,,,")
    add_feed(house, "first", "a:1")
    rows = [f"n:{n},企业,{n}号公司,小型,350200,2024-01-01,a:1,,," for n in range(10_000)]
    began = time.monotonic()
    assert tally(take(house, *rows))[1:] == (10_000, 0, 0)
    assert tally(take(house, *rows))[1:] == (0, 0, 10_000)
    changed = [row.replace("小型", "中型").replace("2024-01", "2025-01") for row in rows]
    assert tally(take(house, *changed))[1:] == (0, 10_000, 0)
    assert time.monotonic() - began < 60  # three imports; on an idle machine it is five
