"""Silence: who was expected in a quarter and had nothing in force when it closed."""

import uuid
from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from ievq_pipeline.db import feeds, organisations, rosters
from ievq_pipeline.db.tables import Feed, Filing, FilingInForce, Submission
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import State
from ievq_pipeline.domain.succession import Identities

#: in one statement: a roster has thousands of members
WRITE = text(
    """
    INSERT INTO silence (quarter, feed_id, organisation_id)
    SELECT :quarter, * FROM unnest(CAST(:feeds AS uuid[]), CAST(:members AS uuid[]))
    ON CONFLICT DO NOTHING
    """
)


def record(session: Session, quarter: Quarter) -> None:
    """Write down who is silent now; doing it again adds nobody twice.

    Feeds without a submission in force, then members of rosters (whoever took over, for those that ended) of whom no
    filing of that kind counts.
    """
    expected = dict(session.execute(select(Feed.id, Feed.kind).where(feeds.is_expected(quarter))).all())
    silent: list[tuple[uuid.UUID, uuid.UUID | None]] = [(feed.id, None) for feed in silent_feeds(session, quarter)]
    heard = _heard(session, quarter)
    same = Identities.of(organisations.successions(session)).same  # a file may go on using an old code
    for feed, roster in rosters.expected(session, quarter).items():
        kind = expected[feed]
        is_heard = {one: any((kind, each) in heard for each in {one, *same.get(one, ())}) for one in roster}
        silent += [(feed, one) for one in roster if not is_heard[one]]
    feed_ids, members = zip(*silent, strict=True) if silent else ((), ())
    session.execute(WRITE, {"quarter": str(quarter), "feeds": list(feed_ids), "members": list(members)})


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
