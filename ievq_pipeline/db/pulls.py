"""Pulls: how far we are with each quarter's file of each feed that is hosted or watched, and who is fetching it."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Row, Select, false, func, or_, select, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ievq_pipeline.db import feeds, quarters
from ievq_pipeline.db.tables import Feed, FeedPull, QuarterRow
from ievq_pipeline.domain.errors import NothingToPull, QuarterNotOpen
from ievq_pipeline.domain.period import Quarter

#: longer than fetching may take; whoever dies meanwhile is replaced after it
LEASE = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A file that a worker fetches, with what came last; `until` tells its claim from later ones."""

    feed_id: uuid.UUID
    feed: str
    quarter: str
    closes_on: date
    template: str
    url: str | None
    etag: str | None
    last_modified: str | None
    sha256: str | None
    failures: int
    until: datetime


def expect(session: Session) -> None:
    """A row for every open quarter of every feed that is pulled from, where there is none yet."""
    pulled = select(Feed.id, QuarterRow.quarter).join(QuarterRow, true()).where(_is_pulled(session))
    session.execute(insert(FeedPull).from_select(["feed_id", "quarter"], pulled).on_conflict_do_nothing())


def claim(session: Session, *, is_watched: bool = False) -> Claimed | None:
    """One that is due and that nobody fetches, of hosted files or of watched folders; it is held for LEASE."""
    which = Feed.watch_url if is_watched else Feed.pull_url
    query = (
        _claimable()
        .where(_is_pulled(session), which.is_not(None), FeedPull.next_at <= func.now())
        .order_by(FeedPull.next_at)
    )
    return _claimed(session, session.execute(query.limit(1)).one_or_none())


def claim_named(session: Session, feed: Feed, quarter: str) -> Claimed | None:
    """That one, due or not; None while another worker fetches it."""
    query = _claimable().where(FeedPull.feed_id == feed.id, FeedPull.quarter == quarter)
    return _claimed(session, session.execute(query).one_or_none())


def open_quarters(session: Session, feed: Feed, quarter: str | None) -> list[str]:
    """The open quarters of which the feed's file is expected, or the one named.

    Raises NothingToPull for a feed that is not pulled from, QuarterNotOpen where the quarter named is not among them.
    """
    if not (feed.pull_url or feed.watch_url):
        raise NothingToPull(name=feed.code)
    query = select(QuarterRow.quarter).join(Feed, Feed.id == feed.id).where(_is_pulled(session))
    found = list(session.scalars(query.order_by(QuarterRow.quarter)))
    if quarter is None:
        return found
    if quarter not in found:
        raise QuarterNotOpen(quarter=quarter)
    return [quarter]


def held(session: Session, claimed: Claimed) -> FeedPull | None:
    """The row, locked until the transaction ends; None when the claim ran out and another worker has taken it."""
    row = session.get(FeedPull, (claimed.feed_id, claimed.quarter), with_for_update=True)
    return row if row is not None and row.claimed_until == claimed.until else None


def every(session: Session) -> list[tuple[str, FeedPull]]:
    """How far we are with each, with the feed's code; a feed's latest quarter first."""
    query = select(Feed.code, FeedPull).join(Feed, Feed.id == FeedPull.feed_id)
    return [(code, row) for code, row in session.execute(query.order_by(Feed.code, FeedPull.quarter.desc()))]


def _is_pulled(session: Session) -> ColumnElement[bool]:
    """Of feeds and quarters: the feed is pulled from or watched, and has to report of the quarter, which is open."""
    names = [row.quarter for row in quarters.open_ones(session)]
    is_due = [(QuarterRow.quarter == name) & feeds.is_expected(Quarter.parse(name)) for name in names]
    return or_(Feed.pull_url.is_not(None), Feed.watch_url.is_not(None)) & or_(false(), *is_due)


def _claimable() -> Select[FeedPull, Feed, QuarterRow]:
    is_free = FeedPull.claimed_until.is_(None) | (FeedPull.claimed_until < func.now())
    joined = select(FeedPull, Feed, QuarterRow).join(Feed, Feed.id == FeedPull.feed_id)
    joined = joined.join(QuarterRow, QuarterRow.quarter == FeedPull.quarter).where(is_free)
    return joined.with_for_update(of=FeedPull, skip_locked=True)


def _claimed(session: Session, found: Row[FeedPull, Feed, QuarterRow] | None) -> Claimed | None:
    if found is None:
        return None
    row, feed, quarter = found
    row.claimed_until = until = session.scalars(select(func.now() + LEASE)).one()
    return Claimed(
        feed.id,
        feed.code,
        row.quarter,
        quarter.closes_on,
        feed.pull_url or feed.watch_url or "",
        row.url,
        row.etag,
        row.last_modified,
        row.sha256,
        row.failures,
        until,
    )
