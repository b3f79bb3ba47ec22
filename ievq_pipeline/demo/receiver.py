"""The demo's subscriber: a webhook receiver on 127.0.0.1 that verifies every notice."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

from standardwebhooks.webhooks import Webhook, WebhookVerificationError


class Receiver:
    """Answers 204 to a notice whose signature holds, 401 to any other; remembers what came, by webhook id."""

    def __init__(self) -> None:
        self.secret: str | None = None
        self.arrivals: dict[str, int] = {}
        self.refused = 0
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:  # the library's name
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                is_good = receiver.take(body, dict(self.headers.items()))
                self.send_response(204 if is_good else 401)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._lock = threading.Lock()

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/notices"

    def take(self, body: bytes, headers: dict[str, str]) -> bool:
        """Whether the notice is ours; counts it if so."""
        with self._lock:
            try:
                Webhook(self.secret or "").verify(body, headers)
            except (WebhookVerificationError, ValueError, RuntimeError):
                self.refused += 1
                return False
            event_id = {name.lower(): value for name, value in headers.items()}["webhook-id"]
            self.arrivals[event_id] = self.arrivals.get(event_id, 0) + 1
            return True

    @contextmanager
    def listening(self) -> Iterator["Receiver"]:
        with serving(self._server):
            yield self


@contextmanager
def serving(server: HTTPServer) -> Iterator[None]:
    """Let it answer, in a thread of its own, for as long as this lasts."""
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
