"""Reminders: which feeds owe a file for a quarter, when it is due, and that each is reminded once for each sort."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ievq_pipeline.db import feeds, outbox, quarters
from ievq_pipeline.db.tables import Feed, FeedDue, Mail, QuarterRow, Reminder, Submission
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.mail import MailState
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import ON_THE_WAY, State
from ievq_pipeline.domain.timetable import Timetable

NO_CONTACT = "nowhere to send: the feed has no contact"
NO_SERVER = "nowhere to send: IEVQ_SMTP_URL is not set"


def owing(session: Session, quarter: str) -> list[Feed]:
    """Feeds expected of which nothing is in force or on its way in the quarter; none for which it is history."""
    handed_in = select(Submission.feed_id).where(
        Submission.quarter == quarter, Submission.state.in_((State.IN_FORCE, *ON_THE_WAY))
    )
    query = select(Feed).where(feeds.is_expected(Quarter.parse(quarter)), Feed.id.not_in(handed_in)).order_by(Feed.code)
    modes = quarters.modes(session)
    return [feed for feed in session.scalars(query) if modes.get((feed.basis, quarter)) != Mode.HISTORY]


def timetable(session: Session, feed: Feed, row: QuarterRow) -> Timetable:
    """The quarter's dates as the feed has them."""
    own = session.get(FeedDue, (feed.id, row.quarter))
    return row.timetable.of_feed(Quarter.parse(row.quarter), feed.due_days, own.due_on if own else None)


def due_on(session: Session, feed: Feed, row: QuarterRow) -> date:
    """When the feed's file is due."""
    return timetable(session, feed, row).due_on


def make(session: Session, row: QuarterRow, today: date) -> list[str]:
    """Write the reminders that today asks for, each once and with its event; returns the events' subjects."""
    values = []
    owed = {feed.id: feed for feed in owing(session, row.quarter)}
    for feed in owed.values():
        dates = timetable(session, feed, row)
        if kind := dates.reminder(today):
            values.append({"feed_id": feed.id, "quarter": row.quarter, "kind": kind, "due_on": dates.due_on})
    if not values:
        return []
    made = insert(Reminder).values(values).on_conflict_do_nothing().returning(Reminder.feed_id, Reminder.kind)
    new = dict(session.execute(made).all())
    subjects = [f"{feed.code}:{row.quarter}:{new[feed.id]}" for feed in owed.values() if feed.id in new]
    for subject in subjects:
        outbox.tell(session, outbox.SUBMISSION_REMINDER, subject)
    return subjects


def mailed(session: Session, quarter: str | None = None, *, is_server_set: bool = True) -> list[dict[str, Any]]:
    """Every reminder and mail (of a quarter), and what has become of it; reminders that became no mail among them."""
    kept = [Mail.address, Mail.state, Mail.attempts, Mail.status, Mail.said, Mail.mailed_at, Mail.next_at]
    of_mails = select(Feed.code.label("feed"), Mail.quarter, Mail.kind, Mail.submission_id, Mail.made_at, *kept)
    of_mails = of_mails.join(Feed, Feed.id == Mail.feed_id)
    waiting = select(Feed.code.label("feed"), Reminder.quarter, Reminder.kind, Reminder.made_at)
    waiting = waiting.join(Feed, Feed.id == Reminder.feed_id).where(Reminder.addressed_at.is_(None))
    if quarter:
        of_mails, waiting = of_mails.where(Mail.quarter == quarter), waiting.where(Reminder.quarter == quarter)
    blank: dict[str, Any] = {name.key: None for name in kept}
    rows = [dict(row) for row in session.execute(of_mails).mappings()]
    if not is_server_set:
        rows = [row | {"said": NO_SERVER} if row["state"] == MailState.PENDING else row for row in rows]
    why = {"state": "nowhere", "said": NO_CONTACT if is_server_set else NO_SERVER}
    rows += [{**row, "submission_id": None, **blank, **why} for row in session.execute(waiting).mappings()]
    return sorted(rows, key=lambda row: (row["quarter"], row["feed"], row["made_at"], row["address"] or ""))


def tally(session: Session, quarter: str) -> dict[str, int]:
    """How many reminders of the quarter were made, how many became mails that went out, and how many had nowhere to go.

    A reminder with several contacts counts once, as sent when one of its mails was.
    """
    key = (Mail.feed_id == Reminder.feed_id) & (Mail.quarter == Reminder.quarter) & (Mail.kind == Reminder.kind)
    is_sent = select(Mail.id).where(key, Mail.state == MailState.SENT).exists()
    query = select(
        func.count(),
        func.count().filter(is_sent),
        func.count().filter(Reminder.addressed_at.is_(None)),
    ).where(Reminder.quarter == quarter)
    made, sent, nowhere = session.execute(query).one()
    return {"made": made, "mailed": sent, "nowhere": nowhere}


def set_due(session: Session, feed: Feed, quarter: str, own: date | None) -> None:
    """The feed's own due date for a quarter, or none any more."""
    session.merge(FeedDue(feed_id=feed.id, quarter=quarter, due_on=own)) if own else _forget(session, feed, quarter)
    session.flush()


def _forget(session: Session, feed: Feed, quarter: str) -> None:
    if (there := session.get(FeedDue, (feed.id, quarter))) is not None:
        session.delete(there)


def due_dates(session: Session, feed: Feed) -> Sequence[FeedDue]:
    return session.scalars(select(FeedDue).where(FeedDue.feed_id == feed.id).order_by(FeedDue.quarter)).all()
