"""Wordings that no list knows: the queue of them, what was decided, and what follows for checks and panels."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, Select, and_, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import Feed, Filing, Submission, WordingDecision, WordingRow, WordingSeen
from ievq_pipeline.domain.errors import UnknownWording
from ievq_pipeline.domain.learning import Decided, Learnt, Seen, State
from ievq_pipeline.domain.recoding import Recoding
from ievq_pipeline.domain.skill import folded
from ievq_pipeline.domain.submission import State as Of

#: submissions whose rows count, or are about to
STANDING = Submission.state.in_([Of.ACCEPTED, Of.NEEDS_CONFIRMATION, Of.IN_FORCE])
#: rows written with one statement: it takes no more than 65,535 parameters
BLOCK = 5_000


def see(session: Session, submission_id: uuid.UUID, found: Sequence[Seen]) -> None:
    """Note what a submission names that no list knows. What was suggested at first sight stays."""
    for start in range(0, len(found), BLOCK):
        _see(session, submission_id, sorted(found[start : start + BLOCK], key=_key))


def known(session: Session) -> set[tuple[str, str]]:
    """`(list, folded wording)` of all that were ever seen."""
    return {(name, one) for name, one in session.execute(select(WordingRow.code_list, WordingRow.folded))}


def _key(one: Seen) -> tuple[str, str]:
    return one.code_list, folded(one.wording)


def _see(session: Session, submission_id: uuid.UUID, found: Sequence[Seen]) -> None:
    rows = [
        {
            "code_list": one.code_list,
            "folded": folded(one.wording),
            "spelled": one.wording,
            "suggestions": list(one.suggestions),
            "unsure": list(one.unsure),
        }
        for one in found
    ]
    # in one order, so that two workers never wait for each other
    session.execute(insert(WordingRow).on_conflict_do_nothing(), rows)
    keys = select(WordingRow.code_list, WordingRow.folded, WordingRow.id).where(
        WordingRow.folded.in_([row["folded"] for row in rows])
    )
    ids = {(code_list, name): wording_id for code_list, name, wording_id in session.execute(keys)}
    seen = [
        {
            "wording_id": ids[_key(one)],
            "submission_id": submission_id,
            "rows": one.rows,
            "reporters": one.reporters,
            "openings": one.openings,
            "neighbours": list(one.neighbours),
        }
        for one in found
    ]
    session.execute(insert(WordingSeen).on_conflict_do_nothing(), seen)


def named(session: Session, name: str) -> WordingRow:
    """By its number, or by the wording itself where it stands in one list alone. Raises UnknownWording."""
    is_number = name.isascii() and name.isdigit() and len(name) < 19
    found = session.get(WordingRow, int(name)) if is_number else None
    if found is None:
        alike = session.scalars(select(WordingRow).where(WordingRow.folded == folded(name)).limit(2)).all()
        found = alike[0] if len(alike) == 1 else None
    if found is None:
        raise UnknownWording(name=name)
    return found


def decide(
    session: Session,
    wording: WordingRow,
    what: Decided,
    *,
    code: str | None,
    note: str,
    decided_by: str,
    api_key_id: uuid.UUID | None,
    seq: int,
) -> WordingDecision:
    """Write a decision down; it holds from the cut `seq` on."""
    decision = WordingDecision(
        wording_id=wording.id,
        what=what,
        code=code,
        note=note,
        decided_by=decided_by,
        api_key_id=api_key_id,
        known_seq=seq,
    )
    session.add(decision)
    wording.state = State.PENDING if what is Decided.UNDO else State.DECIDED
    session.flush()
    return decision


def last(session: Session, wording: WordingRow) -> WordingDecision | None:
    """The decision that holds, or took the one before back; None: nobody has decided yet."""
    query = select(WordingDecision).where(WordingDecision.wording_id == wording.id)
    return session.scalar(query.order_by(WordingDecision.id.desc()).limit(1))


def is_decided(session: Session, wording: WordingRow) -> bool:
    before = last(session, wording)
    return before is not None and before.what != Decided.UNDO


def says_so_already(session: Session, wording: WordingRow, what: Decided, code: str | None) -> bool:
    """Whether the decision that holds is this one."""
    before = last(session, wording)
    return before is not None and (before.what, before.code) == (what, code)


def pending(session: Session, *, is_undecided: bool = False) -> Sequence[WordingRow]:
    """Those that wait, in the order in which they were first seen; or only those that nobody has decided on before."""
    query = select(WordingRow).where(WordingRow.state == State.PENDING).order_by(WordingRow.id)
    decided = select(WordingDecision.wording_id)
    return session.scalars(query.where(WordingRow.id.not_in(decided)) if is_undecided else query).all()


def _latest(until: int | None = None) -> Select[Any]:
    """The ids of the decisions that hold, of each wording the last; those of a cut, or of now."""
    query = select(func.max(WordingDecision.id)).group_by(WordingDecision.wording_id)
    return query if until is None else query.where(WordingDecision.known_seq <= until)


def learnt(session: Session) -> dict[str, Learnt]:
    """By list, what checks have to know beside it."""
    numbers = (
        select(WordingRow.code_list, func.max(WordingDecision.id))
        .join(WordingDecision, WordingDecision.wording_id == WordingRow.id)
        .group_by(WordingRow.code_list)
    )
    last: dict[str, int] = {name: number for name, number in session.execute(numbers)}  # noqa: C416 - rows are no pairs
    query = (
        select(WordingRow.code_list, WordingRow.spelled, WordingDecision.what, WordingDecision.code)
        .join(WordingDecision, WordingDecision.wording_id == WordingRow.id)
        .where(WordingDecision.id.in_(_latest()))
        .order_by(WordingRow.id)
    )
    decided = session.execute(query).all() if last else []
    return {
        name: Learnt(
            aliases=tuple((s, c) for of, s, what, c in decided if of == name and what == Decided.ALIAS and c),
            settled=tuple(s for of, s, what, _ in decided if of == name and what in (Decided.NEW, Decided.IGNORE)),
            last=number,
        )
        for name, number in last.items()
    }


def recoding(session: Session, code_list: str, seq: int | None) -> Recoding:
    """What stored wordings of a list count as at a cut; None: now."""
    query = (
        select(WordingRow.folded, WordingRow.unsure, WordingDecision.what, WordingDecision.code)
        .outerjoin(
            WordingDecision, and_(WordingDecision.wording_id == WordingRow.id, WordingDecision.id.in_(_latest(seq)))
        )
        .where(WordingRow.code_list == code_list)
    )
    rows = session.execute(query).all()
    is_waiting = {None, Decided.UNDO}
    return Recoding(
        codes={name: code for name, _, what, code in rows if what == Decided.ALIAS and code},
        unsure={name: tuple(codes) for name, codes, what, _ in rows if what in is_waiting and codes},
    )


def changed_quarters(session: Session, basis: str, after: int, until: int, quarters: Sequence[str]) -> set[str]:
    """Of these quarters, those for which the basis holds a wording that was decided after one cut and until another."""
    query = (
        select(Filing.quarter)
        .join(WordingSeen, WordingSeen.submission_id == Filing.submission_id)
        .join(WordingDecision, WordingDecision.wording_id == WordingSeen.wording_id)
        .where(Filing.basis == basis, Filing.quarter.in_(quarters), Filing.filed_seq.is_not(None))
        .where(WordingDecision.known_seq.between(after + 1, until))
    )
    return set(session.scalars(query.distinct()))


def every(
    session: Session,
    *,
    state: str | None = None,
    code_list: str | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[dict[str, Any]]:
    """The queue, or some of it, in the order in which wordings were first seen, with how much stands behind each."""
    where: list[ColumnElement[bool]] = [WordingRow.id > after]
    where += [WordingRow.state == state] if state else []
    where += [WordingRow.code_list == code_list] if code_list else []
    query = select(WordingRow).where(*where).order_by(WordingRow.id)
    rows = session.scalars(query if limit is None else query.limit(limit)).all()
    behind = _behind(session, [row.id for row in rows])
    decisions = _decisions(session, [row.id for row in rows])
    return [_told(row, behind.get(row.id, (0, 0, 0)), decisions.get(row.id, [])) for row in rows]


def told(session: Session, wording: WordingRow) -> dict[str, Any]:
    """One wording with its context: where it is named, beside what, and every decision."""
    query = (
        select(WordingSeen, Submission, Feed.code)
        .join(Submission, Submission.id == WordingSeen.submission_id)
        .join(Feed, Feed.id == Submission.feed_id)
        .where(WordingSeen.wording_id == wording.id, STANDING)
        .order_by(Submission.quarter.desc(), WordingSeen.openings.desc().nulls_last(), Submission.id)
    )
    seen = [
        {
            "feed": feed,
            "quarter": submission.quarter,
            "submission_id": str(submission.id),
            "rows": one.rows,
            "reporters": one.reporters,
            "openings": one.openings,
            "neighbours": one.neighbours,
        }
        for one, submission, feed in session.execute(query)
    ]
    behind = _behind(session, [wording.id]).get(wording.id, (0, 0, 0))
    shown = _told(wording, behind, _decisions(session, [wording.id]).get(wording.id, []))
    return shown | {"seen": seen}


def _told(row: WordingRow, behind: tuple[int, int, int], decisions: list[dict[str, Any]]) -> dict[str, Any]:
    submissions, reporters, openings = behind
    return {
        "id": row.id,
        "list": row.code_list,
        "wording": row.spelled,
        "state": row.state,
        "first_seen_at": row.first_seen_at,
        "submissions": submissions,
        "reporters": reporters,
        "openings": openings,
        "suggestions": row.suggestions,
        "decisions": decisions,
    }


def _behind(session: Session, ids: Sequence[int]) -> dict[int, tuple[int, int, int]]:
    """By wording: submissions that name it and count, the most reporters at once, and openings in all."""
    query = (
        select(
            WordingSeen.wording_id,
            func.count(),
            func.max(WordingSeen.reporters).cast(Integer),
            func.coalesce(func.sum(WordingSeen.openings), 0),
        )
        .join(Submission, Submission.id == WordingSeen.submission_id)
        .where(WordingSeen.wording_id.in_(ids), STANDING)
        .group_by(WordingSeen.wording_id)
    )
    return {one: (number, most, int(openings or 0)) for one, number, most, openings in session.execute(query)}


def _decisions(session: Session, ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """By wording, everything decided of it, oldest first."""
    query = select(WordingDecision).where(WordingDecision.wording_id.in_(ids)).order_by(WordingDecision.id)
    found: dict[int, list[dict[str, Any]]] = {}
    for one in session.scalars(query):
        found.setdefault(one.wording_id, []).append(
            {
                "id": one.id,
                "what": one.what,
                "code": one.code,
                "note": one.note,
                "decided_by": one.decided_by,
                "decided_at": one.decided_at,
                "vintage": f"seq:{one.known_seq}",
            }
        )
    return found
