"""Mend: a submission, and better values for some of its cells → a new submission `received`: the same file, mended."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy import func
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import files, outbox, quarters, submissions
from ievq_pipeline.db.tables import Feed, Submission, SubmissionAnswer
from ievq_pipeline.domain.errors import AlreadyReplaced, BadCall, NotCheckedYet
from ievq_pipeline.domain.submission import State, Verdict
from ievq_pipeline.domain.text import Text

log = structlog.get_logger()
NOTHING = Text("没有要更正的内容", "there is nothing to mend")
NO_ROWS = Text(
    "文件无法读取，没有可更正的行；请重新上传", "the file can't be read, so it has no rows to mend: hand in another"
)
WITHDRAWN = Text("已撤回，请重新上传", "it was withdrawn: hand the file in again")
NO_COLUMN = Text("文件里没有“{column}”列；有的是：{known}", "the file has no column {column}; it has: {known}")


@dataclass(frozen=True, slots=True)
class MendedRow:
    """Of one row, numbered as in the file, the cells that should read otherwise, by the contract's codes."""

    row: int
    values: Mapping[str, str]


def run(
    sessions: sessionmaker[Session],
    name: str | uuid.UUID,
    rows: Sequence[MendedRow],
    api_key_id: uuid.UUID | None = None,
) -> tuple[uuid.UUID, bool]:
    """The new submission's id, and whether it is new: the same cells mended alike again give the one there is.

    Earlier mends stay. The file itself is not changed: what is mended stands beside it. Raises UnknownSubmission,
    NotCheckedYet, AlreadyReplaced where a later one was handed in, BadCall for a column that the file does not have.
    """
    with sessions.begin() as session:
        base = session.get_one(Submission, submissions.named(session, name).id)
        feed = session.get_one(Feed, base.feed_id)
        quarters.taking_submissions(session, base.quarter)
        latest = submissions.latest(session, feed, base.quarter)
        wanted = _mended(base, rows)
        if latest is not None and latest.mended_from == base.id and latest.mends == wanted:
            return latest.id, False
        if latest is None or latest.id != base.id:
            raise AlreadyReplaced(name=name)
        _hold_to(base, _columns(session, base), rows)
        if wanted == base.mends:
            return base.id, False
        mended = Submission(
            feed_id=feed.id,
            quarter=base.quarter,
            number=base.number + 1,
            api_key_id=api_key_id,
            received_at=func.clock_timestamp(),
            file_name=base.file_name,
            sha256=base.sha256,
            bytes=base.bytes,
            mended_from=base.id,
            mends=wanted,
        )
        session.add(mended)
        session.flush()
        files.copy(session, base.id, mended.id)
        outbox.tell(session, outbox.SUBMISSION_RECEIVED, str(mended.id))
        log.info("mend.received", submission_id=str(mended.id), mended_from=str(base.id), rows=len(rows))
        return mended.id, True


def _mended(base: Submission, rows: Sequence[MendedRow]) -> dict[str, dict[str, str]]:
    mends = {row: dict(values) for row, values in (base.mends or {}).items()}
    for each in rows:
        mends[str(each.row)] = mends.get(str(each.row), {}) | dict(each.values)
    return mends


def _columns(session: Session, base: Submission) -> list[str]:
    answer = session.get(SubmissionAnswer, base.id)
    if answer is None:
        raise NotCheckedYet
    return list(answer.body.get("columns", ()))


def _hold_to(base: Submission, columns: Sequence[str], rows: Sequence[MendedRow]) -> None:
    if base.state == State.WITHDRAWN:
        raise BadCall(why=WITHDRAWN)
    if base.verdict == Verdict.UNREADABLE or not columns:
        raise BadCall(why=NO_ROWS)
    if not any(each.values for each in rows):
        raise BadCall(why=NOTHING)
    for each in rows:
        for column in each.values:
            if column not in columns:
                raise BadCall(why=NO_COLUMN.format(column=column, known=", ".join(columns)))
