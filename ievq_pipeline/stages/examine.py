"""Examine: accepted rows, held to their suite a second time → let pass, or held back for the system's engineer.

Only Airflow's tasks enter it, since it needs Great Expectations; without Airflow the cell engine's word is enough.
"""

import uuid
from collections.abc import Iterable, Iterator
from itertools import groupby

import structlog
from polars.exceptions import PolarsError
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import answers, suite_tables, suites
from ievq_pipeline.adapters.checks import Expected
from ievq_pipeline.adapters.suite_tables import Part
from ievq_pipeline.db import examinations
from ievq_pipeline.db.examinations import Waiting
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.rules import SUITE

log = structlog.get_logger()
#: rows of one claim: each million takes about ten seconds, and a gigabyte while it is read
MOST_ROWS = 500_000
#: expectations that the reason names; of more only the number
MOST_TOLD = 10


class SuiteCrashed(RuntimeError):
    """The suite itself failed, which says nothing of any row: its submissions wait until it is mended."""


def run_waiting(sessions: sessionmaker[Session], quarter: str | None = None) -> list[str]:
    """Hold every submission that waits to its suite, once per kind and claim; returns the ids dealt with.

    Running it twice changes nothing. A suite that crashes does not keep those of other kinds waiting; what went wrong
    is raised at the end.
    """
    with sessions() as session:
        waiting = examinations.waiting(session, quarter)
    handled, failures = [], []
    for claim in _claims(waiting):
        try:
            handled += _examine(sessions, claim)
        except Exception as error:
            log.exception("examine.failed", suite=claim[0].rules_version, submissions=[str(one.id) for one in claim])
            failures.append(error)
    if failures:
        raise failures[0]
    return handled


def _claims(waiting: Iterable[Waiting]) -> Iterator[list[Waiting]]:
    """Those of one suite together, as many as one run should take, at least one."""
    by_suite = sorted(waiting, key=lambda one: one.rules_version)
    for _, together in groupby(by_suite, key=lambda one: one.rules_version):
        claim: list[Waiting] = []
        for one in together:
            if claim and sum(each.rows_accepted for each in (*claim, one)) > MOST_ROWS:
                yield claim
                claim = []
            claim.append(one)
        yield claim


def _examine(sessions: sessionmaker[Session], claim: list[Waiting]) -> list[str]:
    """Raises SuiteCrashed, and has then changed nothing."""
    with sessions() as session:
        kept = examinations.accepted_rows(session, (one.id for one in claim))
    parts: dict[uuid.UUID, Part] = {}
    held: dict[uuid.UUID, list[str]] = {}
    for one in claim:
        part, fault = _read(one, kept.get(one.id))
        if fault:
            held[one.id] = [fault]
        elif part.rows.height:
            parts[one.id] = part
    if parts:
        outcome = suites.run(suites.shipped(claim[0].rules_version), suite_tables.table([*parts.values()]))
        if outcome.crashes:
            raise SuiteCrashed("; ".join(outcome.crashes))
        ids = list(parts)
        held |= {ids[place]: [str(failure) for failure in found] for place, found in outcome.failures.items()}
    with sessions.begin() as session:
        for submission_id, faults in held.items():
            if examinations.hold(session, submission_id, why := _why(faults)):
                log.error("examine.held", submission_id=str(submission_id), why=why)
        passed = examinations.pass_(session, (one.id for one in claim if one.id not in held))
    log.info("examine.done", suite=claim[0].rules_version, passed=len(passed), held=len(held))
    return [str(one.id) for one in claim]


def _read(one: Waiting, stored: bytes | None) -> tuple[Part, str | None]:
    """The accepted rows; and what is wrong with them before any suite looks: `unreadable`, `rows 58/60`, `columns`."""
    rules = contract(one.feed_kind).with_schemes(one.schemes)
    try:
        rows, fault = answers.accepted_rows(stored), None
    except PolarsError:
        rows, fault = answers.accepted_rows(None), "unreadable"
    part = Part(rows, rules, Expected(one.quarter, one.source))
    if fault is None and rows.height != one.rows_accepted:
        fault = f"rows {rows.height}/{one.rows_accepted}"
    if fault is None and rows.height and not part.fits:
        fault = "columns"
    return part, fault


def _why(faults: list[str]) -> str:
    """Such as `NQ-SUITE: NQ-MAXIMUM openings 7, 12 (+3); NQ-CHOICE tier 9`: for every language."""
    more = [f"(+{len(faults) - MOST_TOLD})"] if len(faults) > MOST_TOLD else []
    return f"{SUITE}: {'; '.join([*faults[:MOST_TOLD], *more])}"
