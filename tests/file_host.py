"""A server that hosts files as a test tells it to, badly too, and remembers who asked for what."""

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.demo.receiver import serving


@dataclass(frozen=True)
class Reply:
    """`body` may be an iterator whose parts are sent one by one; `is_raw`: they are all that is sent, headers too."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: Iterator[bytes] | bytes = b""
    is_raw: bool = False


@dataclass(frozen=True)
class Asked:
    """One request; names of headers in lower case."""

    path: str
    headers: dict[str, str]


class FileHost:
    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[Asked] = []
        self.answer: Callable[[Asked], Reply] = lambda _: Reply(404)
        self.sent = 0  #: bytes of bodies that were taken from us
        self._scheme = "https" if tls else "http"
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()})
                host.asked.append(asked)
                reply = host.answer(asked)
                parts = [reply.body] if isinstance(reply.body, bytes) else reply.body
                try:
                    if not reply.is_raw:
                        self.send_response(reply.status)
                        for name, value in reply.headers.items():
                            self.send_header(name, value)
                        self.end_headers()
                    for part in parts:
                        self.wfile.write(part)
                        self.wfile.flush()
                        host.sent += len(part)
                except OSError:
                    pass  # whoever asked has had enough

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """Nothing on the terminal."""

        self._server = Server(("127.0.0.1", 0), Handler)
        if tls:
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"{self._scheme}://127.0.0.1:{self.port}"

    @property
    def entry(self) -> str:
        """What IEVQ_EGRESS_ALLOW needs, so that we may go there."""
        return f"{self._scheme}://127.0.0.1/32:{self.port}"

    @property
    def egress(self) -> Egress:
        return Egress.parse(self.entry)

    @contextmanager
    def listening(self) -> Iterator["FileHost"]:
        with serving(self._server):
            yield self
