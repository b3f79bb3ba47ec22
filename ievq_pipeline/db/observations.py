"""Observations: appended with a submission, in force by their filing's spells, and read as of any moment."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Integer,
    Select,
    and_,
    case,
    cast,
    func,
    or_,
    select,
    text,
    union,
    union_all,
)
from sqlalchemy.orm import Session

from ievq_pipeline.db import partitions, wordings
from ievq_pipeline.db.locks import Lock, hold
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
from ievq_pipeline.domain.contracts.panel import NIL, TOTAL
from ievq_pipeline.domain.recoding import Recoding

MODELS: dict[str, type[Base]] = {
    "job-demand": JobDemandObservation,
    "technology": TechnologyObservation,
    "totals": TotalObservation,
}
#: by kind, what stands on filings and is a row in a file: what such a row says, which filings have it, and its number
MARKED: dict[str, tuple[tuple[dict[str, Any], Any, dict[str, Any]], ...]] = {
    "job-demand": (
        ({"skill": NIL}, Filing.is_zero, {}),
        ({"skill": TOTAL}, Filing.total.is_not(None), {"openings": Filing.total}),
    ),
    "technology": (({"technology": NIL}, Filing.is_zero, {}),),
}
#: by kind, the columns that hold names of a list: they are read through what was decided of wordings
NAMED: dict[str, dict[str, str]] = {
    "job-demand": {"skill": "skills"},
    "technology": {"technology": "technologies", "skills": "skills"},
}
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
        view = memoryview(csv)
        for start in range(0, len(csv), BLOCK):
            copy.write(view[start : start + BLOCK])


def counted_at(seq: int | None) -> ColumnElement[bool]:
    """Whether a spell of FilingInForce holds at a cut; None: now."""
    if seq is None:
        return FilingInForce.known_to.is_(None)
    ended = or_(FilingInForce.known_to.is_(None), FilingInForce.known_to > seq)
    return and_(FilingInForce.known_from <= seq, ended)


def cut_at(session: Session, instant: datetime) -> int:
    """What was known at an instant, as a place in the order; 0: nothing yet.

    It waits for whoever is about to come into force, so that the same question has the same answer later on; end the
    transaction soon.
    """
    hold(session, Lock.KNOWN, is_shared=True)
    return session.scalar(select(func.max(Known.seq)).where(Known.at <= instant)) or 0


def in_force(session: Session, kind: str, quarter: str, seq: int | None) -> Iterator[dict[str, Any]]:
    """Every row that counts (or counted, at a cut), with its reporter, submission and since when it is known.

    A zero report and a reporter's total are rows as well, as the contract writes them. Wordings stand under what was
    decided of them until then. In a fixed order; streamed.
    """
    recodings = {
        column: recoding
        for column, code_list in NAMED.get(kind, {}).items()
        if (recoding := wordings.recoding(session, code_list, seq)).codes
    }
    for row in session.execute(_rows(kind, quarter, seq).execution_options(yield_per=5_000)).mappings():
        known_from = row["known_from"].isoformat().replace("+00:00", "Z")
        yield {**row, **_recoded(row, recodings), "known_from": known_from}


def _recoded(row: Any, recodings: Mapping[str, Recoding]) -> dict[str, Any]:
    return {
        column: [*dict.fromkeys(map(recoding.code, told))] if isinstance(told, list) else recoding.code(told)
        for column, recoding in recodings.items()
        if (told := row[column]) is not None
    }


def _rows(kind: str, quarter: str, seq: int | None) -> CompoundSelect[Any]:
    model = MODELS[kind].__table__
    rows = _counted(quarter, seq, [*model.c]).join(model, model.c.filing_id == Filing.id)
    parts = [rows.where(model.c.quarter == quarter)]
    for marker, which, values in MARKED.get(kind, ()):
        stated = {**values, "quarter": Filing.quarter, "submission_id": Filing.submission_id}
        filled = [cast(stated.get(c.name, marker.get(c.name)), c.type).label(c.name) for c in model.c]
        parts.append(_counted(quarter, seq, filled).where(which, of_kind(kind)))
    told = union_all(*parts)
    order = (told.selected_columns[name] for name in ("reporter", "submission_id", "row"))
    return told.order_by(*(column.asc().nulls_first() for column in order))


def _counted(quarter: str, seq: int | None, of_row: Sequence[Any]) -> Select[Any]:
    """What is told of a row, and of its filing, if that counts at a cut."""
    known = select(Known.at).where(Known.seq == FilingInForce.known_from).scalar_subquery()
    reporter = func.coalesce(identifier(), Filing.source).label("reporter")
    told = [column for column in of_row if column.name not in ("filing_id", "submission_id")]
    submission = next(column for column in of_row if column.name == "submission_id")
    since = FilingInForce.known_from.label("known_seq"), known.label("known_from")
    return (
        select(Filing.organisation_id, reporter, *told, submission, *since)
        .select_from(Filing)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.quarter == quarter, counted_at(seq))
    )


def identifier() -> Any:
    """The identifier of a filing's reporter at the end of its quarter; else its last before, or its first after."""
    code = OrganisationIdentifier
    month = cast(func.right(Filing.quarter, 1), Integer) * 3
    after = func.make_date(cast(func.left(Filing.quarter, 4), Integer), month, 1) + text("interval '1 month'")
    has_begun = func.coalesce(code.holds_from < after, True)
    has_ended = func.coalesce(code.holds_to + 1 < after, False)
    return (
        select(func.concat(code.scheme, ":", code.value))
        .where(code.organisation_id == Filing.organisation_id)
        .order_by(
            and_(has_begun, ~has_ended).desc(),
            has_begun.desc(),
            case((has_begun, code.holds_from)).desc().nulls_last(),
            code.holds_from,
            code.id,
        )
        .limit(1)
        .scalar_subquery()
    )


def of_kind(kind: str) -> Any:
    """Filings of a feed kind: their basis is the kind, or begins with it."""
    return or_(Filing.basis == kind, Filing.basis.startswith(f"{kind}:"))


def filed(basis: str, quarters: Sequence[str], which: ColumnElement[bool], *columns: Any) -> Select[*tuple[Any, ...]]:
    """`columns` of a basis's filings for these quarters, by their spells in force; `which` says of which spells."""
    return (
        select(*columns)
        .select_from(Filing)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.basis == basis, Filing.quarter.in_(quarters), which)
    )


def has_any(session: Session, basis: str, quarter: str, seq: int) -> bool:
    """Whether a filing of the basis had counted by a cut, for the quarter or one before it.

    One that counts no more is enough: what rested on it is to be looked at again.
    """
    query = (
        select(Filing.id)
        .join(FilingInForce, FilingInForce.filing_id == Filing.id)
        .where(Filing.basis == basis, Filing.quarter <= quarter, FilingInForce.known_from <= seq)
    )
    return session.scalar(query.limit(1)) is not None


def changed_quarters(session: Session, basis: str, after: int, until: int, quarters: Sequence[str]) -> list[str]:
    """Of these quarters, those whose filings in force, or what their wordings count as, changed between two cuts."""
    query = filed(basis, quarters, changed_between(after, until), Filing.quarter)
    return sorted({*session.scalars(query), *wordings.changed_quarters(session, basis, after, until, quarters)})


def changed_between(after: int, until: int) -> ColumnElement[bool]:
    """Whether a spell begins or ends after one cut and until another."""
    return or_(FilingInForce.known_from.between(after + 1, until), FilingInForce.known_to.between(after + 1, until))


def causes(session: Session, basis: str, after: int, until: int, quarters: Sequence[str]) -> list[uuid.UUID]:
    """The submissions that came in or were withdrawn between two cuts, and so changed what counts in these quarters.

    Oldest first. What they replaced, or brought back, is not among them.
    """
    moments = FilingInForce.known_from, FilingInForce.known_to
    changed = union(*(filed(basis, quarters, one.between(after + 1, until), one) for one in moments))
    is_withdrawn = Submission.withdrawn_at.is_not(None)
    query = (
        select(Submission.id, func.min(Submission.received_at))
        .join(Filing, Filing.submission_id == Submission.id)
        .where(Filing.basis == basis, Filing.quarter.in_(quarters))
        .where(or_(Filing.filed_seq.in_(changed), and_(is_withdrawn, Filing.ended_seq.in_(changed))))
        .group_by(Submission.id)
        .order_by(func.min(Submission.received_at), Submission.id)
    )
    return [submission for submission, _ in session.execute(query)]


def unknown(session: Session, basis: str, quarters: Sequence[str], seq: int | None) -> list[tuple[Any, ...]]:
    """`(organisation, quarter, name)` of what quarantined rows leave unknown."""
    query = (
        filed(basis, quarters, counted_at(seq), Filing.organisation_id, Filing.quarter, FilingUnknown.name)
        .join(FilingUnknown, FilingUnknown.filing_id == Filing.id)
        .order_by(Filing.quarter, FilingUnknown.filing_id, FilingUnknown.row)
    )
    return [tuple(row) for row in session.execute(query)]
