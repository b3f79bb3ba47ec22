"""Withdraw: a submission, and why → nothing of its feed counts for the quarter; what it went before does."""

import uuid

import structlog
from sqlalchemy import func
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import filings, submissions
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.domain.errors import AlreadyReplaced, BadCall, NothingToWithdraw
from ievq_pipeline.domain.submission import WITHDRAWABLE, State
from ievq_pipeline.domain.text import Text

log = structlog.get_logger()
NO_REASON = Text("撤回须说明原因", "a withdrawal needs a reason")


def run(sessions: sessionmaker[Session], name: str | uuid.UUID, reason: str) -> uuid.UUID:
    """Take a submission back; returns its id. Withdrawing it again changes nothing.

    An earlier submission of the same feed is not revived. Raises UnknownSubmission, BadCall without a reason,
    AlreadyReplaced, NothingToWithdraw (rejected, or not checked yet).
    """
    if not reason.strip():
        raise BadCall(why=NO_REASON)
    with sessions.begin() as session:
        submission_id = submissions.named(session, name).id
        submission = submissions.held(session, submission_id)
        if submission.state == State.WITHDRAWN:
            return submission_id
        if submission.state == State.SUPERSEDED:
            raise AlreadyReplaced(name=name)
        if submission.state not in WITHDRAWABLE:
            raise NothingToWithdraw(name=name, state=submission.state)
        if submission.state == State.IN_FORCE:
            hold(session, Lock.KNOWN)
            filings.end(session, submission, filings.next_known(session))
        submission.state = State.WITHDRAWN
        submission.withdrawn_at = func.now()
        submission.withdrawn_why = reason.strip()
    log.info("withdraw.withdrawn", submission_id=str(submission_id))
    return submission_id
