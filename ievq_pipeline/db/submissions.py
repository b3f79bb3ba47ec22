"""Submissions: the receipt, the claim, the answer."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from ievq_pipeline.db import filings
from ievq_pipeline.db.locks import hold_feed
from ievq_pipeline.db.tables import Feed, QuarterRow, Submission, SubmissionAnswer
from ievq_pipeline.domain.errors import UnknownSubmission
from ievq_pipeline.domain.submission import State


def by_idempotency_key(session: Session, api_key_id: uuid.UUID, key: str) -> Submission | None:
    query = select(Submission).where(Submission.api_key_id == api_key_id, Submission.idempotency_key == key)
    return session.scalar(query)


def latest(session: Session, feed: Feed, quarter: str) -> Submission | None:
    """The latest submission of a (feed, quarter); holds off others that hand in for it until the transaction ends."""
    session.execute(select(Feed.id).where(Feed.id == feed.id).with_for_update())
    query = select(Submission).where(Submission.feed_id == feed.id, Submission.quarter == quarter)
    return session.scalar(query.order_by(Submission.number.desc()).limit(1))


def named(session: Session, name: str | uuid.UUID) -> Submission:
    """Raises UnknownSubmission."""
    try:
        found = session.get(Submission, uuid.UUID(str(name)))
    except ValueError:
        found = None
    if found is None:
        raise UnknownSubmission(name=name)
    return found


def held(session: Session, submission_id: uuid.UUID) -> Submission:
    """The submission, as it is once nobody else changes what its feed has filed of the quarter."""
    submission = session.get_one(Submission, submission_id)
    hold_feed(session, submission.feed_id, submission.quarter)
    return session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)


@dataclass(frozen=True)
class Claim:
    """A submission that a worker holds for a while, with what it needs to check it."""

    id: uuid.UUID
    until: datetime | None
    feed: str
    submitter_id: uuid.UUID | None
    feed_kind: str
    source: str | None
    schemes: dict[str, Any]
    quarter: str
    file_name: str
    bytes: int
    sha256: str
    mends: dict[int, dict[str, str]]
    attempts: int


def claim(session: Session, quarter: str | None = None) -> Claim | None:
    """The oldest one that nobody checks, for 15 seconds and two more for each MB."""
    is_free = or_(
        Submission.state == State.RECEIVED,
        and_(Submission.state == State.CHECKING, Submission.claimed_until < func.now()),
    )
    query = select(Submission).where(is_free, *_of(quarter)).order_by(Submission.received_at, Submission.id).limit(1)
    row = session.scalar(query.with_for_update(skip_locked=True))
    if row is None:
        return None
    lease = func.now() + func.make_interval(0, 0, 0, 0, 0, 0, 15 + row.bytes // 500_000)
    row.state = State.CHECKING
    row.claimed_until = lease
    row.attempts += 1
    session.flush()
    session.refresh(row)
    feed = session.get_one(Feed, row.feed_id)
    return Claim(
        row.id,
        row.claimed_until,
        feed.code,
        feed.submitter_id,
        feed.kind,
        feed.source,
        feed.schemes,
        row.quarter,
        row.file_name,
        row.bytes,
        row.sha256,
        {int(place): values for place, values in (row.mends or {}).items()},
        row.attempts,
    )


def answer(session: Session, held: Claim, values: dict[str, Any], kept: dict[str, Any]) -> bool:
    """Write the outcome, unless the claim has run out and another worker holds it now."""
    mine = and_(Submission.id == held.id, Submission.state == State.CHECKING, Submission.claimed_until == held.until)
    values = {**values, "claimed_until": None, "checked_at": func.now()}
    changed = session.execute(update(Submission).where(mine).values(values).returning(Submission.id)).first()
    if changed is None:
        return False
    session.add(SubmissionAnswer(submission_id=held.id, **kept))
    return True


def before(session: Session, submission: Submission) -> Submission | None:
    """The submission of the same feed and quarter that came into force last before this one was handed in."""
    query = select(Submission).where(
        Submission.feed_id == submission.feed_id,
        Submission.quarter == submission.quarter,
        Submission.number < submission.number,
        Submission.stored_at.is_not(None),
    )
    return session.scalar(query.order_by(Submission.number.desc()).limit(1))


def accepted(session: Session, quarter: str | None = None, *, is_examined: bool = False) -> list[uuid.UUID]:
    """Those that wait for store, as they were handed in, without any that its suite holds."""
    query = select(Submission.id).where(
        Submission.state == State.ACCEPTED, Submission.held_why.is_(None), *_of(quarter)
    )
    if is_examined:
        query = query.where(Submission.examined_at.is_not(None))
    return list(session.scalars(query.order_by(Submission.received_at, Submission.number)))


def receipt(session: Session, submission: Submission) -> dict[str, Any]:
    """What whoever hands in a file gets for it: the same whenever it is asked for, whatever becomes of the file."""
    return {
        "submission_id": str(submission.id),
        "feed": session.get_one(Feed, submission.feed_id).code,
        "quarter": submission.quarter,
        "number": submission.number,
        "sha256": submission.sha256,
        "bytes": submission.bytes,
        "mended_from": str(submission.mended_from) if submission.mended_from else None,
        "state": str(State.RECEIVED),
        "received_at": _rfc3339(submission.received_at),
    }


def told(session: Session, submission: Submission) -> dict[str, Any]:
    """The receipt, and what has become of the submission, but for the findings themselves."""
    body = SubmissionAnswer.body
    parts = select(body["file"], body["counts"], body["normalised"])
    kept = session.execute(parts.where(SubmissionAnswer.submission_id == submission.id)).one_or_none()
    file, counts, normalised = kept or (None, {}, [])
    found_since = len(filings.overlapped(session, submission.id)) + bool(submission.held_why)
    in_all, counted = filings.counted(session, submission.id)
    closed_at = session.get_one(QuarterRow, submission.quarter).closed_at
    return receipt(session, submission) | {
        "state": submission.state,
        "language": session.get_one(Feed, submission.feed_id).language,
        "is_late": closed_at is not None and submission.received_at > closed_at,
        "checked_at": _rfc3339(submission.checked_at),
        "confirmed_at": _rfc3339(submission.confirmed_at),
        "stored_at": _rfc3339(submission.stored_at),
        "withdrawn_at": _rfc3339(submission.withdrawn_at),
        "held_why": submission.held_why,
        #: one a reporter; those that do not count have another feed's going before them, or are replaced
        "filings": {"filed": in_all, "in_force": counted},
        "verdict": submission.verdict,
        "rows_read": submission.rows_read,
        "rows_accepted": submission.rows_accepted,
        "rows_quarantined": submission.rows_quarantined,
        "rules_version": submission.rules_version,
        "file": file,
        # what only others' filings or the suite tell is found later than the answer, and counted with it
        "finding_count": sum(counts.values()) + found_since,
        "normalised": normalised,
    }


def answered(session: Session, submission: Submission) -> tuple[str, dict[str, Any], bytes | None] | None:
    """The kind of its feed, and the kept answer's body and findings; None before there is one."""
    query = select(SubmissionAnswer.body, SubmissionAnswer.findings)
    kept = session.execute(query.where(SubmissionAnswer.submission_id == submission.id)).one_or_none()
    return (session.get_one(Feed, submission.feed_id).kind, kept[0], kept[1]) if kept else None


def _rfc3339(instant: datetime | None) -> str | None:
    return instant.isoformat().replace("+00:00", "Z") if instant else None


def _of(quarter: str | None) -> list[Any]:
    return [Submission.quarter == quarter] if quarter else []
