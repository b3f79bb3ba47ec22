"""Bases: the panel at an earlier cut is the present one as long as nothing of its quarters has changed since."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db.bases import MATCHED, Basis
from ievq_pipeline.db.filings import latest_known
from ievq_pipeline.db.panels import Naming
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.matched import MatchedPanel
from tests.made_up import file, open_panel

FIRST, SECOND = "2020-Q1", "2020-Q2"
MEMBERS = [f"us-agency:{letter}" for letter in "ABC"]


@dataclass
class Cut:
    seq: int
    made_at: datetime


def filed(house: House, quarter: str, openings: int) -> Cut:
    """All members file so many openings; what is known then."""
    file(house, "union", quarter, [(member, "us-state:CA", "go", openings) for member in MEMBERS])
    house.validate()
    house.store()
    with house.sessions() as session:
        return Cut(latest_known(session) or 0, datetime.now(UTC))


def basis(house: House) -> Basis:
    return Basis(house.sessions, "job-demand", MATCHED, Naming(family=lambda _: "", is_place=lambda _: True))


def then_and_now(house: House, of: Basis, then: Cut, now: Cut, until: str) -> tuple[MatchedPanel, MatchedPanel]:
    with house.sessions() as session:
        present = of.load(session, now, Quarter.parse(FIRST), Quarter.parse(SECOND))
        return of.panel_at(session, then.seq, present, Quarter.parse(until)), present


@pytest.fixture
def panel(house: House) -> House:
    open_panel(house, {"union": MEMBERS}, quarters=[FIRST, SECOND])
    return house


def test_a_quarter_filed_since_leaves_those_before_it_as_they_were(panel: House) -> None:
    then, now = filed(panel, FIRST, 5), filed(panel, SECOND, 7)
    past, present = then_and_now(panel, basis(panel), then, now, until=FIRST)
    assert past is present


def test_a_quarter_filed_anew_is_read_as_it_was(panel: House) -> None:
    of, then = basis(panel), filed(panel, FIRST, 5)
    past, present = then_and_now(panel, of, then, filed(panel, SECOND, 7), until=FIRST)
    assert past is present
    past, present = then_and_now(panel, of, then, filed(panel, FIRST, 6), until=FIRST)
    assert (past.totals[:, 0].tolist(), present.totals[:, 0].tolist()) == ([5, 5, 5], [6, 6, 6])


def test_what_is_asked_up_to_a_quarter_filed_since_is_read_as_it_was(panel: House) -> None:
    then, now = filed(panel, FIRST, 5), filed(panel, SECOND, 7)
    past, _ = then_and_now(panel, basis(panel), then, now, until=SECOND)
    assert past.totals[:, 1].tolist() == [0, 0, 0]
