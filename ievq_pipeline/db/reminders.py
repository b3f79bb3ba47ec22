"""Reminders: which feeds owe a file for a quarter, and that each is reminded once for each sort."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ievq_pipeline.db import feeds, outbox, quarters
from ievq_pipeline.db.tables import Feed, Reminder, Submission
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import ON_THE_WAY, State


def owing(session: Session, quarter: str) -> list[Feed]:
    """Feeds expected of which nothing is in force or on its way in the quarter; none for which it is history."""
    handed_in = select(Submission.feed_id).where(
        Submission.quarter == quarter, Submission.state.in_((State.IN_FORCE, *ON_THE_WAY))
    )
    query = select(Feed).where(feeds.is_expected(Quarter.parse(quarter)), Feed.id.not_in(handed_in)).order_by(Feed.code)
    modes = quarters.modes(session)
    return [feed for feed in session.scalars(query) if modes.get((feed.basis, quarter)) != Mode.HISTORY]


def make(session: Session, quarter: str, kind: str, reminded: list[Feed]) -> list[str]:
    """Write the reminders that are not there yet, each with its event; returns the events' subjects."""
    if not reminded:
        return []
    values = [{"feed_id": feed.id, "quarter": quarter, "kind": kind} for feed in reminded]
    made = insert(Reminder).values(values).on_conflict_do_nothing().returning(Reminder.feed_id)
    new = set(session.scalars(made))
    subjects = [f"{feed.code}:{quarter}:{kind}" for feed in reminded if feed.id in new]
    for subject in subjects:
        outbox.tell(session, outbox.SUBMISSION_REMINDER, subject)
    return subjects
