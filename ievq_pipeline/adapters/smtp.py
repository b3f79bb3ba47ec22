"""One mail by SMTP: only where the egress rule lets us go, a password only over TLS, and in time."""

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Self
from urllib.parse import unquote, urlsplit
from uuid import UUID

from ievq_pipeline.adapters.deadline import Deadline
from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.domain.errors import RefusedAddress
from ievq_pipeline.domain.letter import Letter
from ievq_pipeline.domain.mail import Sending

#: seconds to connect, and to wait for the next bytes
TIMEOUT = 20.0
#: seconds for all of a mail; less than its claim
LONGEST = 90.0
PORTS = {"smtp": 587, "smtps": 465}
LONGEST_SAID = 300
SENDER = "新质技术动态数据库 IEVQ"


@dataclass(frozen=True, slots=True)
class MailServer:
    """What IEVQ_SMTP_URL says; it does not show its password."""

    scheme: str
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @classmethod
    def parse(cls, url: str) -> Self:
        """Read `smtp://user:password@host:port` or `smtps://…`; settings have checked the form."""
        parts = urlsplit(url)
        user, password = (unquote(part or "") for part in (parts.username, parts.password))
        return cls(parts.scheme, parts.hostname or "", parts.port or PORTS[parts.scheme], user, password)


@dataclass(frozen=True, slots=True)
class Post:
    """Who sends, through which server, and where we may go."""

    egress: Egress
    server: MailServer
    sender: str

    def send(self, to: str, letter: Letter, mail_id: UUID, now: datetime, language: str) -> Sending:
        """Hand one mail to the server. Never raises for what network or server do.

        Its Message-ID stands for the mail, not for the attempt: whoever gets it twice, since we were killed between
        sending and writing that down, has two copies of one mail.
        """
        try:
            message = composed(self.sender, to, letter, mail_id, now, language)
        except ValueError as error:
            return Sending(None, f"it could not be written: {error}", is_final=True)
        with Deadline(LONGEST) as deadline:
            try:
                return self._sent(to, message, deadline)
            except RefusedAddress as refused:
                return Sending(None, f"not called: {refused.values['why']['en']}")
            except smtplib.SMTPRecipientsRefused as refused:
                code, said = refused.recipients[to]
                return Sending(code, _words(said), is_final=code >= 500)
            except smtplib.SMTPDataError as refused:
                return Sending(refused.smtp_code, _words(refused.smtp_error), is_final=refused.smtp_code >= 500)
            except smtplib.SMTPResponseException as refused:  # of us, not of this mail: the operator must see to it
                return Sending(None, f"{refused.smtp_code} {_words(refused.smtp_error)}")
            except (smtplib.SMTPException, OSError, ValueError) as error:
                late = f"given up: it took longer than {LONGEST:g} s" if deadline.is_over else _in_words(error)
                return Sending(None, late)

    def _sent(self, to: str, message: bytes, deadline: Deadline) -> Sending:
        server = _connected(self.egress, self.server, self.sender.rpartition("@")[2], deadline)
        try:
            is_secret = isinstance(server, smtplib.SMTP_SSL)
            server.ehlo_or_helo_if_needed()
            if not is_secret and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
                is_secret = True
            if self.server.user:
                if not is_secret:
                    return Sending(None, "the server offers no TLS: the password was not sent")
                server.login(self.server.user, self.server.password)
            server.sendmail(self.sender, [to], message)
            return Sending(250, "taken over by the mail server")
        finally:
            with suppress(smtplib.SMTPException, OSError):  # the mail is out, or not: nothing said now changes that
                server.quit()
            server.close()


def composed(sender: str, to: str, letter: Letter, mail_id: UUID, now: datetime, language: str) -> bytes:
    """The mail as it goes over the wire: UTF-8, the subject encoded. Raises ValueError for a header of two lines."""
    message = EmailMessage(policy=SMTP)
    message["From"] = f'"{SENDER}" <{sender}>'
    message["To"] = to
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail_id}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"  # so that no office's absence note answers it
    message.set_content(letter.body, charset="utf-8", cte="base64")
    message["Content-Language"] = "zh-CN" if language == "zh" else "en"
    return message.as_bytes()


def _connected(egress: Egress, server: MailServer, name: str, deadline: Deadline) -> smtplib.SMTP:
    """A connection to the very address that was checked, which the deadline watches."""
    address = egress.mail_server(server.scheme, server.host, server.port)

    class Plain(smtplib.SMTP):
        def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
            return deadline.watch(socket.create_connection((address, port), timeout))

    class Secure(smtplib.SMTP_SSL):
        def _get_socket(self, host: str, port: int, timeout: float) -> Any:
            connected = deadline.watch(socket.create_connection((address, port), timeout))
            return self.context.wrap_socket(connected, server_hostname=host)

    if server.scheme == "smtps":
        context = ssl.create_default_context()
        return Secure(server.host, server.port, local_hostname=name, timeout=TIMEOUT, context=context)
    return Plain(server.host, server.port, local_hostname=name, timeout=TIMEOUT)


def _words(said: bytes | str) -> str:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:LONGEST_SAID]


def _in_words(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "the mail server broke off"
    if isinstance(error, TimeoutError):
        return f"nothing came for {TIMEOUT:g} s"
    if isinstance(error, ssl.SSLError):
        return f"no secure connection: {error.reason or 'TLS failed'}"
    if isinstance(error, OSError) and error.strerror:
        return f"no connection: {error.strerror}"
    return _words(str(error)) or type(error).__name__
