"""What reporters have filed of job demand, as a new file is compared with it."""

import uuid
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ARRAY, String, Uuid, any_, func, literal, or_, select, true
from sqlalchemy.orm import Session

from ievq_pipeline.db import observations
from ievq_pipeline.db.tables import Feed, Filing, JobDemandObservation, Submission

JOB_DEMAND = "job-demand"
#: a series of a reporter: who, skill, region
Series = tuple[uuid.UUID, str, str]


def openings(
    session: Session, quarter: str, reporters: Collection[uuid.UUID], skills: Collection[str], least: int
) -> dict[Series, int]:
    """By series, the openings in force for a quarter: of `skills`, and all that are at least `least`.

    What a quarantined row leaves unknown is not among them.
    """
    table, total = JobDemandObservation, func.sum(JobDemandObservation.openings)
    keys = Filing.organisation_id, table.skill, table.region
    query = (
        observations.filed(JOB_DEMAND, [quarter], _counts(), *keys, total)
        .join(table, table.filing_id == Filing.id)
        .where(table.quarter == quarter, Filing.organisation_id == _any(reporters, Uuid()))
        .group_by(*keys)
        .having(or_(total >= least, table.skill == _any(skills, String())))
    )
    unknown = {(who, name) for who, _, name in observations.unknown(session, JOB_DEMAND, [quarter], None)}
    return {(who, skill, region): int(n) for who, skill, region, n in session.execute(query)
            if (who, skill) not in unknown}  # fmt: skip


def complete(session: Session, quarter: str, reporters: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those whose filing in force for a quarter says all of their series."""
    which = _counts(), Filing.is_complete, Filing.organisation_id == _any(reporters, Uuid())
    query = observations.filed(JOB_DEMAND, [quarter], true(), Filing.organisation_id).where(*which)
    return set(session.scalars(query))


def largest_rows(session: Session, quarter: str, skills: Collection[str]) -> list[tuple[str, uuid.UUID, int]]:
    """Of each reporter the most openings that a row in force for the quarter has, by skill."""
    table = JobDemandObservation
    keys = table.skill, Filing.organisation_id
    query = (
        observations.filed(JOB_DEMAND, [quarter], _counts(), *keys, func.max(table.openings))
        .join(table, table.filing_id == Filing.id)
        .where(table.quarter == quarter, table.skill == _any(skills, String()))
        .group_by(*keys)
    )
    return [(skill, who, int(most)) for skill, who, most in session.execute(query)]


def filed_before(session: Session, quarter: str, reporters: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Those who have filed for an earlier quarter."""
    query = select(Filing.organisation_id).where(
        Filing.basis == JOB_DEMAND,
        Filing.quarter < quarter,
        Filing.filed_seq.is_not(None),
        Filing.organisation_id == _any(reporters, Uuid()),
    )
    return {one for one in session.scalars(query.distinct()) if one is not None}


def never_named(session: Session, feed_id: uuid.UUID, quarter: str, wordings: Iterable[str]) -> set[str]:
    """Of these wordings in lower case, those that nobody has filed for any quarter up to this one.

    What the feed itself has filed for this quarter is not looked at: its next file takes the place of that.
    The newest quarter is looked at first: most of them are in it, and the others need not be read then.
    """
    left, table = set(wordings), JobDemandObservation
    own = select(Submission.id).where(Submission.feed_id == feed_id, Submission.quarter == quarter)
    filed = select(Filing.quarter).where(Filing.basis == JOB_DEMAND, Filing.quarter <= quarter).distinct()
    for one in sorted(session.scalars(filed), reverse=True):
        if not left:
            break
        wording = func.lower(table.skill)
        query = select(wording).where(table.quarter == one, wording == _any(left, String()))
        query = query.where(table.submission_id.not_in(own)) if one == quarter else query
        left -= set(session.scalars(query.distinct()))
    return left


def filed_by_others(session: Session, feed: Feed, quarter: str, ranks: Mapping[uuid.UUID, int]) -> set[uuid.UUID]:
    """Of reporters, by the rank that the feed's filing would have: those of whom another's counts and goes first."""
    query = (
        observations.filed(feed.basis, [quarter], _counts(), Filing.organisation_id, Filing.rank)
        .join(Submission, Submission.id == Filing.submission_id)
        .where(Submission.feed_id != feed.id, Filing.organisation_id == _any(ranks, Uuid()))
    )
    return {who for who, rank in session.execute(query) if who is not None and rank < ranks[who]}


def _counts() -> Any:
    return observations.counted_at(None)


def _any(values: Collection[Any], of: Any) -> Any:
    """One array: a file may name more than a statement takes parameters."""
    return any_(literal(list(values), ARRAY(of)))
