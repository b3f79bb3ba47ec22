"""Rosters: whom a feed is expected to report for, and when."""

import uuid
from datetime import date
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from ievq_pipeline.db import organisations, register
from ievq_pipeline.db.organisations import held_on
from ievq_pipeline.db.tables import Feed, Organisation, RosterEntry
from ievq_pipeline.domain.errors import RosterDiffers, UnknownOrganisation
from ievq_pipeline.domain.organisation import Identifier
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.register import changes
from ievq_pipeline.domain.roster import entered
from ievq_pipeline.domain.succession import Identities
from ievq_pipeline.domain.validity import Contradiction, Validity

#: by organisation, whether the feed is that of its primary association
Members = dict[uuid.UUID, bool]


def add(session: Session, feed: Feed, identifier: Identifier, held: Validity, *, is_primary: bool) -> None:
    """Put an organisation on the feed's roster; the same again changes nothing.

    As primary it takes that from the feed of the same kind that had it, and ends its entry. Raises UnknownOrganisation,
    and RosterDiffers where the organisation stands there otherwise and no date says since when that has changed.
    """
    before = register.load(session, [identifier])
    one = organisations.named(session, identifier, held.holds_from).id
    after = before.copy()
    try:
        entries = entered(before.rosters.get((one, feed.kind), {}), feed.id, held, is_primary=is_primary)
    except Contradiction as against:
        raise RosterDiffers(name=identifier) from against
    after.rosters[one, feed.kind] = entries
    register.save(session, changes(before, after), source="")


def end(session: Session, feed: Feed, identifier: Identifier, last_day: date) -> None:
    """The organisation stands on the feed's roster until that day; what would begin later is taken off.

    Raises UnknownOrganisation where it does not stand there.
    """
    one = organisations.named(session, identifier, last_day).id
    mine = (RosterEntry.feed_id == feed.id) & (RosterEntry.organisation_id == one)
    if session.scalar(select(func.count()).select_from(RosterEntry).where(mine)) == 0:
        raise UnknownOrganisation(name=identifier)
    session.execute(delete(RosterEntry).where(mine, RosterEntry.holds_from > last_day))
    session.execute(update(RosterEntry).where(mine, held_on(RosterEntry, last_day)).values(holds_to=last_day))


def entries(session: Session, feed: Feed) -> list[dict[str, Any]]:
    """Whoever stands or stood on the roster, in order of codes and days."""
    codes = organisations.identifiers(session)
    query = (
        select(RosterEntry, Organisation)
        .join(Organisation, Organisation.id == RosterEntry.organisation_id)
        .where(RosterEntry.feed_id == feed.id)
    )
    rows = [
        {
            "organisation_id": one.id,
            "identifiers": codes.get(one.id, []),
            "title": one.title,
            "is_registered": one.is_registered,
            "is_primary": entry.is_primary,
            "holds_from": entry.holds_from,
            "holds_to": entry.holds_to,
        }
        for entry, one in session.execute(query)
    ]
    return sorted(rows, key=lambda row: (row["identifiers"], row["holds_from"] or date.min))


def sizes(session: Session, day: date) -> dict[uuid.UUID, int]:
    """By feed, how many stand on its roster on that day."""
    query = select(RosterEntry.feed_id, func.count(RosterEntry.organisation_id.distinct()))
    return dict(session.execute(query.where(held_on(RosterEntry, day)).group_by(RosterEntry.feed_id)).all())


def expected(
    session: Session, quarter: Quarter, feed_id: uuid.UUID | None = None, *, identities: Identities | None = None
) -> dict[uuid.UUID, Members]:
    """By feed, the reporters expected in the quarter; `identities` as known at some moment, without them as now.

    Rosters hold at the quarter's end. In the place of an organisation that had ended by then stands whoever took over
    from it. Feeds that have ended by then expect nobody.
    """
    table = RosterEntry
    query = (
        select(table.feed_id, table.organisation_id, table.is_primary)
        .join(Feed, Feed.id == table.feed_id)
        .where(held_on(table, quarter.last_day), or_(Feed.ended_on.is_(None), Feed.ended_on > quarter.last_day))
    )
    identities = identities or Identities.of(organisations.successions(session))
    found: dict[uuid.UUID, Members] = {}
    for feed, member, is_primary in session.execute(query.where(table.feed_id == feed_id) if feed_id else query):
        of_feed = found.setdefault(feed, {})
        for one in identities.standing_for(member, quarter):
            of_feed[one] = is_primary or of_feed.get(one, False)
    return found
