"""Observations: appended with a submission, in force by their filing's spells, and read as of any moment."""

import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from ievq_pipeline.db import partitions
from ievq_pipeline.db.tables import (
    Base,
    Filing,
    FilingInForce,
    FilingUnknown,
    JobDemandObservation,
    Known,
    OrganisationIdentifier,
    Submission,
    TechnologyObservation,
    TotalObservation,
)

MODELS: dict[str, type[Base]] = {
    "job-demand": JobDemandObservation,
    "technology": TechnologyObservation,
    "totals": TotalObservation,
}
#: columns that say where a row belongs, beside those of its kind
PLACE = ("submission_id", "quarter", "row", "filing_id")
#: characters sent to the server at a time
BLOCK = 1 << 20


def columns(kind: str) -> list[str]:
    """The columns of a kind's observations, in order."""
    return [column.name for column in MODELS[kind].__table__.columns]


def append(session: Session, kind: str, quarter: str, csv: bytes) -> None:
    """COPY rows, as CSV in the order of `columns`, into the quarter's partition; an empty cell is null."""
    table = partitions.partition(partitions.TABLES[kind], quarter)
    cursor = session.connection().connection.cursor()
    with cursor.copy(f"COPY {table} ({', '.join(columns(kind))}) FROM STDIN (FORMAT csv)") as copy:
        for start in range(0, len(csv), BLOCK):
            copy.write(csv[start : start + BLOCK])


def counted_at(seq: int | None) -> Any:
    """Whether a spell of FilingInForce holds at a cut; None: now."""
    if seq is None:
        return FilingInForce.known_to.is_(None)
    ended = or_(FilingInForce.known_to.is_(None), FilingInForce.known_to > seq)
    return and_(FilingInForce.known_from <= seq, ended)


def cut_at(session: Session, instant: datetime) -> int:
    """What was known at an instant, as a place in the order; 0: nothing yet."""
    return session.scalar(select(func.max(Known.seq)).where(Known.at <= instant)) or 0


def in_force(session: Session, kind: str, quarter: str, seq: int | None) -> Iterator[dict[str, Any]]:
    """Every row that counts (or counted, at a cut), with its reporter, submission and since when it is known.

    A zero report and a reporter's total are rows as well, as the contract writes them. In a fixed order; streamed.
    """
    for row in session.execute(_rows(kind, quarter, seq).execution_options(yield_per=5_000)).mappings():
        yield dict(row)


def _rows(kind: str, quarter: str, seq: int | None) -> Select[Any]:
    model: Any = MODELS[kind]
    known = select(Known.at).where(Known.seq == FilingInForce.known_from).scalar_subquery()
    return (
        select(
            Filing.organisation_id,
            func.coalesce(identifier(), Filing.source).label("reporter"),
            *[model.__table__.c[name] for name in columns(kind) if name not in ("filing_id", "submission_id")],
            model.submission_id.label("submission_id"),
            FilingInForce.known_from.label("known_seq"),
            known.label("known_from"),
        )
        .join(Filing, Filing.id == model.filing_id)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(model.quarter == quarter, Filing.quarter == quarter, counted_at(seq))
        .order_by(func.coalesce(identifier(), Filing.source), model.submission_id, model.row)
    )


def identifier() -> Any:
    """The identifier of a filing's reporter: the latest that it has."""
    code = func.concat(OrganisationIdentifier.scheme, ":", OrganisationIdentifier.value)
    return (
        select(code)
        .where(OrganisationIdentifier.organisation_id == Filing.organisation_id)
        .order_by(OrganisationIdentifier.holds_from.desc().nulls_last(), OrganisationIdentifier.id)
        .limit(1)
        .scalar_subquery()
    )


def filings(session: Session, kind: str, quarter: str, seq: int | None) -> Iterator[dict[str, Any]]:
    """Every filing that counts, with what stands on it: its reporter, total, whether it is a zero report."""
    query = (
        select(
            func.coalesce(identifier(), Filing.source).label("reporter"),
            Filing.total,
            Filing.is_zero,
            Filing.is_complete,
            Filing.submission_id,
            FilingInForce.known_from.label("known_seq"),
        )
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.quarter == quarter, counted_at(seq), of_kind(kind))
        .order_by(func.coalesce(identifier(), Filing.source))
    )
    for row in session.execute(query).mappings():
        yield dict(row)


def of_kind(kind: str) -> Any:
    """Filings of a feed kind: their basis is the kind, or begins with it."""
    return or_(Filing.basis == kind, Filing.basis.startswith(f"{kind}:"))


def has_any(session: Session, basis: str, quarter: str, seq: int | None) -> bool:
    """Whether any filing of the basis counted at a cut, for the quarter or one before it."""
    query = (
        select(Filing.id)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.basis == basis, Filing.quarter <= quarter, counted_at(seq))
    )
    return session.scalar(query.limit(1)) is not None


def changed_quarters(session: Session, basis: str, after: int, until: int, quarters: Sequence[str]) -> list[str]:
    """Of these quarters, those whose filings in force changed after one cut and until another."""
    query = (
        select(Filing.quarter)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.basis == basis, Filing.quarter.in_(quarters), changed_between(after, until))
    )
    return sorted(set(session.scalars(query)))


def changed_between(after: int, until: int) -> Any:
    """Whether a spell begins or ends after one cut and until another."""
    return or_(FilingInForce.known_from.between(after + 1, until), FilingInForce.known_to.between(after + 1, until))


def causes(session: Session, basis: str, after: int, until: int, quarters: Sequence[str]) -> list[uuid.UUID]:
    """The submissions by which filings of these quarters came into force or went out between two cuts, oldest first."""
    query = (
        select(Submission.id, func.min(Submission.received_at))
        .join(Filing, Filing.submission_id == Submission.id)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.basis == basis, Filing.quarter.in_(quarters), changed_between(after, until))
        .group_by(Submission.id)
        .order_by(func.min(Submission.received_at), Submission.id)
    )
    return [submission for submission, _ in session.execute(query)]


def unknown(session: Session, basis: str, quarters: Sequence[str], seq: int | None) -> list[tuple[Any, ...]]:
    """`(organisation, quarter, name)` of what quarantined rows leave unknown."""
    query = (
        select(Filing.organisation_id, Filing.quarter, FilingUnknown.name)
        .join(Filing, Filing.id == FilingUnknown.filing_id)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.basis == basis, Filing.quarter.in_(quarters), counted_at(seq))
        .order_by(Filing.quarter, FilingUnknown.filing_id, FilingUnknown.row)
    )
    return [tuple(row) for row in session.execute(query)]
