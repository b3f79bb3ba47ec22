"""What the demo shows at the end, read back from the database."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ievq_pipeline.db import deliveries, looks
from ievq_pipeline.db.tables import AlertRevision, LookRow, QuarterRow, Submission
from ievq_pipeline.domain.delivery import DeliveryState
from ievq_pipeline.domain.submission import State


@dataclass
class Latencies:
    """Seconds: from the upload's start to its answer, and from a quarter's closing to its alerts."""

    submission_to_answer: list[float] = field(default_factory=list)
    closing_to_alert: list[float] = field(default_factory=list)

    def as_json(self) -> dict[str, list[float]]:
        return {
            "submission_to_answer": [round(seconds, 3) for seconds in self.submission_to_answer],
            "closing_to_alert": [round(seconds, 3) for seconds in self.closing_to_alert],
        }


def counts(session: Session) -> dict[str, int]:
    """Submissions; rows accepted and quarantined; series × looks tested; alert ids; successful deliveries."""
    rows = select(
        func.count(), func.coalesce(func.sum(Submission.rows_accepted), 0), func.sum(Submission.rows_quarantined)
    )
    submitted, accepted, quarantined = session.execute(rows.select_from(Submission)).one()
    return {
        "submitted": submitted,
        "accepted": int(accepted),
        "quarantined": int(quarantined or 0),
        "tested": looks.series_tested(session),
        "alerts": session.scalar(select(func.count(AlertRevision.alert_id.distinct()))) or 0,
        "delivered": deliveries.counts(session).get(DeliveryState.SENT, 0),
    }


def in_force(session: Session) -> int:
    """Submissions whose figures count."""
    return session.scalar(select(func.count()).where(Submission.state == State.IN_FORCE)) or 0


def closing_to_alert(session: Session) -> list[float]:
    """For each quarter that brought notices: seconds from its closing to the last of them being in the alert feed."""
    seconds = func.extract("epoch", func.max(AlertRevision.published_at) - QuarterRow.closed_at)
    query = (
        select(seconds)
        .select_from(AlertRevision)
        .join(LookRow, LookRow.id == AlertRevision.look_id)
        .join(QuarterRow, QuarterRow.quarter == LookRow.quarter)
        .group_by(QuarterRow.quarter, QuarterRow.closed_at)
        .order_by(QuarterRow.quarter)
    )
    return [float(value) for value in session.scalars(query)]


def event_ids(session: Session) -> set[str]:
    """Every notice that was told."""
    return {revision.body["event_id"] for revision in session.scalars(select(AlertRevision))}


def unpublished(session: Session, quarter: str) -> bool:
    """Whether the quarter still waits for its look to be told."""
    query = select(func.count()).select_from(LookRow)
    return not session.scalar(query.where(LookRow.quarter == quarter, LookRow.published_at.is_not(None)))


def document(**parts: Any) -> dict[str, Any]:
    """`demo.json`, in the order of `interfaces.md` §5."""
    return {name: parts[name] for name in ("urls", "keys", "accounts", "webhook_secret", "counts", "latency_s")}


def notices_of(session: Session, quarter: str) -> list[str]:
    """The notices that a quarter's look gave, in few words."""
    query = select(AlertRevision).join(LookRow, LookRow.id == AlertRevision.look_id).where(LookRow.quarter == quarter)
    return [
        f"{row.notice} {row.skill} ×{row.body['growth']['estimate']:.2f} ({row.severity})"
        for row in session.scalars(query.order_by(AlertRevision.feed_seq))
    ]
