"""Filings: what a submission says for each reporter, and which of several counts, since when and until when."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import ARRAY, BigInteger, Exists, Row, any_, exists, func, literal, select, text, update
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import Filing, FilingInForce, Known, Submission

#: of the filings that can count for a reporter and quarter, the first by rank, then the later; the others go out
SETTLE = text(
    """
    WITH touched AS (
        SELECT DISTINCT basis, quarter, coalesce(organisation_id::text, source) AS of FROM filing
        WHERE id = ANY(:filings)
    ), placed AS (
        SELECT f.id, f.ended_seq IS NULL AND 1 = row_number() OVER (
            PARTITION BY f.basis, f.quarter, f.organisation_id, f.source
            ORDER BY f.ended_seq IS NOT NULL, f.rank, f.filed_seq DESC, f.id DESC
        ) AS counts
        FROM filing AS f JOIN touched AS t
        ON (f.basis, f.quarter, coalesce(f.organisation_id::text, f.source)) = (t.basis, t.quarter, t.of)
        WHERE f.filed_seq IS NOT NULL
    ), gone_out AS (
        UPDATE filing_in_force AS spell SET known_to = :seq FROM placed
        WHERE spell.filing_id = placed.id AND spell.known_to IS NULL AND NOT placed.counts
    )
    INSERT INTO filing_in_force (filing_id, known_from)
    SELECT placed.id, :seq FROM placed WHERE placed.counts AND NOT EXISTS (
        SELECT FROM filing_in_force AS spell WHERE spell.filing_id = placed.id AND spell.known_to IS NULL
    )
    """
)


#: an association files for thousands: their ids are taken first, and their rows go in by COPY
NEXT_IDS = text("SELECT nextval(pg_get_serial_sequence('filing', 'id')) FROM generate_series(1, :count)")
COLUMNS = (
    "id", "submission_id", "basis", "quarter", "organisation_id", "source", "rank", "total", "is_zero", "is_complete"
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Filed:
    """A filing to be written: of a reporter, or (totals) of a source."""

    organisation_id: uuid.UUID | None
    source: str | None
    rank: int
    total: int | None = None
    is_zero: bool = False
    is_complete: bool = True


def next_known(session: Session) -> int:
    """The next place in the order of what is known; call it under `Lock.KNOWN`."""
    # the clock, not the transaction's time: whoever waited for the lock began earlier than who had it
    known = Known(at=func.clock_timestamp())
    session.add(known)
    session.flush()
    return known.seq


def latest_known(session: Session) -> int | None:
    """The latest cut there can be; under `Lock.KNOWN` nothing is on its way below it."""
    return session.scalar(select(func.max(Known.seq)))


def write(session: Session, submission: Submission, basis: str, filed: Sequence[Filed]) -> list[int]:
    """Write the filings of a submission, not in force yet; returns their ids, in the order given."""
    if not filed:
        return []
    ids = list(session.scalars(NEXT_IDS, {"count": len(filed)}))
    cursor = session.connection().connection.cursor()
    with cursor.copy(f"COPY filing ({', '.join(COLUMNS)}) FROM STDIN") as copy:
        for id_, one in zip(ids, filed, strict=True):
            of = (one.organisation_id, one.source, one.rank, one.total, one.is_zero, one.is_complete)
            copy.write_row((id_, submission.id, basis, submission.quarter, *of))
    return ids


def write_unknown(session: Session, named: Sequence[tuple[int, int, str]]) -> None:
    """Write what quarantined rows name, as `(filing, row, name)`: they may be tens of thousands."""
    if named:
        cursor = session.connection().connection.cursor()
        with cursor.copy("COPY filing_unknown (filing_id, row, name) FROM STDIN") as copy:
            for each in named:
                copy.write_row(each)


def reporters_of(session: Session, submission_id: uuid.UUID) -> set[uuid.UUID]:
    """Reporters whom a submission has a filing of."""
    query = select(Filing.organisation_id).where(Filing.submission_id == submission_id)
    return {one for one in session.scalars(query) if one is not None}


def file(session: Session, submission: Submission, seq: int, kept: Collection[uuid.UUID] = ()) -> None:
    """From `seq` on the submission's filings can count, and no earlier ones of its feed and quarter but those `kept`.

    Call it under `Lock.KNOWN`.
    """
    standing = _of_feed(session, submission, is_earlier=True)
    ended = [filing for filing, one in standing if one is None or one not in kept]
    _end(session, ended, seq)
    session.execute(update(Filing).where(Filing.submission_id == submission.id).values(filed_seq=seq))
    ours = session.scalars(select(Filing.id).where(Filing.submission_id == submission.id)).all()
    session.execute(SETTLE, {"filings": [*ended, *ours], "seq": seq})


def end(session: Session, submission: Submission, seq: int) -> None:
    """From `seq` on nothing of the submission's feed and quarter counts; what it went before comes into force."""
    ended = [filing for filing, _ in _of_feed(session, submission)]
    _end(session, ended, seq)
    session.execute(SETTLE, {"filings": ended, "seq": seq})


def standing_reporters(session: Session, submission: Submission) -> set[uuid.UUID]:
    """Reporters of whom an earlier submission of the same feed and quarter holds a filing."""
    return {one for _, one in _of_feed(session, submission, is_earlier=True) if one is not None}


def overlapped(session: Session, submission_id: uuid.UUID) -> list[uuid.UUID]:
    """Reporters whose filing in this submission does not count now, since another feed's goes before it."""
    query = select(Filing.organisation_id).where(
        Filing.submission_id == submission_id,
        Filing.filed_seq.is_not(None),
        Filing.ended_seq.is_(None),
        Filing.organisation_id.is_not(None),
        ~_counts(),
    )
    return [one for one in session.scalars(query.order_by(Filing.id)) if one is not None]


def counted(session: Session, submission_id: uuid.UUID) -> tuple[int, int]:
    """How many filings a submission holds, and how many of them count now."""
    query = select(func.count(), func.count().filter(_counts()))
    in_all, now = session.execute(query.where(Filing.submission_id == submission_id)).one()
    return in_all, now


def _counts() -> Exists:
    return exists().where(FilingInForce.filing_id == Filing.id, FilingInForce.known_to.is_(None))


def _end(session: Session, ended: Sequence[int], seq: int) -> None:
    # one array: an association may have more members than a statement takes parameters
    statement = update(Filing).where(Filing.id == any_(literal(ended, ARRAY(BigInteger)))).values(ended_seq=seq)
    session.execute(statement, execution_options={"synchronize_session": False})


def _of_feed(
    session: Session, submission: Submission, *, is_earlier: bool = False
) -> Sequence[Row[int, uuid.UUID | None]]:
    """`(filing, reporter)` of the submission's feed and quarter, not ended; or only those of earlier submissions."""
    query = (
        select(Filing.id, Filing.organisation_id)
        .join(Submission, Submission.id == Filing.submission_id)
        .where(
            Submission.feed_id == submission.feed_id,
            Filing.quarter == submission.quarter,
            Filing.filed_seq.is_not(None),
            Filing.ended_seq.is_(None),
        )
    )
    return session.execute(query.where(Submission.number < submission.number) if is_earlier else query).all()
