"""Preview: open quarters whose input changed → how they would look now; for engineers, never published."""

from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import bases, feeds, filings, looks, observations, quarters, vintages
from ievq_pipeline.db.bases import Basis
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.panels import Naming
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.parts import tested
from ievq_pipeline.domain.surge.schedule import Kind

log = structlog.get_logger()


@dataclass
class Now:
    """All that is known at this moment."""

    seq: int
    made_at: datetime


def run_waiting(sessions: sessionmaker[Session], naming: Naming) -> list[str]:
    """Renew the preview of each open quarter and basis whose filings changed since; returns the looks' ids.

    A preview issues nothing and is no look at a fixed moment: another arrival replaces it.
    """
    with sessions() as session:
        open_ = [row.quarter for row in quarters.every(session) if row.opened_at and not row.closed_at]
        known = [(basis, mode) for basis in feeds.bases(session) if (mode := bases.mode_of(basis)) is not None]
    made = [
        _preview(sessions, Basis(sessions, basis, mode, naming), quarter) for basis, mode in known for quarter in open_
    ]
    return [str(look_id) for look_id in made if look_id is not None]


def _preview(sessions: sessionmaker[Session], of: Basis, quarter: str) -> int | None:
    with sessions.begin() as session:
        hold(session, Lock.FOLD)
        seen = looks.seen_until(session, of.name, quarter)
        hold(session, Lock.KNOWN)
        now = Now(filings.latest_known(session) or 0, datetime.now(UTC))
        if not observations.changed_quarters(session, of.name, seen, now.seq, [quarter]):
            return None
    with sessions.begin() as session:  # the work itself, while nobody waits for what is known
        hold(session, Lock.FOLD)
        due = Quarter.parse(quarter)
        _, replayed = of.replay(session, now, due, due)
        look = replayed[-1]
        expected, in_force = vintages.coverage(session, of.name, quarter, now.seq)
        row = looks.row_of(
            look,
            basis=of.name,
            kind=Kind.PREVIEW,
            rule_version=of.mode.version,
            known_seq=now.seq,
            feeds_expected=expected,
            feeds_in_force=in_force,
        )
        looks.drop_preview(session, of.name, quarter)
        look_id = looks.add(session, row, [tested(test) for test in look.tests], [])
    log.info("preview.renewed", basis=of.name, quarter=quarter, tested=row.tested)
    return look_id
