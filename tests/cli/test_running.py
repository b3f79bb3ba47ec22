"""`ievq run`, `serve` and their like as processes: how they end."""

import signal
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ievq_pipeline.bootstrap import House
from ievq_pipeline.web import server


@pytest.fixture
def _no_harm() -> Iterator[None]:
    """A signal that nobody catches must not end the tests."""
    before = signal.signal(signal.SIGTERM, signal.SIG_IGN)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("_no_harm")
def test_what_is_told_to_end_gives_its_database_back(
    stored: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    given_back: list[bool] = []

    def told_to_end(house: House) -> None:
        monkeypatch.setattr(type(house.engine), "dispose", lambda _self: given_back.append(True))
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(server, "serve", told_to_end)
    assert stored("serve").code == 130
    assert given_back == [True]
