"""Alerts: an episode has one identity, and the feed is read by place without missing or repeating a notice."""

import uuid
from types import SimpleNamespace
from typing import Any

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import alerts
from ievq_pipeline.domain.errors import UnknownAlert
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.episode import Episode
from ievq_pipeline.domain.surge.identity import Identities
from ievq_pipeline.domain.surge.outcome import Outcome
from ievq_pipeline.domain.surge.severity import Severity
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE
from tests.made_up import BASIS, at_once, change, look


def told(house: House, quarter: str, *changes: dict[str, object]) -> list[str]:
    look(house, quarter, *changes)
    return house.publish()


def stands(*series: tuple[str, int]) -> Outcome:
    """A replay at whose end these `(skill, number)` stand."""
    test = SimpleNamespace(quarter=Quarter(2020, 1), severity=Severity.SURGE, key="any")
    episode: Any = Episode.open(test, 1, TOTALS_RULE)
    return Outcome((), Identities({}, (), (), {}), dict.fromkeys(series, episode))


def given(house: House, found: Outcome, basis: str = BASIS) -> dict[tuple[Any, int], uuid.UUID]:
    with house.sessions.begin() as session:
        return alerts.keep_episodes(session, basis, found, is_final=True)


def test_an_episode_keeps_its_identity_and_another_gets_its_own(house: House) -> None:
    found = stands(("Go", 1), ("Rust", 1), ("Go", 2))
    ids = given(house, found)
    other = given(house, stands(("Go", 1)), "totals:another")
    assert given(house, found) == ids
    assert len({*ids.values(), *other.values()}) == 4


def test_an_identity_asked_for_by_several_at_once_is_given_once(house: House) -> None:
    asked = at_once(4, lambda _: given(house, stands(("Go", 1)))["Go", 1])
    assert len(set(asked)) == 1


def test_the_feed_is_read_in_pages_that_neither_miss_nor_repeat(house: House) -> None:
    for quarter in ("2020-Q1", "2020-Q2"):
        told(house, quarter, *(change(f"term {n}", "opened", episode=int(quarter[-1])) for n in range(5)))
    read: list[int] = []
    with house.sessions() as session:
        while page := alerts.notices(session, after=read[-1] if read else 0, limit=3):
            read += [notice.feed_seq for notice in page]
        assert read == list(range(1, 11))
        assert alerts.next_feed_seq(session) == 11
        assert [n.feed_seq for n in alerts.notices(session, skill="term 3")] == [4, 9]
        assert [n.feed_seq for n in alerts.notices(session, skill="term 3", after=4)] == [9]
        assert alerts.notices(session, severity="critical") == []


def test_the_latest_of_each_alert_comes_newest_first(house: House) -> None:
    told(house, "2020-Q1", change("Go", "opened"), change("Rust", "opened"))
    told(house, "2020-Q2", change("Go", "stepped", "strong", 1.8))
    with house.sessions() as session:
        assert [(a.skill, a.revision) for a in alerts.latest(session)] == [("Go", 2), ("Rust", 1)]
        assert [a.skill for a in alerts.latest(session, limit=1)] == ["Go"]
        go = alerts.latest(session)[0].alert_id
        assert [(a.revision, a.severity) for a in alerts.revisions(session, go)] == [(1, "surge"), (2, "strong")]


@pytest.mark.parametrize("name", ["", "Go", str(uuid.UUID(int=0)), "\0"])
def test_a_name_that_names_no_alert_is_unknown(house: House, name: str) -> None:
    with house.sessions() as session, pytest.raises(UnknownAlert):
        alerts.revisions(session, name)


def test_what_was_never_told_is_listed_with_its_reason(house: House) -> None:
    house.open_quarter(Quarter(2020, 1))
    told(house, "2020-Q1", change("Watched", "opened", "watch", 1.25), change("Told", "opened"))
    with house.sessions() as session:
        untold = alerts.untold(session)
    assert [(one["alert"].skill, one["change"].severity, one["historical"]) for one in untold] == [
        ("Watched", "watch", False)
    ]


def test_nothing_is_told_yet_in_an_empty_house(house: House) -> None:
    with house.sessions() as session:
        assert alerts.next_feed_seq(session) == 1
        assert alerts.notices(session) == []
        assert alerts.latest(session) == []
        assert alerts.untold(session) == []
