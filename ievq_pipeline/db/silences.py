"""Silence: who was expected in a quarter and had nothing in force when it closed."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ievq_pipeline.db import feeds, organisations, rosters
from ievq_pipeline.db.tables import Feed, Filing, FilingInForce, Silence, Submission
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import State
from ievq_pipeline.domain.succession import Identities

#: rows written at a time
BLOCK = 5_000


def record(session: Session, quarter: Quarter) -> None:
    """Write down who is silent now; doing it again adds nobody twice.

    Feeds without a submission in force, then members of rosters (whoever took over, for those that ended) of whom no
    filing of that kind counts.
    """
    expected = dict(session.execute(select(Feed.id, Feed.kind).where(feeds.is_expected(quarter))).all())
    silent: list[tuple[uuid.UUID, uuid.UUID | None]] = [(feed.id, None) for feed in silent_feeds(session, quarter)]
    heard = _heard(session, quarter)
    same = Identities.of(organisations.successions(session)).same  # a file may go on using an old code
    for feed, members in rosters.expected(session, quarter).items():
        kind = expected[feed]
        is_heard = {one: any((kind, each) in heard for each in {one, *same.get(one, ())}) for one in members}
        silent += [(feed, one) for one in members if not is_heard[one]]
    rows = [{"quarter": str(quarter), "feed_id": feed, "organisation_id": one} for feed, one in silent]
    for start in range(0, len(rows), BLOCK):
        session.execute(insert(Silence).on_conflict_do_nothing(), rows[start : start + BLOCK])


def silent_feeds(session: Session, quarter: Quarter) -> Sequence[Feed]:
    """Feeds expected in the quarter of which no submission is in force now, by code."""
    handed_in = select(Submission.feed_id).where(Submission.quarter == str(quarter), Submission.state == State.IN_FORCE)
    query = select(Feed).where(feeds.is_expected(quarter), Feed.id.not_in(handed_in))
    return session.scalars(query.order_by(Feed.code)).all()


def _heard(session: Session, quarter: Quarter) -> set[tuple[str, uuid.UUID | None]]:
    """`(kind, reporter)` of all filings that count."""
    query = (
        select(Filing.basis, Filing.organisation_id)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.quarter == str(quarter), FilingInForce.known_to.is_(None))
    )
    return {(basis, one) for basis, one in session.execute(query)}
