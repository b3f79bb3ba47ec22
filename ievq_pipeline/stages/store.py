"""Store: an accepted submission → its filings in force under the next `known_seq`, the older one superseded."""

import uuid

import polars as pl
import structlog
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import code_lists, new_wordings
from ievq_pipeline.adapters.answers import Kept, accepted_categories
from ievq_pipeline.adapters.filed_rows import FiledRows, Part
from ievq_pipeline.db import confirmations, filings, observations, outbox, reporters, submissions, vintages, wordings
from ievq_pipeline.db.bases import mode_of
from ievq_pipeline.db.filings import Filed
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import Feed, Submission, SubmissionAnswer
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.panel import MEMBERS_GONE
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import State, Verdict

log = structlog.get_logger()


def run_waiting(sessions: sessionmaker[Session], quarter: str | None = None, *, is_examined: bool = False) -> list[str]:
    """Put every accepted submission in force, in the order handed in; returns their ids. Twice changes nothing.

    With `is_examined` only those that their suite has let pass; one that it holds is never stored. One that cannot be
    stored does not keep the others waiting; what went wrong with it is raised at the end.
    """
    with sessions() as session:
        waiting = submissions.accepted(session, quarter, is_examined=is_examined)
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


class _Replaced(Exception):
    """A later submission of the feed and quarter has come into force meanwhile."""


class _Unconfirmed(Exception):
    """Reporters were filed meanwhile whom this submission leaves out without a word."""

    def __init__(self, gone: set[uuid.UUID]) -> None:
        super().__init__()
        self.gone = gone


def _store(sessions: sessionmaker[Session], submission_id: uuid.UUID) -> bool:
    try:
        with sessions.begin() as session:
            submission = _accepted(session, submission_id)
            if submission is None:
                return False
            _put_in_force(session, submission)
        log.info("store.in_force", submission_id=str(submission_id))
        return True
    except _Replaced:
        with sessions.begin() as session:
            submission = _accepted(session, submission_id)
            if submission is not None:
                submission.state = State.SUPERSEDED
        return submission is not None
    except _Unconfirmed as found:
        with sessions.begin() as session:
            submission = _accepted(session, submission_id)
            if submission is not None:
                _ask(session, submission, found.gone)
        return False


def _accepted(session: Session, submission_id: uuid.UUID) -> Submission | None:
    """The submission, held by this transaction, if it still waits for store."""
    submission = submissions.held(session, submission_id)
    return submission if submission.state == State.ACCEPTED and submission.held_why is None else None


def _put_in_force(session: Session, submission: Submission) -> None:
    """Raises _Replaced and _Unconfirmed, and has then changed nothing."""
    feed = session.get_one(Feed, submission.feed_id)
    siblings = (Submission.feed_id == feed.id) & (Submission.quarter == submission.quarter)
    # one that was in force and has been withdrawn counts too: what came before it is not to come back
    newer = siblings & (Submission.number > submission.number) & Submission.stored_at.is_not(None)
    _refuse_if(session, newer)
    _write(session, submission, feed)  # the bulk of the work, while nobody waits
    hold(session, Lock.KNOWN)
    _refuse_if(session, newer)
    gone = filings.standing_reporters(session, submission) - filings.reporters_of(session, submission.id)
    kept, unconfirmed = confirmations.on_members_gone(session, submission.id, gone)
    if unconfirmed:
        raise _Unconfirmed(unconfirmed)
    filings.file(session, submission, filings.next_known(session), kept)
    older = siblings & (Submission.number < submission.number)
    replaceable = Submission.state.in_([State.IN_FORCE, State.ACCEPTED, State.NEEDS_CONFIRMATION])
    session.execute(update(Submission).where(older, replaceable).values(state=State.SUPERSEDED))
    submission.state = State.IN_FORCE
    submission.stored_at = func.now()
    session.flush()
    if mode_of(feed.basis) and vintages.is_first_look_due(session, feed.basis, submission.quarter):
        outbox.tell(session, outbox.QUARTER_READY, submission.quarter)


def _refuse_if(session: Session, newer: ColumnElement[bool]) -> None:
    if session.scalar(select(Submission.id).where(newer).limit(1)) is not None:
        raise _Replaced


def _write(session: Session, submission: Submission, feed: Feed) -> None:
    """Filings, observations, and wordings that no list knows; in force for nobody yet."""
    answer = session.get_one(SubmissionAnswer, submission.id)
    rules = contract(feed.kind).with_schemes(feed.schemes)
    _queue(session, submission, rules, accepted_categories(answer.accepted))
    filed = FiledRows(rules, answer.accepted, answer.unknown, answer.unnamed)
    parts = filed.parts()
    day = Quarter.parse(submission.quarter).last_day
    named = reporters.named(session, filter(None, parts), day)
    ranks = reporters.ranks(session, feed.id, named.values(), day)
    known = {who: named[who] if who else None for who in parts}
    joined: dict[uuid.UUID | None, Part] = {}
    for who, part in parts.items():
        joined[known[who]] = joined[known[who]].joined(part) if known[who] in joined else part
    written = filings.write(
        session,
        submission,
        feed.basis,
        [
            Filed(
                organisation_id=one,
                source=None if one else feed.source,
                rank=ranks[one] if one else 0,
                total=part.total,
                is_zero=part.is_zero,
                is_complete=part.is_complete,
            )
            for one, part in joined.items()
        ],
    )
    ids = dict(zip(joined, written, strict=True))
    filings.write_unknown(session, [(ids[one], *hidden) for one, part in joined.items() for hidden in part.unknown])
    csv = filed.csv(submission.id, {who: ids[known[who]] for who in parts}, observations.columns(feed.kind))
    observations.append(session, feed.kind, submission.quarter, csv)


def _queue(session: Session, submission: Submission, rules: Contract, accepted: pl.DataFrame) -> None:
    """Wordings that no list knows wait for somebody to say what they mean. What is known of them already stays."""
    lists = code_lists.taught(wordings.learnt(session))
    if unlisted := new_wordings.unlisted(accepted, rules, lists, wordings.known(session)):
        wordings.see(session, submission.id, unlisted)


def _ask(session: Session, submission: Submission, gone: set[uuid.UUID]) -> None:
    """A submission that was on its way when this one was checked has filed reporters that it does not name."""
    submission.state = State.NEEDS_CONFIRMATION
    submission.verdict = Verdict.NEEDS_CONFIRMATION
    answer = session.get_one(SubmissionAnswer, submission.id)
    named = reporters.identifiers(session, gone)
    found = [Finding(MEMBERS_GONE, None, "enterprise", value=one) for one in named]
    for name, value in Kept.of(answer.body, answer.findings).with_findings(found).columns.items():
        setattr(answer, name, value)
    log.info("store.asked", submission_id=str(submission.id), reporters=len(named))
