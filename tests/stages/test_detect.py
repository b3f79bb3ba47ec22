"""Detect: every closed quarter is looked at once, in order, from what is in force, unknown where it is unknown."""

from collections.abc import Callable

import pytest
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import feeds, looks, panels
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from ievq_pipeline.stages.receive import HandedIn
from tests.made_up import BASIS, EXPOSURE, FEED, SOURCE, at_once, counts, hand_in, open_feed, span, totals_file, walk

STEADY: dict[str, dict[str, object] | None] = {quarter: {"Go": 40} for quarter in span("2018-Q1", "2019-Q4")}
#: Go rises in 2020-Q1 and stays up
RISING: dict[str, dict[str, object] | None] = STEADY | {quarter: {"Go": 120} for quarter in span("2020-Q1", "2021-Q1")}


def rows(house: House, query: str) -> list[tuple[object, ...]]:
    with house.sessions() as session:
        return [tuple(row) for row in session.execute(text(query))]


def looked_at(house: House) -> list[object]:
    return [quarter for (quarter,) in rows(house, "SELECT quarter FROM look ORDER BY id")]


def changes(house: House) -> list[tuple[object, ...]]:
    query = (
        "SELECT quarter, skill, a.episode, change, severity FROM episode_change JOIN look ON look_id = look.id"
        " JOIN alert a ON a.id = alert_id ORDER BY quarter, skill, a.episode"
    )
    return rows(house, query)


def everything(house: House) -> list[tuple[object, ...]]:
    """What was found, without ids."""
    surges = "SELECT quarter, basis, to_jsonb(s) - 'id' - 'look_id' FROM surge s JOIN look ON look_id = look.id"
    found = (
        "SELECT quarter, a.skill, a.episode, to_jsonb(c) - 'look_id' - 'alert_id' FROM episode_change c"
        " JOIN look ON look_id = look.id JOIN alert a ON a.id = alert_id"
    )
    return [row for query in (surges, found) for row in rows(house, query + " ORDER BY 1, skill")]


@pytest.fixture
def panel_of(monkeypatch: pytest.MonkeyPatch) -> Callable[[House], TotalsPanel]:
    """The panel that detect lays before the detector."""

    def detect(house: House) -> TotalsPanel:
        seen: list[TotalsPanel] = []
        load = panels.totals

        def totals(*arguments: object) -> TotalsPanel:
            seen.append(load(*arguments))  # type: ignore[arg-type]
            return seen[-1]

        monkeypatch.setattr(panels, "totals", totals)
        house.detect()
        return seen[-1]

    return detect


def known(panel: TotalsPanel, quarter: str, skill: str) -> int | None:
    """The count that the panel knows; None: unknown."""
    row, column = panel.skills.index(skill), panel.quarters.index(Quarter.parse(quarter))
    return int(panel.counts[row, column]) if panel.known[row, column] else None


def test_each_closed_quarter_gets_one_look_and_again_nothing(house: House) -> None:
    walk(house, RISING)
    assert len(house.detect()) == len(RISING)
    before = everything(house)
    assert house.detect() == []
    assert looked_at(house) == list(RISING)
    assert everything(house) == before


def test_an_episode_opens_and_expires_at_the_closing_of_its_last_quarter(house: House) -> None:
    walk(house, RISING)
    house.detect()
    assert changes(house) == [
        ("2020-Q1", "Go", 1, "opened", "critical"),
        ("2020-Q4", "Go", 1, "ended", "critical"),
    ]


def test_workers_at_once_make_each_look_once(house: House) -> None:
    walk(house, RISING)
    made = at_once(3, lambda _: house.detect())
    assert sum(len(ids) for ids in made) == len(RISING)
    assert looked_at(house) == list(RISING)


def test_closings_one_by_one_give_the_looks_of_all_at_once(house: House) -> None:
    walk(house, RISING)
    house.detect()
    together = everything(house)
    with house.sessions.begin() as session:
        session.execute(text("TRUNCATE look, surge, episode_change, alert, alert_revision, vintage, coverage"))
        session.execute(text("UPDATE quarter SET closed_at = NULL"))
    for quarter in RISING:
        house.close(quarter, is_forced=True)
        assert len(house.detect()) == 1
    assert everything(house) == together


def test_with_a_quarter_later_ones_are_left_for_later(house: House) -> None:
    walk(house, RISING)
    house.detect("2019-Q4")
    assert looked_at(house) == list(STEADY)
    house.detect("2020-Q1")
    assert looked_at(house)[-1] == "2020-Q1"
    assert changes(house) == [("2020-Q1", "Go", 1, "opened", "critical")]
    house.detect()
    assert looked_at(house) == list(RISING)


def test_an_open_quarter_is_neither_looked_at_nor_seen(house: House, panel_of: Callable[[House], TotalsPanel]) -> None:
    walk(house, STEADY)
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1", Go=500)
    house.validate()
    house.store()
    assert panel_of(house).quarters[-1] == Quarter(2019, 4)


def test_only_the_filing_in_force_is_seen(house: House, panel_of: Callable[[House], TotalsPanel]) -> None:
    open_feed(house, "2020-Q1")
    hand_in(house, "2020-Q1", Go=500, Rust=5)
    house.run()
    hand_in(house, "2020-Q1", Go=40)
    house.run()
    house.close("2020-Q1", is_forced=True)
    panel = panel_of(house)
    assert known(panel, "2020-Q1", "Go") == 40
    assert "Rust" not in panel.skills


def test_what_a_filing_leaves_out_is_zero_and_what_it_quarantines_unknown(
    house: House, panel_of: Callable[[House], TotalsPanel]
) -> None:
    walk(house, {"2020-Q1": {"Go": 40, "Rust": 7}, "2020-Q2": {"Go": "约20"}})
    panel = panel_of(house)
    assert known(panel, "2020-Q2", "Go") is None
    assert known(panel, "2020-Q2", "Rust") == 0
    assert known(panel, "2020-Q1", "Rust") == 7


def test_a_term_that_comes_twice_is_unknown_whichever_row_was_right(
    house: House, panel_of: Callable[[House], TotalsPanel]
) -> None:
    open_feed(house, "2020-Q1")
    content = totals_file("2020-Q1", counts(Go=40)) + f"\n{SOURCE},2020-Q1,Go,41,{EXPOSURE},3".encode()
    house.receive(HandedIn(FEED, "2020-Q1", "twice.csv", content))
    assert len(house.run()["store"]) == 1
    house.close("2020-Q1", is_forced=True)
    panel = panel_of(house)
    assert known(panel, "2020-Q1", "Go") is None
    assert known(panel, "2020-Q1", "term 00") == 20


def test_a_row_that_does_not_say_what_it_is_about_makes_all_that_is_not_named_unknown(
    house: House, panel_of: Callable[[House], TotalsPanel]
) -> None:
    walk(house, {"2020-Q1": {"Go": 40, "Rust": 7}, "2020-Q2": {"Go": 41, "": 9}, "2020-Q3": {"Go": 42}})
    panel = panel_of(house)
    assert known(panel, "2020-Q2", "Rust") is None
    assert known(panel, "2020-Q2", "Go") == 41
    assert known(panel, "2020-Q2", "term 00") == 20
    assert known(panel, "2020-Q3", "Rust") == 0


def test_a_quarter_in_which_nobody_filed_is_unknown_and_looked_at(
    house: House, panel_of: Callable[[House], TotalsPanel]
) -> None:
    walk(house, {"2020-Q1": {"Go": 40}, "2020-Q2": None})
    panel = panel_of(house)
    assert known(panel, "2020-Q2", "Go") is None


def test_quarters_closed_before_the_first_filing_get_no_look(house: House) -> None:
    walk(house, {"2019-Q3": None, "2019-Q4": None})
    assert house.detect() == []
    walk(house, {"2020-Q1": {}})
    assert len(house.detect()) == 1
    assert looked_at(house) == ["2020-Q1"]
    assert house.detect() == []


@pytest.mark.parametrize("silent", ["2020-Q2", "2020-Q3", "2020-Q4"])
def test_an_episode_expires_on_time_though_nobody_filed(house: House, silent: str) -> None:
    walk(house, {**RISING, silent: None})
    house.detect()
    assert changes(house)[-1] == ("2020-Q4", "Go", 1, "ended", "critical")
    assert looked_at(house) == list(RISING)


@pytest.mark.parametrize("missing", ["2020-Q2", "2020-Q3"])
def test_a_quarter_that_was_never_opened_changes_nothing_of_an_episode_s_end(house: House, missing: str) -> None:
    walk(house, {quarter: filed for quarter, filed in RISING.items() if quarter != missing})
    house.detect()
    assert changes(house)[-1] == ("2020-Q4", "Go", 1, "ended", "critical")


@pytest.mark.parametrize("is_at_once", [True, False])
def test_an_episode_whose_last_quarter_was_never_opened_ends_at_the_next_closing(
    house: House, is_at_once: bool
) -> None:
    quarters = {quarter: filed for quarter, filed in RISING.items() if quarter != "2020-Q4"}
    if is_at_once:
        walk(house, quarters)
    for quarter, filed in quarters.items():
        walk(house, {} if is_at_once else {quarter: filed})
        house.detect()
    assert changes(house)[-1] == ("2021-Q1", "Go", 1, "ended", "critical")
    assert looked_at(house) == list(quarters)


def test_a_kill_while_looks_are_written_leaves_whole_ones(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    walk(house, RISING)
    add = looks.add

    def die_at_the_third(*arguments: object) -> int:
        look_id = add(*arguments)  # type: ignore[arg-type]
        if arguments[1].quarter == "2018-Q3":  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        return look_id

    monkeypatch.setattr(looks, "add", die_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        house.detect()
    monkeypatch.undo()
    assert looked_at(house) == ["2018-Q1", "2018-Q2"]
    assert len(house.detect()) == len(RISING) - 2


def test_nothing_mixes_two_bases(house: House) -> None:
    """Another source over the same quarters, which files nothing, neither sees the first nor is looked at."""
    walk(house, RISING)
    with house.sessions.begin() as session:
        feeds.add(session, "silent", "totals", "silent")
    house.detect()
    assert {basis for (basis,) in rows(house, "SELECT basis FROM look")} == {BASIS}


def test_a_look_names_its_rule_its_cut_of_knowledge_and_what_it_tested(house: House) -> None:
    walk(house, RISING)
    house.detect()
    ((rule, seq, tested),) = rows(house, "SELECT rule_version, known_seq, tested FROM look WHERE quarter = '2020-Q1'")
    ((number,),) = rows(house, "SELECT count(*) FROM surge JOIN look ON look_id = look.id WHERE quarter = '2020-Q1'")
    assert rule == "totals-1"
    assert (seq,) in rows(house, "SELECT max(seq) FROM known")
    assert tested == number == 41
    ((severity, growth, window),) = rows(
        house,
        'SELECT severity, growth, "window" FROM surge JOIN look ON look_id = look.id'
        " WHERE quarter = '2020-Q1' AND skill = 'Go'",
    )
    assert severity == "critical"
    assert 2.8 < float(str(growth)) < 3.2
    assert window == 1


def test_an_alert_whose_every_figure_is_withdrawn_is_withdrawn_at_the_next_closing(house: House) -> None:
    walk(house, {quarter: filed for quarter, filed in RISING.items() if quarter <= "2020-Q1"})
    house.run()
    with house.sessions() as session:
        filed = session.execute(text("SELECT id FROM submission ORDER BY quarter")).scalars().all()
    for submission in filed:
        house.withdraw(submission, "all of it was wrong")
    walk(house, {"2020-Q2": None})
    house.run()
    assert changes(house) == [
        ("2020-Q1", "Go", 1, "opened", "critical"),
        ("2020-Q1", "Go", 1, "withdrawn", "critical"),
    ]
    query = "SELECT notice FROM alert_revision ORDER BY revision"
    assert rows(house, query) == [("issued",), ("withdrawn",)]


def test_a_source_whose_first_file_was_withdrawn_before_the_closing_is_looked_at_without_harm(house: House) -> None:
    open_feed(house, "2020-Q1")
    filed = hand_in(house, "2020-Q1")
    house.run()
    house.withdraw(filed, "wrong")
    house.close("2020-Q1", is_forced=True)
    house.run()
    walk(house, {"2020-Q2": {}})
    house.run()
    assert rows(house, "SELECT quarter, tested FROM look ORDER BY id") == [("2020-Q1", 0), ("2020-Q2", 0)]
