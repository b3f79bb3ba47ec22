"""Looks, what they tested, and what they did to episodes."""

from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import EpisodeChange, LookRow, SurgeRow

CLOSING = "closing"


def quarters_looked_at(session: Session, basis: str) -> set[str]:
    query = select(LookRow.quarter).where(LookRow.basis == basis, LookRow.kind == CLOSING)
    return set(session.scalars(query))


def add(session: Session, look: LookRow, surges: list[dict[str, Any]], changes: list[dict[str, Any]]) -> int:
    """Write a look with all that it found; returns its id."""
    session.add(look)
    session.flush()
    for table, rows in ((SurgeRow, surges), (EpisodeChange, changes)):
        if rows:
            session.execute(insert(table), [{"look_id": look.id, **row} for row in rows])
    return look.id


def unpublished(session: Session, quarter: str | None = None) -> list[int]:
    """Looks whose notices have not been decided on, oldest quarter first; with `quarter`, later ones are left out."""
    query = select(LookRow.id).where(LookRow.published_at.is_(None)).order_by(LookRow.quarter, LookRow.basis)
    return list(session.scalars(query.where(LookRow.quarter <= quarter) if quarter else query))


def changes(session: Session, look_id: int) -> list[EpisodeChange]:
    query = select(EpisodeChange).where(EpisodeChange.look_id == look_id)
    return list(session.scalars(query.order_by(EpisodeChange.level, EpisodeChange.skill, EpisodeChange.episode)))


def series_tested(session: Session) -> int:
    """Series × looks tested."""
    return int(session.scalar(select(func.coalesce(func.sum(LookRow.tested), 0))) or 0)


def summary(session: Session) -> dict[str, Any]:
    """How much was looked at: quarters, series × looks tested, and the last quarter."""
    quarters = session.scalar(select(func.count(LookRow.quarter.distinct()))) or 0
    last = session.scalar(select(func.max(LookRow.quarter)))
    return {"quarters": quarters, "series": series_tested(session), "last": last}
