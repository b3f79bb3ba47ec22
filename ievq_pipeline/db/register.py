"""The register of organisations: read for some of them, and written as it has changed, set by set."""

import uuid
from collections.abc import Collection, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import ARRAY, Uuid, any_, literal, select, text, tuple_
from sqlalchemy.orm import Session

from ievq_pipeline.db import organisations
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import (
    Feed,
    Organisation,
    OrganisationIdentifier,
    OrganisationSegment,
    RosterEntry,
)
from ievq_pipeline.domain.organisation import Dimension, Identifier, OrganisationKind
from ievq_pipeline.domain.register import Changes, Entry, FeedOf, Register
from ievq_pipeline.domain.roster import Entries
from ievq_pipeline.domain.validity import Dated, Line, Validity

NAMED = text(
    "SELECT DISTINCT organisation_id FROM organisation_identifier"
    " JOIN unnest(CAST(:schemes AS text[]), CAST(:codes AS text[])) AS wanted (scheme, value) USING (scheme, value)"
)
DESCRIBE = text(
    "UPDATE organisation SET kind = told.kind, title = told.title, is_registered = told.is_registered"
    " FROM unnest(CAST(:ids AS uuid[]), CAST(:kinds AS text[]), CAST(:titles AS text[]), CAST(:registered AS bool[]))"
    " AS told (id, kind, title, is_registered) WHERE organisation.id = told.id"
)
#: a dated row is known by what it is about and its first day; only its last day ever changes
CLOSE = (
    "UPDATE {table} AS held SET holds_to = ended.holds_to"
    " FROM unnest(CAST(:ones AS {one_type}[]), CAST(:others AS {other_type}[]), CAST(:firsts AS date[]),"
    " CAST(:lasts AS date[])) AS ended (one, other, holds_from, holds_to)"
    " WHERE held.{one} = ended.one AND held.{other} = ended.other"
    " AND held.holds_from IS NOT DISTINCT FROM ended.holds_from"
)
CLOSE_IDENTIFIERS = text(
    CLOSE.format(table="organisation_identifier", one="scheme", one_type="text", other="value", other_type="text")
)
CLOSE_SEGMENTS = text(
    CLOSE.format(
        table="organisation_segment", one="organisation_id", one_type="uuid", other="dimension", other_type="text"
    )
)
CLOSE_ROSTERS = text(
    CLOSE.format(table="roster", one="organisation_id", one_type="uuid", other="feed_id", other_type="uuid")
)


def load(session: Session, identifiers: Iterable[Identifier]) -> Register:
    """What is known of the organisations that have or had these codes; held until the transaction ends."""
    hold(session, Lock.ORGANISATIONS)
    wanted = set(identifiers)
    asked = {"schemes": [each.scheme for each in wanted], "codes": [each.value for each in wanted]}
    ids = session.scalars(NAMED, asked).all()
    entries = select(Organisation.id, Organisation.kind, Organisation.title, Organisation.is_registered)
    return Register(
        entries={
            one: Entry(OrganisationKind(kind), title, is_registered)
            for one, kind, title, is_registered in session.execute(entries.where(_among(Organisation.id, ids)))
        },
        holders=_holders(session, ids),
        segments=_segments(session, ids),
        rosters=_rosters(session, ids),
        successions={(each.predecessor, each.successor): each for each in organisations.successions(session)},
        feeds=_feeds(session),
    )


def _feeds(session: Session) -> dict[uuid.UUID, FeedOf]:
    """Every feed with a roster."""
    query = select(Feed.id, Feed.code, Feed.kind, Feed.submitter_id, Feed.ended_on).where(Feed.source.is_(None))
    return {
        one: FeedOf(one, code, kind, submitter, has_ended=ended_on is not None)
        for one, code, kind, submitter, ended_on in session.execute(query)
        if submitter is not None
    }


def _among(column: Any, ids: Collection[uuid.UUID]) -> Any:
    return column == any_(literal(list(ids), ARRAY(Uuid)))


def _holders(session: Session, ids: Collection[uuid.UUID]) -> dict[Identifier, Line[uuid.UUID]]:
    """All codes of these organisations, and whose they were at other times."""
    code, theirs = OrganisationIdentifier, OrganisationIdentifier.__table__.alias()
    pairs = select(theirs.c.scheme, theirs.c.value).where(_among(theirs.c.organisation_id, ids))
    query = select(code.scheme, code.value, code.organisation_id, code.holds_from, code.holds_to)
    query = query.where(tuple_(code.scheme, code.value).in_(pairs))
    rows = session.execute(query.order_by(code.scheme, code.value, code.holds_from.nulls_first()))
    return {Identifier(*key): line for key, line in _lines(rows).items()}


def _segments(session: Session, ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, Dimension], Line[str]]:
    told = OrganisationSegment
    query = select(told.organisation_id, told.dimension, told.value, told.holds_from, told.holds_to)
    query = query.where(_among(told.organisation_id, ids))
    rows = session.execute(query.order_by(told.organisation_id, told.dimension, told.holds_from.nulls_first()))
    return {(one, Dimension(dimension)): line for (one, dimension), line in _lines(rows).items()}


def _rosters(session: Session, ids: Collection[uuid.UUID]) -> dict[tuple[uuid.UUID, str], Entries]:
    entry = RosterEntry
    query = select(entry.organisation_id, entry.feed_id, entry.is_primary, entry.holds_from, entry.holds_to)
    query = query.where(_among(entry.organisation_id, ids))
    rows = session.execute(query.order_by(entry.organisation_id, entry.feed_id, entry.holds_from.nulls_first()))
    kinds = dict(session.execute(select(Feed.id, Feed.kind)).all())
    found: dict[tuple[uuid.UUID, str], dict[uuid.UUID, Line[bool]]] = {}
    for (one, feed), line in _lines(rows).items():
        found.setdefault((one, kinds[feed]), {})[feed] = line
    return dict(found)


def _lines(rows: Iterable[Any]) -> dict[tuple[Any, Any], Line[Any]]:
    """Rows of (key, key, value, first day, last day), in that order, by their keys."""
    return {
        key: tuple(Dated(value, Validity(first, last)) for _, _, value, first, last in pieces)
        for key, pieces in groupby(rows, key=itemgetter(0, 1))
    }


def save(session: Session, changes: Changes, *, source: str) -> None:
    """Write how the register has changed; `source` says where what is told of organisations comes from."""
    made = ((one, str(entry.kind), entry.title, entry.is_registered) for one, entry in changes.added.items())
    _copy(session, "organisation (id, kind, title, is_registered)", made)
    if told := changes.changed:
        session.execute(
            DESCRIBE,
            {
                "ids": list(told),
                "kinds": [str(entry.kind) for entry in told.values()],
                "titles": [entry.title for entry in told.values()],
                "registered": [entry.is_registered for entry in told.values()],
            },
        )
    identifiers, segments, rosters = changes.identifiers, changes.segments, changes.rosters
    _close(session, CLOSE_IDENTIFIERS, [((key.scheme, key.value), held) for key, held in identifiers.closed])
    _close(session, CLOSE_SEGMENTS, [((one, str(dimension)), held) for (one, dimension), held in segments.closed])
    _close(session, CLOSE_ROSTERS, rosters.closed)
    _copy(
        session,
        "organisation_identifier (organisation_id, scheme, value, holds_from, holds_to)",
        ((one, key.scheme, key.value, held.holds_from, held.holds_to) for key, one, held in identifiers.added),
    )
    _copy(
        session,
        "organisation_segment (organisation_id, dimension, value, source, holds_from, holds_to)",
        (
            (one, str(dimension), value, source, held.holds_from, held.holds_to)
            for (one, dimension), value, held in segments.added
        ),
    )
    _copy(
        session,
        "roster (organisation_id, feed_id, is_primary, holds_from, holds_to)",
        ((*key, is_primary, held.holds_from, held.holds_to) for key, is_primary, held in rosters.added),
    )
    organisations.add_successions(session, changes.successions)


def _copy(session: Session, into: str, rows: Iterable[tuple[Any, ...]]) -> None:
    """COPY rows into a table and its columns."""
    session.flush()
    cursor = session.connection().connection.cursor()
    with cursor.copy(f"COPY {into} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _close(session: Session, statement: Any, closed: Sequence[tuple[tuple[Any, Any], Validity]]) -> None:
    if closed:
        session.execute(
            statement,
            {
                "ones": [one for (one, _), _ in closed],
                "others": [other for (_, other), _ in closed],
                "firsts": [held.holds_from for _, held in closed],
                "lasts": [held.holds_to for _, held in closed],
            },
        )
