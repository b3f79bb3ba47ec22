"""Enrol: a file of organisations, or of a roster → the register as the file says, and an answer."""

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters.answers import held_against
from ievq_pipeline.adapters.checks import Answer, check
from ievq_pipeline.db import feeds, register
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.enrolment import Enrolment, Listed, Statement, enrolment, listing
from ievq_pipeline.domain.organisation import Dimension, Identifier, OrganisationKind
from ievq_pipeline.domain.register import Register, changes
from ievq_pipeline.domain.submission import State
from ievq_pipeline.domain.succession import SuccessionKind
from ievq_pipeline.domain.validity import Validity

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Enrolled:
    """The answer to a file, and of how many organisations it told anything new."""

    answer: Answer
    added: int = 0
    changed: int = 0
    unchanged: int = 0


def run(sessions: sessionmaker[Session], content: bytes, source: str) -> Enrolled:
    """Take in a file of organisations, all or in part as its contract says; the same file again changes nothing.

    `source` is kept with what it tells of them. What is known is never overwritten: a change has a date, from which on
    it holds instead.
    """
    rules = contract("organisations")
    answer = check(content, rules)
    statements = [_statement(row) for row in answer.accepted.iter_rows(named=True)]
    named = {code for each in statements for code in _codes(each)}

    def decide(known: Register) -> Enrolment:
        before = {"rows": answer.rows_read, "quarantined": answer.rows_quarantined}
        return enrolment(statements, known, uuid.uuid4, **before)

    with sessions.begin() as session:
        return _save(session, rules, answer, named, decide, source)


def run_roster(sessions: sessionmaker[Session], feed_code: str, content: bytes, source: str) -> Enrolled:
    """Take in the roster of a feed in the same way; who is not in the file stays. Raises UnknownFeed, BadCall."""
    rules = contract("roster")
    answer = check(content, rules)
    listed = [_listed(row) for row in answer.accepted.iter_rows(named=True)]
    with sessions.begin() as session:
        feed = feeds.with_roster(session, feed_code)

        def decide(known: Register) -> Enrolment:
            return listing(listed, known, feed.id, feed.kind)

        return _save(session, rules, answer, {each.identifier for each in listed}, decide, source)


def _save(
    session: Session,
    rules: Contract,
    answer: Answer,
    named: set[Identifier],
    decide: Callable[[Register], Enrolment],
    source: str,
) -> Enrolled:
    if answer.verdict.state is not State.ACCEPTED:
        return Enrolled(answer)
    before = register.load(session, named)
    decided = decide(before)
    answer = held_against(answer, rules, decided.findings)
    if answer.verdict.state is not State.ACCEPTED:
        return Enrolled(answer)
    made = changes(before, decided.register)
    register.save(session, made, source=source)
    added = decided.about & made.added.keys()
    changed = decided.about & made.touched - added
    counts = {"added": len(added), "changed": len(changed), "unchanged": len(decided.about - added - changed)}
    log.info("enrol.saved", register=rules.feed_kind, **counts)
    return Enrolled(answer, **counts)


def _statement(row: dict[str, Any]) -> Statement:
    return Statement(
        row=row["row"],
        identifier=Identifier.parse(row["identifier"]),
        kind=OrganisationKind(row["kind"]),
        others=tuple(_listed_codes(row["other_identifiers"])),
        title=row["title"],
        segments={dimension: row[dimension] for dimension in Dimension if row[dimension]},
        held=_held(row),
        member_of=Identifier.parse(row["member_of"]) if row["member_of"] else None,
        succeeds=tuple(_listed_codes(row["succeeds"])),
        succession=SuccessionKind(row["succession"]) if row["succession"] else None,
        happened_on=_day(row["happened_on"]),
    )


def _listed(row: dict[str, Any]) -> Listed:
    return Listed(row["row"], Identifier.parse(row["enterprise"]), _held(row), is_primary=row["is_primary"] == "yes")


def _listed_codes(cell: str | None) -> Iterator[Identifier]:
    return map(Identifier.parse, cell.split(";") if cell else [])


def _codes(each: Statement) -> Iterator[Identifier]:
    yield from (each.identifier, *each.others, *each.succeeds)
    if each.member_of:
        yield each.member_of


def _held(row: dict[str, Any]) -> Validity:
    return Validity(_day(row["holds_from"]), _day(row["holds_to"]))


def _day(cell: str | None) -> date | None:
    return date.fromisoformat(cell) if cell else None
