"""Store: an accepted submission → its observations in force under the next `known_seq`, the older one superseded."""

import uuid
from collections.abc import Iterator
from typing import Any

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import answers
from ievq_pipeline.db import observations, submissions
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import Feed, Submission, SubmissionAnswer
from ievq_pipeline.domain.submission import State

log = structlog.get_logger()


def run_waiting(sessions: sessionmaker[Session], quarter: str | None = None) -> list[str]:
    """Put every accepted submission in force, in the order handed in; returns their ids. Twice changes nothing.

    One that cannot be stored does not keep the others waiting; what went wrong with it is raised at the end.
    """
    with sessions() as session:
        waiting = submissions.accepted(session, quarter)
    stored, failures = [], []
    for submission_id in waiting:
        try:
            if _store(sessions, submission_id):
                stored.append(str(submission_id))
        except Exception as error:
            log.exception("store.failed", submission_id=str(submission_id))
            failures.append(error)
    if failures:
        raise failures[0]
    return stored


def _store(sessions: sessionmaker[Session], submission_id: uuid.UUID) -> bool:
    with sessions.begin() as session:
        hold(session, Lock.KNOWN)
        submission = session.get_one(Submission, submission_id)
        if submission.state != State.ACCEPTED:
            return False
        siblings = (Submission.feed_id == submission.feed_id) & (Submission.quarter == submission.quarter)
        newer = siblings & (Submission.number > submission.number) & (Submission.state == State.IN_FORCE)
        if session.scalar(select(Submission.id).where(newer)):
            submission.state = State.SUPERSEDED
            return True
        _put_in_force(session, submission)
        older = siblings & (Submission.number < submission.number)
        replaceable = Submission.state.in_([State.IN_FORCE, State.ACCEPTED])
        session.execute(update(Submission).where(older, replaceable).values(state=State.SUPERSEDED))
        submission.state = State.IN_FORCE
        submission.stored_at = func.now()
    log.info("store.in_force", submission_id=str(submission_id))
    return True


def _put_in_force(session: Session, submission: Submission) -> None:
    feed = session.get_one(Feed, submission.feed_id)
    observations.append(session, _rows(submission.id, session.get_one(SubmissionAnswer, submission.id)))
    seq = observations.next_known(session)
    observations.put_in_force(session, submission, feed.basis, feed.source, seq)


def _rows(submission_id: uuid.UUID, answer: SubmissionAnswer) -> Iterator[tuple[Any, ...]]:
    """The accepted rows, then what quarantined rows name, without figures: unknown, never zero."""
    accepted = answers.accepted_rows(answer.accepted)
    if not accepted.is_empty():
        for row, term, count, exposure, months in accepted.select(
            "row", "term", "count", "exposure", "months"
        ).iter_rows():
            yield submission_id, row, term, count, exposure, months
    for row, term in answer.unknown:
        yield submission_id, row, term, None, None, None
