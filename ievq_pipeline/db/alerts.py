"""Alerts: identity by episode, revisions in `feed_seq` order."""

import uuid
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select, tuple_, update
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session, aliased

from ievq_pipeline.db.tables import Alert, AlertRevision, EpisodeChange, LookRow, QuarterMode, QuarterRow
from ievq_pipeline.domain.alert import Mode, Standing
from ievq_pipeline.domain.errors import UnknownAlert
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.outcome import Known, Outcome
from ievq_pipeline.domain.surge.parts import PARTS, parts, series_of

#: what an alert's identity hangs on
PARTS_OF_IDENTITY = ("basis", *PARTS, "episode")
#: the columns that name its series within the basis
SERIES = tuple(getattr(Alert, name) for name in PARTS)


def of_series(basis: str, series: Mapping[str, str | None]) -> ColumnElement[bool]:
    """Whether an alert is one of the series, given by its parts."""
    named = (column.is_not_distinct_from(series[name]) for name, column in zip(PARTS, SERIES, strict=True))
    return and_(Alert.basis == basis, *named)


def episodes(session: Session, basis: str) -> list[Known]:
    """Every episode of a basis that a look has not found gone."""
    rows = session.scalars(select(Alert).where(Alert.basis == basis, Alert.is_gone.is_(False)))
    return [
        Known(
            id=row.id,
            series=series_of(basis, row),
            number=row.episode,
            opened=Quarter.parse(row.opened),
            ended=Quarter.parse(row.ended) if row.ended else None,
        )
        for row in rows
    ]


def highest(session: Session, basis: str) -> dict[Hashable, int]:
    """By series, the highest number that an episode was ever given."""
    query = select(*SERIES, func.max(Alert.episode)).where(Alert.basis == basis).group_by(*SERIES)
    return {series_of(basis, row): row[-1] for row in session.execute(query)}


def keep_episodes(
    session: Session, basis: str, found: Outcome, *, is_final: bool
) -> dict[tuple[Hashable, int], uuid.UUID]:
    """Write how episodes stand after a replay; returns their ids by series and number. An id is given once.

    Only with `is_final` can one have ended: that is for a closing to say.
    """
    ids = {(told.series, told.number): told.id for told in found.told if isinstance(told.id, uuid.UUID)}
    for (series, number), episode in found.standing.items():
        of = {"basis": basis, **parts(series), "episode": number}
        values = {"opened": str(episode.opened), "ended": str(episode.ended) if is_final and episode.ended else None}
        statement = (
            insert(Alert)
            .values(id=uuid.uuid4(), **of, **values)
            .on_conflict_do_update(index_elements=[*PARTS_OF_IDENTITY], set_=values)
        )
        ids[series, number] = session.scalars(statement.returning(Alert.id)).one()
    gone = [told.id for told in found.told if told.episode is None]
    session.execute(update(Alert).where(Alert.id.in_(gone)).values(is_gone=True))
    return ids


def standing(session: Session, alert_id: uuid.UUID) -> tuple[Standing, AlertRevision] | None:
    """The latest revision, or None where nothing was ever told."""
    query = select(AlertRevision).where(AlertRevision.alert_id == alert_id)
    last = session.scalar(query.order_by(AlertRevision.revision.desc()).limit(1))
    if last is None:
        return None
    growth, is_provisional = last.body["growth"]["estimate"], last.body["provisional"]
    return Standing(last.revision, last.state, last.severity, growth, is_provisional), last


def last_shown(session: Session, of: Alert) -> AlertRevision | None:
    """The latest revision that showed anything of the alert's series, by whichever alert."""
    is_its_own = of_series(of.basis, {name: getattr(of, name) for name in PARTS})
    query = select(AlertRevision).join(Alert, Alert.id == AlertRevision.alert_id).where(is_its_own)
    return session.scalar(query.order_by(AlertRevision.feed_seq.desc()).limit(1))


def told_before(session: Session, basis: str, of: Mapping[str, str | None]) -> list[tuple[int, str]]:
    """`(known_seq, test)` of all that was ever told of a panel's series, by whichever alert."""
    query = (
        select(LookRow.known_seq, EpisodeChange.test)
        .join(Alert, Alert.id == EpisodeChange.alert_id)
        .join(LookRow, LookRow.id == EpisodeChange.look_id)
        .join(
            AlertRevision,
            (AlertRevision.alert_id == EpisodeChange.alert_id) & (AlertRevision.look_id == EpisodeChange.look_id),
        )
        .where(of_series(basis, of), EpisodeChange.test.is_not(None))
        .distinct()
    )
    return [(seq or 0, test or "") for seq, test in session.execute(query)]


def next_feed_seq(session: Session) -> int:
    """Call it under `Lock.FEED`: order is then commit order, and no reader misses a row."""
    return (session.scalar(select(func.max(AlertRevision.feed_seq))) or 0) + 1


#: what notices can be asked for by, beside the columns: where it stands in the ALERT
WITHIN = {"dimension": ("skill", "dimension"), "region": ("region",), "industry": ("industry",)}


def notices(session: Session, *, after: int = 0, limit: int = 100, **wanted: str) -> list[AlertRevision]:
    """Notices after a place in the feed, in its order; `wanted` names columns, such as skill, or what is WITHIN."""
    query = select(AlertRevision).where(AlertRevision.feed_seq > after)
    for name, value in wanted.items():
        asked = AlertRevision.body[WITHIN[name]].astext if name in WITHIN else getattr(AlertRevision, name)
        query = query.where(asked == value)
    return list(session.scalars(query.order_by(AlertRevision.feed_seq).limit(limit)))


def latest(session: Session, limit: int | None = 200, before: int | None = None) -> list[AlertRevision]:
    """The latest revision of each alert, newest notice first; with `before`, those that stand earlier in the feed."""
    newer = aliased(AlertRevision)
    is_last = (
        ~select(newer).where(newer.alert_id == AlertRevision.alert_id, newer.revision > AlertRevision.revision).exists()
    )
    query = select(AlertRevision).where(is_last)
    if before is not None:
        query = query.where(AlertRevision.feed_seq < before)
    return list(session.scalars(query.order_by(AlertRevision.feed_seq.desc()).limit(limit)))


def ones_before(session: Session, found: Sequence[AlertRevision]) -> dict[str, dict[str, Any]]:
    """By `event_id` of these, what their alert said one revision earlier."""
    places = [(row.alert_id, row.revision - 1) for row in found if row.revision > 1]
    rows = session.scalars(
        select(AlertRevision).where(tuple_(AlertRevision.alert_id, AlertRevision.revision).in_(places))
    )
    return {f"{row.alert_id}:{row.revision + 1}": row.body for row in rows}


def revisions(session: Session, name: str | uuid.UUID) -> list[AlertRevision]:
    """All revisions of an alert, oldest first. Raises UnknownAlert."""
    try:
        alert_id = uuid.UUID(str(name))
    except ValueError:
        raise UnknownAlert(name=name) from None
    found = session.scalars(select(AlertRevision).filter_by(alert_id=alert_id).order_by(AlertRevision.revision)).all()
    if not found:
        raise UnknownAlert(name=name)
    return list(found)


def untold(session: Session) -> list[dict[str, Any]]:
    """Episodes without a notice, as they stood at their last change: begun in history (marked), watched or withheld."""
    ends = aliased(QuarterRow)
    newest = (
        select(EpisodeChange, Alert, LookRow, QuarterMode.mode, ends.closes_on)
        .join(Alert, Alert.id == EpisodeChange.alert_id)
        .join(LookRow, LookRow.id == EpisodeChange.look_id)
        .outerjoin(QuarterMode, (QuarterMode.basis == LookRow.basis) & (QuarterMode.quarter == EpisodeChange.opened))
        .outerjoin(ends, ends.quarter == EpisodeChange.ends)
        .where(Alert.id.not_in(select(AlertRevision.alert_id)))
        .ext(distinct_on(Alert.basis, *SERIES, Alert.episode))
        .order_by(Alert.basis, *SERIES, Alert.episode, LookRow.id.desc())
    )
    return [
        {
            "alert": alert,
            "change": change,
            "look": look,
            "expires_on": (closes_on or Quarter.parse(change.ends).closes_on).isoformat(),
            "historical": mode == Mode.HISTORY,
        }
        for change, alert, look, mode, closes_on in session.execute(newest)
    ]


def caused_by(session: Session, submission_id: uuid.UUID) -> list[dict[str, Any]]:
    """The notices that a submission changed what they say: alert, revision, what became of it, and its skill."""
    body, alert = AlertRevision.body, AlertRevision.alert_id
    query = (
        select(alert, AlertRevision.revision, body["notice"], body["state"], body["skill"], body["region"])
        .where(body["caused_by"].contains([str(submission_id)]))
        .order_by(AlertRevision.feed_seq)
    )
    names = ("alert_id", "revision", "notice", "state", "skill", "region")
    return [{**dict(zip(names, row, strict=True)), "alert_id": str(row[0])} for row in session.execute(query)]
