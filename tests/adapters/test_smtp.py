"""One mail by SMTP to a server that means well, refuses, breaks off or hangs: sent, or told in words, and in time."""

import ssl
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ievq_pipeline.adapters import smtp
from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.adapters.smtp import MailServer as Configured
from ievq_pipeline.adapters.smtp import Post
from ievq_pipeline.domain.letter import Letter
from ievq_pipeline.domain.mail import Sending
from tests.mail_server import DROP, HANG, MailServer

TO, MAIL = "office@example.org", UUID("0d3f8a52-4b0e-4c7e-9a35-2f6f5c1f7e11")
LETTER = Letter("请填报：机器人 2025-Q3", "正文\n.第二行以点开头\n")
NOW = datetime(2025, 10, 5, 1, 30, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[MailServer]:
    with MailServer().listening() as running:
        yield running


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """A certificate for 127.0.0.1 that is trusted while the test runs."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "key.pem").write_bytes(pem)
    (tmp_path / "certificate.pem").write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "certificate.pem", tmp_path / "key.pem")
    return context


def post(server: MailServer, account: str = "", entry: str | None = None) -> Post:
    url = server.url.replace("://", f"://{account}@") if account else server.url
    allowed = server.entry if entry is None else entry
    return Post(Egress.parse(allowed), Configured.parse(url), "calendar@ievq.example")


def sent(server: MailServer, account: str = "", to: str = TO, letter: Letter = LETTER) -> Sending:
    return post(server, account).send(to, letter, MAIL, NOW, "zh")


def test_a_mail_arrives_as_it_was_written_under_an_id_of_its_own(server: MailServer) -> None:
    assert sent(server).is_success
    [came] = server.came
    assert (came.to, came.text, came.message["Subject"]) == (TO, LETTER.body, LETTER.subject)
    assert came.message["Message-ID"] == f"<{MAIL}@ievq.example>"
    assert came.message["From"].addresses[0].addr_spec == "calendar@ievq.example"
    assert (came.message["Auto-Submitted"], came.message["Content-Language"]) == ("auto-generated", "zh-CN")
    assert came.message["Date"].datetime == NOW
    assert not came.is_secret


@pytest.mark.parametrize(
    ("verb", "reply", "sending"),
    [
        ("RCPT", "451 greylisted, come back", Sending(451, "greylisted, come back")),
        ("RCPT", "550 no such user", Sending(550, "no such user", is_final=True)),
        ("DONE", "452 disk full", Sending(452, "disk full")),
        ("DONE", "554 looks like spam", Sending(554, "looks like spam", is_final=True)),
        ("DATA", "421 closing", Sending(421, "closing")),
        ("MAIL", "553 you may not send as that", Sending(None, "553 you may not send as that")),
        ("CONNECT", "554 not you", Sending(None, "554 not you")),
        ("DONE", DROP, Sending(None, "the mail server broke off")),
        ("RCPT", DROP, Sending(None, "the mail server broke off")),
        ("RCPT", "550-first\n550 \x1b[31m法", Sending(550, "first [31m法", is_final=True)),
    ],
)
def test_what_the_server_answers_is_told_and_says_whether_it_may_be_tried_again(
    server: MailServer, verb: str, reply: str, sending: Sending
) -> None:
    server.replies[verb] = [reply]
    assert sent(server) == sending
    assert sent(server).is_success, "the next one is another connection"


def test_a_server_that_hangs_is_given_up(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "LONGEST", 0.4)
    server.replies["RCPT"] = [HANG]
    begun = time.monotonic()
    assert sent(server) == Sending(None, "given up: it took longer than 0.4 s")
    assert time.monotonic() - begun < 3


def test_nobody_there_is_told_in_words(server: MailServer) -> None:
    with MailServer().listening() as gone:
        pass
    assert sent(gone) == Sending(None, "no connection: Connection refused")


@pytest.mark.parametrize("entry", ["", "smtps://127.0.0.1/32:{port}", "http://127.0.0.1/32:{port}"])
def test_a_private_server_that_the_operator_has_not_allowed_is_not_called(server: MailServer, entry: str) -> None:
    sending = post(server, entry=entry.format(port=server.port)).send(TO, LETTER, MAIL, NOW, "zh")
    assert (sending.status, server.heard) == (None, [])
    assert "127.0.0.1 is not a public address" in sending.said


def test_a_password_never_goes_over_an_open_line(server: MailServer) -> None:
    assert sent(server, "me:hush").said == "the server offers no TLS: the password was not sent"
    assert "AUTH" not in server.heard
    assert "hush" not in repr(post(server, "me:hush"))


def test_with_tls_offered_the_line_is_secured_and_then_the_password_given(tls: ssl.SSLContext) -> None:
    with MailServer(tls).listening() as server:
        assert sent(server, "me%40office:hu%3Ash").is_success
        [came] = server.came
    assert (came.is_secret, came.login) == (True, "me@office hu:sh")
    with MailServer(tls, is_tls_at_once=True).listening() as server:
        assert sent(server, "me:hush").is_success
        assert server.came[0].is_secret
        server.replies["AUTH"] = ["535 wrong"]
        assert sent(server, "me:hush") == Sending(None, "535 wrong")


def test_a_certificate_that_nobody_vouches_for_is_refused(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    for at_once in (True, False):
        with MailServer(tls, is_tls_at_once=at_once).listening() as server:
            assert "CERTIFICATE_VERIFY_FAILED" in sent(server, "me:hush").said
            assert server.came == []


def test_no_name_makes_a_header_or_a_recipient(server: MailServer) -> None:
    injected = sent(server, letter=Letter("x\r\nBcc: victim@example.org", "y"))
    assert (injected.is_final, server.heard) == (True, [])
    assert sent(server, to="a@example.org\r\nRCPT TO:<victim@example.org>").is_final
    assert server.came == []
