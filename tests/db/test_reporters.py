"""Reporters: whose a code is on a day, and whose filing goes first."""

from collections.abc import Mapping
from datetime import date

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, reporters
from ievq_pipeline.db.tables import OrganisationIdentifier, RosterEntry
from tests.made_up import REGION, counting, file, open_panel, organisation

CODE = {"scheme": "duns", "value": "9"}
OLD, NEW = "us-agency:OLD", "us-agency:NEW"
DAY = date(2020, 3, 31)


@pytest.mark.parametrize(
    ("old", "new", "whose"),
    [
        ({}, None, OLD),
        ({"holds_to": DAY}, {"holds_from": date(2020, 4, 1)}, OLD),
        ({"holds_to": date(2020, 3, 30)}, {"holds_from": DAY}, NEW),
        ({"holds_to": date(2019, 1, 1)}, None, OLD),
        ({"holds_from": date(2021, 1, 1)}, None, OLD),
        ({"holds_to": date(2019, 1, 1)}, {"holds_from": date(2020, 4, 1)}, OLD),
        ({"holds_from": date(2020, 6, 1), "holds_to": date(2020, 12, 31)}, {"holds_from": date(2021, 1, 1)}, OLD),
        ({"holds_from": date(2000, 1, 1), "holds_to": date(2001, 1, 1)},
         {"holds_from": date(2002, 1, 1), "holds_to": date(2003, 1, 1)}, NEW),
    ],
)  # fmt: skip
def test_a_code_is_whose_it_is_on_the_day_or_was_last_or_will_be_first(
    house: House, old: Mapping[str, date], new: Mapping[str, date] | None, whose: str
) -> None:
    with house.sessions.begin() as session:
        ids = {name: organisation(session, name) for name in (OLD, NEW)}
        session.add(OrganisationIdentifier(organisation_id=ids[OLD], **CODE, **old))
        if new is not None:
            session.add(OrganisationIdentifier(organisation_id=ids[NEW], **CODE, **new))
        session.flush()
        assert reporters.found(session, ["duns:9", "duns:none"], DAY) == {"duns:9": ids[whose]}
        assert reporters.named(session, ["duns:9"], DAY) == {"duns:9": ids[whose]}


def test_a_code_s_value_may_hold_colons_and_its_scheme_tells_it_apart(house: House) -> None:
    with house.sessions.begin() as session:
        named = reporters.named(session, ["a:b:c", "a:b", "x:b"], DAY)
        assert len(set(named.values())) == 3
        assert reporters.named(session, ["x:b", "a:b:c", "a:b"], DAY) == named
        assert reporters.identifiers(session, named.values()) == ["a:b", "a:b:c", "x:b"]


def test_ranks_follow_the_day(house: House) -> None:
    open_panel(house, {"a": []}, [OLD])
    with house.sessions.begin() as session:
        ids = {name: organisation(session, name) for name in (OLD, NEW)}
        a, own = feeds.named(session, "a").id, feeds.named(session, OLD).id
        held = {"holds_from": date(2020, 1, 1), "holds_to": DAY}
        session.add(RosterEntry(feed_id=a, organisation_id=ids[NEW], is_primary=True, **held))
        session.add(RosterEntry(feed_id=a, organisation_id=ids[OLD], is_primary=False))
        session.flush()
        for day, rank in ((date(2019, 12, 31), 2), (date(2020, 1, 1), 1), (DAY, 1), (date(2020, 4, 1), 2)):
            assert reporters.ranks(session, a, ids.values(), day) == {ids[NEW]: rank, ids[OLD]: 2}
        assert reporters.ranks(session, own, ids.values(), DAY) == {ids[NEW]: 2, ids[OLD]: 0}


def test_a_reporter_is_shown_under_the_code_that_it_had_in_the_quarter(house: House) -> None:
    """A code given since does not change yesterday's answer."""
    quarters = ["2019-Q4", "2020-Q1", "2020-Q2"]
    open_panel(house, {"a": []}, quarters=quarters)
    for quarter in quarters:
        file(house, "a", quarter, [(OLD, REGION, "go", 1)])
    house.validate()
    house.store()
    with house.sessions.begin() as session:
        one = organisation(session, OLD)
        session.add(OrganisationIdentifier(organisation_id=one, **CODE, holds_from=date(2020, 4, 1)))
    assert [{row[0] for row in counting(house, quarter)} for quarter in quarters] == [{OLD}, {OLD}, {"duns:9"}]
