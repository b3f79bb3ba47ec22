"""What submitters said of soft findings, and what follows from it."""

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from ievq_pipeline.db import reporters
from ievq_pipeline.db.tables import SubmissionConfirmation
from ievq_pipeline.domain.contracts.panel import KEEPS_EARLIER, MEMBERS_GONE


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
