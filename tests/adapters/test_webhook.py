"""One notice by webhook: a CloudEvent under a signature that the standard's own library verifies."""

import json
import time
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from ievq_pipeline.adapters import webhook
from ievq_pipeline.adapters.egress import Egress

ALERT = {
    "alert_id": "0d3f8a52-4b0e-4c7e-9a35-2f6f5c1f7e11",
    "revision": 2,
    "event_id": "0d3f8a52-4b0e-4c7e-9a35-2f6f5c1f7e11:2",
    "feed_seq": 17,
    "notice": "updated",
    "updated_at": "2020-07-30T18:30:00Z",
    "sentence": {"zh": "对「远程办公」的需求", "en": "Demand for Remote"},
}


class Receiver(BaseHTTPRequestHandler):
    """Remembers what came, and answers with the bytes that the path names."""

    came: list[tuple[dict[str, str], bytes]]
    answers: dict[str, bytes]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        type(self).came.append(({name.lower(): value for name, value in self.headers.items()}, body))
        self.wfile.write(type(self).answers[self.path])
        self.close_connection = True

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def address() -> Iterator[str]:
    Receiver.came = []
    Receiver.answers = {"/": b"HTTP/1.1 204 No Content\r\n\r\n"}
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def send(address: str, path: str = "/", secret: str | None = None) -> Any:
    egress = Egress.parse(f"http://127.0.0.1/32:{address.rpartition(':')[2]}")
    body = webhook.body_of(ALERT, source="https://alerts.example", prev_feed_seq=12)
    return webhook.send(egress, address + path, secret or webhook.new_secret(), str(ALERT["event_id"]), body)


def test_the_body_is_a_cloud_event_and_the_same_at_every_attempt() -> None:
    body = webhook.body_of(ALERT, source="https://alerts.example", prev_feed_seq=12)
    assert body == webhook.body_of(dict(ALERT), source="https://alerts.example", prev_feed_seq=12)
    assert json.loads(body) == {
        "specversion": "1.0",
        "id": ALERT["event_id"],
        "source": "https://alerts.example",
        "type": "ievq.alert.updated",
        "subject": ALERT["alert_id"],
        "time": "2020-07-30T18:30:00Z",
        "datacontenttype": "application/json",
        "feed_seq": 17,
        "prev_feed_seq": 12,
        "data": ALERT,
    }
    assert "远程办公" in body


@pytest.mark.timezone
def test_the_signature_holds_for_the_standards_library(address: str) -> None:
    secret = webhook.new_secret()
    assert send(address, secret=secret).is_success
    (headers, body) = Receiver.came[0]
    assert Webhook(secret).verify(body, headers)["data"] == ALERT
    assert headers["webhook-id"] == ALERT["event_id"]
    assert abs(int(headers["webhook-timestamp"]) - time.time()) < 60
    assert headers["content-type"] == "application/cloudevents+json; charset=utf-8"
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook.new_secret()).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body + b" ", headers)


def test_secrets_are_long_random_and_of_the_standards_form() -> None:
    made = {webhook.new_secret() for _ in range(20)}
    assert len(made) == 20
    assert all(secret.startswith("whsec_") and len(secret) == 50 for secret in made)


@pytest.mark.parametrize(
    ("answer", "status", "is_success", "retry_after"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nyes!", 200, True, None),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", 302, False, None),
        (b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n", 410, False, None),
        (b"HTTP/1.1 503 No\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n", 503, False, timedelta(seconds=120)),
        (b"HTTP/1.1 429 No\r\nRetry-After: -5\r\nContent-Length: 0\r\n\r\n", 429, False, None),
        (b"HTTP/1.1 429 No\r\nRetry-After: soon\r\nContent-Length: 0\r\n\r\n", 429, False, None),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\ncut off", 200, True, None),
        (b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope", 200, True, None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 200, True, None),
        (b"gibberish\r\n\r\n", None, False, None),
        (b"", None, False, None),
    ],
)
def test_whatever_the_receiver_answers_is_an_outcome(
    address: str, answer: bytes, status: int | None, is_success: bool, retry_after: timedelta | None
) -> None:
    Receiver.answers["/odd"] = answer
    attempt = send(address, "/odd")
    assert (attempt.status, attempt.is_success, attempt.retry_after) == (status, is_success, retry_after)
    assert len(Receiver.came) == 1


def test_a_moment_to_try_again_is_read_and_never_lies_in_the_past(address: str) -> None:
    for moment, least, most in (("Fri, 01 Jan 2100 00:00:00 GMT", 1, 99_999), ("Fri, 01 Jan 1999 00:00:00 GMT", 0, 0)):
        Receiver.answers["/later"] = f"HTTP/1.1 503 No\r\nRetry-After: {moment}\r\nContent-Length: 0\r\n\r\n".encode()
        wait = send(address, "/later").retry_after
        assert wait is not None
        assert least <= wait.days <= most


def test_of_a_long_answer_only_the_beginning_is_kept(address: str) -> None:
    Receiver.answers["/long"] = b"HTTP/1.1 500 No\r\nContent-Length: 1000000\r\n\r\n" + b"x" * 1_000_000
    assert send(address, "/long").said == "x" * webhook.KEPT_OF_ANSWER


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "https://169.254.169.254/latest", "https://[::1", "nonsense", "https://a..b"]
)
def test_an_address_that_may_not_be_called_is_a_failed_attempt(url: str) -> None:
    attempt = webhook.send(Egress(), url, webhook.new_secret(), "x:1", "{}")
    assert attempt.status is None
    assert attempt.said
