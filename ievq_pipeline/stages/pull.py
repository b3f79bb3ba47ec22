"""Pull: a feed's file where its submitter hosts it → handed in if it is another than last time, and how it went."""

import hashlib
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import structlog
from sqlalchemy import func
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.adapters.fetch import fetch
from ievq_pipeline.db import feeds, pulls
from ievq_pipeline.db.pulls import Claimed
from ievq_pipeline.db.tables import FeedPull
from ievq_pipeline.domain.errors import IevqError
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.pull import TAKEN, Fetched, HandIn, Outcome, Tried, address, next_wait

log = structlog.get_logger()
AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class Tools:
    """What a try needs: the database, where requests may go, the room that takes files, and the cap in MB."""

    sessions: sessionmaker[Session]
    egress: Egress
    hand_in: HandIn
    cap_mb: int


def run_waiting(tools: Tools) -> list[str]:
    """Try every file that is due; returns `FEED:QUARTER` of those tried. No transaction is open during a fetch."""
    with tools.sessions.begin() as session:
        pulls.expect(session)

    def until_none_is_due(_: int) -> list[str]:
        tried = []
        while claimed := _claim(tools):
            done = _try(tools, claimed)
            tried.append(f"{done.feed}:{done.quarter}")
        return tried

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [name for names in pool.map(until_none_is_due, range(AT_ONCE)) for name in names]


def run_named(tools: Tools, feed: str, quarter: str | None = None, *, is_anew: bool = False) -> list[Tried]:
    """Try a feed's files at once, of one open quarter or of all; `is_anew`: even one that has not changed.

    Raises UnknownFeed, NothingToPull, QuarterNotOpen.
    """
    with tools.sessions.begin() as session:
        pulls.expect(session)
        names = pulls.open_quarters(session, feeds.named(session, feed), quarter)
    tried = []
    for name in names:
        with tools.sessions.begin() as session:
            claimed = pulls.claim_named(session, feeds.named(session, feed), name)
        tried.append(_try(tools, claimed, is_anew=is_anew) if claimed else Tried(feed, name, TAKEN))
    return tried


def _claim(tools: Tools) -> Claimed | None:
    with tools.sessions.begin() as session:
        return pulls.claim(session)


def _try(tools: Tools, claimed: Claimed, *, is_anew: bool = False) -> Tried:
    url = address(claimed.template, claimed.quarter)
    is_known = claimed.url == url and not is_anew  # what another address said of its file says nothing of this one
    fetched = fetch(
        tools.egress,
        url,
        cap_mb=tools.cap_mb,
        etag=claimed.etag if is_known else None,
        last_modified=claimed.last_modified if is_known else None,
    )
    with tools.sessions.begin() as session:
        # locked while the file is handed in: whoever took over a claim that ran out waits, lest files change places
        row = pulls.held(session, claimed)
        if row is None:
            return Tried(claimed.feed, claimed.quarter, TAKEN)
        tried = _settled(tools, claimed, row, fetched, is_anew=is_anew)
        if tried.outcome in (Outcome.FILE, Outcome.UNCHANGED):
            row.url = url
        row.said, row.failures, row.claimed_until = tried.said.replace("\0", ""), tried.failures, None
        row.next_at = func.now() + _wait(claimed, fetched, tried)
        session.flush()
        session.refresh(row)
        tried = replace(tried, next_at=row.next_at)
    log.info("pull.tried", feed=tried.feed, quarter=tried.quarter, said=tried.said, again_at=str(tried.next_at))
    return tried


def _settled(tools: Tools, claimed: Claimed, row: FeedPull, fetched: Fetched, *, is_anew: bool) -> Tried:
    """Hand in what is new, and keep what it came with: only then, so that what was refused is fetched again."""
    outcome, said, submission_id = fetched.outcome, fetched.said, None
    if outcome is Outcome.FILE:
        sha256 = hashlib.sha256(fetched.content).hexdigest()
        if sha256 == claimed.sha256 and not is_anew:
            # not handed in: somebody may have handed in a better one since, or withdrawn this one
            outcome, said = Outcome.UNCHANGED, f"{said}: the same bytes as last time"
        else:
            name = fetched.file_name or f"{claimed.feed}-{claimed.quarter}"
            try:
                submission_id, is_new = tools.hand_in(claimed.feed, claimed.quarter, name, fetched.content)
            except IevqError as refused:
                outcome, said = Outcome.FAILED, f"{said}: not taken in: {refused.text('en')}"
            else:
                how = "handed in as" if is_new else "the same file as"
                said = f"{said}: {len(fetched.content):,} bytes, {how} submission {submission_id}"
                row.sha256 = sha256
    if outcome in (Outcome.FILE, Outcome.UNCHANGED):
        is_whole = fetched.outcome is Outcome.FILE  # with a 304 a server need not repeat them
        row.etag = fetched.etag if is_whole else fetched.etag or row.etag
        row.last_modified = fetched.last_modified if is_whole else fetched.last_modified or row.last_modified
        row.pulled_at = func.now() if is_whole else row.pulled_at
    failures = claimed.failures + 1 if outcome is Outcome.FAILED else 0
    return Tried(claimed.feed, claimed.quarter, said, outcome, submission_id, failures)


def _wait(claimed: Claimed, fetched: Fetched, tried: Tried) -> timedelta:
    luck = zlib.crc32(f"{claimed.feed}:{claimed.quarter}:{tried.failures}".encode()) / 2**32
    return next_wait(
        tried.outcome or Outcome.FAILED,
        tried.failures,
        luck,
        quarter=Quarter.parse(claimed.quarter),
        closes_on=claimed.closes_on,
        now=datetime.now(UTC),
        retry_after=fetched.retry_after,
    )
