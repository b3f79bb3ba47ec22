"""Validate: a submission → its verdict and every finding. Whoever claims the row first checks it."""

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import answers
from ievq_pipeline.adapters.checks import Expected, check, given_up
from ievq_pipeline.db import outbox, submissions
from ievq_pipeline.db.submissions import Claim
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.submission import State

log = structlog.get_logger()
#: a file on which the check itself fails, or kills its worker, is given up after so many claims
MOST_ATTEMPTS = 3
NO_RULES = "none"


def run_waiting(sessions: sessionmaker[Session], quarter: str | None = None) -> list[str]:
    """Check every submission that waits, one at a time; returns the ids answered. Others may do the same beside it."""
    answered = []
    while (claimed := _claim(sessions, quarter)) is not None:
        try:
            if _answer(sessions, claimed):
                answered.append(str(claimed.id))
        except Exception:  # one file must not keep the others waiting; its claim runs out and it is tried again
            log.exception("validate.failed", submission_id=str(claimed.id))
    return answered


def _claim(sessions: sessionmaker[Session], quarter: str | None) -> Claim | None:
    with sessions.begin() as session:
        return submissions.claim(session, quarter)


def _answer(sessions: sessionmaker[Session], claimed: Claim) -> bool:
    rules = contract(claimed.feed_kind)
    is_given_up = claimed.attempts > MOST_ATTEMPTS
    answer = given_up() if is_given_up else check(claimed.content, rules, Expected(claimed.quarter, claimed.source))
    values = {
        "state": answer.verdict.state,
        "verdict": answer.verdict,
        # under no rules: the same file again is then no repeat, but a new submission
        "rules_version": NO_RULES if is_given_up else rules.rules_version,
        "rows_read": answer.rows_read,
        "rows_accepted": answer.rows_accepted,
        "rows_quarantined": answer.rows_quarantined,
    }
    kept = answers.kept(answer, name=claimed.file_name, data=claimed.content)
    with sessions.begin() as session:
        is_ours = submissions.answer(session, claimed, values, kept)
        if is_ours and answer.verdict.state is State.ACCEPTED:
            # a check may take longer than the run that the arrival woke: store must be woken too
            outbox.tell(session, outbox.SUBMISSION_ACCEPTED, str(claimed.id))
    log.info("validate.answered", submission_id=str(claimed.id), verdict=str(answer.verdict), is_ours=is_ours)
    return is_ours
