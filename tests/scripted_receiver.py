"""A webhook receiver that answers as a test tells it to, and remembers what came."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from ievq_pipeline.adapters import webhook
from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import endpoints
from ievq_pipeline.demo.receiver import serving


@dataclass(frozen=True)
class Reply:
    """`body` may be an iterator whose parts are sent one by one."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: Iterator[bytes] | bytes = b""


@dataclass(frozen=True)
class Post:
    """One attempt that reached the receiver."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def event(self) -> dict[str, Any]:
        return dict(json.loads(self.raw))

    @property
    def webhook_id(self) -> str:
        return self.headers["webhook-id"]


class ScriptedReceiver:
    def __init__(self) -> None:
        self.posts: list[Post] = []
        self.answer: Callable[[Post], Reply] = lambda _: Reply()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                post = Post(self.path, {name.lower(): value for name, value in self.headers.items()}, raw)
                receiver.posts.append(post)
                reply = receiver.answer(post)
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                try:
                    for part in [reply.body] if isinstance(reply.body, bytes) else reply.body:
                        self.wfile.write(part)
                        self.wfile.flush()
                except OSError:
                    pass  # the sender has heard enough

            def log_message(self, *_: object) -> None:
                """Nothing on the terminal."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True

    @property
    def port(self) -> int:
        return self._server.server_port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @contextmanager
    def listening(self) -> Iterator["ScriptedReceiver"]:
        with serving(self._server):
            yield self

    def arrived(self, number: int, seconds: float = 15) -> bool:
        """Whether so many attempts arrive in time."""
        until = time.monotonic() + seconds
        while len(self.posts) < number and time.monotonic() < until:
            time.sleep(0.01)
        return len(self.posts) >= number


def allowing(house: House, entry: str) -> House:
    """The same house with another IEVQ_EGRESS_ALLOW."""
    return House(house.settings.model_copy(update={"egress_allow": entry}), house.engine)


def subscribe(house: House, receiver: ScriptedReceiver, name: str = "one") -> str:
    """An endpoint at the receiver; returns its secret."""
    secret = webhook.new_secret()
    with house.sessions.begin() as session:
        endpoints.add(session, name, receiver.url, house.secret_box.seal(secret))
    return secret
