"""Confirm: a submission with soft findings, and why each is as it should be → accepted."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import func
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import confirmations, outbox, submissions
from ievq_pipeline.db.tables import Feed, Submission, SubmissionAnswer, SubmissionConfirmation
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.errors import BadCall, NothingToConfirm, SoftLeftOpen
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.submission import State
from ievq_pipeline.domain.text import Text

log = structlog.get_logger()
NO_SUCH = Text("没有这样的待确认问题：{code}", "there is no such finding to confirm: {code}")
NO_REASON = Text("{code} 的原因只能是：{known}", "the reason for {code} is one of: {known}")


@dataclass(frozen=True, slots=True)
class Word:
    """The submitter's word on soft findings of a code; row, column or value, where given, say on which of them."""

    code: str
    reason: str
    text: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None

    def closeness(self) -> int:
        """How much of a finding it names."""
        return sum(given is not None for given in (self.row, self.column, self.value))

    def is_about(self, finding: Finding) -> bool:
        return self.code == finding.code and all(
            given is None or given == of
            for given, of in ((self.row, finding.row), (self.column, finding.column), (self.value, finding.value))
        )


def run(
    sessions: sessionmaker[Session], name: str | uuid.UUID, words: Sequence[Word], api_key_id: uuid.UUID | None = None
) -> uuid.UUID:
    """Take the reasons in; returns the submission's id. Every soft finding needs one, now or before.

    What is kept says of each finding by itself what was said of it: a word on all of a code is none on those that are
    found later. Raises UnknownSubmission, NothingToConfirm, BadCall for a reason that the rule does not know,
    SoftLeftOpen.
    """
    with sessions.begin() as session:
        submission_id = submissions.named(session, name).id
        submission = session.get_one(Submission, submission_id, with_for_update=True, populate_existing=True)
        if submission.state != State.NEEDS_CONFIRMATION:
            raise NothingToConfirm(name=name, state=submission.state)
        rules = contract(session.get_one(Feed, submission.feed_id).kind)
        soft = _soft(session.get_one(SubmissionAnswer, submission_id).body, rules)
        _hold_to(words, soft, rules)
        said = [(finding, word) for finding in soft if (word := _said(finding, words)) is not None]
        _require_all(soft, [finding for finding, _ in said], confirmations.of(session, submission_id))
        session.add_all(
            SubmissionConfirmation(
                submission_id=submission_id,
                code=finding.code,
                row=finding.row,
                column=finding.column,
                value=finding.value,
                reason=word.reason,
                text=word.text,
                api_key_id=api_key_id,
            )
            for finding, word in said
        )
        submission.state = State.ACCEPTED
        submission.confirmed_at = func.now()
        outbox.tell(session, outbox.SUBMISSION_ACCEPTED, str(submission_id))
    log.info("confirm.confirmed", submission_id=str(submission_id))
    return submission_id


def _soft(body: Mapping[str, Any], rules: Contract) -> list[Finding]:
    found = [Finding(**row) for row in body["findings"]]
    return [finding for finding in found if finding.severity(rules) is Severity.SOFT]


def _hold_to(words: Sequence[Word], soft: Sequence[Finding], rules: Contract) -> None:
    for word in words:
        if not any(word.is_about(finding) for finding in soft):
            raise BadCall(why=NO_SUCH.format(code=word.code))
        known = [reason.code for reason in rules.rule(word.code).reasons]
        if word.reason not in known:
            raise BadCall(why=NO_REASON.format(code=word.code, known=", ".join(known)))


def _said(finding: Finding, words: Sequence[Word]) -> Word | None:
    """The word on a finding: the one that names it most closely, among equals the later."""
    about = [word for word in words if word.is_about(finding)]
    return max(reversed(about), key=Word.closeness, default=None)


def _require_all(soft: Sequence[Finding], said: Sequence[Finding], before: Sequence[SubmissionConfirmation]) -> None:
    known = {(one.code, one.row, one.column, one.value) for one in before}
    left = [one for one in soft if one not in said and (one.code, one.row, one.column, one.value) not in known]
    if left:
        raise SoftLeftOpen(count=len(left), first=f"{left[0].code} {left[0].value or ''}".strip())
