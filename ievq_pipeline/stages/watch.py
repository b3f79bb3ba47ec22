"""Watch: a feed's folder → each file in it that is whole and another than before handed in, and how it went."""

import hashlib
import time
import zlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import func
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import watched as folder
from ievq_pipeline.adapters.watched import Seen, Unseen
from ievq_pipeline.db import feeds, pulls, watched
from ievq_pipeline.db.pulls import Claimed
from ievq_pipeline.db.tables import WatchedFile
from ievq_pipeline.domain.errors import BadCall, IevqError
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.pull import TAKEN, HandIn, Outcome, Tried, next_wait
from ievq_pipeline.domain.watch import LOOKS, SETTLES, SETTLES_BY_HAND, Place, place, root_of

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tools:
    """What a look needs: the database, where folders may lie, the room that takes files, and the cap in MB."""

    sessions: sessionmaker[Session]
    roots: str
    hand_in: HandIn
    cap_mb: int


@dataclass
class _Look:
    """One look into a folder, and what came of its files."""

    place: Place
    root: str
    files: dict[str, Seen]
    said: list[str] = field(default_factory=list)
    submissions: list[str] = field(default_factory=list)
    is_failed: bool = False
    tried: Tried | None = None


def run_waiting(tools: Tools) -> list[str]:
    """Look into every folder that is due; returns `FEED:QUARTER` of each. No transaction is open during a look.

    A file is taken once it stands unchanged at two looks; submitters' files are never moved, changed or removed.
    """
    with tools.sessions.begin() as session:
        pulls.expect(session)
    looked: list[str] = []
    while True:
        with tools.sessions.begin() as session:
            claimed = pulls.claim(session, is_watched=True)
        if claimed is None:
            return looked
        done = _try(tools, claimed, SETTLES)
        looked.append(f"{done.feed}:{done.quarter}")


def run_named(tools: Tools, feed: str, quarter: str | None = None, *, is_anew: bool = False) -> list[Tried]:
    """Look at once, twice within moments, and take what stood still; `is_anew`: even what was taken before.

    Raises UnknownFeed, NothingToPull, QuarterNotOpen.
    """
    with tools.sessions.begin() as session:
        pulls.expect(session)
        names = pulls.open_quarters(session, feeds.named(session, feed), quarter)
    tried = []
    for name in names:
        with tools.sessions.begin() as session:
            claimed = pulls.claim_named(session, feeds.named(session, feed), name)
            if claimed and is_anew:
                watched.forget(session, claimed.feed_id, name)
        if claimed is None:
            tried.append(Tried(feed, name, TAKEN))
            continue
        if not isinstance(seen := _look(tools, claimed), str) and seen.files:
            time.sleep(SETTLES_BY_HAND.total_seconds())
        tried.append(_try(tools, claimed, SETTLES_BY_HAND))
    return tried


def _look(tools: Tools, claimed: Claimed) -> _Look | str:
    """What lies there, written down; or in words why that cannot be said."""
    try:
        where = place(claimed.template, claimed.quarter, tools.roots)
        root = root_of(where, tools.roots)
        seen, left_out = folder.look(where, root)
    except BadCall as refused:
        return f"not looked into: {refused.values['why']['en']}"
    except Unseen as error:
        return str(error)
    with tools.sessions.begin() as session:
        now, _ = watched.ago(session, timedelta())
        watched.note(session, claimed.feed_id, claimed.quarter, {one.path: one.stamp for one in seen}, now)
    look = _Look(where, root, {one.path: one for one in seen})
    if left_out:
        look.said.append(f"{left_out} older ones left out")
    return look


def _try(tools: Tools, claimed: Claimed, settles: timedelta) -> Tried:
    look = _look(tools, claimed)
    if isinstance(look, str):
        return _record(tools, claimed, Tried(claimed.feed, claimed.quarter, look, Outcome.FAILED), 0)
    with tools.sessions() as session:
        _, since = watched.ago(session, settles)
        ready = {row.path for row in watched.settled(session, claimed.feed_id, claimed.quarter, since)}
    tried = Tried(claimed.feed, claimed.quarter, "", Outcome.UNCHANGED if look.files else Outcome.NOT_OUT)
    for path, seen in look.files.items():  # the oldest first: of several the latest is to count
        if path in ready:
            told = _take(tools, claimed, look, seen)
            if told is None:
                return replace(tried, said=TAKEN, outcome=None)
            tried = told if told.outcome in (Outcome.FILE, Outcome.FAILED) else tried
    with tools.sessions() as session:
        waiting = watched.unsettled(session, claimed.feed_id, claimed.quarter)
    parts = [f"{len(look.files)} file(s)", *look.said, *([f"{waiting} not taken yet"] if waiting else [])]
    outcome = Outcome.FAILED if look.is_failed else tried.outcome
    said = "; ".join(parts) if look.files else "no file there yet"
    return _record(tools, claimed, replace(tried, said=said, outcome=outcome), waiting)


def _take(tools: Tools, claimed: Claimed, look: _Look, seen: Seen) -> Tried | None:
    """Hand a file in, unless it is the one that came of this path before; None: another worker has the folder now."""
    tried = Tried(claimed.feed, claimed.quarter, "", Outcome.UNCHANGED)
    content, said, is_settled = _content(tools, look, seen)
    with tools.sessions.begin() as session:
        if pulls.held(session, claimed) is None:
            return None
        row = session.get_one(WatchedFile, (claimed.feed_id, claimed.quarter, seen.path))
        if content is not None:
            sha256 = hashlib.sha256(content).hexdigest()
            if sha256 == row.sha256:
                said = f"the same bytes as submission {row.submission_id}"
            else:
                try:
                    row.submission_id, is_new = tools.hand_in(claimed.feed, claimed.quarter, seen.name, content)
                except IevqError as refused:
                    is_settled, said = False, f"not taken in: {refused.text('en')}"
                else:
                    row.sha256 = sha256
                    how = "handed in as" if is_new else "the same file as"
                    said = f"{len(content):,} bytes, {how} submission {row.submission_id}"
                    tried = replace(tried, outcome=Outcome.FILE, submission_id=row.submission_id)
        row.said = said.replace("\0", "")
        row.taken_stamp = seen.stamp if is_settled else row.taken_stamp
    look.is_failed |= not is_settled
    look.said.append(f"{seen.name}: {said}")
    return tried


def _content(tools: Tools, look: _Look, seen: Seen) -> tuple[bytes | None, str, bool]:
    """The bytes, or in words why not, and whether that is the last word on the file as it stands."""
    if seen.size > tools.cap_mb * 1_000_000:
        return None, f"too large: {seen.size:,} bytes, at most {tools.cap_mb} MB", True
    if seen.size == 0:
        return None, "an empty file", True
    try:
        return folder.read(look.place, look.root, seen, tools.cap_mb), "", True
    except Unseen as error:
        return None, str(error), False


def _record(tools: Tools, claimed: Claimed, tried: Tried, waiting: int) -> Tried:
    failures = claimed.failures + 1 if tried.outcome is Outcome.FAILED else 0
    with tools.sessions.begin() as session:
        row = pulls.held(session, claimed)
        if row is None:
            return replace(tried, said=TAKEN, outcome=None)
        row.said, row.failures, row.claimed_until = tried.said.replace("\0", ""), failures, None
        row.pulled_at = func.now() if tried.outcome is Outcome.FILE else row.pulled_at
        row.next_at = func.now() + _wait(claimed, failures, waiting)
        session.flush()
        session.refresh(row)
        tried = replace(tried, failures=failures, next_at=row.next_at)
    log.info("watch.looked", feed=tried.feed, quarter=tried.quarter, said=tried.said, again_at=str(tried.next_at))
    return tried


def _wait(claimed: Claimed, failures: int, waiting: int) -> timedelta:
    """Looking costs little: soon again, but for folders that fail."""
    if not failures:
        return SETTLES if waiting else LOOKS
    luck = zlib.crc32(f"{claimed.feed}:{claimed.quarter}:{failures}".encode()) / 2**32
    quarter, now = Quarter.parse(claimed.quarter), datetime.now(UTC)
    return next_wait(Outcome.FAILED, failures, luck, quarter=quarter, closes_on=claimed.closes_on, now=now)
