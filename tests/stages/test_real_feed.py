"""The real feed, in calendar order and shuffled: the same alerts, and the lives that are known from its data."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import alerts, feeds, migrate
from ievq_pipeline.db.session import connect
from ievq_pipeline.demo import hacker_news
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.settings import Settings
from ievq_pipeline.stages.receive import HandedIn
from tests.made_up import own_database

#: years enough for every baseline, and the live quarters of the demo
QUARTERS = [q for q in hacker_news.quarters() if Quarter(2016, 1) <= q <= hacker_news.LAST_LIVE]
#: differ from run to run
DROPPED = ("alert_id", "event_id", "feed_seq", "vintage", "caused_by", "url", "issued_at", "updated_at")


def run(cluster: Cluster, name: str, directory: Path, *, seed: int | None) -> Iterator[House]:
    """A house in which every quarter was handed in and closed; with a seed, shuffled and in fits and starts."""
    order, luck = list(QUARTERS), random.Random(seed)
    if seed is not None:
        luck.shuffle(order)
    with own_database(cluster, name) as url:
        engine = connect(url)
        migrate.upgrade(engine)
        house = House(Settings(_env_file=None, database_url=url, data_dir=directory), engine)
        with house.sessions.begin() as session:
            feeds.add(session, hacker_news.FEED, "totals", hacker_news.SOURCE)
        for quarter in order:
            house.open_quarter(quarter, mode=Mode.HISTORY if quarter < hacker_news.FIRST_LIVE else Mode.LIVE)
        for quarter in order:
            house.receive(HandedIn(hacker_news.FEED, str(quarter), "a.csv", hacker_news.totals_file(quarter)))
            if seed is not None and luck.random() < 0.3:
                house.run()
        house.run()
        for quarter in QUARTERS:
            house.close(str(quarter), is_forced=True)
            if seed is not None and luck.random() < 0.3:
                house.run()
        house.run()
        yield house
        engine.dispose()


@pytest.fixture(scope="module")
def in_order(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    yield from run(cluster, "in_order", tmp_path_factory.mktemp("in_order"), seed=None)


def lives(house: House, skill: str) -> list[tuple[Any, ...]]:
    with house.sessions() as session:
        found = alerts.notices(session, limit=1_000, skill=skill)
        return [(n.notice, n.revision, n.severity, n.quarter) for n in found]


def documents(house: House) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Body and evidence of every notice, without what differs from run to run."""
    with house.sessions() as session:
        found = alerts.notices(session, limit=1_000)
        return [({k: v for k, v in n.body.items() if k not in DROPPED}, n.evidence) for n in found]


def test_shuffled_submissions_closed_in_calendar_order_give_the_same_alerts(
    in_order: House, cluster: Cluster, tmp_path: Path
) -> None:
    for shuffled in run(cluster, "shuffled", tmp_path, seed=20240817):
        assert documents(shuffled) == documents(in_order)
        with shuffled.sessions() as one, in_order.sessions() as other:
            assert _without_ids(alerts.untold(one)) == _without_ids(alerts.untold(other))
    assert len(documents(in_order)) > 10


def _without_ids(untold: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    said = ("change", "severity", "opened", "ends", "figures", "evidence")
    return sorted(
        (
            *(getattr(one["alert"], name) for name in ("skill", "episode")),
            *(one["look"].quarter, one["expires_on"], one["historical"]),
            *(str(getattr(one["change"], name)) for name in said),
        )
        for one in untold
    )


def test_typescript_begun_in_history_is_issued_as_it_rises_in_a_live_quarter(in_order: House) -> None:
    """Its second episode opened in 2018-Q4 as strong; in 2019-Q3, the first live quarter, it became critical."""
    assert lives(in_order, "TypeScript") == [
        ("issued", 1, "critical", "2019-Q3"),
        ("expired", 2, "critical", "2019-Q3"),
    ]


def test_remote_surges_when_the_world_stays_at_home_and_the_alert_runs_out(in_order: House) -> None:
    life = lives(in_order, "Remote")
    assert life[0][0] == "issued"
    assert "2020-Q1" <= life[0][3] <= "2020-Q3"
    assert "expired" in [notice for notice, *_ in life]


def test_no_notice_is_of_a_history_quarter_or_only_watched(in_order: House) -> None:
    with in_order.sessions() as session:
        for notice in alerts.notices(session, limit=1_000):
            assert notice.severity in ("surge", "strong", "critical")
            assert notice.quarter >= str(hacker_news.FIRST_LIVE)
        untold = alerts.untold(session)
    assert any(one["change"].severity == "watch" and not one["historical"] for one in untold)
    assert any(one["change"].severity != "watch" and one["historical"] for one in untold)


def test_every_alert_begins_with_revision_1_and_counts_on_to_at_most_one_end(in_order: House) -> None:
    with in_order.sessions() as session:
        for last in alerts.latest(session, limit=None):
            revisions = alerts.revisions(session, last.alert_id)
            assert [r.revision for r in revisions] == list(range(1, len(revisions) + 1))
            assert revisions[0].notice == "issued"
            assert {r.notice for r in revisions[1:-1]} <= {"updated"}
            assert (last.state == "expired") == (last.notice == "expired")


def test_evidence_ends_with_the_alert_s_quarter_and_agrees_with_it(in_order: House) -> None:
    with in_order.sessions() as session:
        for notice in alerts.notices(session, limit=1_000):
            series = notice.evidence["series"]
            assert series[-1]["quarter"] == notice.quarter == notice.evidence["window"][-1]
            in_window = [p for p in series if p["quarter"] in notice.evidence["window"]]
            assert all((p["observed"] is None) == p["is_hidden"] for p in in_window)  # counts below 5
            if not any(p["is_hidden"] for p in in_window):
                assert sum(p["observed"] for p in in_window) == notice.body["observed"]
            assert len(series) <= 17
