"""What the demo shows at the end, read back from the database."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ievq_pipeline.db import deliveries, looks
from ievq_pipeline.db.tables import AlertRevision, Feed, LookRow, QuarterRow, Submission, Vintage
from ievq_pipeline.domain.delivery import DeliveryState
from ievq_pipeline.domain.submission import State
from ievq_pipeline.domain.surge.schedule import Kind


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
        .where(LookRow.kind == Kind.CLOSING)
        .group_by(QuarterRow.quarter, QuarterRow.closed_at)
        .order_by(QuarterRow.quarter)
    )
    return [float(value) for value in session.scalars(query)]


def event_ids(session: Session) -> set[str]:
    """Every notice that was told."""
    return {revision.body["event_id"] for revision in session.scalars(select(AlertRevision))}


def is_told(session: Session, quarter: str, kind: str, bases: Sequence[str]) -> bool:
    """Whether the look of that kind at the quarter has been told for all these bases."""
    query = select(func.count(LookRow.basis.distinct())).where(
        LookRow.quarter == quarter, LookRow.kind == kind, LookRow.basis.in_(bases), LookRow.published_at.is_not(None)
    )
    return session.scalar(query) == len(bases)


def latest_of(session: Session, feed: str, quarter: str) -> str:
    """The latest submission of a feed for a quarter."""
    query = select(Submission.id).join(Feed, Feed.id == Submission.feed_id)
    query = query.where(Feed.code == feed, Submission.quarter == quarter).order_by(Submission.number.desc())
    return str(session.scalars(query.limit(1)).one())


def document(**parts: Any) -> dict[str, Any]:
    """`demo.json`, in the order of `interfaces.md` §5."""
    return {name: parts[name] for name in ("urls", "keys", "accounts", "webhook_secret", "counts", "latency_s")}


def notices_of(session: Session, quarter: str, kind: str) -> list[str]:
    """The notices that looks at a quarter gave, in few words; of revisions, those of the quarter's vintage."""
    query = select(AlertRevision).join(LookRow, LookRow.id == AlertRevision.look_id)
    if kind == Kind.REVISION:
        cut = select(Vintage.id).where(Vintage.quarter == quarter, Vintage.kind == Kind.CLOSING)
        query = query.where(LookRow.kind == kind, LookRow.vintage_id.in_(cut))
    else:
        query = query.where(LookRow.kind == kind, LookRow.quarter == quarter)
    return [_in_short(row.body) for row in session.scalars(query.order_by(AlertRevision.feed_seq))]


def _in_short(alert: dict[str, Any]) -> str:
    title = (alert["skill"] or {}).get("title") or {}
    named = " × ".join(filter(None, (title.get("en"), alert["region"])))
    return f"{alert['notice']} {named} ×{alert['growth']['estimate']:.2f} ({alert['basis']}, {alert['severity']})"
