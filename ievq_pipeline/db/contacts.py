"""Contacts: who is written to about a feed, in which language, and for how long."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ievq_pipeline.db.organisations import held_on
from ievq_pipeline.db.tables import Feed, FeedContact
from ievq_pipeline.domain.errors import UnknownContact


def add(
    session: Session, feed: Feed, address: str, language: str, holds_from: date | None, holds_to: date | None
) -> None:
    """Write to that address about the feed; the same again changes its language and its end alone."""
    table = FeedContact
    mine = (table.feed_id == feed.id) & (table.address == address)
    there = session.scalars(select(table).where(mine, table.holds_from.is_not_distinct_from(holds_from))).one_or_none()
    if there is None:
        there = table(feed_id=feed.id, address=address, holds_from=holds_from, language=language, holds_to=holds_to)
        session.add(there)
    there.language, there.holds_to = language, holds_to
    session.flush()


def end(session: Session, feed: Feed, address: str, last_day: date) -> None:
    """The address is written to until that day; what would begin later goes. Raises UnknownContact."""
    table = FeedContact
    mine = session.scalars(select(table).where(table.feed_id == feed.id, table.address == address)).all()
    if not mine:
        raise UnknownContact(name=address)
    for contact in mine:
        if contact.holds_from is not None and contact.holds_from > last_day:
            session.delete(contact)
        elif contact.holds_to is None or contact.holds_to > last_day:
            contact.holds_to = last_day
    session.flush()


def entries(session: Session, feed: Feed) -> list[dict[str, Any]]:
    """Every address that is or was written to."""
    table = FeedContact
    query = select(table.address, table.language, table.holds_from, table.holds_to).where(table.feed_id == feed.id)
    return [dict(row) for row in session.execute(query.order_by(table.address, table.holds_from)).mappings()]


def of_feeds(session: Session, day: date) -> dict[uuid.UUID, int]:
    """By feed, how many addresses are written to on that day."""
    query = select(FeedContact.feed_id, func.count(FeedContact.address.distinct()))
    return dict(session.execute(query.where(held_on(FeedContact, day)).group_by(FeedContact.feed_id)).all())
