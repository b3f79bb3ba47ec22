"""Accepted submissions on their way through the suite: those that wait, pass, are held by it, and released."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from ievq_pipeline.db import outbox
from ievq_pipeline.db.tables import Feed, Submission, SubmissionAnswer
from ievq_pipeline.domain.submission import State

#: nobody has examined it yet, and nothing holds it
IS_WAITING: tuple[ColumnElement[bool], ...] = (
    Submission.state == State.ACCEPTED,
    Submission.examined_at.is_(None),
    Submission.held_why.is_(None),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A submission whose accepted rows wait for the suite, without the rows."""

    id: uuid.UUID
    rules_version: str
    rows_accepted: int
    quarter: str
    feed_kind: str
    source: str | None
    schemes: dict[str, Any]


def waiting(session: Session, quarter: str | None = None) -> list[Waiting]:
    """As they were handed in; of one quarter, where one is named."""
    columns = (Submission.id, Submission.rules_version, Submission.rows_accepted, Submission.quarter)
    query = (
        select(*columns, Feed.kind, Feed.source, Feed.schemes)
        .join(Feed, Feed.id == Submission.feed_id)
        .where(*IS_WAITING, *([Submission.quarter == quarter] if quarter else []))
        .order_by(Submission.received_at, Submission.number)
    )
    return [Waiting(*row) for row in session.execute(query)]


def accepted_rows(session: Session, ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, bytes | None]:
    """The accepted rows of each, as they are kept."""
    query = select(SubmissionAnswer.submission_id, SubmissionAnswer.accepted)
    found = session.execute(query.where(SubmissionAnswer.submission_id.in_(list(ids))))
    return {submission_id: accepted for submission_id, accepted in found}  # noqa: C416 - rows are no pairs to mypy


def pass_(session: Session, ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Note that their suite has let them pass; returns those that still waited for it."""
    passed = update(Submission).where(*IS_WAITING, Submission.id.in_(list(ids))).values(examined_at=func.now())
    return list(session.scalars(passed.returning(Submission.id)))


def hold(session: Session, submission_id: uuid.UUID, why: str) -> bool:
    """Keep it from being stored, and say why; False where somebody else has dealt with it meanwhile."""
    held = update(Submission).where(*IS_WAITING, Submission.id == submission_id).values(held_why=why)
    return session.scalar(held.returning(Submission.id)) is not None


def held(session: Session) -> list[dict[str, Any]]:
    """Those that the suite holds, the longest waiting first, with the reason."""
    query = (
        select(Submission, Feed.code)
        .join(Feed, Feed.id == Submission.feed_id)
        .where(Submission.state == State.ACCEPTED, Submission.held_why.is_not(None))
        .order_by(Submission.received_at, Submission.number)
    )
    return [
        {"submission_id": str(one.id), "feed": feed, "quarter": one.quarter, "held_why": one.held_why}
        for one, feed in session.execute(query)
    ]


def release(session: Session, submission_id: uuid.UUID) -> bool:
    """Let a submission that is held be examined again; False where nothing held it."""
    is_held = Submission.held_why.is_not(None)
    released = update(Submission).where(Submission.id == submission_id, is_held).values(held_why=None, examined_at=None)
    if session.scalar(released.returning(Submission.id)) is None:
        return False
    outbox.tell(session, outbox.SUBMISSION_ACCEPTED, str(submission_id))
    return True
