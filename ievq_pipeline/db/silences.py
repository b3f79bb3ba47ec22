"""Silence: who was expected in a quarter and had nothing in force when it closed."""

import uuid

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ievq_pipeline.db import feeds, rosters
from ievq_pipeline.db.tables import Feed, Filing, FilingInForce, Silence, Submission
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import State

#: rows written at a time
BLOCK = 5_000


def record(session: Session, quarter: Quarter) -> None:
    """Write down who is silent now; doing it again adds nobody twice.

    Feeds without a submission in force, then members of rosters (whoever took over, for those that ended) of whom no
    filing of that kind counts.
    """
    expected = dict(session.execute(select(Feed.id, Feed.kind).where(feeds.is_expected(quarter))).all())
    handed_in = select(Submission.feed_id).where(Submission.quarter == str(quarter), Submission.state == State.IN_FORCE)
    silent: list[tuple[uuid.UUID, uuid.UUID | None]] = [
        (feed, None) for feed in expected.keys() - set(session.scalars(handed_in))
    ]
    heard = _heard(session, quarter)
    for feed, members in rosters.expected(session, quarter).items():
        silent += [(feed, one) for one in members if (expected[feed], one) not in heard]
    rows = [{"quarter": str(quarter), "feed_id": feed, "organisation_id": one} for feed, one in silent]
    for start in range(0, len(rows), BLOCK):
        session.execute(insert(Silence).on_conflict_do_nothing(), rows[start : start + BLOCK])


def _heard(session: Session, quarter: Quarter) -> set[tuple[str, uuid.UUID | None]]:
    """`(kind, reporter)` of all filings that count."""
    query = (
        select(Filing.basis, Filing.organisation_id)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.quarter == str(quarter), FilingInForce.known_to.is_(None))
    )
    return {(basis, one) for basis, one in session.execute(query)}
