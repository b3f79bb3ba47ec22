"""Deliveries: rows before anything is sent, claimed under a lease, with their outcome after."""

import uuid
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Exists, func, select, update
from sqlalchemy.orm import Session, aliased

from ievq_pipeline.db.tables import AlertRevision, Delivery, Endpoint
from ievq_pipeline.domain.delivery import Attempt, DeliveryState

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery that a worker holds, with all that sending needs; `until` tells its lease from later ones."""

    id: int
    endpoint_id: uuid.UUID
    url: str
    sealed_secret: bytes
    alert: dict[str, Any]
    prev_feed_seq: int | None
    attempts: int
    until: datetime


def prepare(session: Session, revision: AlertRevision, endpoints: list[Endpoint]) -> None:
    """A delivery for each endpoint; call it under `Lock.FEED`. Older revisions not yet arrived are superseded."""
    for endpoint in endpoints:
        mine = Delivery.endpoint_id == endpoint.id
        older = mine & (Delivery.alert_id == revision.alert_id) & (Delivery.state == DeliveryState.PENDING)
        session.execute(update(Delivery).where(older).values(state=DeliveryState.SUPERSEDED))
        session.add(
            Delivery(
                endpoint_id=endpoint.id,
                alert_id=revision.alert_id,
                revision=revision.revision,
                feed_seq=revision.feed_seq,
                prev_feed_seq=session.scalar(select(func.max(Delivery.feed_seq)).where(mine)),
            )
        )
        session.flush()


def claim(session: Session, limit: int) -> list[Claimed]:
    """Those that are due and that nobody holds, in feed order. Of an alert never two revisions at once."""
    query = (
        select(Delivery, Endpoint, AlertRevision)
        .join(Endpoint, Endpoint.id == Delivery.endpoint_id)
        .join(
            AlertRevision,
            (AlertRevision.alert_id == Delivery.alert_id) & (AlertRevision.revision == Delivery.revision),
        )
        .where(
            Delivery.state == DeliveryState.PENDING,
            Delivery.next_at <= func.now(),
            Delivery.claimed_until.is_(None) | (Delivery.claimed_until < func.now()),
            Endpoint.disabled_at.is_(None),
            ~_sibling_in_flight(),
        )
        .order_by(Delivery.feed_seq)
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    until = _lease_from_now(session)
    claimed = []
    for delivery, endpoint, revision in session.execute(query):
        delivery.claimed_until = until
        claimed.append(
            Claimed(
                delivery.id,
                endpoint.id,
                endpoint.url,
                endpoint.secret,
                revision.body,
                delivery.prev_feed_seq,
                delivery.attempts,
                until,
            )
        )
    return claimed


def _sibling_in_flight() -> Exists:
    """Another revision of the same alert is being sent to the same endpoint."""
    held = aliased(Delivery)
    is_sibling = (held.endpoint_id == Delivery.endpoint_id) & (held.alert_id == Delivery.alert_id)
    return select(held.id).where(is_sibling, held.id != Delivery.id, held.claimed_until > func.now()).exists()


def begin(session: Session, claimed: Claimed) -> Claimed | None:
    """Just before sending: one attempt more, under a full lease. None: it is another's now, or superseded.

    Only here attempts are counted: a worker that dies with its hands full uses up those of what it was sending alone.
    """
    row = session.get_one(Delivery, claimed.id, with_for_update=True)
    if row.claimed_until != claimed.until:
        return None
    if row.state != DeliveryState.PENDING:
        row.claimed_until = None
        return None
    row.claimed_until = until = _lease_from_now(session)
    row.attempts += 1
    row.first_sent_at = func.coalesce(row.first_sent_at, func.now())
    return replace(claimed, attempts=row.attempts, until=until)


def _lease_from_now(session: Session) -> datetime:
    return session.scalars(select(func.now() + LEASE)).one()


def record(session: Session, claimed: Claimed, attempt: Attempt, wait: timedelta | None) -> None:
    """The outcome: sent, due again after `wait`, or dead. One superseded in flight stays so, unless it arrived.

    Whoever comes after its lease was taken over is heard only if the notice arrived, and leaves that lease alone.
    """
    row = session.get_one(Delivery, claimed.id, with_for_update=True)
    is_ours = row.claimed_until == claimed.until
    if is_ours:
        row.claimed_until = None
    if not attempt.is_success and (not is_ours or row.state == DeliveryState.SENT):
        return
    row.status, row.outcome = attempt.status, attempt.said.replace("\0", "")
    if attempt.is_success:
        row.state, row.sent_at = DeliveryState.SENT, func.now()
    elif row.state == DeliveryState.PENDING:
        row.state = DeliveryState.DEAD if wait is None else DeliveryState.PENDING
        row.next_at = func.now() + (wait or timedelta())


def counts(session: Session) -> dict[str, int]:
    """Deliveries by state."""
    rows = session.execute(select(Delivery.state, func.count().label("number")).group_by(Delivery.state))
    return {row.state: row.number for row in rows}
