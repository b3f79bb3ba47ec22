"""Feeds: who has promised to hand in what."""

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from ievq_pipeline.db import quarters
from ievq_pipeline.db.tables import Feed
from ievq_pipeline.domain.errors import NameTaken, UnknownFeed
from ievq_pipeline.domain.period import Quarter


def add(session: Session, code: str, kind: str, source: str) -> Feed:
    """The feed of that code, made if it is new; the same call again changes nothing.

    What is history for every other basis is so for a new one too, else its past would be told as news.

    Raises NameTaken where the code stands for another kind or source: what it has reported would change its meaning.
    """
    feed = session.scalar(select(Feed).where(Feed.code == code))
    if feed is None:
        feed = Feed(code=code, kind=kind, source=source)
        session.add(feed)
        session.flush()
        quarters.inherit_history(session, feed.basis)
    if (feed.kind, feed.source) != (kind, source):
        raise NameTaken(name=code)
    return feed


def named(session: Session, code: str) -> Feed:
    """Raises UnknownFeed."""
    feed = None if "\0" in code else session.scalar(select(Feed).where(Feed.code == code))
    if feed is None:
        raise UnknownFeed(name=code)
    return feed


def every(session: Session) -> list[Feed]:
    return list(session.scalars(select(Feed).order_by(Feed.code)))


def bases(session: Session) -> list[str]:
    """Every basis that a feed reports for."""
    return sorted({feed.basis for feed in every(session)})


def is_expected(quarter: Quarter) -> ColumnElement[bool]:
    """Whether a feed has to report of the quarter: it has not ended before the quarter's end."""
    return Feed.ended_on.is_(None) | (Feed.ended_on > quarter.last_day)
