"""Withdraw: nothing of the feed counts any more, nothing of it comes back, and what it went before does."""

import uuid
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.domain.errors import AlreadyReplaced, BadCall, NothingToWithdraw, UnknownSubmission
from ievq_pipeline.stages.receive import HandedIn
from tests.made_up import REGION, at_once, counting, file, hand_in, in_force, open_feed, open_panel, span

QUARTER = "2020-Q1"
MEMBER = "us-agency:M1"


def stored(house: House, feed: str, openings: int, quarter: str = QUARTER) -> uuid.UUID:
    one = file(house, feed, quarter, [(MEMBER, REGION, "go", openings)])
    house.validate()
    house.store()
    return one


def says(house: House, quarter: str = QUARTER) -> Any:
    """The openings that count for the member."""
    return next((openings for *_, openings in counting(house, quarter)), None)


def test_what_it_went_before_counts_again_and_what_it_replaced_does_not(house: House) -> None:
    open_panel(house, {"primary": [MEMBER], "other": []}, [MEMBER], quarters=[QUARTER])
    other, primary = stored(house, "other", 1), stored(house, "primary", 2)
    old, own = stored(house, MEMBER, 3), stored(house, MEMBER, 4)
    assert says(house) == 4
    steps = [(own, 2), (primary, 1), (other, None)]
    for submission, left in steps:
        house.withdraw(submission, "wrong")
        assert says(house) == left
        assert house.submission(submission)["state"] == "withdrawn"
    with pytest.raises(AlreadyReplaced):
        house.withdraw(old, "wrong")
    with house.sessions() as session:
        spells = session.execute(text("SELECT count(*) FROM filing_in_force WHERE known_to IS NULL")).scalar_one()
    assert spells == 0


def test_withdrawing_again_changes_nothing_and_the_same_bytes_are_then_new(house: House) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    first = stored(house, "a", 1)
    assert house.withdraw(first, " wrong ") == house.withdraw(first, "again") == first
    with house.sessions() as session:
        assert session.execute(text("SELECT withdrawn_why FROM submission")).scalar_one() == "wrong"
    again = stored(house, "a", 1)
    assert again != first
    assert says(house) == 1


def test_one_that_is_not_in_force_yet_is_taken_back_and_the_earlier_stays(house: House) -> None:
    open_feed(house, QUARTER)
    hand_in(house, QUARTER, Go=1)
    house.run()
    newer = hand_in(house, QUARTER, Go=2)
    house.validate()
    house.withdraw(newer, "wrong")
    assert house.store() == []
    assert in_force(house, QUARTER)["Go"] == 1


def test_an_older_one_on_its_way_does_not_come_into_force_after_the_withdrawal_of_a_newer(house: House) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    older = file(house, "a", QUARTER, [(MEMBER, REGION, "go", 1)])
    newer = file(house, "a", QUARTER, [(MEMBER, REGION, "go", 2)])
    with house.sessions.begin() as session:
        session.execute(
            text("UPDATE submission SET state = 'checking', claimed_until = now() + interval '1 h' WHERE number = 1")
        )
    house.run()
    house.withdraw(newer, "wrong")
    with house.sessions.begin() as session:
        session.execute(text("UPDATE submission SET claimed_until = now() - interval '1 s' WHERE number = 1"))
    house.run()
    assert house.submission(older)["state"] == "superseded"
    assert says(house) is None


@pytest.mark.parametrize("reason", ["", " \n"])
def test_without_a_reason_it_stays(house: House, reason: str) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    one = stored(house, "a", 1)
    with pytest.raises(BadCall):
        house.withdraw(one, reason)
    assert says(house) == 1


def test_what_was_rejected_not_checked_or_never_there_cannot_be_withdrawn(house: House) -> None:
    open_feed(house, QUARTER)
    rejected, _ = house.receive(HandedIn("made-up", QUARTER, "bad.csv", b"no table"))
    with pytest.raises(NothingToWithdraw):
        house.withdraw(rejected, "wrong")
    house.validate()
    with pytest.raises(NothingToWithdraw):
        house.withdraw(rejected, "wrong")
    with pytest.raises(UnknownSubmission):
        house.withdraw(uuid.uuid4(), "wrong")


def test_a_withdrawal_and_the_next_file_at_once_never_wait_for_each_other(house: House) -> None:
    quarters = span("2019-Q3", "2020-Q4")
    open_panel(house, {"a": []}, quarters=quarters)
    for quarter in quarters:
        older = stored(house, "a", 1, quarter)
        newer = file(house, "a", quarter, [(MEMBER, REGION, "go", 2)])
        house.validate()

        def work(number: int, older: uuid.UUID = older) -> None:
            if number:
                house.store()
                return
            try:
                house.withdraw(older, "wrong")
            except AlreadyReplaced:
                return

        at_once(2, work)
        assert house.submission(older)["state"] in ("withdrawn", "superseded")
        assert house.submission(newer)["state"] == "in_force"
        assert says(house, quarter) == 2


def test_withdrawn_by_several_at_once_it_goes_out_once(house: House) -> None:
    open_panel(house, {"a": []}, quarters=[QUARTER])
    one = stored(house, "a", 1)
    at_once(4, lambda _: house.withdraw(one, "wrong"))
    with house.sessions() as session:
        assert session.execute(text("SELECT count(*) FROM known")).scalar_one() == 2
