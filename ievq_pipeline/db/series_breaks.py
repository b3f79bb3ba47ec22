"""Breaks of series: from a quarter on a concept counts something else."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import SeriesBreak
from ievq_pipeline.domain.period import Quarter


def add(session: Session, concept: str, quarter: str, reason: str) -> None:
    """Write a break down; one that is there already stays as it is."""
    values = {"concept": concept, "quarter": quarter, "reason": reason}
    session.execute(insert(SeriesBreak).values(values).on_conflict_do_nothing())


def every(session: Session) -> list[SeriesBreak]:
    return list(session.scalars(select(SeriesBreak).order_by(SeriesBreak.concept, SeriesBreak.quarter)))


def of(session: Session, until: datetime) -> dict[str, frozenset[Quarter]]:
    """By concept, the first quarters of new meanings, as they were recorded until an instant."""
    found: dict[str, set[Quarter]] = {}
    for row in session.scalars(select(SeriesBreak).where(SeriesBreak.recorded_at <= until)):
        found.setdefault(row.concept, set()).add(Quarter.parse(row.quarter))
    return {concept: frozenset(quarters) for concept, quarters in found.items()}


def is_any_between(session: Session, after: datetime, until: datetime) -> bool:
    """Whether any break was recorded after one instant and until another."""
    query = select(SeriesBreak.concept).where(SeriesBreak.recorded_at > after, SeriesBreak.recorded_at <= until)
    return session.scalar(query.limit(1)) is not None
