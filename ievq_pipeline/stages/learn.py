"""Learn: a wording, a decision → an alias from then on, backwards as a new vintage; who decided it, and when.

Nothing that is stored changes: rows stay under the wording, and are read through what was decided until a cut.
"""

import uuid
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.matching import certain
from ievq_pipeline.db import filings, wordings
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import WordingRow
from ievq_pipeline.domain.errors import BadCall, NothingToUndo, UnknownSkill
from ievq_pipeline.domain.learning import Decided
from ievq_pipeline.domain.text import Text

log = structlog.get_logger()
#: who decided what the lists themselves came to know
BY_LIST = "matching"
NEEDS_CODE = Text("请给出所属技能的代码", "an alias needs the code of the skill that it names")
NEEDS_NO_CODE = Text("只有别名才需要代码", "only an alias takes a code")


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody says of a wording."""

    what: Decided
    code: str | None = None
    note: str = ""
    decided_by: str = ""
    api_key_id: uuid.UUID | None = None


def run(sessions: sessionmaker[Session], name: str, decision: Decision) -> dict[str, Any]:
    """Write a decision down, and what follows from it for others that wait; returns the wording with its context.

    The same decision again changes nothing. Raises UnknownWording, UnknownSkill, NothingToUndo, BadCall.
    """
    if (decision.what is Decided.ALIAS) != (decision.code is not None):
        raise BadCall(why=NEEDS_CODE if decision.code is None else NEEDS_NO_CODE)
    with sessions.begin() as session:
        hold(session, Lock.KNOWN)  # before anything is read: decisions are made one after the other
        wording = wordings.named(session, name)
        _require(session, wording, decision)
        if not wordings.says_so_already(session, wording, decision.what, decision.code):
            seq = filings.next_known(session)
            _write(session, wording, decision, seq)
            log.info("learn.decided", wording=wording.id, what=str(decision.what), code=decision.code)
            _settle(session, seq)
        return wordings.told(session, wording)


def run_waiting(sessions: sessionmaker[Session]) -> list[str]:
    """Decide by themselves the wordings that the lists know by now; returns their numbers. Twice changes nothing."""
    with sessions.begin() as session:
        hold(session, Lock.KNOWN)
        return [str(one) for one in _settle(session)]


def _require(session: Session, wording: WordingRow, decision: Decision) -> None:
    """Raises UnknownSkill, NothingToUndo."""
    listed = code_lists.shipped()[wording.code_list]
    if decision.code is not None and decision.code not in {skill.code for skill in listed.skills}:
        raise UnknownSkill(name=decision.code, of=wording.code_list)
    if decision.what is Decided.UNDO and not wordings.is_decided(session, wording):
        raise NothingToUndo(name=wording.spelled)


def _write(session: Session, wording: WordingRow, decision: Decision, seq: int) -> None:
    wordings.decide(
        session,
        wording,
        decision.what,
        code=decision.code,
        note=decision.note,
        decided_by=decision.decided_by,
        api_key_id=decision.api_key_id,
        seq=seq,
    )


def _settle(session: Session, seq: int | None = None) -> list[int]:
    """Wordings that wait, and that the lists (with what was learnt) now take for certain, become aliases.

    From the cut `seq` on, or one of their own. What somebody took back is left to people.
    """
    lists = code_lists.taught(wordings.learnt(session))
    settled = []
    for wording in wordings.pending(session, is_undecided=True):
        listed = lists.get(wording.code_list)
        found = certain(wording.spelled, listed) if listed else None
        if listed is None or found is None:
            continue
        seq = filings.next_known(session) if seq is None else seq
        note = f"{found.how} in {wording.code_list} {listed.version}"
        _write(session, wording, Decision(Decided.ALIAS, found.code, note, BY_LIST), seq)
        settled.append(wording.id)
    if settled:
        log.info("learn.settled", wordings=settled)
    return settled
