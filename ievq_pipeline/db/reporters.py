"""Whom the numbers of a file are about: identifiers as they stand in it → organisations."""

import uuid
from collections.abc import Iterable, Mapping
from datetime import date

from sqlalchemy import ARRAY, Uuid, any_, func, literal, select, text
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import OrganisationIdentifier

#: whose a code is on the day; else whose it was last before, or who gets it first
FIND = text(
    """
    SELECT DISTINCT ON (scheme, value) scheme || ':' || value, organisation_id
    FROM (
        SELECT found.*, coalesce(found.holds_from <= :day, true) AS has_begun,
            coalesce(found.holds_to < :day, false) AS has_ended
        FROM unnest(CAST(:schemes AS text[]), CAST(:codes AS text[])) AS wanted (scheme, value)
        JOIN organisation_identifier AS found USING (scheme, value)
    ) AS held
    ORDER BY scheme, value, has_begun AND NOT has_ended DESC, has_begun DESC,
        CASE WHEN has_begun THEN holds_from END DESC NULLS LAST, holds_from, id
    """
)
MAKE = text(
    "WITH made AS ("
    " SELECT gen_random_uuid() AS id, scheme, value"
    " FROM unnest(CAST(:schemes AS text[]), CAST(:codes AS text[])) AS wanted (scheme, value)"
    "), organisations AS ("
    " INSERT INTO organisation (id, kind, is_registered) SELECT id, 'enterprise', false FROM made"
    ") INSERT INTO organisation_identifier (organisation_id, scheme, value) SELECT id, scheme, value FROM made"
)
RANKS = text(
    "SELECT organisation.id, CASE"
    " WHEN organisation.id = feed.submitter_id THEN 0"
    " WHEN EXISTS (SELECT FROM roster WHERE roster.feed_id = feed.id AND roster.organisation_id = organisation.id"
    "  AND roster.is_primary AND (roster.holds_from IS NULL OR roster.holds_from <= :day)"
    "  AND (roster.holds_to IS NULL OR roster.holds_to >= :day)) THEN 1"
    " ELSE 2 END"
    " FROM feed, unnest(CAST(:organisations AS uuid[])) AS organisation (id) WHERE feed.id = :feed"
)


def found(session: Session, identifiers: Iterable[str], day: date) -> dict[str, uuid.UUID]:
    """The organisations of identifiers `scheme:value` on that day; who is not known is left out.

    A code that is used before or after its time stands for whoever has it next to the day: it is not given twice.
    """
    return {row[0]: row[1] for row in session.execute(FIND, {**_split(identifiers), "day": day})}


def named(session: Session, identifiers: Iterable[str], day: date) -> dict[str, uuid.UUID]:
    """The same for all of them: whoever is named for the first time becomes an organisation, not registered yet."""
    identifiers = sorted(set(identifiers))
    known = found(session, identifiers, day)
    if len(known) < len(identifiers):
        hold(session, Lock.ORGANISATIONS)
        known = found(session, identifiers, day)
        session.execute(MAKE, _split(code for code in identifiers if code not in known))
        known = found(session, identifiers, day)
    return known


def ranks(session: Session, feed_id: uuid.UUID, organisations: Iterable[uuid.UUID], day: date) -> dict[uuid.UUID, int]:
    """Whose filing goes first: 0 the reporter's own feed, 1 that of its primary association on the day, 2 another."""
    asked = {"feed": feed_id, "organisations": list(organisations), "day": day}
    return {row[0]: row[1] for row in session.execute(RANKS, asked)}


def identifiers(session: Session, organisations: Iterable[uuid.UUID]) -> list[str]:
    """The identifiers `scheme:value` of organisations, the latest of each, in order."""
    return sorted(identifiers_of(session, organisations).values())


def identifiers_of(session: Session, organisations: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """The same, by organisation."""
    table = OrganisationIdentifier
    query = (
        select(table.organisation_id, func.concat(table.scheme, ":", table.value))
        .where(table.organisation_id == any_(literal(list(organisations), ARRAY(Uuid))))
        .ext(distinct_on(table.organisation_id))
        .order_by(table.organisation_id, table.holds_from.desc().nulls_last(), table.id)
    )
    return {row[0]: row[1] for row in session.execute(query)}


def _split(identifiers: Iterable[str]) -> Mapping[str, list[str]]:
    pairs = [identifier.partition(":")[::2] for identifier in identifiers]
    return {"schemes": [scheme for scheme, _ in pairs], "codes": [code for _, code in pairs]}
