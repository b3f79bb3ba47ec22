"""Organisations: found by their codes, listed, as of a date; and who took over from whom."""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import (
    Feed,
    Organisation,
    OrganisationIdentifier,
    OrganisationSegment,
    OrganisationSuccession,
    RosterEntry,
)
from ievq_pipeline.domain.errors import ImpossibleSuccession, SuccessionDiffers, UnknownOrganisation
from ievq_pipeline.domain.organisation import Dimension, Identifier
from ievq_pipeline.domain.succession import KINDS, Succession, SuccessionKind, lifetimes
from ievq_pipeline.domain.validity import DAY


def held_on(table: Any, day: date) -> Any:
    """Whether a dated row holds on a day."""
    begun = or_(table.holds_from.is_(None), table.holds_from <= day)
    return begun & or_(table.holds_to.is_(None), table.holds_to >= day)


def named(session: Session, identifier: Identifier, day: date | None = None) -> Organisation:
    """The organisation whose code it was on that day, else whose it was last. Raises UnknownOrganisation."""
    code = OrganisationIdentifier
    query = (
        select(Organisation)
        .join(code, code.organisation_id == Organisation.id)
        .where(code.scheme == identifier.scheme, code.value == identifier.value)
        .order_by(*([held_on(code, day).desc()] if day else []), code.holds_from.desc().nulls_last())
    )
    if "\0" in str(identifier) or (found := session.scalars(query.limit(1)).first()) is None:
        raise UnknownOrganisation(name=identifier)
    return found


def every(session: Session, kind: str | None = None, day: date | None = None) -> list[dict[str, Any]]:
    """Every organisation (of a kind) with its codes, and what is told of it as of that day."""
    table = Organisation
    query = select(table.id, table.kind, table.title, table.is_registered)
    query = query.where(table.kind == kind) if kind else query
    codes = identifiers(session)
    told = segments(session, day) if day else {}
    rows = [
        {
            "organisation_id": one.id,
            "identifiers": codes.get(one.id, []),
            "kind": one.kind,
            "title": one.title,
            "is_registered": one.is_registered,
            **{str(dimension): told.get(one.id, {}).get(dimension) for dimension in Dimension},
        }
        for one in session.execute(query)
    ]
    return sorted(rows, key=lambda row: (row["identifiers"], str(row["organisation_id"])))


def identifiers(session: Session) -> dict[uuid.UUID, list[str]]:
    """By organisation, all its codes in order, those that hold no more among them."""
    code = OrganisationIdentifier
    found: dict[uuid.UUID, set[str]] = {}
    for one, scheme, value in session.execute(select(code.organisation_id, code.scheme, code.value)):
        found.setdefault(one, set()).add(f"{scheme}:{value}")
    return {one: sorted(codes) for one, codes in found.items()}


def segments(session: Session, day: date) -> dict[uuid.UUID, dict[Dimension, str]]:
    """By organisation, what is told of it as of that day: of a quarter, its last one."""
    table = OrganisationSegment
    found: dict[uuid.UUID, dict[Dimension, str]] = {}
    query = select(table.organisation_id, table.dimension, table.value).where(held_on(table, day))
    for one, dimension, value in session.execute(query):
        found.setdefault(one, {})[Dimension(dimension)] = value
    return found


def told(session: Session, one: Organisation) -> dict[str, Any]:
    """All that was ever told of one organisation, with the days of each."""
    code, segment, entry = OrganisationIdentifier, OrganisationSegment, RosterEntry
    codes = select(func.concat(code.scheme, ":", code.value).label("identifier"), code.holds_from, code.holds_to)
    segments = select(segment.dimension, segment.value, segment.holds_from, segment.holds_to, segment.source)
    feeds = select(Feed.code.label("feed"), Feed.kind, Feed.ended_on).where(Feed.submitter_id == one.id)
    rosters = select(Feed.code.label("feed"), entry.is_primary, entry.holds_from, entry.holds_to)
    days = code.holds_from.nulls_first(), segment.holds_from.nulls_first(), entry.holds_from.nulls_first()
    parts = {
        "identifiers": codes.where(code.organisation_id == one.id).order_by(code.scheme, code.value, days[0]),
        "segments": segments.where(segment.organisation_id == one.id).order_by(segment.dimension, days[1]),
        "feeds": feeds.order_by(Feed.code),
        "rosters": rosters.join(Feed).where(entry.organisation_id == one.id).order_by(Feed.code, days[2]),
    }
    names = ("kind", "title", "is_registered", "created_at")
    return {
        "organisation_id": one.id,
        **{name: getattr(one, name) for name in names},
        **{part: [dict(row) for row in session.execute(query).mappings()] for part, query in parts.items()},
        "successions": _successions_of(session, one.id),
    }


def _successions_of(session: Session, one: uuid.UUID) -> list[dict[str, Any]]:
    codes = identifiers(session)
    return [
        {
            "predecessor": next(iter(codes.get(each.predecessor, [])), None),
            "successor": next(iter(codes.get(each.successor, [])), None),
            "kind": each.kind,
            "happened_on": each.happened_on,
        }
        for each in successions(session)
        if one in (each.predecessor, each.successor)
    ]


def release(session: Session, identifier: Identifier, last_day: date) -> Organisation:
    """The code is its organisation's until that day and no longer, so that another may get it.

    Raises UnknownOrganisation where nobody has it on that day.
    """
    hold(session, Lock.ORGANISATIONS)
    code = OrganisationIdentifier
    mine = (code.scheme == identifier.scheme) & (code.value == identifier.value) & held_on(code, last_day)
    ended = session.scalar(update(code).where(mine).values(holds_to=last_day).returning(code.organisation_id))
    if ended is None:
        raise UnknownOrganisation(name=identifier)
    return session.get_one(Organisation, ended)


def successions(session: Session, until: datetime | None = None) -> list[Succession]:
    """Who took over from whom, as far as it was recorded at an instant; None: all of it."""
    table = OrganisationSuccession
    query = select(table.predecessor_id, table.successor_id, table.kind, table.happened_on)
    query = query.where(table.recorded_at <= until) if until else query
    query = query.order_by(table.happened_on, table.predecessor_id, table.successor_id)
    return [Succession(old, new, SuccessionKind(kind), day) for old, new, kind, day in session.execute(query)]


def succeed(session: Session, old: Identifier, new: Identifier, kind: SuccessionKind, happened_on: date) -> None:
    """Record that one took over from another; the same again changes nothing.

    Raises UnknownOrganisation, ImpossibleSuccession, and SuccessionDiffers where the two are joined otherwise.
    """
    hold(session, Lock.ORGANISATIONS)
    pair = named(session, old, happened_on - DAY).id, named(session, new, happened_on).id
    known = successions(session)
    told = Succession(*pair, kind, happened_on)
    if (there := next((each for each in known if (each.predecessor, each.successor) == pair), told)) != told:
        raise SuccessionDiffers(old=old, new=new, kind=KINDS[there.kind], date=there.happened_on)
    if told not in known:
        try:
            lifetimes([*known, told])
        except ImpossibleSuccession:
            raise ImpossibleSuccession(old=old, new=new, date=happened_on) from None
        add_successions(session, [told])


def add_successions(session: Session, told: Iterable[Succession]) -> None:
    session.add_all(
        OrganisationSuccession(
            predecessor_id=each.predecessor, successor_id=each.successor, kind=each.kind, happened_on=each.happened_on
        )
        for each in told
    )
    session.flush()


def is_any_succession_between(session: Session, after: datetime, until: datetime) -> bool:
    """Whether any succession was recorded after one instant and until another."""
    table = OrganisationSuccession
    query = select(table.successor_id).where(table.recorded_at > after, table.recorded_at <= until)
    return session.scalar(query.limit(1)) is not None
