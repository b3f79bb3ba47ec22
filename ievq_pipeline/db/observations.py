"""Observations: appended with a submission, in force by their filing's spells."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import Filing, FilingInForce, Known, Submission, SubmissionAnswer, TotalObservation

COLUMNS = ("submission_id", "row", "term", "count", "exposure", "months")


@dataclass(frozen=True, slots=True)
class TotalInForce:
    """A row of a totals filing that counts. `count` is None where the source's figure is unknown."""

    quarter: str
    term: str
    count: int | None
    exposure: int | None


def next_known(session: Session) -> int:
    """The next place in the order of what is known; call it under `Lock.KNOWN`."""
    known = Known()
    session.add(known)
    session.flush()
    return known.seq


def append(session: Session, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows (in the order of COLUMNS) into the table."""
    cursor = session.connection().connection.cursor()
    with cursor.copy(f"COPY total_observation ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def put_in_force(session: Session, submission: Submission, basis: str, reporter: str, seq: int) -> None:
    """From `seq` on the submission's filing counts, and no other of the same (basis, reporter, quarter)."""
    others = select(Filing.id).where(
        Filing.basis == basis, Filing.reporter == reporter, Filing.quarter == submission.quarter
    )
    session.execute(
        update(FilingInForce)
        .where(FilingInForce.known_to.is_(None), FilingInForce.filing_id.in_(others))
        .values(known_to=seq)
    )
    filing = Filing(submission_id=submission.id, basis=basis, reporter=reporter, quarter=submission.quarter)
    session.add(filing)
    session.flush()
    session.add(FilingInForce(filing_id=filing.id, known_from=seq))


def in_force(session: Session, basis: str, quarters: list[str]) -> list[TotalInForce]:
    """Every row that counts now, in a fixed order."""
    query = (
        select(Filing.quarter, TotalObservation.term, TotalObservation.count, TotalObservation.exposure)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .join(TotalObservation, TotalObservation.submission_id == Filing.submission_id)
        .where(Filing.basis == basis, FilingInForce.known_to.is_(None), Filing.quarter.in_(quarters))
        .order_by(Filing.quarter, TotalObservation.term, TotalObservation.row)
    )
    return [TotalInForce(*row) for row in session.execute(query)]


def incomplete_quarters(session: Session, basis: str) -> set[str]:
    """Quarters in which a row could not be read at all: there, what is not named is unknown."""
    query = (
        select(Filing.quarter)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .join(SubmissionAnswer, SubmissionAnswer.submission_id == Filing.submission_id)
        .where(Filing.basis == basis, FilingInForce.known_to.is_(None), SubmissionAnswer.is_complete.is_(False))
    )
    return set(session.scalars(query))


def latest_known(session: Session) -> int | None:
    return session.scalar(select(func.max(Known.seq)))
