"""Looks, what they tested, and what they did to episodes."""

import uuid
from typing import Any

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from ievq_pipeline.db import alerts
from ievq_pipeline.db.tables import Alert, AlertRevision, EpisodeChange, LookRow, QuarterRow, SurgeRow, Vintage
from ievq_pipeline.domain.surge.look import Look
from ievq_pipeline.domain.surge.parts import parts
from ievq_pipeline.domain.surge.schedule import Kind


def quarters_looked_at(session: Session, basis: str) -> set[str]:
    query = select(LookRow.quarter).where(LookRow.basis == basis, LookRow.kind == Kind.CLOSING)
    return set(session.scalars(query))


def remembered(session: Session, basis: str, before: str) -> LookRow | None:
    """The look whose memory a fold goes on from: the latest made at the last quarter before this one."""
    query = select(LookRow).where(LookRow.basis == basis, LookRow.quarter < before, LookRow.memory.is_not(None))
    query = query.where(LookRow.kind.in_([Kind.CLOSING, Kind.REVISION]))
    return session.scalar(query.order_by(LookRow.quarter.desc(), LookRow.vintage_id.desc()).limit(1))


def last_change(session: Session, alert_id: uuid.UUID) -> EpisodeChange:
    """What was last said of an episode."""
    query = select(EpisodeChange).where(EpisodeChange.alert_id == alert_id).order_by(EpisodeChange.look_id.desc())
    return session.scalars(query.limit(1)).one()


def row_of(look: Look[Any, Any], **columns: Any) -> LookRow:
    """A look as the row that is kept of it; `columns` are those that say what it is a look at, and by which rule."""
    untested = [{**parts(one.series), "reason": str(one.reason)} for one in look.untested]
    return LookRow(quarter=str(look.quarter), tested=len(look.tests), untested=untested, **columns)


def add(session: Session, look: LookRow, surges: list[dict[str, Any]], changes: list[dict[str, Any]]) -> int:
    """Write a look with all that it found; returns its id."""
    session.add(look)
    session.flush()
    for table, rows in ((SurgeRow, surges), (EpisodeChange, changes)):
        if rows:
            session.execute(insert(table), [{"look_id": look.id, **row} for row in rows])
    return look.id


def unpublished(session: Session, quarter: str | None = None) -> list[int]:
    """Looks whose notices have not been decided on, in the order of their cuts; with `quarter`, no later ones."""
    query = select(LookRow.id).where(LookRow.published_at.is_(None), LookRow.vintage_id.is_not(None))
    query = query.order_by(LookRow.vintage_id, LookRow.quarter, LookRow.basis)
    return list(session.scalars(query.where(LookRow.quarter <= quarter) if quarter else query))


def seen_until(session: Session, basis: str, quarter: str) -> int:
    """The latest cut at which a quarter was looked at in any way; 0: never."""
    query = select(func.max(LookRow.known_seq)).where(LookRow.basis == basis, LookRow.quarter == quarter)
    return session.scalar(query) or 0


def drop_preview(session: Session, basis: str, quarter: str) -> None:
    """Take away the preview of a quarter, if there is one."""
    old = select(LookRow.id).where(LookRow.basis == basis, LookRow.quarter == quarter, LookRow.kind == Kind.PREVIEW)
    session.execute(delete(SurgeRow).where(SurgeRow.look_id.in_(old)))
    session.execute(delete(LookRow).where(LookRow.id.in_(old)))


def every(session: Session, quarter: str | None = None) -> list[dict[str, Any]]:
    """Every look, oldest first: what it rests on, how much it tested, and what became of episodes."""
    changes = select(func.count()).where(EpisodeChange.look_id == LookRow.id).scalar_subquery()
    told = select(func.count()).where(AlertRevision.look_id == LookRow.id).scalar_subquery()
    query = select(LookRow, changes, told).order_by(LookRow.id)
    return [
        {
            "look": row.id,
            "basis": row.basis,
            "quarter": row.quarter,
            "kind": row.kind,
            "vintage": None if row.known_seq is None else f"seq:{row.known_seq}",
            "rule_version": row.rule_version,
            "feeds_expected": row.feeds_expected,
            "feeds_in_force": row.feeds_in_force,
            "tested": row.tested,
            "untested": row.untested,
            "changes": changed,
            "notices": notices,
            "made_at": row.made_at,
            "published_at": row.published_at,
        }
        for row, changed, notices in session.execute(query.where(LookRow.quarter == quarter) if quarter else query)
    ]


def is_any_unpublished(session: Session, basis: str) -> bool:
    query = select(LookRow.id).where(LookRow.basis == basis, LookRow.published_at.is_(None))
    return session.scalar(query.where(LookRow.vintage_id.is_not(None)).limit(1)) is not None


def changes(session: Session, look_id: int) -> list[tuple[EpisodeChange, Alert]]:
    """What a look did to episodes, and which they are."""
    query = select(EpisodeChange, Alert).join(Alert, Alert.id == EpisodeChange.alert_id)
    query = query.where(EpisodeChange.look_id == look_id)
    return [(change, alert) for change, alert in session.execute(query.order_by(*alerts.SERIES, Alert.episode))]


def behind(session: Session, alert_id: uuid.UUID) -> dict[int, dict[str, Any]]:
    """By revision of an alert, the look that it comes from: kind, quarter, when that closes, and the vintage if any."""
    query = (
        select(AlertRevision.revision, LookRow.kind, LookRow.quarter, QuarterRow.closes_on, Vintage)
        .join(LookRow, LookRow.id == AlertRevision.look_id)
        .join(QuarterRow, QuarterRow.quarter == LookRow.quarter)
        .outerjoin(Vintage, Vintage.id == LookRow.vintage_id)
        .where(AlertRevision.alert_id == alert_id)
    )
    return {
        revision: {"kind": kind, "quarter": quarter, "closes_on": closes_on, "vintage": cut.name if cut else None}
        for revision, kind, quarter, closes_on, cut in session.execute(query)
    }


def series_tested(session: Session) -> int:
    """Series × looks tested, previews left out."""
    query = select(func.coalesce(func.sum(LookRow.tested), 0)).where(LookRow.kind != Kind.PREVIEW)
    return int(session.scalar(query) or 0)


def summary(session: Session) -> dict[str, Any]:
    """How much was looked at: quarters, series × looks tested, and the last quarter."""
    quarters = session.scalar(select(func.count(LookRow.quarter.distinct()))) or 0
    last = session.scalar(select(func.max(LookRow.quarter)))
    return {"quarters": quarters, "series": series_tested(session), "last": last}
