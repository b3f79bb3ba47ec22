"""Events as rows: committed with the change they tell of, carried on until marked as carried."""

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import OutboxEvent

#: the channel on which a commit tells the dispatcher that there is something new
CHANNEL = "ievq"
SUBMISSION_RECEIVED = "submission.received"
SUBMISSION_ACCEPTED = "submission.accepted"
#: enough of a quarter's feeds are in force for its first look
QUARTER_READY = "quarter.ready"
QUARTER_CLOSED = "quarter.closed"
ALERTS_PUBLISHED = "alerts.published"
#: subject `FEED:QUARTER:KIND`; a feed's code may hold a colon, the rest does not
SUBMISSION_REMINDER = "submission.reminder"


def tell(session: Session, kind: str, subject: str) -> None:
    """Write the event and wake who listens, both when the transaction commits."""
    session.add(OutboxEvent(kind=kind, subject=subject))
    session.execute(text("SELECT pg_notify(:channel, :kind)"), {"channel": CHANNEL, "kind": kind})


def waiting(session: Session, limit: int = 500) -> list[OutboxEvent]:
    """The oldest events not carried yet."""
    query = select(OutboxEvent).where(OutboxEvent.carried_at.is_(None)).order_by(OutboxEvent.id).limit(limit)
    return list(session.scalars(query))


def carried(session: Session, ids: list[int]) -> None:
    session.execute(update(OutboxEvent).where(OutboxEvent.id.in_(ids)).values(carried_at=func.now()))
