"""Deliver: a claim on pending deliveries → sent, failed (when next) or dead; at least once, under one webhook id."""

import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.adapters import webhook
from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.adapters.secret_box import SecretBox
from ievq_pipeline.db import deliveries, endpoints
from ievq_pipeline.db.deliveries import Claimed
from ievq_pipeline.domain.delivery import Attempt, next_wait
from ievq_pipeline.domain.errors import BadSettings

log = structlog.get_logger()
AT_ONCE = 8
BATCH = 32


def run_waiting(
    sessions: sessionmaker[Session],
    *,
    egress: Egress,
    secret_box: SecretBox,
    public_url: str,
    is_stopping: Callable[[], bool] = lambda: False,
) -> list[str]:
    """Send everything that is due; returns the event ids tried. No transaction is open while something is sent."""

    def one(waiting: Claimed) -> str | None:
        with sessions.begin() as session:
            claimed = deliveries.begin(session, waiting)
        if claimed is None:
            return None
        event_id = str(claimed.alert["event_id"])
        body = webhook.body_of(claimed.alert, source=public_url, prev_feed_seq=claimed.prev_feed_seq)
        try:
            attempt = webhook.send(egress, claimed.url, secret_box.open(claimed.sealed_secret), event_id, body)
        except BadSettings as error:  # no key opens this endpoint's secret: the others are not to wait for it
            attempt = Attempt(None, str(error))
        _record(sessions, claimed, attempt, event_id)
        return event_id

    tried: list[str] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while not is_stopping():
            with sessions.begin() as session:
                claimed = deliveries.claim(session, BATCH)
            if not claimed:
                break
            tried += filter(None, pool.map(one, claimed))
    return tried


def _record(sessions: sessionmaker[Session], claimed: Claimed, attempt: Attempt, event_id: str) -> None:
    luck = zlib.crc32(f"{claimed.id}:{claimed.attempts}".encode()) / 2**32
    wait = None if attempt.is_success else next_wait(claimed.attempts, attempt, luck)
    with sessions.begin() as session:
        deliveries.record(session, claimed, attempt, wait)
        if attempt.is_gone:
            endpoints.disable(session, claimed.endpoint_id, "the receiver answered 410 Gone")
    log.info(
        "deliver.tried",
        event_id=event_id,
        status=attempt.status,
        said=None if attempt.is_success else attempt.said[:200],
        again_in_s=wait.total_seconds() if wait else None,
    )
