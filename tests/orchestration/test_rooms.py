"""A task enters its room with whatever waits, and hands back ids only; a key that is no quarter is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from uuid import UUID

import pytest

from ievq_pipeline import bootstrap
from ievq_pipeline.domain.errors import NotAQuarter
from ievq_pipeline.orchestration import rooms
from ievq_pipeline.stages.keep_calendar import Step


def test_a_room_hands_back_the_first_ids_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    handled = [UUID(int=number) for number in range(rooms.SHOWN + 1)]

    @contextmanager
    def open_house() -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(publish=lambda: handled)

    monkeypatch.setattr(bootstrap, "open_house", open_house)
    assert rooms.enter("publish") == [str(one) for one in handled[: rooms.SHOWN]]


def test_a_quarter_that_is_named_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def open_house() -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(detect=lambda quarter=None: [f"look at {quarter}"])

    monkeypatch.setattr(bootstrap, "open_house", open_house)
    assert rooms.enter("detect", "2020-Q2") == ["look at 2020-Q2"]
    assert rooms.enter("detect") == ["look at None"]


def test_nothing_is_stored_that_its_suite_has_not_let_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def open_house() -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(store=lambda quarter=None, *, is_examined: [f"{quarter} {is_examined}"])

    monkeypatch.setattr(bootstrap, "open_house", open_house)
    assert rooms.enter("store") == ["None True"]
    assert rooms.enter("store", "2020-Q2") == ["2020-Q2 True"]


@pytest.mark.parametrize(
    ("key", "quarter"),
    [("2014-01-01", "2014-Q1"), ("2014-10-01", "2014-Q4"), ("2014-12-31", "2014-Q4"), (None, None), ("", None)],
)
def test_a_date_names_the_quarter_in_which_it_lies(
    monkeypatch: pytest.MonkeyPatch, key: str | None, quarter: str | None
) -> None:
    woken_by(monkeypatch, key)
    assert rooms.dated_quarter() == quarter


def test_a_key_that_is_no_date_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    woken_by(monkeypatch, "2014-13-01")
    with pytest.raises(ValueError, match=r"month|isoformat"):
        rooms.dated_quarter()


def test_what_the_calendar_did_is_handed_back_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def open_house() -> Iterator[SimpleNamespace]:
        yield SimpleNamespace(keep_calendar=lambda: [Step("opened", "2025-Q4"), Step("left", "2025-Q3", "it waits")])

    monkeypatch.setattr(bootstrap, "open_house", open_house)
    assert rooms.enter("keep_calendar") == ["opened 2025-Q4", "left 2025-Q3: it waits"]


@pytest.mark.parametrize(("key", "quarter"), [("2020-Q2", "2020-Q2"), (None, None), ("", None)])
def test_the_key_names_the_quarter(monkeypatch: pytest.MonkeyPatch, key: str | None, quarter: str | None) -> None:
    woken_by(monkeypatch, key)
    assert rooms.named_quarter() == quarter


@pytest.mark.parametrize("key", ["2020-Q5", "nonsense", "2020-Q2|hn"])
def test_a_key_that_is_no_quarter_is_refused(monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    woken_by(monkeypatch, key)
    with pytest.raises(NotAQuarter):
        rooms.named_quarter()


def woken_by(monkeypatch: pytest.MonkeyPatch, key: str | None) -> None:
    monkeypatch.setattr(rooms, "partition_key", lambda: key)
