"""Carry: events that wait in the outbox → Airflow woken. An event only wakes; the rows are the truth."""

from typing import Protocol

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters.airflow_api import QUARTERS, SUBMISSIONS
from ievq_pipeline.db import outbox
from ievq_pipeline.db.tables import OutboxEvent
from ievq_pipeline.domain.errors import OutsideMissing

log = structlog.get_logger()


class Sequencer(Protocol):
    """Whoever runs the rooms in order: Airflow, or a test's stand-in."""

    def wake(self, asset: str, partition_key: str | None = None) -> None: ...


def run_waiting(sessions: sessionmaker[Session], sequencer: Sequencer) -> list[str]:
    """Carry every event that waits; returns their ids. Killed in between, it carries some again: that does no harm.

    Submissions wake once for all that have arrived, each closed quarter on its own. What cannot be carried now waits,
    and keeps nothing else from being carried.
    """
    with sessions() as session:
        waiting = _by_wake(outbox.waiting(session))
    carried: list[str] = []
    refused: set[str] = set()
    for (asset, partition_key), ids in waiting.items():
        if asset is not None:
            if asset in refused:  # trying again at once would only take time
                continue
            try:
                sequencer.wake(asset, partition_key)
            except OutsideMissing as error:
                log.warning("carry.waits", asset=asset, events=len(ids), why=str(error))
                refused.add(asset)
                continue
        with sessions.begin() as session:
            outbox.carried(session, ids)
        carried += map(str, ids)
    return carried


def _by_wake(events: list[OutboxEvent]) -> dict[tuple[str | None, str | None], list[int]]:
    """The events' ids by the asset and key that each of them wakes; no asset: it wakes nobody."""
    found: dict[tuple[str | None, str | None], list[int]] = {}
    for event in events:
        wake: tuple[str | None, str | None] = (None, None)
        if event.kind in (outbox.QUARTER_CLOSED, outbox.QUARTER_READY):
            wake = (QUARTERS, event.subject)
        elif event.kind in (outbox.SUBMISSION_RECEIVED, outbox.SUBMISSION_ACCEPTED):
            wake = (SUBMISSIONS, None)
        found.setdefault(wake, []).append(event.id)
    return found
