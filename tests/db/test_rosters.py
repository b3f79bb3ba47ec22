"""Feeds with their submitters, rosters by day, codes that pass on, and successions that fit together."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy.orm import Session

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, organisations, reporters, rosters
from ievq_pipeline.db.tables import Feed
from ievq_pipeline.domain.contracts.model import NOT_STATED
from ievq_pipeline.domain.errors import (
    BadCall,
    ImpossibleSuccession,
    NameTaken,
    NeedsSubmitter,
    RosterDiffers,
    SchemeMisfit,
    SuccessionDiffers,
    UnknownFeedKind,
    UnknownOrganisation,
)
from ievq_pipeline.domain.organisation import Identifier
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.succession import SuccessionKind
from ievq_pipeline.domain.validity import Validity

A, B, ASSOC, OTHER = (Identifier.parse(f"n:{name}") for name in ("a", "b", "x", "y"))
Q2, Q3, Q4 = (Quarter(2025, n) for n in (2, 3, 4))
JULY, JUNE = date(2025, 7, 1), date(2025, 6, 30)


def register(house: House) -> None:
    """Two enterprises and two associations."""
    rows = ["identifier,kind", f"{A},enterprise", f"{B},enterprise", f"{ASSOC},association", f"{OTHER},association"]
    assert house.import_organisations("\n".join(rows).encode(), "x.csv")["added"] == 4


def add_feed(session: Session, code: str, submitter: Identifier | None, kind: str = "job-demand", **more: Any) -> Feed:
    who = organisations.named(session, submitter).id if submitter else None
    return feeds.add(session, code, kind, submitter_id=who, **more)


def members(session: Session, feed: Feed, quarter: Quarter) -> dict[str, bool]:
    codes = organisations.identifiers(session)
    return {codes[one][0]: flag for one, flag in rosters.expected(session, quarter, feed.id).get(feed.id, {}).items()}


def test_a_feed_of_reporters_needs_its_submitter_and_has_no_source(house: House) -> None:
    register(house)
    with house.sessions.begin() as session:
        for kind in ("job-demand", "technology"):
            with pytest.raises(NeedsSubmitter):
                add_feed(session, kind, None, kind)
        with pytest.raises(BadCall, match="no source"):
            add_feed(session, "x", A, source="boss")
        with pytest.raises(UnknownFeedKind):
            add_feed(session, "x", A, "organisations")
        with pytest.raises(SchemeMisfit):
            add_feed(session, "x", A, schemes={"skill": "esco"})
        assert feeds.every(session) == []
        feed = add_feed(session, "jobs", A, schemes={"region": "us-state", "industry": NOT_STATED})
        assert (feed.basis, feed.source) == ("job-demand", None)
        assert feeds.add(session, "hn", "totals").basis == "totals:hn"


def test_a_feed_s_code_stands_for_one_thing_and_only_its_address_may_change(house: House) -> None:
    register(house)
    agreed: dict[str, Any] = {"schemes": {"region": "us-state"}}
    with house.sessions.begin() as session:
        feed = add_feed(session, "jobs", ASSOC, **agreed)
        assert add_feed(session, "jobs", ASSOC, **agreed, pull_url="https://x/{quarter}").id == feed.id
        assert add_feed(session, "jobs", ASSOC, **agreed).pull_url == "https://x/{quarter}"
        others: list[dict[str, Any]] = [{"submitter": OTHER}, {"schemes": {}}, {"schemes": {}, "kind": "technology"}]
        for other in others:
            with pytest.raises(NameTaken):
                add_feed(session, "jobs", **{"submitter": ASSOC, **agreed, **other})


def test_an_enterprise_s_own_feed_expects_itself_and_an_association_s_nobody_yet(house: House) -> None:
    register(house)
    with house.sessions.begin() as session:
        own, theirs = add_feed(session, "own", A), add_feed(session, "theirs", ASSOC)
        add_feed(session, "own", A)
        assert (members(session, own, Q2), members(session, theirs, Q2)) == ({"n:a": False}, {})
        assert rosters.sizes(session, JULY) == {own.id: 1}


def test_a_roster_counts_at_the_quarters_end_and_an_ended_feed_expects_nobody(house: House) -> None:
    register(house)
    with house.sessions.begin() as session:
        feed = add_feed(session, "jobs", ASSOC)
        rosters.add(session, feed, A, Validity(date(2025, 9, 30)), is_primary=True)
        rosters.add(session, feed, B, Validity(None, date(2025, 9, 29)), is_primary=False)
        assert [members(session, feed, quarter) for quarter in (Q2, Q3)] == [{"n:b": False}, {"n:a": True}]
        feeds.end(session, "jobs", date(2025, 12, 31))
        assert (members(session, feed, Q3), members(session, feed, Q4)) == ({"n:a": True}, {})


def test_a_member_is_added_once_and_taken_off_with_its_last_day(house: House) -> None:
    register(house)
    with house.sessions.begin() as session:
        feed = add_feed(session, "jobs", ASSOC)
        for _ in range(2):
            rosters.add(session, feed, A, Validity(), is_primary=True)
        with pytest.raises(RosterDiffers):
            rosters.add(session, feed, A, Validity(), is_primary=False)
        rosters.end(session, feed, A, JUNE)
        assert [(row["identifiers"], row["holds_from"], row["holds_to"]) for row in rosters.entries(session, feed)] == [
            (["n:a"], None, JUNE)
        ]
        rosters.add(session, feed, A, Validity(date(2025, 9, 1)), is_primary=True)
        assert [members(session, feed, quarter) for quarter in (Q2, Q3)] == [{"n:a": True}, {"n:a": True}]
        rosters.end(session, feed, A, date(2025, 8, 1))  # what would begin later never does
        assert len(rosters.entries(session, feed)) == 1
        with pytest.raises(UnknownOrganisation):
            rosters.end(session, feed, B, JUNE)
        with pytest.raises(UnknownOrganisation):
            rosters.add(session, feed, Identifier.parse("n:nobody"), Validity(), is_primary=False)


def test_one_primary_association_at_a_time_by_kind_of_feed(house: House) -> None:
    register(house)
    with house.sessions.begin() as session:
        first, second = add_feed(session, "first", ASSOC), add_feed(session, "second", OTHER)
        technology = add_feed(session, "technology", OTHER, "technology")
        rosters.add(session, first, A, Validity(), is_primary=True)
        rosters.add(session, technology, A, Validity(), is_primary=True)
        with pytest.raises(RosterDiffers):
            rosters.add(session, second, A, Validity(), is_primary=True)
        rosters.add(session, second, A, Validity(JULY), is_primary=True)
        found = [[members(session, feed, quarter) for feed in (first, second, technology)] for quarter in (Q2, Q3)]
        assert found == [[{"n:a": True}, {}, {"n:a": True}], [{}, {"n:a": True}, {"n:a": True}]]
        one = organisations.named(session, A).id
        ranks = [reporters.ranks(session, feed.id, [one], JULY)[one] for feed in (first, second)]
        assert ranks == [2, 1]


def test_an_organisation_is_found_by_whose_code_it_was(house: House) -> None:
    register(house)
    with house.sessions.begin() as session:
        a = organisations.named(session, A).id
        assert organisations.release(session, A, JUNE).id == a
        with pytest.raises(UnknownOrganisation):
            organisations.release(session, A, JULY)
    told = house.import_organisations(f"identifier,kind,holds_from\n{A},enterprise,2025-08-01".encode(), "x.csv")
    assert told["added"] == 1
    with house.sessions() as session:
        later = organisations.named(session, A, date(2025, 8, 1)).id
        assert later != a
        days = (JUNE, date(2020, 1, 1), date(2026, 1, 1), None)
        assert [organisations.named(session, A, day).id for day in days] == [a, a, later, later]
        with pytest.raises(UnknownOrganisation):
            organisations.named(session, Identifier.parse("n:nobody"))


def test_successions_are_recorded_once_and_circles_are_not(house: House) -> None:
    register(house)
    with house.sessions.begin() as session:
        for _ in range(2):
            organisations.succeed(session, A, B, SuccessionKind.NEW_CODE, JULY)
        assert len(organisations.successions(session)) == 1
        with pytest.raises(SuccessionDiffers) as differs:
            organisations.succeed(session, A, B, SuccessionKind.MERGER, JULY)
        assert differs.value.text("en") == (
            "“n:a” and “n:b” are joined already: new code of the same organisation on 2025-07-01."
        )
        for day in (JUNE, JULY, date(2026, 1, 1)):
            with pytest.raises(ImpossibleSuccession, match="“n:a” can't take over from “n:b”"):
                organisations.succeed(session, B, A, SuccessionKind.MERGER, day)
        with pytest.raises(ImpossibleSuccession):
            organisations.succeed(session, A, A, SuccessionKind.SPLIT, JULY)
        with pytest.raises(UnknownOrganisation):
            organisations.succeed(session, Identifier.parse("n:nobody"), A, SuccessionKind.SPLIT, JULY)
        assert len(organisations.successions(session)) == 1
