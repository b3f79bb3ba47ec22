"""Publish: the looks of a quarter → alert revisions, feed entries and pending deliveries, in one transaction each."""

from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import alerts, deliveries, endpoints, looks, outbox, quarters
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import AlertRevision, EpisodeChange, LookRow, QuarterRow
from ievq_pipeline.domain import alert
from ievq_pipeline.domain.alert import Mode, Notice, Step
from ievq_pipeline.domain.period import Quarter

log = structlog.get_logger()


def run_waiting(sessions: sessionmaker[Session], *, public_url: str, quarter: str | None = None) -> list[str]:
    """Decide on the notices of every look that waits, oldest first; returns event ids. Twice changes nothing."""
    with sessions() as session:
        waiting = looks.unpublished(session, quarter)
    return [event_id for look_id in waiting for event_id in _publish(sessions, look_id, public_url)]


def _publish(sessions: sessionmaker[Session], look_id: int, public_url: str) -> list[str]:
    with sessions.begin() as session:
        hold(session, Lock.FEED)
        look = session.get_one(LookRow, look_id, with_for_update=True)
        if look.published_at is not None:
            return []
        mode = Mode(quarters.modes(session).get((look.basis, look.quarter), Mode.LIVE))
        told = [_tell(session, look, change, mode, public_url) for change in looks.changes(session, look_id)]
        event_ids = [event_id for event_id in told if event_id]
        look.published_at = func.now()
        if event_ids:
            outbox.tell(session, outbox.ALERTS_PUBLISHED, look.quarter)
        log.info("publish.published", basis=look.basis, quarter=look.quarter, notices=len(event_ids))
    return event_ids


def _tell(session: Session, look: LookRow, change: EpisodeChange, mode: Mode, public_url: str) -> str | None:
    step = Step(
        look.basis,
        change.level,
        change.skill,
        change.episode,
        look.quarter,
        change.change,
        change.severity,
        change.figures,
    )
    alert_id = alerts.identity(session, step)
    last = alerts.standing(session, alert_id)
    notice = alert.notice_for(last[0] if last else None, step, mode)
    if notice is None:
        return None
    identity = _identity(session, alert_id, last[1] if last else None, public_url)
    body = identity | _document(session, look, step, notice, change.ends)
    row = AlertRevision(
        alert_id=alert_id,
        revision=body["revision"],
        feed_seq=body["feed_seq"],
        look_id=look.id,
        notice=notice,
        state=body["state"],
        severity=change.severity,
        skill=change.skill,
        quarter=body["quarter"],
        body=body,
        evidence=change.evidence,
    )
    session.add(row)
    session.flush()
    deliveries.prepare(session, row, endpoints.active(session))
    return str(body["event_id"])


def _identity(session: Session, alert_id: UUID, last: AlertRevision | None, public_url: str) -> dict[str, Any]:
    """Which revision of which alert it is, its place in the alert feed, and its times."""
    revision = last.revision + 1 if last else 1
    now = session.scalars(select(func.now())).one().isoformat().replace("+00:00", "Z")
    return {
        "alert_id": str(alert_id),
        "revision": revision,
        "event_id": f"{alert_id}:{revision}",
        "feed_seq": alerts.next_feed_seq(session),
        "issued_at": last.body["issued_at"] if last else now,
        "updated_at": now,
        "url": f"{public_url}/alerts/{alert_id}",
    }


def _document(session: Session, look: LookRow, step: Step, notice: Notice, ends: str) -> dict[str, Any]:
    """`expires_on` is the closing of the episode's last quarter: as its row says, or as the calendar will say."""
    row = session.get(QuarterRow, ends)
    closes_on = row.closes_on if row else Quarter.parse(ends).closes_on
    vintage = f"seq:{look.known_seq}"
    return alert.document(
        step, notice, rule_version=look.rule_version, vintage=vintage, expires_on=closes_on.isoformat()
    )
