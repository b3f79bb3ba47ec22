"""Carry: Airflow is woken for what has happened, not more often than needed, and whatever fails waits."""

import pytest

from ievq_pipeline.adapters.airflow_api import QUARTERS, SUBMISSIONS
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import outbox
from ievq_pipeline.domain.errors import OutsideMissing
from ievq_pipeline.stages import carry
from tests.made_up import change, hand_in, look, open_feed


class Recorder:
    """Stands in for Airflow: notes who was woken, and does not answer for the assets in `missing`."""

    def __init__(self, *missing: str) -> None:
        self.woken: list[tuple[str, str | None]] = []
        self.tried: list[tuple[str, str | None]] = []
        self.missing = set(missing)

    def wake(self, asset: str, partition_key: str | None = None) -> None:
        self.tried.append((asset, partition_key))
        if asset in self.missing:
            raise OutsideMissing("not here")
        self.woken.append((asset, partition_key))


def waiting(house: House) -> list[str]:
    with house.sessions() as session:
        return [event.subject for event in outbox.waiting(session)]


def three_files_and_two_closings(house: House) -> None:
    open_feed(house, "2019-Q3", "2019-Q4", "2020-Q1")
    for quarter in ("2019-Q3", "2019-Q4", "2020-Q1"):
        hand_in(house, quarter)
    house.run()
    for quarter in ("2019-Q3", "2019-Q4"):
        house.close(quarter, is_forced=True)


def test_all_submissions_wake_once_and_each_closed_quarter_on_its_own(house: House) -> None:
    three_files_and_two_closings(house)
    airflow = Recorder()
    assert len(carry.run_waiting(house.sessions, airflow)) == 8  # three arrivals, three acceptances, two closings
    assert airflow.woken == [(SUBMISSIONS, None), (QUARTERS, "2019-Q3"), (QUARTERS, "2019-Q4")]


def test_what_was_carried_is_not_carried_again(house: House) -> None:
    three_files_and_two_closings(house)
    carry.run_waiting(house.sessions, Recorder())
    again = Recorder()
    assert carry.run_waiting(house.sessions, again) == []
    assert again.tried == []
    hand_in(house, "2020-Q1", Go=2)
    carry.run_waiting(house.sessions, again)
    assert again.woken == [(SUBMISSIONS, None)]


def test_what_cannot_be_carried_waits_in_full(house: House) -> None:
    three_files_and_two_closings(house)
    before = waiting(house)
    assert carry.run_waiting(house.sessions, Recorder(QUARTERS, SUBMISSIONS)) == []
    assert waiting(house) == before
    assert len(carry.run_waiting(house.sessions, Recorder())) == len(before)


def test_one_asset_that_airflow_does_not_know_yet_neither_keeps_the_other_waiting_nor_wakes_it_again(
    house: House,
) -> None:
    three_files_and_two_closings(house)
    airflow = Recorder(QUARTERS)
    carry.run_waiting(house.sessions, airflow)
    carry.run_waiting(house.sessions, airflow)
    assert airflow.woken == [(SUBMISSIONS, None)]
    assert waiting(house) == ["2019-Q3", "2019-Q4"]
    assert airflow.tried.count((QUARTERS, "2019-Q3")) == 2
    assert (QUARTERS, "2019-Q4") not in airflow.tried, "a hung Airflow is asked once a round, not once a quarter"


def test_what_wakes_nobody_is_laid_aside(house: House) -> None:
    look(house, "2020-Q1", change("Go", "opened"))
    house.publish()
    assert waiting(house) == ["2020-Q1"]
    airflow = Recorder()
    assert len(carry.run_waiting(house.sessions, airflow)) == 1
    assert airflow.tried == []
    assert waiting(house) == []


def test_a_kill_after_waking_wakes_again_and_loses_nothing(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    three_files_and_two_closings(house)
    airflow = Recorder()

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(outbox, "carried", die)
    with pytest.raises(KeyboardInterrupt):
        carry.run_waiting(house.sessions, airflow)
    monkeypatch.undo()
    carry.run_waiting(house.sessions, airflow)
    assert airflow.woken == [
        (SUBMISSIONS, None), (SUBMISSIONS, None), (QUARTERS, "2019-Q3"), (QUARTERS, "2019-Q4"),
    ]  # fmt: skip


def test_a_house_that_is_to_wake_nobody_leaves_its_events(house: House) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1")
    assert house.airflow is None
    assert house.carry() == []
    assert len(waiting(house)) == 1


def test_more_events_than_one_round_takes_are_carried_in_the_next(house: House) -> None:
    with house.sessions.begin() as session:
        for n in range(510):
            outbox.tell(session, outbox.SUBMISSION_RECEIVED, str(n))
    airflow = Recorder()
    assert [len(carry.run_waiting(house.sessions, airflow)) for _ in range(3)] == [500, 10, 0]
    assert len(airflow.woken) == 2
