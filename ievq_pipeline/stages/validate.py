"""Validate: a submission → its verdict and every finding. Whoever claims the row first checks it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import answers, code_lists
from ievq_pipeline.adapters.against_stored import Demand
from ievq_pipeline.adapters.answers import File, Kept
from ievq_pipeline.adapters.checks import Answer, Expected, given_up
from ievq_pipeline.adapters.confined_check import checked
from ievq_pipeline.adapters.filed_rows import FiledRows
from ievq_pipeline.adapters.findings import Findings, walk
from ievq_pipeline.adapters.reading.package import CAPS, Caps
from ievq_pipeline.db import (
    confirmations,
    filed_series,
    files,
    filings,
    outbox,
    reporters,
    submissions,
    template_facts,
    wordings,
)
from ievq_pipeline.db.confirmations import Carried
from ievq_pipeline.db.submissions import Claim
from ievq_pipeline.db.tables import Feed, Submission
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.contracts.panel import MEMBERS_GONE
from ievq_pipeline.domain.contracts.soft_rules import FILED_BY_OTHERS
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.learning import Learnt
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import State, Verdict
from ievq_pipeline.domain.unusual import JUMP_FROM

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
    kept = answers.kept(answer, File(claimed.file_name, claimed.bytes, claimed.sha256))
    carried: list[Carried] = []
    with sessions.begin() as session:
        if answer.verdict.state in (State.ACCEPTED, State.NEEDS_CONFIRMATION):
            carried = _hold_against_stored(session, claimed, rules, answer, kept)
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
        if is_ours:
            confirmations.carry(session, claimed.id, carried)
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


def _hold_against_stored(
    session: Session, claimed: Claim, rules: Contract, answer: Answer, kept: dict[str, Any]
) -> list[Carried]:
    """Ask for a word on what is unusual against what is stored, unless it was said before; returns what was."""
    submission = session.get_one(Submission, claimed.id)
    found: list[Finding] = []
    if rules.has_reporters:
        rows = FiledRows(rules, kept["accepted"], kept["unknown"], kept["unnamed"])
        day = Quarter.parse(claimed.quarter).last_day
        known = reporters.found(session, filter(None, rows.parts()), day)
        found += _gone(session, submission, known)
        found += _filed_by_others(session, submission, known, rows)
        if claimed.feed_kind == filed_series.JOB_DEMAND:
            demand = Demand(rows.demand(), known, rows.unsure())
            found += _unusual(session, submission.feed_id, Quarter.parse(claimed.quarter), demand)
    findings = Findings([answer.findings.frame])
    findings.add(replace(one, position=answer.positions.get(one.column or "")) if one.row else one for one in found)
    findings = findings.in_order() if found else findings
    kept |= Kept.of(kept["body"], None).having(findings).columns
    soft = findings.of(rules, severity=Severity.SOFT)
    carried = confirmations.said_before(session, submission, walk(soft))
    taken = Verdict.ACCEPTED_WITH_QUARANTINE if answer.rows_quarantined else Verdict.ACCEPTED
    answer.verdict = Verdict.NEEDS_CONFIRMATION if len(carried) < soft.height else taken
    return carried


def _gone(session: Session, submission: Submission, known: Mapping[str, UUID]) -> list[Finding]:
    """Reporters that the feed filed before, and this file does not name."""
    gone = filings.standing_reporters(session, submission) - set(known.values())
    return [Finding(MEMBERS_GONE, None, "enterprise", value=one) for one in reporters.identifiers(session, gone)]


def _filed_by_others(
    session: Session, submission: Submission, known: Mapping[str, UUID], rows: FiledRows
) -> list[Finding]:
    """Reporters of whom another feed's filing is in force that goes before this one."""
    feed, day = session.get_one(Feed, submission.feed_id), Quarter.parse(submission.quarter).last_day
    ranks = reporters.ranks(session, feed.id, known.values(), day)
    theirs = filed_series.filed_by_others(session, feed, submission.quarter, ranks) if any(ranks.values()) else set()
    first = rows.first_rows() if theirs else {}
    return [
        Finding(FILED_BY_OTHERS, first.get(code), "enterprise", value=code, parameters={"about": code})
        for code, who in known.items()
        if who in theirs
    ]


def _unusual(session: Session, feed_id: UUID, quarter: Quarter, demand: Demand) -> Iterator[Finding]:
    """Jumps, skills that nobody named, and rows far above those of others."""
    before, year_before = str(quarter.plus(-1)), str(quarter.plus(-4))
    recent = filed_series.complete(session, before, demand.reporters)
    rest = filed_series.complete(session, year_before, demand.reporters)
    skills = demand.large_skills
    was = filed_series.openings(session, before, recent, skills, JUMP_FROM) if recent else {}
    was_then = filed_series.openings(session, year_before, rest, skills, JUMP_FROM) if rest else {}
    earlier = {series: n for series, n in was_then.items() if series[0] not in recent}
    quarters = dict.fromkeys(recent, before) | dict.fromkeys(rest - recent, year_before)
    yield from demand.jumps(was | earlier, was_then, quarters)
    past = filed_series.filed_before(session, str(quarter), demand.reporters)
    listed = code_lists.skills()
    unlisted = demand.unlisted(lambda name: listed.find(name) is not None, past) if past else {}
    never = filed_series.never_named(session, feed_id, str(quarter), unlisted) if unlisted else ()
    yield from (unlisted[wording] for wording in sorted(never))
    if heavy := demand.heavy_skills:
        yield from demand.outliers(filed_series.largest_rows(session, before, heavy))
