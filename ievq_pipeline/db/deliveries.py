"""Deliveries: rows before anything is sent, claimed under a lease, with their outcome after."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, aliased

from ievq_pipeline.db.tables import AlertRevision, Delivery, Endpoint
from ievq_pipeline.domain.delivery import Attempt, DeliveryState

LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Claimed:
    """One delivery that a worker holds, with all that sending needs; `attempts` tells its claim from later ones."""

    id: int
    endpoint_id: uuid.UUID
    url: str
    sealed_secret: bytes
    alert: dict[str, Any]
    prev_feed_seq: int | None
    attempts: int


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
    held = aliased(Delivery)
    sibling_in_flight = (
        select(held.id)
        .where(
            held.endpoint_id == Delivery.endpoint_id,
            held.alert_id == Delivery.alert_id,
            held.id != Delivery.id,
            held.claimed_until > func.now(),
        )
        .exists()
    )
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
            ~sibling_in_flight,
        )
        .order_by(Delivery.feed_seq)
        .limit(limit)
        .with_for_update(of=Delivery, skip_locked=True)
    )
    claimed = []
    for delivery, endpoint, revision in session.execute(query):
        delivery.claimed_until = func.now() + LEASE
        delivery.attempts += 1
        delivery.first_sent_at = func.coalesce(delivery.first_sent_at, func.now())
        claimed.append(
            Claimed(
                delivery.id,
                endpoint.id,
                endpoint.url,
                endpoint.secret,
                revision.body,
                delivery.prev_feed_seq,
                delivery.attempts,
            )
        )
    return claimed


def renew(session: Session, claimed: Claimed) -> bool:
    """Just before sending: a full lease again. False: it waited too long, is another's or superseded; don't send it."""
    row = session.get_one(Delivery, claimed.id, with_for_update=True)
    if row.attempts != claimed.attempts:
        return False
    is_wanted = row.state == DeliveryState.PENDING
    row.claimed_until = func.now() + LEASE if is_wanted else None
    return is_wanted


def record(session: Session, claimed: Claimed, attempt: Attempt, wait: timedelta | None) -> None:
    """The outcome: sent, due again after `wait`, or dead. One superseded in flight stays so, unless it arrived.

    Whoever comes after its lease was taken over is heard only if the notice arrived, and leaves that lease alone.
    """
    row = session.get_one(Delivery, claimed.id, with_for_update=True)
    is_ours = row.attempts == claimed.attempts
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
