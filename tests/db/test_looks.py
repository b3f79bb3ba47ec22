"""Looks: what was tested so far."""

from datetime import date

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import looks, quarters
from ievq_pipeline.db.tables import LookRow
from ievq_pipeline.domain.surge.schedule import Kind


def test_the_summary_counts_the_tests_of_all_quarters(house: House) -> None:
    day = date(2020, 1, 1)
    with house.sessions.begin() as session:
        assert looks.summary(session) == {"quarters": 0, "series": 0, "last": None}
        for quarter, tested in (("2020-Q1", 5), ("2020-Q2", 7)):
            quarters.open_(session, quarter, opens_on=day, due_on=day, closes_on=day)
            look = LookRow(
                basis="totals:hn", quarter=quarter, kind=Kind.CLOSING, rule_version="totals-1", tested=tested
            )
            looks.add(session, look, [], [])
        assert looks.summary(session) == {"quarters": 2, "series": 12, "last": "2020-Q2"}
