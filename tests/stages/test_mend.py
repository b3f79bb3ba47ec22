"""Mend: cells made right without the file handed in again, and what a submission changed against the one before."""

import uuid

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.domain.errors import AlreadyReplaced, BadCall, NotCheckedYet
from ievq_pipeline.stages.mend import MendedRow
from ievq_pipeline.stages.receive import HandedIn
from tests.made_up import FEED, at_once, counts, hand_in, in_force, open_feed, totals_file

QUARTER = "2020-Q1"
#: the row of `term 07` in the file
ROW = 9


def faulty(house: House) -> uuid.UUID:
    """A file whose rows 9 and 10 are quarantined, in force."""
    open_feed(house, QUARTER)
    one = hand_in(house, QUARTER, **{"term 07": "约34", "term 08": "?"})
    house.run(QUARTER)
    assert (house.submission(one)["state"], house.submission(one)["rows_quarantined"]) == ("in_force", 2)
    return one


def test_a_quarantined_row_is_mended_without_the_file_and_the_next_mend_stands_on_it(house: House) -> None:
    base = faulty(house)
    first, is_new = house.mend(base, [MendedRow(ROW, {"count": "34"})])
    assert is_new
    house.run(QUARTER)
    told = house.submission(first)
    assert (told["state"], told["rows_quarantined"], told["mended_from"]) == ("in_force", 1, str(base))
    assert told["sha256"] == house.submission(base)["sha256"]
    second, _ = house.mend(first, [MendedRow(ROW + 1, {"count": "３６"})])
    house.run(QUARTER)
    assert (house.submission(second)["rows_quarantined"], house.findings(second)) == (0, [])
    assert in_force(house, QUARTER) == counts()
    assert house.submission(base)["state"] == "superseded"


def test_the_same_mend_again_gives_the_one_there_is_and_an_older_one_is_no_longer_mended(house: House) -> None:
    base = faulty(house)
    given = at_once(4, lambda _: house.mend(base, [MendedRow(ROW, {"count": "34"})]))
    assert len({one for one, _ in given}) == sum(is_new for _, is_new in given) == 1
    with pytest.raises(AlreadyReplaced):
        house.mend(base, [MendedRow(ROW, {"count": "35"})])
    with pytest.raises(NotCheckedYet):
        house.mend(given[0][0], [MendedRow(ROW, {"count": "35"})])


def test_a_wrong_value_is_a_finding_at_its_cell_and_the_file_again_is_a_new_submission(house: House) -> None:
    base = faulty(house)
    mended, _ = house.mend(base, [MendedRow(ROW, {"count": "很多"})])
    house.run(QUARTER)
    assert [(found["cell"], found["value"]) for found in house.findings(mended)] == [("D9", "很多"), ("D10", "?")]
    content = totals_file(QUARTER, counts(**{"term 07": "约34", "term 08": "?"}))
    again, is_new = house.receive(HandedIn(FEED, QUARTER, "again.csv", content))
    assert is_new
    assert again != mended


@pytest.mark.parametrize("rows", [[], [MendedRow(ROW, {})], [MendedRow(ROW, {"note": "x"})]])
def test_what_cannot_be_mended_is_refused(house: House, rows: list[MendedRow]) -> None:
    base = faulty(house)
    with pytest.raises(BadCall):
        house.mend(base, rows)


def test_what_a_submission_changed_is_told_cell_by_cell(house: House) -> None:
    base = faulty(house)
    told, cells = house.difference(base)
    assert (told["against"], told["rows_added"], cells) == (None, 38, [])
    next_ = hand_in(house, QUARTER, **{"term 07": 34, "term 08": "?", "term 09": 40, "new": 5})
    house.run(QUARTER)
    told, cells = house.difference(next_)
    assert told == {
        "against": str(base), "rows_added": 2, "rows_removed": 0, "rows_changed": 1, "cells_changed": 1, "alerts": []
    }  # fmt: skip
    (cell,) = cells
    assert (cell["row"], cell["column"], cell["before"], cell["after"]) == (11, "count", 38, 40)
    assert cell["key"]["term"] == "term 09"
