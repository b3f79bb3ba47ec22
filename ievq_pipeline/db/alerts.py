"""Alerts: identity by episode, revisions in `feed_seq` order."""

import uuid
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.orm import Session, aliased

from ievq_pipeline.db.tables import Alert, AlertRevision, EpisodeChange, LookRow, QuarterMode, QuarterRow
from ievq_pipeline.domain.alert import Mode, Standing, Step
from ievq_pipeline.domain.errors import UnknownAlert
from ievq_pipeline.domain.period import Quarter


def identity(session: Session, step: Step) -> uuid.UUID:
    """The alert of an episode; its id is given once."""
    of = {"basis": step.basis, "level": step.level, "skill": step.skill, "episode": step.episode}
    session.execute(insert(Alert).values(id=uuid.uuid4(), **of).on_conflict_do_nothing())
    return session.scalars(select(Alert.id).filter_by(**of)).one()


def standing(session: Session, alert_id: uuid.UUID) -> tuple[Standing, AlertRevision] | None:
    """The latest revision, or None where nothing was ever told."""
    query = select(AlertRevision).where(AlertRevision.alert_id == alert_id)
    last = session.scalar(query.order_by(AlertRevision.revision.desc()).limit(1))
    if last is None:
        return None
    return Standing(last.revision, last.state, last.severity, last.body["growth"]["estimate"]), last


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


def latest(session: Session, limit: int | None = 200) -> list[AlertRevision]:
    """The latest revision of each alert, newest notice first."""
    newer = aliased(AlertRevision)
    is_last = (
        ~select(newer).where(newer.alert_id == AlertRevision.alert_id, newer.revision > AlertRevision.revision).exists()
    )
    return list(
        session.scalars(select(AlertRevision).where(is_last).order_by(AlertRevision.feed_seq.desc()).limit(limit))
    )


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
    """Episodes without a notice, as they stood at their last change: begun in history (marked), or only watched."""
    identity_of = (LookRow.basis, EpisodeChange.level, EpisodeChange.skill, EpisodeChange.episode)
    ends = aliased(QuarterRow)
    newest = (
        select(EpisodeChange, LookRow.basis, LookRow.quarter, LookRow.rule_version, QuarterMode.mode, ends.closes_on)
        .join(LookRow, LookRow.id == EpisodeChange.look_id)
        .outerjoin(QuarterMode, (QuarterMode.basis == LookRow.basis) & (QuarterMode.quarter == EpisodeChange.opened))
        .outerjoin(ends, ends.quarter == EpisodeChange.ends)
        .ext(distinct_on(*identity_of))
        .order_by(*identity_of, LookRow.quarter.desc())
    )
    told = select(Alert.basis, Alert.level, Alert.skill, Alert.episode)
    has_spoken = {tuple(row) for row in session.execute(told.where(Alert.id.in_(select(AlertRevision.alert_id))))}
    return [
        {
            "basis": basis,
            "level": change.level,
            "skill": change.skill,
            "episode": change.episode,
            "opened": change.opened,
            "quarter": quarter,
            "severity": change.severity,
            "change": change.change,
            "figures": change.figures,
            "rule_version": rule_version,
            "expires_on": (closes_on or Quarter.parse(change.ends).closes_on).isoformat(),
            "historical": mode == Mode.HISTORY,
        }
        for change, basis, quarter, rule_version, mode, closes_on in session.execute(newest)
        if (basis, change.level, change.skill, change.episode) not in has_spoken
    ]
