"""Learn: decisions count from then on and backwards, earlier vintages stay, and everything is kept."""

import uuid
from collections.abc import Iterable
from typing import Any

import pytest
from sqlalchemy import text

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import filings, observations, organisations, panels, wordings
from ievq_pipeline.db.panels import Naming
from ievq_pipeline.domain.errors import BadCall, NothingToUndo, UnknownSkill, UnknownWording
from ievq_pipeline.domain.learning import Decided
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.succession import Identities
from ievq_pipeline.domain.surge.matched import Level
from ievq_pipeline.stages.learn import Decision
from tests.made_up import REGION, Row, answer_all, at_once, counting, file, open_panel

QUARTERS = ("2025-Q1", "2025-Q2")
A, B = "us-agency:A", "us-agency:B"
#: the region as it is stored
HERE = f"gbt2260:{REGION}"
ODD = "御剑飞行编程"
NAMING = Naming(family=lambda _: "f", is_place=lambda _: True)


def stored(house: House, quarter: str, rows: Iterable[Row], feed: str = "north") -> uuid.UUID:
    submission = file(house, feed, quarter, rows)
    house.validate()
    answer_all(house, submission)
    house.store()
    return submission


@pytest.fixture
def panel(house: House) -> House:
    """Two quarters in which A names an odd wording; B names the skill that it will turn out to be."""
    open_panel(house, {"north": (A, B)}, quarters=QUARTERS)
    for quarter in QUARTERS:
        stored(house, quarter, [(A, REGION, ODD, 4), (A, REGION, "Python", 2), (B, REGION, "python", 3)])
    return house


def now(house: House) -> int:
    with house.sessions() as session:
        return filings.latest_known(session) or 0


def alias(code: str = "python", **more: Any) -> Decision:
    return Decision(Decided.ALIAS, code, decided_by="somebody", **more)


def read(house: House, seq: int, skill: str, enterprise: str) -> int | None:
    """What a panel at a cut says of the last quarter: openings of an enterprise and skill; None: unknown."""
    first, last = (Quarter.parse(one) for one in QUARTERS)
    with house.sessions() as session:
        identities = Identities.of(organisations.successions(session))
        made = panels.matched(session, first, last, seq, NAMING, identities)
    place = next(n for n, name in enumerate(made.enterprises) if name.startswith(enterprise))
    if skill not in made.skills:
        return 0
    units = made.units[Level.SKILL]
    at = (units.series == made.skills.index(skill)) & (units.enterprise == place)
    if not at.any():
        return 0
    return int(units.openings[-1, at][0]) if units.known[-1, at][0] else None


def test_an_alias_counts_in_every_quarter_and_earlier_vintages_read_as_before(panel: House) -> None:
    before = now(panel)
    decided = panel.learn(ODD, alias(note="as the association says"))
    assert now(panel) == before + 1
    for quarter in QUARTERS:
        assert counting(panel, quarter) == {
            (A, HERE, "python", 4),
            (A, HERE, "python", 2),
            (B, HERE, "python", 3),
        }
        then = {(A, HERE, ODD, 4), (A, HERE, "python", 2), (B, HERE, "python", 3)}
        assert counting(panel, quarter, f"seq:{before}") == then
    with panel.sessions() as session:
        kept = session.execute(text("SELECT count(*) FROM job_demand_observation WHERE skill = :odd"), {"odd": ODD})
        assert kept.scalar() == 2, "nothing that is stored changes"
        changed = observations.changed_quarters(session, "job-demand", before, now(panel), QUARTERS)
    assert changed == list(QUARTERS), "detection looks again"
    assert [(one["what"], one["code"], one["decided_by"], one["note"]) for one in decided["decisions"]] == [
        ("alias", "python", "somebody", "as the association says")
    ]
    assert (decided["state"], decided["openings"], decided["submissions"]) == ("decided", 8, 2)
    assert decided["seen"][0]["neighbours"] == ["python"]


def test_a_panel_sums_what_is_one_now_and_says_what_it_said_at_an_earlier_cut(panel: House) -> None:
    before = now(panel)
    panel.learn(ODD, alias())
    assert [read(panel, before, name, A) for name in (ODD, "python")] == [4, 2]
    assert [read(panel, now(panel), name, A) for name in (ODD, "python")] == [0, 6]
    assert read(panel, now(panel), "python", B) == 3


def test_a_pending_suggestion_leaves_unknown_what_it_names_for_that_reporter_until_it_is_decided(house: House) -> None:
    open_panel(house, {"north": (A, B)}, quarters=QUARTERS)
    others = [(B, REGION, "Kubernetes", 3), (B, REGION, "Go", 1)]
    stored(house, QUARTERS[0], [(A, REGION, "Kubernetes", 2), *others])
    stored(house, QUARTERS[1], [(A, REGION, "Kubernetez", 4), *others])
    before = now(house)
    assert read(house, before, "kubernetes", A) is None
    assert [read(house, before, name, B) for name in ("kubernetes", "Kubernetez", "go")] == [3, 0, 1]
    assert read(house, before, "Kubernetez", A) == 4, "a concept of its own meanwhile"
    house.learn("kubernetez", Decision(Decided.NEW, decided_by="somebody"))
    assert [read(house, seq, "kubernetes", A) for seq in (before, now(house))] == [None, 0]
    house.learn("kubernetez", alias("kubernetes"))
    assert read(house, now(house), "kubernetes", A) == 4
    assert read(house, before, "kubernetes", A) is None


def test_a_check_knows_what_was_learnt_and_the_same_file_is_then_checked_again(panel: House) -> None:
    rows = [(A, REGION, ODD, 5), (B, REGION, "Go", 1)]
    first = stored(panel, QUARTERS[1], rows)
    assert file(panel, "north", QUARTERS[1], rows) == first, "a repeat"
    panel.learn(ODD, alias())
    second = stored(panel, QUARTERS[1], rows)
    told = panel.submission(second)
    version = code_lists.versions()["skills"]
    assert second != first
    assert told["rules_version"].endswith(f"+skills-{version}.1")
    assert [(one["code"], one["to"]) for one in told["normalised"] if one["column"] == "skill"][:1] == [
        ("NQ-N-SKILL", "python")
    ]
    assert file(panel, "north", QUARTERS[1], rows) == second, "a repeat again"
    assert counting(panel, QUARTERS[1]) == {(A, HERE, "python", 5), (B, HERE, "go", 1)}


def test_what_waits_and_is_known_by_a_decision_is_decided_with_it(panel: House) -> None:
    variant = f"熟练掌握{ODD}技术"
    stored(panel, QUARTERS[1], [(B, REGION, variant, 2), (A, REGION, ODD, 1)])
    before = now(panel)
    panel.learn(ODD, alias())
    (settled,) = panel.wording(variant)["decisions"]
    assert (settled["what"], settled["code"], settled["decided_by"]) == ("alias", "python", "matching")
    assert settled["vintage"] == f"seq:{now(panel)}" == f"seq:{before + 1}"
    assert panel.settle() == []


def test_a_decision_can_be_taken_back_and_is_then_left_to_people(panel: House) -> None:
    cuts = [now(panel)]
    for decision in (alias(), Decision(Decided.UNDO, note="wrong"), Decision(Decided.IGNORE)):
        panel.learn(ODD, decision)
        cuts.append(now(panel))
    assert [read(panel, seq, "python", A) for seq in cuts] == [2, 6, 2, 2]
    assert [one["what"] for one in panel.wording(ODD)["decisions"]] == ["alias", "undo", "ignore"]
    panel.learn(ODD, Decision(Decided.UNDO))
    assert panel.wording(ODD)["state"] == "pending"
    assert panel.settle() == []
    assert panel.wordings(state="pending")[0]["wording"] == ODD


def test_the_same_again_changes_nothing_and_what_cannot_be_is_refused(panel: House) -> None:
    panel.learn(ODD, alias())
    seq = now(panel)
    assert len(panel.learn(ODD, alias(note="again"))["decisions"]) == 1
    assert now(panel) == seq
    for name, decision, error in (
        ("谁也没写过", alias(), UnknownWording),
        (ODD, alias("no-such-skill"), UnknownSkill),
        (ODD, Decision(Decided.ALIAS), BadCall),
        (ODD, Decision(Decided.NEW, "python"), BadCall),
    ):
        with pytest.raises(error):
            panel.learn(name, decision)
    panel.learn(ODD, Decision(Decided.UNDO))
    with pytest.raises(NothingToUndo):
        panel.learn(ODD, Decision(Decided.UNDO))
    assert now(panel) == seq + 1


def test_a_list_that_grew_settles_what_waited_for_it(panel: House, monkeypatch: pytest.MonkeyPatch) -> None:
    assert panel.settle() == []
    grown = {"skills": code_lists.skills().knowing({ODD: "rust"}, (), "99")}
    monkeypatch.setattr(code_lists, "taught", lambda _: grown)
    (settled,) = panel.settle()
    (decision,) = panel.wording(settled)["decisions"]
    assert (decision["code"], decision["decided_by"], decision["note"]) == ("rust", "matching", "exact in skills 99")
    assert read(panel, now(panel), "rust", A) == 4


def test_decisions_at_once_are_made_one_after_the_other(panel: House) -> None:
    odd = [f"{ODD}{letter}" for letter in "甲乙丙丁"]
    stored(panel, QUARTERS[1], [(B, REGION, "python", 1), *((A, REGION, name, 1) for name in odd)])
    before = now(panel)
    at_once(8, lambda n: panel.learn(odd[n % 4], alias("python" if n < 4 else "rust")))
    with panel.sessions() as session:
        seqs = [int(one["vintage"].removeprefix("seq:")) for row in wordings.every(session) for one in row["decisions"]]
    assert sorted(seqs) == list(range(before + 1, before + 1 + len(seqs)))
    assert 4 <= len(seqs) <= 8


def test_the_queue_tells_what_stands_behind_each_and_a_withdrawn_file_no_longer(panel: House) -> None:
    (waiting,) = panel.wordings(state="pending", code_list="skills")
    assert (waiting["wording"], waiting["submissions"], waiting["reporters"], waiting["openings"]) == (ODD, 2, 1, 8)
    assert panel.wordings(after=waiting["id"]) == panel.wordings(code_list="technologies") == []
    last = stored(panel, QUARTERS[1], [(A, REGION, "Go", 1), (B, REGION, "Go", 1)])
    assert panel.wordings()[0]["openings"] == 4, "what is superseded counts no more"
    panel.withdraw(last, "by mistake")
    assert panel.wording(ODD)["seen"][0]["quarter"] == QUARTERS[0]
