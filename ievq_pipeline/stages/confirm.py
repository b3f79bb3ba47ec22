"""Confirm: a submission with soft findings, and why each is as it should be → accepted."""

import uuid
from collections import Counter
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from itertools import product
from typing import TypeAlias

import structlog
from sqlalchemy import func, insert
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters.findings import Findings, walk
from ievq_pipeline.db import confirmations, outbox, submissions
from ievq_pipeline.db.tables import Feed, Submission, SubmissionAnswer, SubmissionConfirmation
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.contracts.soft_rules import OTHER
from ievq_pipeline.domain.errors import BadCall, NothingToConfirm, SoftLeftOpen
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.submission import State
from ievq_pipeline.domain.text import Text

log = structlog.get_logger()
NO_SUCH = Text("没有这样的待确认问题：{code}", "there is no such finding to confirm: {code}")
LEFT = Text("{code} {count} 个（第一个：{first}）", "{code}: {count} (the first: {first})")
NO_TEXT = Text(
    "{code} 的原因是“other”时须用文字说明", "where the reason for {code} is “other”, a text has to say which"
)
NO_REASON = Text("{code} 的原因只能是：{known}", "the reason for {code} is one of: {known}")


#: code, row, column and value; of a word, what is None names them all
Key: TypeAlias = tuple[str, int | None, str | None, str | None]
#: which of row, column and value a word may give, those first that say most
GIVEN = sorted(product((True, False), repeat=3), key=sum, reverse=True)


@dataclass(frozen=True, slots=True)
class Word:
    """The submitter's word on soft findings of a code; row, column or value, where given, say on which of them."""

    code: str
    reason: str
    text: str = ""
    row: int | None = None
    column: str | None = None
    value: str | None = None

    @property
    def key(self) -> Key:
        return self.code, self.row, self.column, self.value


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
        soft = _soft(session.get_one(SubmissionAnswer, submission_id).findings, rules)
        _hold_to(words, soft, rules)
        said = _said(words, soft)
        before = {(one.code, one.row, one.column, one.value) for one in confirmations.of(session, submission_id)}
        _require_all(soft, said.keys() | before)
        of = {"submission_id": submission_id, "api_key_id": api_key_id}
        about = {_key(finding): confirmations.about_of(finding) for finding in soft}
        rows = [
            of | dict(zip(("code", "row", "column", "value"), key, strict=True))
            | {"about": about[key], "reason": word.reason, "text": word.text}
            for key, word in said.items()
        ]  # fmt: skip
        if rows:
            session.execute(insert(SubmissionConfirmation), rows)
        submission.state = State.ACCEPTED
        submission.confirmed_at = func.now()
        outbox.tell(session, outbox.SUBMISSION_ACCEPTED, str(submission_id))
    log.info("confirm.confirmed", submission_id=str(submission_id))
    return submission_id


def _soft(findings: bytes | None, rules: Contract) -> list[Finding]:
    return list(walk(Findings.from_bytes(findings).of(rules, severity=Severity.SOFT)))


def _names(finding: Finding) -> Iterator[Key]:
    """All that a word may say to be about the finding, what names it most closely first."""
    parts = finding.row, finding.column, finding.value
    for given in GIVEN:
        row, column, value = (part if is_given else None for part, is_given in zip(parts, given, strict=True))
        yield finding.code, row, column, value  # type: ignore[misc]  # the parts keep their places


def _hold_to(words: Sequence[Word], soft: Sequence[Finding], rules: Contract) -> None:
    named = {name for finding in soft for name in _names(finding)}
    for word in words:
        if word.key not in named:
            raise BadCall(why=NO_SUCH.format(code=word.code))
        known = [reason.code for reason in rules.rule(word.code).reasons]
        if word.reason not in known:
            raise BadCall(why=NO_REASON.format(code=word.code, known=", ".join(known)))
        if word.reason == OTHER and not word.text.strip():
            raise BadCall(why=NO_TEXT.format(code=word.code))


def _said(words: Sequence[Word], soft: Sequence[Finding]) -> dict[Key, Word]:
    """By finding: the word that names it most closely, among equals the later."""
    by_name = {word.key: word for word in words}
    found: dict[Key, Word] = {}
    for finding in soft:
        word = next((by_name[name] for name in _names(finding) if name in by_name), None)
        if word is not None:
            found[_key(finding)] = word
    return found


def _require_all(soft: Sequence[Finding], said: Set[Key]) -> None:
    """Raises SoftLeftOpen, which names each code that is left, and its first finding."""
    left = [finding for finding in soft if _key(finding) not in said]
    if not left:
        return
    first: dict[str, Finding] = {}
    for finding in left:
        first.setdefault(finding.code, finding)
    counts = Counter(finding.code for finding in left)
    named = [
        LEFT.format(code=code, count=counts[code], first=f"{finding.cell or ''} {finding.value or ''}".strip())
        for code, finding in first.items()
    ]
    what = Text("；".join(one.zh for one in named), "; ".join(one.en for one in named))
    raise SoftLeftOpen(count=len(left), left=what)


def _key(finding: Finding) -> Key:
    return finding.code, finding.row, finding.column, finding.value
