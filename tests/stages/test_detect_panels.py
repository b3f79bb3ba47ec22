"""Detect over panels: first, closing and revision looks, late files, and arrivals in any order."""

import random
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.adapters.embedded_postgres import Cluster
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import alerts, feeds, looks, migrate
from ievq_pipeline.db.session import connect
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.settings import Settings
from ievq_pipeline.stages import detect
from tests.made_up import PANEL, RISES, at_once, file, open_panel, own_database, panel_rows, span

HISTORY = span("2018-Q1", "2019-Q4")
LIVE = span("2020-Q1", "2021-Q1")
#: differ from run to run
DROPPED = ("alert_id", "event_id", "feed_seq", "vintage", "caused_by", "url", "issued_at", "updated_at")
numbers = count()


def due(house: House) -> date:
    """When the live quarters are due."""
    return house.today + timedelta(days=30)


def house_at(url: str, directory: Path) -> House:
    return House(Settings(_env_file=None, database_url=url, data_dir=directory), connect(url))


@pytest.fixture(scope="module")
def history(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The name of a database in which two years of the panel are filed, closed and looked at, as history."""
    with own_database(cluster, "panel_history") as url:
        house = house_at(url, tmp_path_factory.mktemp("history"))
        migrate.upgrade(house.engine)
        open_panel(house, PANEL, quarters=HISTORY, mode=Mode.HISTORY)
        for quarter in HISTORY:
            file_all(house, quarter)
        close(house, *HISTORY)
        house.run()
        house.engine.dispose()
        yield "panel_history"


@pytest.fixture
def panel(cluster: Cluster, history: str, tmp_path: Path) -> Iterator[House]:
    """After those two years; the quarters after them are open."""
    with own_database(cluster, f"panel_{next(numbers)}", like=history) as url:
        house = house_at(url, tmp_path)
        for quarter in LIVE:
            house.open_quarter(Quarter.parse(quarter), due_on=due(house), closes_on=due(house) + timedelta(days=30))
        yield house
        house.engine.dispose()


def file_all(house: House, quarter: str, of: Iterable[str] = PANEL, **how: Any) -> list[str]:
    """These feeds file the quarter, and it is stored; returns the submissions that are new."""
    for feed in of:
        file(house, feed, quarter, panel_rows(feed, quarter, **how))
    house.validate(quarter)
    return house.store(quarter)


def close(house: House, *quarters: str) -> None:
    for quarter in quarters:
        house.close(quarter, is_forced=True)


def live_through(house: House, *quarters: str) -> None:
    """Each quarter filed by all, closed and looked at."""
    for quarter in quarters:
        file_all(house, quarter)
        close(house, quarter)
        house.run()


def rows(house: House, query: str) -> list[tuple[Any, ...]]:
    with house.sessions() as session:
        return [tuple(row) for row in session.execute(text(query))]


def looked(house: House, first: str = LIVE[0]) -> list[tuple[str, str]]:
    query = "SELECT quarter, kind FROM look WHERE kind <> 'preview' ORDER BY id"
    return [(quarter, kind) for quarter, kind in rows(house, query) if quarter >= first]


def said(house: House, level: str = "skill", skill: str | None = "go") -> list[tuple[str, str, str]]:
    """What looks found of Go in all, or of another series: at which quarter and look, and what became of it."""
    query = (
        "SELECT l.quarter, l.kind, c.change, a.level, a.skill FROM episode_change c JOIN look l ON l.id = look_id"
        " JOIN alert a ON a.id = alert_id ORDER BY l.id, a.region"
    )
    return [tuple(row[:3]) for row in rows(house, query) if row[3:] == (level, skill)]


def notices(house: House, skill: str = "go", level: str = "skill") -> list[dict[str, Any]]:
    with house.sessions() as session:
        found = [notice.body for notice in alerts.notices(session, limit=1_000)]
    return [body for body in found if (body["skill"]["code"], body["level"]) == (skill, level)]


def told(house: House) -> list[tuple[str, str, bool]]:
    return [(body["notice"], body["quarter"], body["provisional"]) for body in notices(house)]


def documents(house: House) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every notice and its evidence, without what differs from run to run."""
    with house.sessions() as session:
        found = alerts.notices(session, limit=1_000)
        return [({k: v for k, v in n.body.items() if k not in DROPPED}, n.evidence) for n in found]


def found(house: House) -> list[tuple[Any, ...]]:
    """All that looks tested, and what they found of episodes, without ids; what was told between is not in it."""
    surges = (
        "SELECT l.quarter, l.kind, to_jsonb(s) - 'id' - 'look_id' FROM surge s JOIN look l ON l.id = look_id"
        " ORDER BY 1, 2, level, skill, family, region"
    )
    changes = (
        "SELECT l.quarter, l.kind, a.level, a.skill, a.family, a.region, a.episode, a.opened, a.ended, a.is_gone,"
        " to_jsonb(c) - 'look_id' - 'alert_id' - 'caused_by' - 'changed_reporters' - 'withheld'"
        " FROM episode_change c JOIN look l ON l.id = look_id JOIN alert a ON a.id = alert_id"
        " ORDER BY 1, 2, 3, 4, 5, 6, 7"
    )
    memories = "SELECT quarter, kind, memory FROM look WHERE kind <> 'preview' ORDER BY 1, 2"
    return [row for query in (surges, changes, memories) for row in rows(house, query)]


def test_a_late_file_revises_what_was_told_at_the_next_closing(panel: House) -> None:
    live_through(panel, RISES)
    assert told(panel) == [("issued", RISES, False)]
    late = file_all(panel, RISES, ["f3", "f4"], go=3.5)
    panel.run()
    assert looked(panel) == [(RISES, "closing")], "a late file waits for the next closing"
    live_through(panel, "2020-Q2")
    assert looked(panel) == [(RISES, "closing"), (RISES, "revision"), ("2020-Q2", "closing")]
    first, revised = notices(panel)[:2]
    assert (revised["notice"], revised["quarter"], revised["alert_id"]) == ("updated", RISES, first["alert_id"])
    assert set(revised["caused_by"]) == set(late)
    assert first["caused_by"] is None
    assert revised["growth"]["estimate"] > first["growth"]["estimate"]


def test_a_withdrawal_after_the_closing_withdraws_the_alert_at_the_next(panel: House) -> None:
    filed = file_all(panel, RISES)
    close(panel, RISES)
    panel.run()
    for submission in filed[:4]:
        panel.withdraw(submission, "wrong")
    file_all(panel, "2020-Q2", go=1.0)
    close(panel, "2020-Q2")
    panel.run()
    assert told(panel) == [("issued", RISES, False), ("withdrawn", RISES, False)]
    body = notices(panel)[-1]
    assert set(body["caused_by"]) == set(filed[:4])
    assert body["reason"]["zh"]
    assert body["reason"]["en"]
    assert rows(panel, "SELECT is_gone FROM alert WHERE level = 'skill' AND skill = 'go'") == [(True,)]


def test_what_only_late_files_show_is_found_and_never_issued(panel: House) -> None:
    file_all(panel, RISES, ["f0"], go=1.0)
    close(panel, RISES)
    panel.run()
    late = file_all(panel, RISES, ["f1", "f2", "f3", "f4"])
    file_all(panel, "2020-Q2", go=1.0)
    close(panel, "2020-Q2")
    panel.run()
    assert said(panel) == [(RISES, "revision", "found")]
    assert told(panel) == []
    causes = rows(panel, "SELECT caused_by FROM episode_change JOIN alert a ON a.id = alert_id WHERE a.skill = 'go'")
    assert {tuple(sorted(caused_by)) for (caused_by,) in causes} == {tuple(sorted(late))}


@pytest.mark.parametrize(("closed", "is_looked_at"), [(3, True), (4, False)])
def test_only_three_closings_look_back(panel: House, closed: int, is_looked_at: bool) -> None:
    live_through(panel, *LIVE[:closed])
    file_all(panel, LIVE[0], ["f3"], go=2.3)
    live_through(panel, LIVE[closed])
    revisions = [quarter for quarter, kind in looked(panel) if kind == "revision"]
    assert revisions == (list(LIVE[:closed]) if is_looked_at else [])


def test_nothing_that_a_revision_look_finds_is_issued(panel: House) -> None:
    for quarter in LIVE[:4]:
        luck = random.Random(quarter)
        file_all(panel, quarter, luck.sample(sorted(PANEL), 3), go=luck.choice((1.0, 2.5)))
        for past in LIVE[: LIVE.index(quarter)]:
            file_all(panel, past, luck.sample(sorted(PANEL), 2), go=luck.choice((0.7, 1.0, 3.0)))
        close(panel, quarter)
        panel.run()
    assert any(kind == "revision" for _, kind in looked(panel))
    issued = "SELECT kind FROM alert_revision JOIN look ON look.id = look_id WHERE notice = 'issued'"
    assert {kind for (kind,) in rows(panel, issued)} <= {"first", "closing"}
    assert len(rows(panel, "SELECT id FROM look")) == len(
        set(rows(panel, "SELECT basis, quarter, kind, vintage_id FROM look"))
    )


def test_the_first_look_comes_at_four_of_five_feeds_once_and_the_closing_confirms(panel: House) -> None:
    for feed in ("f0", "f1", "f2"):
        file_all(panel, RISES, [feed])
        panel.run()
    assert looked(panel) == []
    file_all(panel, RISES, ["f3"])
    panel.run()
    assert looked(panel) == [(RISES, "first")]
    assert told(panel) == [("issued", RISES, True)]
    file_all(panel, RISES, ["f4"])
    panel.run()
    assert looked(panel) == [(RISES, "first")]
    close(panel, RISES)
    panel.run()
    assert looked(panel) == [(RISES, "first"), (RISES, "closing")]
    assert told(panel) == [("issued", RISES, True), ("updated", RISES, False)]
    assert said(panel) == [(RISES, "first", "opened"), (RISES, "closing", "confirmed")]
    coverage = "SELECT kind, feeds_expected, feeds_in_force FROM look WHERE quarter = '2020-Q1' ORDER BY id"
    assert rows(panel, coverage) == [("first", 5, 4), ("closing", 5, 5)]


def test_what_the_closing_does_not_find_again_is_withdrawn(panel: House) -> None:
    early = file_all(panel, RISES, ["f0", "f1", "f2", "f3"])
    panel.run()
    late = file_all(panel, RISES, go=1.0)
    close(panel, RISES)
    panel.run()
    assert said(panel) == [(RISES, "first", "opened"), (RISES, "closing", "withdrawn")]
    assert [body["notice"] for body in notices(panel)] == ["issued", "withdrawn"]
    causes = set(notices(panel)[-1]["caused_by"])
    assert causes == set(late)
    assert not causes & set(early)


def test_what_only_the_closing_finds_is_issued_by_it(panel: House) -> None:
    file_all(panel, RISES, ["f0", "f1", "f2", "f3"], go=1.0)
    panel.run()
    assert looked(panel) == [(RISES, "first")]
    file_all(panel, RISES)
    close(panel, RISES)
    panel.run()
    assert told(panel) == [("issued", RISES, False)]


def test_the_first_look_comes_after_the_due_date_if_anybody_has_filed(panel: House) -> None:
    def at(days: int) -> list[str]:
        day = due(panel) + timedelta(days=days)
        return detect.run_waiting(panel.sessions, today=day, naming=panel._naming())

    assert at(1) == []
    file_all(panel, RISES, ["f0"])
    assert at(0) == []
    assert len(at(1)) == 1
    assert at(2) == []
    assert looked(panel) == [(RISES, "first")]


def test_there_is_no_first_look_before_the_quarters_ahead_are_closed_nor_after_the_own_closing(panel: House) -> None:
    for quarter in ("2020-Q3", "2020-Q2", "2020-Q1"):
        file_all(panel, quarter)
        panel.run()
    assert looked(panel) == [("2020-Q1", "first")]
    close(panel, "2020-Q1", "2020-Q2")
    panel.run()
    assert looked(panel) == [
        ("2020-Q1", "first"), ("2020-Q1", "closing"), ("2020-Q2", "closing"), ("2020-Q3", "first"),
    ]  # fmt: skip
    assert next(notice for notice, quarter, _ in told(panel) if quarter == "2020-Q1") == "issued"


def test_feeds_that_have_ended_are_not_waited_for(panel: House) -> None:
    with panel.sessions.begin() as session:
        feeds.end(session, "f3", Quarter.parse(RISES).first_day)
        feeds.end(session, "f4", Quarter.parse(RISES).plus(1).last_day)
    file_all(panel, RISES, ["f0", "f1"])
    panel.run()
    assert looked(panel) == []
    file_all(panel, RISES, ["f2"])
    panel.run()
    assert looked(panel) == []
    file_all(panel, RISES, ["f4"])
    panel.run()
    assert looked(panel) == [(RISES, "first")]


def test_closings_one_by_one_find_what_closings_all_at_once_find(
    cluster: Cluster, panel: House, tmp_path: Path
) -> None:
    """Also with late files in between: each look rests on its cut and on the memory of the look before."""
    quarters = LIVE[:4]
    for quarter in quarters:
        file_all(panel, quarter)
        if quarter == "2020-Q2":
            file_all(panel, RISES, ["f1", "f3"], go=1.2)
        if quarter == "2020-Q4":
            file_all(panel, RISES, ["f2"], go=4.0)
        close(panel, quarter)
    panel.engine.dispose()
    name = str(panel.engine.url.database)
    with own_database(cluster, f"{name}_again", like=name) as url:
        stepwise = house_at(url, tmp_path)
        for quarter in quarters:
            stepwise.detect(quarter)
            stepwise.publish(quarter)
        panel.detect()
        panel.publish()
        assert looked(panel) == looked(stepwise)
        assert [kind for _, kind in looked(panel)].count("revision") == 4
        assert found(panel) == found(stepwise)
        stepwise.engine.dispose()


def test_quarters_and_feeds_in_any_order_give_the_same_alerts(cluster: Cluster, panel: House, tmp_path: Path) -> None:
    """Closed in calendar order, and looked at whenever it happens in between."""
    quarters = LIVE[:4]
    panel.engine.dispose()
    name = str(panel.engine.url.database)
    with own_database(cluster, f"{name}_shuffled", like=name) as url:
        shuffled, luck = house_at(url, tmp_path), random.Random(20240817)
        for quarter in quarters:
            file_all(panel, quarter)
        arrived = 0
        order = [(feed, quarter) for feed in PANEL for quarter in quarters]
        luck.shuffle(order)
        for feed, quarter in order:
            file(shuffled, feed, quarter, panel_rows(feed, quarter))
            arrived += quarter == quarters[0]
            if luck.random() < 0.4 and (arrived < 4 or arrived == len(PANEL)):  # else a first look would see four only
                shuffled.run(luck.choice([None, quarter]))
        shuffled.run()
        panel.run()
        for quarter in quarters:
            for house in (panel, shuffled):
                close(house, quarter)
                house.run()
        assert documents(shuffled) == documents(panel)
        assert found(shuffled) == found(panel)
        assert {body["notice"] for body, _ in documents(panel)} >= {"issued", "updated", "expired"}
        shuffled.engine.dispose()


def test_a_kill_between_the_looks_of_a_cut_leaves_none_of_them(
    cluster: Cluster, panel: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live_through(panel, RISES)
    file_all(panel, RISES, ["f3", "f4"], go=3.5)
    file_all(panel, "2020-Q2")
    close(panel, "2020-Q2")
    panel.engine.dispose()
    name = str(panel.engine.url.database)
    with own_database(cluster, f"{name}_calm", like=name) as url:
        calm = house_at(url, tmp_path)
        calm.run()
        add = looks.add

        def die_after_the_revision(*arguments: Any) -> int:
            look_id = add(*arguments)
            if arguments[1].kind == "revision":
                raise KeyboardInterrupt
            return look_id

        before = found(panel)
        monkeypatch.setattr(looks, "add", die_after_the_revision)
        with pytest.raises(KeyboardInterrupt):
            panel.run()
        monkeypatch.undo()
        assert found(panel) == before
        panel.run()
        assert found(panel) == found(calm)
        assert documents(panel) == documents(calm)
        calm.engine.dispose()


def test_workers_at_once_make_first_closing_and_revision_looks_once(panel: House) -> None:
    file_all(panel, RISES)
    at_once(3, lambda _: panel.detect())
    close(panel, RISES)
    at_once(3, lambda _: panel.detect())
    file_all(panel, RISES, ["f3"], go=3.5)
    file_all(panel, "2020-Q2")
    close(panel, "2020-Q2")
    at_once(3, lambda _: panel.run())
    assert looked(panel) == [
        (RISES, "first"), (RISES, "closing"), (RISES, "revision"), ("2020-Q2", "closing"),
    ]  # fmt: skip
    assert rows(panel, "SELECT count(*) FROM vintage WHERE kind = 'first'") == [(1,)]
