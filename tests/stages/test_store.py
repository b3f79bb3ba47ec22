"""Store: what was accepted comes into force once, in the order handed in, and only the newest of a feed counts."""

import random
from datetime import date

import pytest
from polars.exceptions import ComputeError
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, filings, submissions
from ievq_pipeline.db.tables import OrganisationIdentifier, RosterEntry
from tests.made_up import (
    REGION,
    Row,
    at_once,
    counting,
    file,
    hand_in,
    in_force,
    open_feed,
    open_panel,
    organisation,
    span,
)

MEMBER = "us-agency:M1"


def number_of(house: House, table: str) -> int:
    with house.sessions() as session:
        return int(session.execute(text(f"SELECT count(*) FROM {table}")).scalar_one())


def go(house: House) -> int | None:
    return in_force(house, "2020-Q1").get("Go")


def test_storing_twice_changes_nothing(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    handed_in = [str(hand_in(house, quarter)) for quarter in ("2020-Q1", "2020-Q2")]
    house.validate()
    assert house.store() == handed_in
    before = [number_of(house, table) for table in ("known", "filing", "filing_in_force", "total_observation")]
    assert house.store() == []
    assert [number_of(house, t) for t in ("known", "filing", "filing_in_force", "total_observation")] == before
    assert before == [2, 2, 2, 80]


def test_workers_at_once_store_each_submission_once(house: House) -> None:
    quarters = span("2018-Q1", "2020-Q4")
    open_feed(house, *quarters)
    handed_in = sorted(str(hand_in(house, quarter)) for quarter in quarters)
    house.validate()
    stored = [one for mine in at_once(4, lambda _: house.store()) for one in mine]
    assert sorted(stored) == handed_in
    assert number_of(house, "total_observation") == 40 * len(quarters)


def test_a_newer_submission_supersedes_the_one_in_force(house: House) -> None:
    open_feed(house, "2020-Q1")
    older = hand_in(house, "2020-Q1", Go=5)
    house.run()
    newer = hand_in(house, "2020-Q1", Go=6)
    assert go(house) == 5
    house.run()
    assert [house.submission(one)["state"] for one in (older, newer)] == ["superseded", "in_force"]
    assert go(house) == 6


def test_an_older_submission_accepted_late_never_counts(house: House) -> None:
    open_feed(house, "2020-Q1")
    older = hand_in(house, "2020-Q1", Go=5)
    with house.sessions.begin() as session:
        slow = submissions.claim(session)
    newer = hand_in(house, "2020-Q1", Go=6)
    house.run()
    assert slow is not None
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s' WHERE state = 'checking'"))
    assert house.run()["store"] == [str(older)]
    assert [house.submission(one)["state"] for one in (older, newer)] == ["superseded", "in_force"]
    assert house.submission(older)["stored_at"] is None
    assert go(house) == 6
    assert number_of(house, "filing") == 1


def test_a_rejected_submission_leaves_the_one_in_force(house: House) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1", Go=5)
    house.run()
    hand_in(house, "2020-Q1", **{f"term {n:02d}": "many" for n in range(40)})
    house.run()
    assert go(house) == 5


def test_a_kill_in_the_middle_leaves_the_older_in_force_and_the_newer_waiting(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_feed(house, "2020-Q1")
    older = hand_in(house, "2020-Q1", Go=5)
    house.run()
    newer = hand_in(house, "2020-Q1", Go=6)
    house.validate()
    original = filings.file

    def die(*arguments: object) -> None:
        original(*arguments)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(filings, "file", die)
    with pytest.raises(KeyboardInterrupt):
        house.store()
    monkeypatch.undo()
    assert [house.submission(one)["state"] for one in (older, newer)] == ["in_force", "accepted"]
    assert go(house) == 5
    assert number_of(house, "total_observation") == 41
    assert house.store() == [str(newer)]
    assert go(house) == 6


def test_one_submission_that_cannot_be_stored_does_not_keep_the_others_waiting(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    broken, good = hand_in(house, "2020-Q1"), hand_in(house, "2020-Q2")
    house.validate()
    with house.sessions.begin() as session:
        session.execute(
            text("UPDATE submission_answer SET accepted = 'no Arrow stream' WHERE submission_id = :id"), {"id": broken}
        )
    with pytest.raises(ComputeError):  # whoever runs the room is told
        house.store()
    assert house.submission(good)["state"] == "in_force"
    assert house.submission(broken)["state"] == "accepted"


def test_with_a_quarter_the_others_wait(house: House) -> None:
    open_feed(house, "2020-Q1", "2020-Q2")
    first, second = hand_in(house, "2020-Q1"), hand_in(house, "2020-Q2")
    house.validate()
    assert house.store("2020-Q2") == [str(second)]
    assert house.submission(first)["state"] == "accepted"


def test_two_of_one_feed_at_once_never_wait_for_each_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when each worker takes them in an order of its own."""
    accepted = submissions.accepted
    monkeypatch.setattr(
        submissions, "accepted", lambda *of, **how: random.sample(found := accepted(*of, **how), len(found))
    )
    quarters = span("2019-Q3", "2020-Q4")
    open_panel(house, {"a": []}, quarters=quarters)
    for quarter in quarters:
        for openings in (1, 2):
            file(house, "a", quarter, [(MEMBER, REGION, "go", openings)])
        house.validate()
        at_once(3, lambda _: house.store())
        assert counting(house, quarter) == {(MEMBER, f"gbt2260:{REGION}", "go", 2)}
    with house.sessions() as session:
        query = "SELECT state, count(*) FROM submission GROUP BY state ORDER BY state"
        assert session.execute(text(query)).all() == [("in_force", 6), ("superseded", 6)]


def test_two_stores_at_once_make_each_unknown_organisation_once(house: House) -> None:
    feeds = [f"feed-{n}" for n in range(4)]
    open_panel(house, dict.fromkeys(feeds, ()), quarters=["2020-Q1"])
    members = [f"us-agency:N{n}" for n in range(30)]
    for n, feed in enumerate(feeds):
        file(house, feed, "2020-Q1", [(member, REGION, "go", n) for member in (members if n % 2 else members[::-1])])
    house.validate()
    before = number_of(house, "organisation")
    at_once(4, lambda _: house.store())
    assert number_of(house, "organisation") == before + 30
    assert len(counting(house, "2020-Q1")) == 30
    assert number_of(house, "filing_in_force") >= 30


def test_a_reporter_that_a_file_names_by_two_codes_is_one(house: House) -> None:
    open_panel(house, {"a": []}, quarters=["2020-Q1"])
    with house.sessions.begin() as session:
        one = organisation(session, MEMBER)
        session.add(OrganisationIdentifier(organisation_id=one, scheme="duns", value="9"))
    file(house, "a", "2020-Q1", [(MEMBER, REGION, "go", 1), ("duns:9", REGION, "rust", 2), ("duns:9", "", "TOTAL", 5)])
    house.validate()
    assert len(house.store()) == 1
    assert {(who, skill, n) for who, _, skill, n in counting(house, "2020-Q1")} == {
        (MEMBER, "go", 1), (MEMBER, "rust", 2),
    }  # fmt: skip
    with house.sessions() as session:
        assert session.execute(text("SELECT total, is_zero FROM filing")).all() == [(None, False)]


def test_a_code_used_outside_its_time_is_still_its_organisation_s(house: House) -> None:
    quarters = span("2019-Q1", "2021-Q1")
    open_panel(house, {"a": []}, quarters=quarters)
    with house.sessions.begin() as session:
        old, new = organisation(session, MEMBER), organisation(session, "us-agency:M2")
        held = {"scheme": "duns", "value": "9"}
        session.add(OrganisationIdentifier(organisation_id=old, **held, holds_to=date(2019, 6, 30)))
        session.add(OrganisationIdentifier(organisation_id=new, **held, holds_from=date(2020, 7, 1)))
    before = number_of(house, "organisation")
    for quarter in quarters:
        file(house, "a", quarter, [("duns:9", REGION, "go", 1)])
    house.validate()
    house.store()
    assert number_of(house, "organisation") == before
    with house.sessions() as session:
        filed = session.execute(text("SELECT organisation_id FROM filing ORDER BY quarter")).scalars().all()
    assert filed == [old] * 6 + [new] * 3


def test_who_goes_first_is_told_by_the_roster_at_the_quarter_s_end(house: House) -> None:
    quarters = ["2019-Q4", "2020-Q1", "2020-Q2"]
    open_panel(house, {"a": [], "b": []}, quarters=quarters)
    with house.sessions.begin() as session:
        member = organisation(session, MEMBER)
        for feed, held in (
            ("a", {"holds_to": date(2020, 3, 30)}), ("b", {"holds_from": date(2020, 3, 31)}),
        ):  # fmt: skip
            feed_id = feeds.named(session, feed).id
            session.add(RosterEntry(feed_id=feed_id, organisation_id=member, is_primary=True, **held))
    for quarter in quarters:
        for feed, openings in (("a", 1), ("b", 2)) if quarter == "2019-Q4" else (("b", 2), ("a", 1)):
            file(house, feed, quarter, [(MEMBER, REGION, "go", openings)])
    house.validate()
    house.store()
    assert [{n for *_, n in counting(house, quarter)} for quarter in quarters] == [{1}, {2}, {2}]


def test_what_a_bad_row_leaves_unknown_is_that_of_its_reporter_or_where_nobody_knows_of_all(house: House) -> None:
    open_panel(house, {"a": [], "b": []}, quarters=["2020-Q1"])
    places = (REGION, "350100", "350500", "350600", "350700", "350800")
    good: list[Row] = [(f"us-agency:M{n}", place, "go", 90) for n in range(8) for place in places]
    file(house, "a", "2020-Q1", [*good, ("us-agency:M1", REGION, "rust", "about 3"), ("us-agency:M2", REGION, "", 4)])
    theirs: list[Row] = [(who.replace("M", "B"), region, skill, n) for who, region, skill, n in good]
    file(house, "b", "2020-Q1", [*theirs, ("?", REGION, "go", 1)])
    house.validate()
    assert len(house.store()) == 2
    with house.sessions() as session:
        query = (
            "SELECT value, is_complete, name, rank FROM filing JOIN organisation_identifier USING (organisation_id)"
            " LEFT JOIN filing_unknown ON filing_id = filing.id WHERE value !~ '^[ab]$' ORDER BY value"
        )
        found = {value: (complete, name) for value, complete, name, _ in session.execute(text(query))}
    whole = {f"M{n}": (True, None) for n in range(8)}
    assert found == whole | {"M1": (True, "rust"), "M2": (False, None)} | {f"B{n}": (False, None) for n in range(8)}


def test_a_killed_copy_leaves_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    open_panel(house, {"a": []}, quarters=["2020-Q1"])
    newer = str(file(house, "a", "2020-Q1", [(MEMBER, REGION, "go", 1), ("us-agency:NEW", REGION, "go", 1)]))
    house.validate()
    before = {table: number_of(house, table) for table in ("organisation", "filing", "job_demand_observation", "known")}

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    for place in ("ievq_pipeline.db.filings.next_known", "ievq_pipeline.db.filings.file"):
        monkeypatch.setattr(place, die)
        with pytest.raises(KeyboardInterrupt):
            house.store()
        assert {table: number_of(house, table) for table in before} == before
        assert house.submission(newer)["state"] == "accepted"
        monkeypatch.undo()
    assert house.store() == [newer]
