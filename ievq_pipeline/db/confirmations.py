"""What submitters said of soft findings, and what follows from it."""

import uuid
from collections.abc import Collection, Iterable
from typing import Any, TypeAlias

from sqlalchemy import Select, insert, select
from sqlalchemy.orm import Session

from ievq_pipeline.db import reporters
from ievq_pipeline.db.tables import ApiKey, Feed, Submission, SubmissionConfirmation
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.panel import KEEPS_EARLIER, MEMBERS_GONE
from ievq_pipeline.domain.finding import Finding

#: a finding, and what was said of the same thing in an earlier submission
Carried: TypeAlias = tuple[Finding, SubmissionConfirmation]


def of(session: Session, submission_id: uuid.UUID) -> list[SubmissionConfirmation]:
    query = select(SubmissionConfirmation).where(SubmissionConfirmation.submission_id == submission_id)
    return list(session.scalars(query.order_by(SubmissionConfirmation.id)))


def on_members_gone(
    session: Session, submission_id: uuid.UUID, gone: Collection[uuid.UUID]
) -> tuple[set[uuid.UUID], set[uuid.UUID]]:
    """Of the reporters that a submission leaves out: whose earlier filing is kept, and of whom nobody said anything."""
    if not gone:
        return set(), set()
    reasons = {one.value: one.reason for one in of(session, submission_id) if one.code == MEMBERS_GONE}
    reason = {one: reasons.get(identifier) for one, identifier in reporters.identifiers_of(session, gone).items()}
    kept = {one for one, why in reason.items() if why in KEEPS_EARLIER}
    return kept, {one for one, why in reason.items() if why is None}


def said_before(session: Session, submission: Submission, soft: Iterable[Finding]) -> list[Carried]:
    """Of soft findings, those of which a word was given before in the same feed and quarter, the latest of each.

    It holds for the same value of the same reporter and skill, wherever it now stands in the file.
    """
    query = (
        select(SubmissionConfirmation)
        .join(Submission, Submission.id == SubmissionConfirmation.submission_id)
        .where(
            Submission.feed_id == submission.feed_id,
            Submission.quarter == submission.quarter,
            Submission.number < submission.number,
            SubmissionConfirmation.about.is_not(None),
        )
        .order_by(SubmissionConfirmation.id)
    )
    said = {(one.code, one.about, one.value): one for one in session.scalars(query)}
    keys = ((finding, said.get((finding.code, about_of(finding), finding.value))) for finding in soft if said)
    return [(finding, word) for finding, word in keys if word is not None]


def carry(session: Session, submission_id: uuid.UUID, carried: Iterable[Carried]) -> None:
    """Keep beside a submission what was said before of what is found in it again."""
    rows = [
        {
            "submission_id": submission_id,
            "code": finding.code,
            "row": finding.row,
            "column": finding.column,
            "value": finding.value,
            "about": word.about,
            "reason": word.reason,
            "text": word.text,
            "api_key_id": word.api_key_id,
            "confirmed_at": word.confirmed_at,
            "carried_from": word.carried_from or word.submission_id,
        }
        for finding, word in carried
    ]
    if rows:
        session.execute(insert(SubmissionConfirmation), rows)


def about_of(finding: Finding) -> str | None:
    """What a finding is about, whatever row it stands in; None where each submission needs a word of its own."""
    about = finding.parameters.get("about")
    return None if about is None else str(about)


def told(session: Session, submission_id: uuid.UUID) -> list[dict[str, Any]]:
    """What was said of a submission's findings, for people and programs."""
    query = _told().where(SubmissionConfirmation.submission_id == submission_id)
    return [_as_json(*row) for row in session.execute(query)]


def of_quarter(session: Session, quarter: str, code: str | None, start: int, limit: int | None) -> list[dict[str, Any]]:
    """What was said of all that was handed in for a quarter, the oldest first."""
    query = _told().where(Submission.quarter == quarter).offset(start).limit(limit)
    query = query.where(SubmissionConfirmation.code == code) if code else query
    return [
        {"submission_id": str(one.submission_id), "feed": feed, "quarter": quarter, "state": state}
        | _as_json(one, feed, kind, state, key)
        for one, feed, kind, state, key in session.execute(query)
    ]


def _told() -> Select[*tuple[Any, ...]]:
    return (
        select(SubmissionConfirmation, Feed.code, Feed.kind, Submission.state, ApiKey.name)
        .join(Submission, Submission.id == SubmissionConfirmation.submission_id)
        .join(Feed, Feed.id == Submission.feed_id)
        .outerjoin(ApiKey, ApiKey.id == SubmissionConfirmation.api_key_id)
        .order_by(SubmissionConfirmation.id)
    )


def _as_json(one: SubmissionConfirmation, _feed: str, kind: str, _state: str, key: str | None) -> dict[str, Any]:
    titles = {reason.code: reason.title.as_json() for reason in contract(kind).rule(one.code).reasons}
    return {
        "code": one.code,
        "row": one.row,
        "column": one.column,
        "value": one.value,
        "about": one.about,
        "reason": one.reason,
        "reason_title": titles.get(one.reason),
        "text": one.text,
        "confirmed_at": one.confirmed_at.isoformat().replace("+00:00", "Z"),
        "confirmed_by": key,
        "carried_from": str(one.carried_from) if one.carried_from else None,
    }
