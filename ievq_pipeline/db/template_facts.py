"""What a feed's own template is made of: whose it is, whom it reports for, and what it reported the quarter before."""

import uuid
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ievq_pipeline.db import feeds, observations, rosters
from ievq_pipeline.db.organisations import held_on
from ievq_pipeline.db.tables import Organisation, OrganisationIdentifier, Submission
from ievq_pipeline.domain.organisation import USCC, Identifier
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.template import FeedFacts


def of_feed(session: Session, code: str, quarter: Quarter) -> FeedFacts:
    """With those on its roster at the quarter's end. Raises UnknownFeed."""
    feed = feeds.named(session, code)
    expected = rosters.expected(session, quarter, feed.id).get(feed.id, {})
    submitter = [feed.submitter_id] if feed.submitter_id else []
    codes = _codes(session, [*expected, *submitter], quarter)
    titles = _titles(session, codes)
    own = feed.submitter_id
    return FeedFacts(
        feed.code,
        feed.kind,
        dict(feed.schemes),
        feed.source,
        codes.get(own) if own else None,
        titles.get(own, "") if own else "",
        sorted((codes[one], titles.get(one, "")) for one in expected if one in codes),
    )


def code_of(session: Session, organisation: uuid.UUID | None, quarter: Quarter) -> str | None:
    """The code that a template names an organisation by."""
    return _codes(session, [organisation], quarter).get(organisation) if organisation else None


def _codes(session: Session, of: Collection[uuid.UUID], quarter: Quarter) -> dict[uuid.UUID, str]:
    """By organisation, the code that it has at the quarter's end: its credit code where it has one."""
    code = OrganisationIdentifier
    query = select(code.organisation_id, code.scheme, code.value).where(code.organisation_id.in_(of))
    found: dict[uuid.UUID, str] = {}
    order = (code.organisation_id, code.scheme != USCC, code.scheme, code.value)
    for one, scheme, value in session.execute(query.where(held_on(code, quarter.last_day)).order_by(*order)):
        found.setdefault(one, str(Identifier(scheme, value)))
    return found


def _titles(session: Session, of: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    query = select(Organisation.id, Organisation.title).where(Organisation.id.in_(of))
    return {one: title or "" for one, title in session.execute(query)}


def keys(session: Session, code: str, quarter: Quarter, columns: Collection[str]) -> list[dict[str, Any]]:
    """What the feed's own rows in force say of the quarter, in these columns alone and `reporter`; each once.

    `columns` are those that name an entry: no number of it leaves. Raises UnknownFeed.
    """
    feed = feeds.named(session, code)
    filed = select(Submission.id).where(Submission.feed_id == feed.id, Submission.quarter == str(quarter))
    ours = set(session.scalars(filed))
    if not ours:
        return []
    names = [name for name in ("reporter", *observations.columns(feed.kind)) if name in {*columns, "reporter"}]
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for row in observations.in_force(session, feed.kind, str(quarter), None):
        if row["submission_id"] in ours:
            key = {name: row[name] for name in names if row[name] is not None}
            found.setdefault(tuple(str(key.get(name, "")) for name in names), key)
    return [found[order] for order in sorted(found)]
