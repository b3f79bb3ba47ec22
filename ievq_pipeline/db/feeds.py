"""Feeds: who has promised to hand in what."""

import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from ievq_pipeline.db import quarters
from ievq_pipeline.db.tables import Feed, Organisation, RosterEntry
from ievq_pipeline.domain.contracts import feed_contract
from ievq_pipeline.domain.errors import BadCall, NameTaken, NeedsSubmitter, UnknownFeed
from ievq_pipeline.domain.organisation import OrganisationKind
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.text import Text

NO_ROSTER = Text("该渠道没有报送单位，因此没有名单", "a feed that knows no reporters has no roster")
NO_SOURCE = Text("该类报送由企业填报，没有来源一项", "a kind that enterprises report takes no source")


def add(
    session: Session,
    code: str,
    kind: str,
    source: str | None = None,
    *,
    submitter_id: uuid.UUID | None = None,
    schemes: Mapping[str, str] | None = None,
    pull_url: str | None = None,
    watch_url: str | None = None,
    already_public: bool = True,
    language: str | None = None,
) -> Feed:
    """The feed of that code, made if it is new; the same again changes nothing but the address and language it gives.

    What is history for every other basis is so for a new one too, else its past would be told as news. An enterprise's
    own feed has a roster of itself. A totals feed counts for its source, which is its code where none is given.

    Raises UnknownFeedKind, SchemeMisfit, BadCall for a source of reporters, NeedsSubmitter, and NameTaken where the
    code stands for something else already: what it has reported would change its meaning.
    """
    contract = feed_contract(kind)
    contract.check_schemes(schemes or {})
    if contract.has_reporters and source:
        raise BadCall(why=NO_SOURCE)
    if contract.has_reporters and submitter_id is None:
        raise NeedsSubmitter(kind=kind)
    agreed = {
        "kind": kind,
        "source": None if contract.has_reporters else source or code,
        "submitter_id": submitter_id,
        "schemes": dict(schemes or {}),
        "already_public": already_public,
    }
    feed = session.scalar(select(Feed).where(Feed.code == code))
    if feed is None:
        feed = Feed(code=code, **agreed)
        session.add(feed)
        session.flush()
        quarters.inherit_history(session, feed.basis)
        _expect_itself(session, feed, is_of_reporters=contract.has_reporters)
    if {name: getattr(feed, name) for name in agreed} != agreed:
        raise NameTaken(name=code)
    if pull_url or watch_url:  # one or the other: of two files nobody could say which counts
        feed.pull_url, feed.watch_url = pull_url, watch_url
    if language:
        speak(session, feed, language)
    return feed


def speak(session: Session, feed: Feed, language: str) -> None:
    """Answer the feed in this language, `zh` or `en`, where nobody asks otherwise."""
    feed.language = language
    session.flush()


def _expect_itself(session: Session, feed: Feed, *, is_of_reporters: bool) -> None:
    submitter = session.get(Organisation, feed.submitter_id) if feed.submitter_id else None
    if is_of_reporters and submitter and submitter.kind == OrganisationKind.ENTERPRISE:
        session.add(RosterEntry(feed_id=feed.id, organisation_id=submitter.id, is_primary=False))
        session.flush()


def named(session: Session, code: str) -> Feed:
    """Raises UnknownFeed."""
    feed = None if "\0" in code else session.scalar(select(Feed).where(Feed.code == code))
    if feed is None:
        raise UnknownFeed(name=code)
    return feed


def with_roster(session: Session, code: str) -> Feed:
    """Raises UnknownFeed, and BadCall for a feed without reporters."""
    feed = named(session, code)
    if not feed_contract(feed.kind).has_reporters:
        raise BadCall(why=NO_ROSTER)
    return feed


def end(session: Session, code: str, ended_on: date) -> Feed:
    """From that day on nothing is expected of the feed any more. Raises UnknownFeed."""
    feed = named(session, code)
    feed.ended_on = ended_on
    session.flush()
    return feed


def every(session: Session) -> list[Feed]:
    return list(session.scalars(select(Feed).order_by(Feed.code)))


def told(feed: Feed) -> dict[str, Any]:
    """A feed as it is listed, but for its submitter and roster."""
    names = ("kind", "source", "basis", "schemes", "pull_url", "watch_url", "due_days", "language", "ended_on")
    return {"feed": feed.code, **{name: getattr(feed, name) for name in names}}


def bases(session: Session) -> list[str]:
    """Every basis that a feed reports for."""
    return sorted({feed.basis for feed in every(session)})


def report_for(basis: str) -> ColumnElement[bool]:
    """Whether a feed reports for the basis: it is of its kind and, where the basis names one, of its source."""
    kind, _, source = basis.partition(":")
    return and_(Feed.kind == kind, Feed.source == source) if source else Feed.kind == kind


def is_expected(quarter: Quarter) -> ColumnElement[bool]:
    """Whether a feed has to report of the quarter: it has not ended before the quarter's end."""
    return Feed.ended_on.is_(None) | (Feed.ended_on > quarter.last_day)


def is_public(session: Session, basis: str) -> bool:
    """Whether every feed of a totals source is marked as already public."""
    return all(session.scalars(select(Feed.already_public).where(report_for(basis))))
