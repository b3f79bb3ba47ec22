"""One notice by webhook: a CloudEvents body under a Standard Webhooks signature."""

import base64
import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any

import requests
from standardwebhooks.webhooks import Webhook
from urllib3.exceptions import HTTPError

from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.adapters.retry_after import asked_for
from ievq_pipeline.domain.delivery import Attempt

#: seconds to connect, and to wait for the answer
TIMEOUT = (5, 15)
KEPT_OF_ANSWER = 2_000


def new_secret() -> str:
    """A secret as Standard Webhooks writes it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


def body_of(alert: dict[str, Any], *, source: str, prev_feed_seq: int | None) -> str:
    """The structured CloudEvent; the same bytes at every attempt."""
    event = {
        "specversion": "1.0",
        "id": alert["event_id"],
        "source": source,
        "type": f"ievq.alert.{alert['notice']}",
        "subject": alert["alert_id"],
        "time": alert["updated_at"],
        "datacontenttype": "application/json",
        "feed_seq": alert["feed_seq"],
        "prev_feed_seq": prev_feed_seq,
        "data": alert,
    }
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def send(egress: Egress, url: str, secret: str, event_id: str, body: str) -> Attempt:
    """Post the body once. Never raises for what the network or the receiver does: the attempt says it."""
    now = datetime.now(UTC)  # the library takes aware times for UTC whatever their zone
    headers = {
        "Content-Type": "application/cloudevents+json; charset=utf-8",
        "User-Agent": "ievq-pipeline",
        "webhook-id": event_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(event_id, now, body),
    }
    try:
        with (
            egress.session() as session,
            session.post(
                url, data=body.encode(), headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True
            ) as answer,
        ):
            return Attempt(answer.status_code, _said(answer) or answer.reason or "", asked_for(answer, now))
    except (requests.RequestException, OSError, ValueError) as error:
        return Attempt(None, f"{type(error).__name__}: {error}"[:KEPT_OF_ANSWER])


def _said(answer: requests.Response) -> str:
    """How the body begins. The status is the answer: a body that stalls, drips or can't be unpacked changes nothing."""
    kept, until = b"", time.monotonic() + TIMEOUT[1]
    try:
        while len(kept) < KEPT_OF_ANSWER and time.monotonic() < until:
            more = answer.raw.read1(KEPT_OF_ANSWER - len(kept), decode_content=True)
            if not more:
                break
            kept += more
    except (HTTPError, OSError) as error:
        kept = kept or f"{type(error).__name__}: {error}".encode()[:KEPT_OF_ANSWER]
    return kept.decode(errors="replace")
