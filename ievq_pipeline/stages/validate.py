"""Validate: a submission → its verdict and every finding. Whoever claims the row first checks it."""

from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import answers, code_lists, new_wordings
from ievq_pipeline.adapters.answers import File, Kept
from ievq_pipeline.adapters.checks import Answer, Expected, given_up
from ievq_pipeline.adapters.confined_check import checked
from ievq_pipeline.adapters.filed_rows import FiledRows
from ievq_pipeline.adapters.reading.package import CAPS, Caps
from ievq_pipeline.db import files, filings, outbox, reporters, submissions, template_facts, wordings
from ievq_pipeline.db.submissions import Claim
from ievq_pipeline.db.tables import Submission
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.panel import MEMBERS_GONE
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.learning import Learnt
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import State, Verdict

log = structlog.get_logger()
#: a file on which the check itself fails, or kills its worker, is given up after so many claims
MOST_ATTEMPTS = 3
NO_RULES = "none"


def run_waiting(sessions: sessionmaker[Session], quarter: str | None = None, caps: Caps = CAPS) -> list[str]:
    """Check every submission that waits, one at a time; returns the ids answered. Others may do the same beside it."""
    answered = []
    while (claimed := _claim(sessions, quarter)) is not None:
        try:
            if _answer(sessions, claimed, caps):
                answered.append(str(claimed.id))
        except Exception:  # one file must not keep the others waiting; its claim runs out and it is tried again
            log.exception("validate.failed", submission_id=str(claimed.id))
    return answered


def _claim(sessions: sessionmaker[Session], quarter: str | None) -> Claim | None:
    with sessions.begin() as session:
        return submissions.claim(session, quarter)


def _answer(sessions: sessionmaker[Session], claimed: Claim, caps: Caps) -> bool:
    rules = contract(claimed.feed_kind).with_schemes(claimed.schemes)
    is_given_up = claimed.attempts > MOST_ATTEMPTS
    with sessions() as session:
        learnt = wordings.learnt(session)
    answer = given_up() if is_given_up else _checked(sessions, claimed, rules, learnt, caps)
    unlisted = new_wordings.unlisted(answer.accepted, rules, code_lists.taught(learnt))
    kept = answers.kept(answer, File(claimed.file_name, claimed.bytes, claimed.sha256))
    with sessions.begin() as session:
        if answer.verdict.state is State.ACCEPTED:
            _hold_against_before(session, claimed, rules, answer, kept)
        values = {
            "state": answer.verdict.state,
            "verdict": answer.verdict,
            # under no rules: the same file again is then no repeat, but a new submission
            "rules_version": NO_RULES if is_given_up else rules.rules_version(answer.list_versions),
            "rows_read": answer.rows_read,
            "rows_accepted": answer.rows_accepted,
            "rows_quarantined": answer.rows_quarantined,
        }
        is_ours = submissions.answer(session, claimed, values, kept)
        if is_ours and unlisted:
            wordings.see(session, claimed.id, unlisted)
        if is_ours and answer.verdict.state is State.ACCEPTED:
            # a check may take longer than the run that the arrival woke: store must be woken too
            outbox.tell(session, outbox.SUBMISSION_ACCEPTED, str(claimed.id))
    log.info("validate.answered", submission_id=str(claimed.id), verdict=str(answer.verdict), is_ours=is_ours)
    return is_ours


def _checked(
    sessions: sessionmaker[Session], claimed: Claim, rules: Contract, learnt: Mapping[str, Learnt], caps: Caps
) -> Answer:
    with sessions() as session, files.spooled(session, claimed.id) as path:
        submitter = template_facts.code_of(session, claimed.submitter_id, Quarter.parse(claimed.quarter))
        expected = Expected(claimed.quarter, claimed.source, claimed.mends, claimed.feed, submitter, caps)
        return checked(path, rules, expected, learnt)


def _hold_against_before(
    session: Session, claimed: Claim, rules: Contract, answer: Answer, kept: dict[str, Any]
) -> None:
    """Reporters that the feed filed before, and this file does not name, need a word from the submitter."""
    standing = filings.standing_reporters(session, session.get_one(Submission, claimed.id))
    if not standing:
        return
    named = FiledRows(rules, kept["accepted"], kept["unknown"], kept["unnamed"]).parts()
    known = reporters.found(session, filter(None, named), Quarter.parse(claimed.quarter).last_day)
    gone = standing - set(known.values())
    if gone:
        answer.verdict = Verdict.NEEDS_CONFIRMATION
        found = [Finding(MEMBERS_GONE, None, "enterprise", value=one) for one in reporters.identifiers(session, gone)]
        kept |= Kept.of(kept["body"], kept["findings"]).with_findings(found).columns
