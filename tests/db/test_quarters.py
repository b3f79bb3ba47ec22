"""Quarters: opening and closing see each other, however close together they come."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from time import sleep

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import quarters
from ievq_pipeline.domain.errors import EarlierQuarterOpen, LaterQuarterClosed
from ievq_pipeline.domain.period import Quarter
from tests.made_up import open_feed

DAY = date(2020, 1, 1)


def test_a_closing_sees_the_earlier_quarter_that_opens_at_the_same_moment(house: House) -> None:
    open_feed(house, "2020-Q2")
    with ThreadPoolExecutor(1) as pool:
        with house.sessions.begin() as session:
            quarters.open_(session, "2020-Q1", opens_on=DAY, due_on=DAY, closes_on=DAY)
            closing = pool.submit(house.close, "2020-Q2", is_forced=True)
            sleep(0.2)  # long enough to come through, if it did not wait
        with pytest.raises(EarlierQuarterOpen, match="2020-Q1"):
            closing.result(10)


def test_an_opening_sees_the_later_quarter_that_closes_at_the_same_moment(house: House) -> None:
    open_feed(house, "2020-Q2")
    with ThreadPoolExecutor(1) as pool:
        with house.sessions.begin() as session:
            row = quarters.to_close(session, "2020-Q2")
            opening = pool.submit(house.open_quarter, Quarter(2020, 1))
            sleep(0.2)
            row.closed_at = row.opened_at
        with pytest.raises(LaterQuarterClosed, match="2020-Q2"):
            opening.result(10)
