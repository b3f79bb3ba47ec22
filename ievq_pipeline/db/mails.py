"""Mails: rows before anything is sent, claimed under a lease, with their outcome after."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, exists, func, literal, null, select, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, aliased

from ievq_pipeline.db import quarters, reminders, submissions
from ievq_pipeline.db.organisations import held_on
from ievq_pipeline.db.tables import Feed, FeedContact, Mail, QuarterRow, Reminder, Submission
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.contracts import feed_contract
from ievq_pipeline.domain.letter import NotTaken, Occasion
from ievq_pipeline.domain.mail import ANSWER, MailState, Sending
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import State, Verdict
from ievq_pipeline.domain.timetable import Reminder as Sort

#: longer than sending may take; whoever dies meanwhile is replaced after it
LEASE = timedelta(minutes=5)
#: answers older than this are not written about: whoever set up mail today is not to get last year's
FRESH = timedelta(days=7)
NOT_TAKEN = (State.REJECTED, State.NEEDS_CONFIRMATION)
COLUMNS = ["feed_id", "quarter", "kind", "submission_id", "address", "language"]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A mail that a worker sends, with all that it says; `until` tells its claim from later ones."""

    id: uuid.UUID
    address: str
    language: str
    occasion: Occasion
    api_key_id: uuid.UUID | None  #: of an answer: the key that the file came with
    attempts: int
    until: datetime


def address(session: Session, today: date) -> None:
    """Make the mails that are to be sent: one for each contact of today, of the latest reminder and of each answer."""
    _address_reminders(session, today)
    _address_answers(session, today)


def _address_reminders(session: Session, today: date) -> None:
    """Reminders of feeds that have a contact; of a feed without one they wait, lest one be added in time."""
    later = aliased(Reminder)
    is_latest = ~exists().where(
        later.feed_id == Reminder.feed_id, later.quarter == Reminder.quarter, later.made_at > Reminder.made_at
    )
    written = (
        select(Reminder.feed_id, Reminder.quarter, Reminder.kind, null(), FeedContact.address, FeedContact.language)
        .join(QuarterRow, QuarterRow.quarter == Reminder.quarter)
        .join(FeedContact, FeedContact.feed_id == Reminder.feed_id)
        .where(Reminder.addressed_at.is_(None), Reminder.kind.in_(list(Sort)), is_latest)
        .where(QuarterRow.closed_at.is_(None), held_on(FeedContact, today))
    )
    made = _insert(session, written)
    keys = {(feed, quarter, kind) for feed, quarter, kind in made}
    if keys:
        key = tuple_(Reminder.feed_id, Reminder.quarter, Reminder.kind)
        session.execute(update(Reminder).where(key.in_(keys)).values(addressed_at=func.now()))


def _address_answers(session: Session, today: date) -> None:
    """Answers that are not yes, to submissions of feeds that had a contact by then."""
    written = (
        select(
            Submission.feed_id,
            Submission.quarter,
            literal(ANSWER),
            Submission.id,
            FeedContact.address,
            FeedContact.language,
        )
        .join(FeedContact, FeedContact.feed_id == Submission.feed_id)
        .where(Submission.state.in_(NOT_TAKEN), Submission.checked_at > func.now() - FRESH)
        .where(FeedContact.created_at <= Submission.checked_at, held_on(FeedContact, today))
        .where(~exists().where(Mail.submission_id == Submission.id))
    )
    _insert(session, written)


def _insert(session: Session, written: Select[*tuple[Any, ...]]) -> list[tuple[uuid.UUID, str, str]]:
    made = insert(Mail).from_select(COLUMNS, written).on_conflict_do_nothing()
    rows = session.execute(made.returning(Mail.feed_id, Mail.quarter, Mail.kind))
    return [(feed, quarter, kind) for feed, quarter, kind in rows]


def claim(session: Session) -> Mail | None:
    """One that is due and that nobody sends; it is held for LEASE, and its attempt counted."""
    query = (
        select(Mail)
        .where(Mail.state == MailState.PENDING, Mail.next_at <= func.now())
        .where(Mail.claimed_until.is_(None) | (Mail.claimed_until < func.now()))
        .order_by(Mail.next_at, Mail.made_at, Mail.id)
        .limit(1)
    )
    return session.scalar(query.with_for_update(skip_locked=True))


def begin(session: Session, mail: Mail, today: date) -> Claimed | None:
    """What is to be sent, one attempt more; None: it is needed no more, and the row says why."""
    feed, row = session.get_one(Feed, mail.feed_id), session.get_one(QuarterRow, mail.quarter)
    if (why := _moot(session, mail, feed, row, today)) is not None:
        mail.state, mail.said, mail.claimed_until = MailState.MOOT, why, None
        return None
    mail.attempts += 1
    mail.claimed_until = until = session.scalars(select(func.now() + LEASE)).one()
    reminder = session.get(Reminder, (mail.feed_id, mail.quarter, mail.kind))
    due_on = reminder.due_on if reminder and reminder.due_on else reminders.due_on(session, feed, row)
    occasion = Occasion(
        sort=mail.kind,
        feed=feed.code,
        kind=feed_contract(feed.kind).title,
        quarter=Quarter.parse(mail.quarter),
        due_on=due_on,
        closes_on=row.closes_on,
        not_taken=_not_taken(session, mail.submission_id) if mail.submission_id else None,
    )
    key = session.get_one(Submission, mail.submission_id).api_key_id if mail.submission_id else None
    return Claimed(mail.id, mail.address, mail.language, occasion, key, mail.attempts, until)


def _moot(session: Session, mail: Mail, feed: Feed, row: QuarterRow, today: date) -> str | None:
    """Why a mail that was made need not go out any more."""
    contact = FeedContact
    mine = (contact.feed_id == feed.id) & (contact.address == mail.address) & held_on(contact, today)
    if not session.scalar(select(exists().where(mine))):
        return "the address is written to no more"
    if quarters.modes(session).get((feed.basis, mail.quarter)) == Mode.HISTORY:
        return "the quarter is history"
    if mail.submission_id is not None:
        submission = session.get_one(Submission, mail.submission_id)
        return None if submission.state in NOT_TAKEN and _is_latest(session, submission) else "it was mended meanwhile"
    if row.closed_at is not None:
        return "the quarter has closed"
    if feed not in reminders.owing(session, mail.quarter):
        return "the file has come"
    this = session.get_one(Reminder, (mail.feed_id, mail.quarter, mail.kind))
    later = exists().where(
        Reminder.feed_id == feed.id, Reminder.quarter == mail.quarter, Reminder.made_at > this.made_at
    )
    return "a later reminder took its place" if session.scalar(select(later)) else None


def _is_latest(session: Session, submission: Submission) -> bool:
    siblings = (Submission.feed_id == submission.feed_id) & (Submission.quarter == submission.quarter)
    return not session.scalar(select(exists().where(siblings, Submission.number > submission.number)))


def _not_taken(session: Session, submission_id: uuid.UUID) -> NotTaken:
    told = submissions.told(session, session.get_one(Submission, submission_id))
    name = session.get_one(Submission, submission_id).file_name
    return NotTaken(str(submission_id), told["number"], name, Verdict(told["verdict"]), told["finding_count"])


def record(session: Session, claimed: Claimed, sending: Sending, wait: timedelta | None) -> None:
    """The outcome: sent, due again after `wait`, or dead. Whoever comes after its claim ran out is heard of success."""
    row = session.get_one(Mail, claimed.id, with_for_update=True)
    is_ours = row.claimed_until == claimed.until
    if row.state != MailState.PENDING or not (is_ours or sending.is_success):
        return
    row.status, row.said = sending.status, sending.said.replace("\0", "")
    if is_ours or sending.is_success:
        row.claimed_until = None
    if sending.is_success:
        row.state, row.mailed_at = MailState.SENT, func.now()
    else:
        row.state = MailState.DEAD if wait is None else MailState.PENDING
        row.next_at = func.now() + (wait or timedelta())
