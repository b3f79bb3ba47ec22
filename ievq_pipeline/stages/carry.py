"""Carry: events that wait in the outbox → Airflow woken. An event only wakes; the rows are the truth."""

from typing import Protocol

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters.airflow_api import QUARTERS, SUBMISSIONS
from ievq_pipeline.db import outbox
from ievq_pipeline.domain.errors import OutsideMissing

log = structlog.get_logger()


class Sequencer(Protocol):
    """Whoever runs the rooms in order: Airflow, or a test's stand-in."""

    def wake(self, asset: str, partition_key: str | None = None) -> None: ...


def run_waiting(sessions: sessionmaker[Session], sequencer: Sequencer) -> list[str]:
    """Carry every event that waits; returns their ids. Killed in between, it carries some again: that does no harm.

    Submissions wake once for all that have arrived, closed quarters once for the latest of them: its run replays
    the earlier ones too. What cannot be carried now waits.
    """
    with sessions() as session:
        events = outbox.waiting(session)
    wakes: list[tuple[str, str | None]] = []
    if any(event.kind == outbox.SUBMISSION_RECEIVED for event in events):
        wakes.append((SUBMISSIONS, None))
    if closed := [event.subject for event in events if event.kind == outbox.QUARTER_CLOSED]:
        wakes.append((QUARTERS, max(closed)))
    try:
        for asset, partition_key in wakes:
            sequencer.wake(asset, partition_key)
    except OutsideMissing as error:
        log.warning("carry.waits", events=len(events), why=str(error))
        return []
    with sessions.begin() as session:
        outbox.carried(session, [event.id for event in events])
    return [str(event.id) for event in events]
