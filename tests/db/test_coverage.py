"""Coverage from what is stored: at any cut, by the segments of the quarter's end, and kept at each closing."""

import uuid
from collections.abc import Iterable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import coverage, feeds, organisations
from ievq_pipeline.db.tables import OrganisationSegment
from ievq_pipeline.domain.coverage import Covered, of
from ievq_pipeline.domain.errors import BadCall, UnknownQuarter
from ievq_pipeline.domain.organisation import Dimension, Identifier
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.succession import SuccessionKind
from tests.made_up import REGION, Row, file, open_feed, open_panel, organisation

FIRST, SECOND = "2025-Q2", "2025-Q3"
NORTH, SOUTH = [f"us-agency:N{n}" for n in range(4)], [f"us-agency:S{n}" for n in range(3)]


def segment(
    house: House, code: str, dimension: str, value: str, since: date | None = None, to: date | None = None
) -> None:
    with house.sessions.begin() as session:
        one = organisation(session, code)
        session.add(
            OrganisationSegment(
                organisation_id=one, dimension=dimension, value=value, holds_from=since, holds_to=to, source="test"
            )
        )


@pytest.fixture
def panel(house: House) -> House:
    """Two associations; the north is private but for N0, which was state-owned until the summer."""
    open_panel(house, {"north": NORTH, "south": SOUTH}, quarters=[FIRST, SECOND])
    for code in NORTH[1:]:
        segment(house, code, "ownership", "private")
    segment(house, NORTH[0], "ownership", "state_owned", to=date(2025, 8, 1))
    segment(house, NORTH[0], "ownership", "private", since=date(2025, 8, 2))
    for code in SOUTH:
        segment(house, code, "region", "gbt2260:350200")
    return house


def rows(codes: Iterable[str], openings: object = 10) -> list[Row]:
    return [(code, REGION, skill, openings) for code in codes for skill in ("go", "rust", "python")]


def hand_in(house: House, feed: str, quarter: str, of_rows: list[Row]) -> uuid.UUID:
    submission = file(house, feed, quarter, of_rows)
    house.validate()
    house.store()
    return submission


def numbers(found: list[Covered], dimension: Dimension | None = None) -> dict[str | None, tuple[int, int, int, int]]:
    """By value: expected, received, late, silent."""
    some = of(found, dimension) if dimension else found[:1]
    return {one.value: (one.expected, one.received, one.late, one.silent) for one in some}


def measured(house: House, quarter: str, seq: int | None = None) -> list[Covered]:
    with house.sessions() as session:
        return coverage.measured(session, "job-demand", quarter, seq)


def test_by_segment_with_the_value_of_the_quarters_end(panel: House) -> None:
    for quarter in (FIRST, SECOND):
        hand_in(panel, "north", quarter, rows(NORTH[:2]))
    assert numbers(measured(panel, FIRST)) == {None: (7, 2, 0, 5)}
    assert numbers(measured(panel, FIRST), Dimension.OWNERSHIP) == {
        "private": (3, 1, 0, 2), "state_owned": (1, 1, 0, 0), None: (3, 0, 0, 3),
    }  # fmt: skip
    assert numbers(measured(panel, SECOND), Dimension.OWNERSHIP) == {"private": (4, 2, 0, 2), None: (3, 0, 0, 3)}
    assert numbers(measured(panel, SECOND), Dimension.REGION) == {"gbt2260:350200": (3, 0, 0, 3), None: (4, 2, 0, 2)}


def test_at_any_cut_it_is_what_counted_there_and_the_closing_keeps_it(panel: House) -> None:
    hand_in(panel, "north", FIRST, rows(NORTH[:2]))
    panel.close(FIRST, is_forced=True)
    with panel.sessions() as session:
        seq = session.scalar(text("SELECT known_seq FROM vintage"))
        silent = session.scalar(text("SELECT count(*) FROM silence WHERE organisation_id IS NOT NULL"))
        at_closing = coverage.kept(session, FIRST)["job-demand"]
    assert at_closing == measured(panel, FIRST, seq)
    assert at_closing[0].silent == silent == 5, "as silence was recorded"
    hand_in(panel, "south", FIRST, rows(SOUTH[:2]))  # late
    hand_in(panel, "north", FIRST, rows(NORTH))  # late for those that come anew
    assert numbers(measured(panel, FIRST)) == {None: (7, 6, 4, 1)}
    assert measured(panel, FIRST, seq) == at_closing
    assert measured(panel, FIRST, 0)[0].received == 0
    panel.close(SECOND, is_forced=True)
    with panel.sessions() as session:
        assert coverage.kept(session, FIRST)["job-demand"] == at_closing
        later = (
            "SELECT body FROM coverage c JOIN vintage v ON v.id = vintage_id WHERE v.quarter = :q AND c.quarter = :of"
        )
        [body] = session.scalars(text(later), {"q": SECOND, "of": FIRST})
    assert [Covered(*one) for one in body] == measured(panel, FIRST), "the next closing's vintage knows the late ones"


def test_what_is_kept_stays_when_the_register_is_told_anew(panel: House) -> None:
    hand_in(panel, "north", FIRST, rows(NORTH[:2]))
    panel.close(FIRST, is_forced=True)
    with panel.sessions.begin() as session:
        before = coverage.told(session, "job-demand", Quarter.parse(FIRST), None)
        session.execute(text("UPDATE organisation_segment SET value = 'foreign' WHERE dimension = 'ownership'"))
    with panel.sessions() as session:
        after = coverage.told(session, "job-demand", Quarter.parse(FIRST), None)
    assert after["at_closing"] == before["at_closing"]
    assert after["items"] != before["items"]


def test_zero_reports_and_withdrawals_count_for_what_they_are(panel: House) -> None:
    hand_in(panel, "south", SECOND, [(SOUTH[0], "", "NIL", ""), *rows(SOUTH[1:])])
    submission = hand_in(panel, "north", SECOND, rows(NORTH))
    [total, *_] = measured(panel, SECOND)
    assert (total.received, total.zero, total.openings) == (7, 1, 30 * 6)
    panel.withdraw(submission, "by mistake")
    assert measured(panel, SECOND)[0].received == 3


def test_openings_in_quarantine_are_a_share_of_all_of_them(panel: House) -> None:
    found = rows(NORTH, 20)
    found[0] = (NORTH[0], REGION, "go", "about 20")
    hand_in(panel, "north", SECOND, found)
    [total, *_] = measured(panel, SECOND)
    assert (total.received, total.openings, total.quarantined) == (4, 11 * 20, 20)
    told = total.told(SECOND)["quarantined_openings"]
    assert (told["numerator"], told["denominator"], told["window"]) == (20, 240, SECOND)


def test_whoever_files_under_its_old_code_is_heard_and_who_is_not_expected_is_not_counted(panel: House) -> None:
    with panel.sessions.begin() as session:
        organisation(session, "us-agency:NEW")
        codes = Identifier.parse(SOUTH[0]), Identifier.parse("us-agency:NEW")
        organisations.succeed(session, *codes, SuccessionKind.NEW_CODE, date(2025, 8, 1))
    hand_in(panel, "south", SECOND, rows([SOUTH[0], "us-agency:STRANGER"]))
    assert numbers(measured(panel, SECOND)) == {None: (7, 1, 0, 6)}


def test_a_feed_that_came_after_the_closing_expects_nobody_before(panel: House) -> None:
    panel.close(FIRST, is_forced=True)
    open_panel(panel, {"west": ["us-agency:W0"]})
    assert (measured(panel, FIRST)[0].expected, measured(panel, SECOND)[0].expected) == (7, 8)


def participation(house: House, *between: str, by: Dimension = Dimension.OWNERSHIP) -> dict[str | None, dict[str, Any]]:
    first, last = (Quarter.parse(one) for one in between) if between else (None, None)
    with house.sessions() as session:
        told = coverage.participation(session, "job-demand", by, (first, last), None)
    return {row["value"]: row for row in told["items"]}


def test_participation_over_closed_quarters_joins_an_organisation_with_its_past(panel: House) -> None:
    hand_in(panel, "north", FIRST, rows(NORTH[:2]))
    hand_in(panel, "south", SECOND, rows(SOUTH[:1]))
    with panel.sessions.begin() as session:
        organisation(session, "us-agency:NEW")
        codes = Identifier.parse(SOUTH[1]), Identifier.parse("us-agency:NEW")
        organisations.succeed(session, *codes, SuccessionKind.NEW_CODE, date(2025, 8, 1))
    assert participation(panel) == {}, "an open quarter is nobody's silence"
    for quarter in (FIRST, SECOND):
        panel.close(quarter, is_forced=True)
    found = participation(panel)
    assert (found["*"]["reported"]["numerator"], found["*"]["reported"]["denominator"]) == (3, 14)
    assert found["*"]["reported"]["window"] == f"{FIRST}/{SECOND}"
    assert (found["*"]["silent_2"]["numerator"], found["*"]["silent_2"]["denominator"]) == (4, 7), "NEW is silent twice"
    assert (found["private"]["reported"]["numerator"], found["private"]["reported"]["denominator"]) == (1, 7)
    assert participation(panel, SECOND, SECOND)["*"]["reported"]["denominator"] == 7
    assert participation(panel, by=Dimension.REGION)["gbt2260:350200"]["reporters"] == 2


def test_a_basis_without_reporters_and_a_quarter_that_is_not_there_are_refused(panel: House) -> None:
    open_feed(panel)
    with panel.sessions() as session:
        basis = feeds.bases(session)[-1]
        with pytest.raises(BadCall, match="no reporters"):
            coverage.measured(session, basis, SECOND)
        with pytest.raises(UnknownQuarter):
            coverage.measured(session, "job-demand", "1999-Q1")
    panel.close(FIRST, is_forced=True)  # with such a feed about
