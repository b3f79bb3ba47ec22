"""`ievq wordings …`: list, show, decide, review with and without a terminal, settle."""

import io

import pytest

from ievq_pipeline.bootstrap import House
from tests.cli.conftest import Ievq
from tests.made_up import REGION, file, open_panel

A = "us-agency:A"


@pytest.fixture
def queued(stored: Ievq, house: House) -> Ievq:
    """Four odd names wait, one of them near to a listed skill."""
    open_panel(house, {"north": (A,)}, quarters=["2025-Q1"])
    names = {"御剑飞行": 9, "炼丹": 7, "画符": 5, "Kubernetez": 3}
    file(house, "north", "2025-Q1", [(A, REGION, name, number) for name, number in names.items()])
    house.validate()
    house.store()
    return stored


def test_what_waits_is_listed_shown_and_decided_on_without_being_asked(queued: Ievq) -> None:
    listed = queued("wordings", "list", "--state", "pending", "--json").json
    assert {one["wording"] for one in listed} == {"御剑飞行", "炼丹", "画符", "Kubernetez"}
    assert "kubernetes 0." in queued("wordings", "list").out
    shown = queued("--lang", "zh", "wordings", "show", "kubernetez")
    assert "1. Kubernetes (kubernetes)" in shown.err
    assert "north 2025-Q1：1 行" in shown.err
    decided = queued("wordings", "decide", "Kubernetez", "--alias", "kubernetes", "--note", "a slip", "--json")
    (decision,) = decided.json["decisions"]
    assert (decided.code, decision["what"], decision["code"], decision["note"]) == (0, "alias", "kubernetes", "a slip")
    assert decision["decided_by"]
    assert queued("wordings", "decide", "Kubernetez", "--undo").code == 0
    assert queued("wordings", "decide", "炼丹", "--new", "--ignore").code == 2
    assert queued("wordings", "decide", "炼丹").code == 2
    assert queued("wordings", "decide", "没有", "--new").code == 2
    assert "没有代码" in queued("--lang", "zh", "wordings", "decide", "炼丹", "--alias", "none-such").err
    assert queued("wordings", "settle", "--json").json == {"settled": []}


def test_a_review_asks_from_the_largest_on_and_ends_when_told(queued: Ievq, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("none-such\nn\ns\ni\n1\n"))
    done = queued("wordings", "review", "--note", "looked at")
    assert "neither a choice nor a code of the list: none-such" in done.err
    assert "3 decided, 1 left" in done.err
    rows = {one["wording"]: one for one in queued("wordings", "list", "--json").json}
    said = {name: [(d["what"], d["code"]) for d in one["decisions"]] for name, one in rows.items()}
    assert said == {
        "御剑飞行": [("new", None)], "炼丹": [], "画符": [("ignore", None)], "Kubernetez": [("alias", "kubernetes")],
    }  # fmt: skip
    monkeypatch.setattr("sys.stdin", io.StringIO("q\n"))
    assert "0 decided, 1 left" in queued("wordings", "review").err
