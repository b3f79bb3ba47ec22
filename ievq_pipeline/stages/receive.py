"""Receive: a file, a feed, who hands it in → a submission `received`, and a receipt with its digest."""

import hashlib
import io
import uuid
from dataclasses import dataclass
from typing import BinaryIO

from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.db import feeds, files, outbox, quarters, submissions, wordings
from ievq_pipeline.db.tables import Feed, Submission
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.errors import KeyReused
from ievq_pipeline.domain.submission import State


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What a submitter hands in; `api_key_id` is empty for the command line.

    `content` may be a stream that can be read anew: of a large file nothing is then held whole.
    """

    feed: str
    quarter: str
    file_name: str
    content: bytes | BinaryIO
    api_key_id: uuid.UUID | None = None
    idempotency_key: str | None = None


def run(sessions: sessionmaker[Session], handed_in: HandedIn) -> tuple[uuid.UUID, bool]:
    """The submission's id, and whether it is new.

    The bytes of the latest submission of that (feed, quarter) again give the earlier receipt, as long as the rules
    and code lists are the same; so does a network retry under the same `Idempotency-Key`. Raises UnknownFeed,
    QuarterNotOpen, KeyReused.
    """
    content = io.BytesIO(handed_in.content) if isinstance(handed_in.content, bytes) else handed_in.content
    sha256, size = _digest(content)
    try:
        return _receive(sessions, handed_in, content, sha256, size)
    except IntegrityError:  # somebody used the same Idempotency-Key at the same moment: now it is there to be seen
        return _receive(sessions, handed_in, content, sha256, size)


def _digest(content: BinaryIO) -> tuple[str, int]:
    """The SHA-256 and the number of bytes."""
    content.seek(0)
    digest = hashlib.sha256()
    while piece := content.read(files.PART):
        digest.update(piece)
    return digest.hexdigest(), content.tell()


def _receive(
    sessions: sessionmaker[Session], handed_in: HandedIn, content: BinaryIO, sha256: str, size: int
) -> tuple[uuid.UUID, bool]:
    with sessions.begin() as session:
        feed = feeds.named(session, handed_in.feed)
        if (earlier := _retried(session, handed_in, feed, sha256)) is not None:
            return earlier.id, False
        quarters.taking_submissions(session, handed_in.quarter)
        latest = submissions.latest(session, feed, handed_in.quarter)
        if latest is not None and _is_repeat(session, latest, feed, sha256):
            return latest.id, False
        submission = Submission(
            feed_id=feed.id,
            quarter=handed_in.quarter,
            number=latest.number + 1 if latest else 1,
            api_key_id=handed_in.api_key_id,
            idempotency_key=handed_in.idempotency_key if handed_in.api_key_id else None,
            # the clock: whoever waited for a quarter that was closing began before it had closed
            received_at=func.clock_timestamp(),
            file_name=handed_in.file_name.replace("\0", ""),
            sha256=sha256,
            bytes=size,
        )
        session.add(submission)
        session.flush()
        content.seek(0)
        files.keep(session, submission.id, content)
        outbox.tell(session, outbox.SUBMISSION_RECEIVED, str(submission.id))
        return submission.id, True


def _retried(session: Session, handed_in: HandedIn, feed: Feed, sha256: str) -> Submission | None:
    if handed_in.api_key_id is None or handed_in.idempotency_key is None:
        return None
    earlier = submissions.by_idempotency_key(session, handed_in.api_key_id, handed_in.idempotency_key)
    if earlier and (earlier.feed_id, earlier.quarter, earlier.sha256) != (feed.id, handed_in.quarter, sha256):
        raise KeyReused
    return earlier


def _is_repeat(session: Session, latest: Submission, feed: Feed, sha256: str) -> bool:
    """Of one that was withdrawn the same bytes are a new submission: the submitter has thought again.

    And of one checked before a wording was decided: what it names may now be listed.
    """
    lists = code_lists.taught(wordings.learnt(session))
    rules_version = contract(feed.kind).rules_version(code_lists.versions_of(lists))
    is_same_rules = latest.rules_version in (None, rules_version)
    is_same_file = latest.sha256 == sha256 and latest.mends is None
    return is_same_file and is_same_rules and latest.state != State.WITHDRAWN
