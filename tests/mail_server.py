"""A mail server that speaks SMTP, answers as a test tells it to, badly too, and keeps what came."""

import base64
import socket
import socketserver
import ssl
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from threading import Thread

#: instead of a reply: the connection ends, or nothing is said any more
DROP, HANG = "drop", "hang"
USUAL = {"CONNECT": "220 ready", "MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "DONE": "250 taken"}


@dataclass(frozen=True)
class Came:
    """One mail that came whole, and how."""

    message: EmailMessage
    to: str
    is_secret: bool
    login: str | None

    @property
    def text(self) -> str:
        return str(self.message.get_content()).replace("\r\n", "\n")


class MailServer:
    """`replies` has, by verb, what is said before the usual reply is: `DONE` is what follows the mail itself."""

    def __init__(self, tls: ssl.SSLContext | None = None, *, is_tls_at_once: bool = False) -> None:
        self.came: list[Came] = []
        self.replies: dict[str, list[str]] = defaultdict(list)
        self.heard: list[str] = []
        self._callers: list[socket.socket] = []
        self.scheme = "smtps" if is_tls_at_once else "smtp"
        host = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                with suppress(OSError):  # whoever called has had enough
                    host._serve(self, tls, is_tls_at_once=is_tls_at_once)

        class Server(socketserver.ThreadingTCPServer):
            daemon_threads = True
            allow_reuse_address = True

            def handle_error(self, *_: object) -> None:
                """Nothing on the terminal."""

        self._server = Server(("127.0.0.1", 0), Handler)

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def entry(self) -> str:
        """What IEVQ_EGRESS_ALLOW needs, so that we may go there."""
        return f"{self.scheme}://127.0.0.1/32:{self.port}"

    @contextmanager
    def listening(self) -> Iterator["MailServer"]:
        thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._server.shutdown()
            self._server.server_close()
            thread.join(5)

    def disconnect(self) -> None:
        """Break off with everybody who is still there."""
        for caller in self._callers:
            with suppress(OSError):
                caller.shutdown(socket.SHUT_RDWR)

    def _reply(self, verb: str, usual: str) -> str:
        return self.replies[verb].pop(0) if self.replies[verb] else usual

    def _serve(
        self, handler: socketserver.StreamRequestHandler, tls: ssl.SSLContext | None, *, is_tls_at_once: bool
    ) -> None:
        to, login, is_secret = "", None, False
        wire = handler.rfile, handler.wfile
        self._callers.append(handler.connection)

        def secure() -> None:
            nonlocal wire, is_secret
            assert tls is not None
            handler.request = tls.wrap_socket(handler.request, server_side=True)
            wire = handler.request.makefile("rb"), handler.request.makefile("wb")
            is_secret = True

        def say(verb: str, usual: str) -> bool:
            reply = self._reply(verb, usual)
            if reply == HANG:
                while wire[0].readline():
                    pass
            if reply in (DROP, HANG):
                return False
            wire[1].write(reply.replace("\n", "\r\n").encode() + b"\r\n")
            wire[1].flush()
            return True

        if is_tls_at_once:
            secure()
        is_on = say("CONNECT", USUAL["CONNECT"])
        while is_on and (line := wire[0].readline()):
            verb, _, rest = line.decode("ascii").strip().partition(" ")
            verb = verb.upper()
            self.heard.append(verb)
            if verb in ("EHLO", "HELO"):
                more = "" if tls is None or is_secret else "250-STARTTLS\n"
                is_on = say(verb, f"250-here\n{more}250 AUTH PLAIN")
            elif verb == "STARTTLS":
                is_on = say(verb, "220 go on")
                if is_on:
                    secure()
            elif verb == "AUTH":
                login = base64.b64decode(rest.split()[-1]).decode().replace("\0", " ").strip()
                is_on = say(verb, "235 welcome")
            elif verb == "DATA":
                goes_on = not self.replies[verb] or self.replies[verb][0].startswith("3")
                is_on = say(verb, USUAL[verb])
                if goes_on:
                    body = self._body(wire[0])
                    message = message_from_bytes(body, policy=default)
                    assert isinstance(message, EmailMessage)
                    reply = self.replies["DONE"][0] if self.replies["DONE"] else USUAL["DONE"]
                    if reply[0] == "2" or reply in (DROP, HANG):
                        self.came.append(Came(message, to, is_secret, login))
                    is_on = say("DONE", USUAL["DONE"])
            elif verb == "QUIT":
                say(verb, "221 bye")
                return
            else:
                to = rest.partition("<")[2].partition(">")[0] if verb == "RCPT" else to
                is_on = say(verb, USUAL.get(verb, "250 ok"))

    @staticmethod
    def _body(rfile: Iterator[bytes]) -> bytes:
        lines = []
        for line in rfile:
            if line == b".\r\n":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)
