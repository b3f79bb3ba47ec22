"""Quarters: their calendar, their mode by basis, and what still keeps one from closing."""

from datetime import date

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ievq_pipeline.db import partitions
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import QuarterMode, QuarterRow, Submission
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.errors import LaterQuarterClosed, QuarterNotOpen, UnknownQuarter
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import ON_THE_WAY


def plan(session: Session, quarter: str, *, opens_on: date, due_on: date, closes_on: date) -> QuarterRow:
    """Make the quarter's row and its partitions, to be opened later; one that is there already stays as it is.

    Raises LaterQuarterClosed: quarters close in calendar order, so that one would come too late.
    """
    if (there := session.get(QuarterRow, quarter)) is not None:
        return there
    hold(session, Lock.CALENDAR)
    query = select(func.min(QuarterRow.quarter)).where(QuarterRow.closed_at.is_not(None), QuarterRow.quarter > quarter)
    if later := session.scalar(query):
        raise LaterQuarterClosed(later=later, quarter=quarter)
    values = {"quarter": quarter, "opens_on": opens_on, "due_on": due_on, "closes_on": closes_on}
    session.execute(insert(QuarterRow).values(values).on_conflict_do_nothing())
    partitions.ensure(session, quarter)
    return session.get_one(QuarterRow, quarter)


def is_there(session: Session, quarter: str) -> bool:
    """Whether the quarter has its row, whatever has become of it."""
    return session.get(QuarterRow, quarter) is not None


def named(session: Session, quarter: str) -> QuarterRow:
    """Raises UnknownQuarter."""
    if (row := session.get(QuarterRow, quarter)) is None:
        raise UnknownQuarter(name=quarter)
    return row


def open_(session: Session, quarter: str, *, opens_on: date, due_on: date, closes_on: date) -> QuarterRow:
    """Open the quarter, planned or not; one that is open already stays as it is. Raises LaterQuarterClosed."""
    row = plan(session, quarter, opens_on=opens_on, due_on=due_on, closes_on=closes_on)
    _open(session, QuarterRow.quarter == quarter)
    session.refresh(row)
    return row


def open_planned(session: Session, today: date) -> list[str]:
    """Open every planned quarter whose day has come; returns them."""
    return _open(session, QuarterRow.opens_on <= today)


def _open(session: Session, which: ColumnElement[bool]) -> list[str]:
    planned = update(QuarterRow).where(which, QuarterRow.opened_at.is_(None)).values(opened_at=func.now())
    return sorted(session.scalars(planned.returning(QuarterRow.quarter)))


def set_mode(session: Session, basis: str, quarter: str, mode: str) -> None:
    """First word wins: a quarter's mode does not change once given."""
    values = {"basis": basis, "quarter": quarter, "mode": mode}
    session.execute(insert(QuarterMode).values(values).on_conflict_do_nothing())


def inherit_history(session: Session, basis: str) -> None:
    """Quarters that are history for every basis known of are so for `basis` too."""
    of_all = select(QuarterMode.quarter).group_by(QuarterMode.quarter)
    for quarter in session.scalars(of_all.having(func.bool_and(QuarterMode.mode == Mode.HISTORY))).all():
        set_mode(session, basis, quarter, Mode.HISTORY)


def modes(session: Session) -> dict[tuple[str, str], str]:
    """Mode by (basis, quarter); what is not in it is live."""
    return {(row.basis, row.quarter): row.mode for row in session.scalars(select(QuarterMode))}


def taking_submissions(session: Session, quarter: str) -> QuarterRow:
    """The quarter, open or closed (then the file is late), held against closing until this transaction ends.

    Raises QuarterNotOpen where there is none, or it is only planned.
    """
    query = select(QuarterRow).where(QuarterRow.quarter == quarter, QuarterRow.opened_at.is_not(None))
    row = session.scalar(query.with_for_update(read=True))
    if row is None:
        raise QuarterNotOpen(quarter=quarter)
    return row


def to_close(session: Session, quarter: str) -> QuarterRow:
    """The quarter, held for closing; none opens meanwhile. Raises QuarterNotOpen if there is none or it is planned."""
    hold(session, Lock.CALENDAR)
    # readers of its key, such as whoever stores a filing, go on
    row = session.scalar(select(QuarterRow).where(QuarterRow.quarter == quarter).with_for_update(key_share=True))
    if row is None or row.opened_at is None:
        raise QuarterNotOpen(quarter=quarter)
    return row


def to_close_on(session: Session, today: date) -> list[QuarterRow]:
    """Open quarters whose closing day has come, in calendar order."""
    query = select(QuarterRow).where(*_is_open(), QuarterRow.closes_on <= today)
    return list(session.scalars(query.order_by(QuarterRow.quarter)))


def open_ones(session: Session) -> list[QuarterRow]:
    """Quarters that are open, in calendar order."""
    return list(session.scalars(select(QuarterRow).where(*_is_open()).order_by(QuarterRow.quarter)))


def _is_open() -> tuple[ColumnElement[bool], ...]:
    return QuarterRow.opened_at.is_not(None), QuarterRow.closed_at.is_(None)


def earliest_open(session: Session) -> str | None:
    return session.scalar(select(func.min(QuarterRow.quarter)).where(QuarterRow.closed_at.is_(None)))


def closed(session: Session) -> list[str]:
    query = select(QuarterRow.quarter).where(QuarterRow.closed_at.is_not(None)).order_by(QuarterRow.quarter)
    return list(session.scalars(query))


def first(session: Session) -> Quarter:
    """The earliest quarter that there is a row of."""
    return Quarter.parse(session.scalars(select(func.min(QuarterRow.quarter))).one())


def every(session: Session) -> list[QuarterRow]:
    return list(session.scalars(select(QuarterRow).order_by(QuarterRow.quarter)))


def on_the_way(session: Session, quarter: str) -> int:
    """Submissions of the quarter that have not come to their end."""
    query = select(func.count()).select_from(Submission)
    return session.scalar(query.where(Submission.quarter == quarter, Submission.state.in_(ON_THE_WAY))) or 0
