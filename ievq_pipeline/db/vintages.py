"""Cuts of what was known: made at a closing for all bases, and at the first look of one basis."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from ievq_pipeline.db import feeds, filings, quarters
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import Feed, Filing, LookRow, QuarterRow, Submission, Vintage
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.schedule import Kind, is_first_due


def coverage(session: Session, basis: str, quarter: str, seq: int | None = None) -> tuple[int, int]:
    """How many feeds of a basis are expected, and how many of them count in the quarter, now or at a cut."""
    expected = select(Feed.id).where(feeds.report_for(basis), feeds.is_expected(Quarter.parse(quarter)))
    in_all = session.scalar(select(func.count()).select_from(expected.subquery())) or 0
    reported = (
        select(func.count(Submission.feed_id.distinct()))
        .join(Filing, Filing.submission_id == Submission.id)
        .where(Submission.quarter == quarter, Submission.feed_id.in_(expected))
        .where(Filing.filed_seq.is_not(None) if seq is None else Filing.filed_seq <= seq)
        .where(Filing.ended_seq.is_(None) if seq is None else or_(Filing.ended_seq.is_(None), Filing.ended_seq > seq))
    )
    return in_all, session.scalar(reported) or 0


def is_first_look_due(session: Session, basis: str, quarter: str, today: date | None = None) -> bool:
    """Whether an open, live quarter of a basis with several feeds is to have its first look now.

    That is once enough feeds are in force, or (given `today`, the calendar's date) once the quarter is due; and not
    before those ahead of it are closed: what rose in them is for their closing looks to say.
    """
    row = session.get(QuarterRow, quarter)
    if row is None or row.opened_at is None or quarters.earliest_open(session) != quarter:
        return False
    is_live = quarters.modes(session).get((basis, quarter), Mode.LIVE) == Mode.LIVE
    if not is_live or named(session, quarter, Kind.FIRST, basis):
        return False
    is_overdue = today is not None and row.timetable.is_overdue(today)
    return is_first_due(*coverage(session, basis, quarter), is_overdue=is_overdue)


def make(session: Session, quarter: str, kind: Kind, basis: str | None = None) -> Vintage:
    """Cut what is known now; nothing is on its way below the cut."""
    hold(session, Lock.KNOWN)
    vintage = Vintage(quarter=quarter, kind=kind, basis=basis, known_seq=filings.latest_known(session))
    session.add(vintage)
    session.flush()
    return vintage


def named(session: Session, quarter: str, kind: Kind, basis: str | None = None) -> Vintage | None:
    query = select(Vintage).where(
        Vintage.quarter == quarter, Vintage.kind == kind, Vintage.basis.is_not_distinct_from(basis)
    )
    return session.scalar(query)


def without_look(session: Session, basis: str) -> Sequence[Vintage]:
    """Cuts that the basis has not been looked at, in the order in which they were made."""
    looked = select(LookRow.vintage_id).where(LookRow.basis == basis, LookRow.vintage_id.is_not(None))
    query = select(Vintage).where(or_(Vintage.basis.is_(None), Vintage.basis == basis), Vintage.id.not_in(looked))
    return session.scalars(query.order_by(Vintage.id)).all()


def closing_before(session: Session, quarter: str) -> Vintage | None:
    """The latest closing cut of an earlier quarter."""
    query = select(Vintage).where(Vintage.kind == Kind.CLOSING, Vintage.quarter < quarter)
    return session.scalar(query.order_by(Vintage.quarter.desc()).limit(1))
