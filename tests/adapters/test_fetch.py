"""A file by HTTP from a server that means well, means ill or is broken: fetched, or refused in words, and in time."""

import gzip
import logging
import os
import socket
import ssl
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.adapters.fetch import fetch
from ievq_pipeline.domain.pull import Fetched, Outcome
from tests.file_host import Asked, FileHost, Reply

FILE = "企业,季度\n甲,2025-Q3\n".encode()
GET = "/files/2025-Q3.csv?token=hush"


@pytest.fixture
def host() -> Iterator[FileHost]:
    with FileHost().listening() as running:
        yield running


def got(host: FileHost, reply: Reply | None = None, path: str = GET, **options: Any) -> Fetched:
    if reply is not None:
        host.answer = lambda _: reply
    fetched = fetch(host.egress, host.url + path, **({"cap_mb": 1} | options))
    assert "hush" not in fetched.said, "there may be a token in the address"
    return fetched


def endless(part: bytes, seconds: float = 0.0) -> Iterator[bytes]:
    while True:
        yield part
        time.sleep(seconds)


def test_a_file_comes_with_its_name_and_its_validators(host: FileHost) -> None:
    headers = {"ETag": 'W/"1"', "Last-Modified": "Wed, 01 Oct 2025 08:00:00 GMT"}
    fetched = got(host, Reply(200, headers, FILE))
    assert fetched == Fetched(
        Outcome.FILE, "200 OK", FILE, "2025-Q3.csv", 'W/"1"', "Wed, 01 Oct 2025 08:00:00 GMT", None
    )
    assert not {"if-none-match", "if-modified-since", "authorization", "cookie"} & host.asked[0].headers.keys()


def test_validators_go_back_as_they_came_and_304_means_unchanged(host: FileHost) -> None:
    fetched = got(host, Reply(304, {"ETag": '"2"'}), etag='"1"', last_modified="whenever")
    assert (fetched.outcome, fetched.content, fetched.etag) == (Outcome.UNCHANGED, b"", '"2"')
    assert host.asked[0].headers["if-none-match"] == '"1"'
    assert host.asked[0].headers["if-modified-since"] == "whenever"


def test_a_304_that_nobody_asked_for_brings_no_file(host: FileHost) -> None:
    assert got(host, Reply(304)).outcome is Outcome.FAILED


@pytest.mark.parametrize("status", [404, 410])
def test_no_file_yet_is_no_failure(host: FileHost, status: int) -> None:
    assert got(host, Reply(status)).outcome is Outcome.NOT_OUT


@pytest.mark.parametrize("status", [204, 206, 302, 400, 401, 403, 429, 500, 503])
def test_any_other_answer_is_a_failure_and_named(host: FileHost, status: int) -> None:
    fetched = got(host, Reply(status))
    assert fetched.outcome is Outcome.FAILED
    assert f"the server answered {status}" in fetched.said


def test_a_server_may_ask_to_come_back_later_in_seconds_or_by_date(host: FileHost) -> None:
    assert got(host, Reply(503, {"Retry-After": "7200"})).retry_after == timedelta(hours=2)
    date = format_datetime(datetime.now(UTC) + timedelta(hours=3), usegmt=True)
    later = got(host, Reply(503, {"Retry-After": date})).retry_after
    assert later is not None
    assert timedelta(hours=2.9) < later <= timedelta(hours=3)
    assert got(host, Reply(503, {"Retry-After": "soon"})).retry_after is None


def test_redirects_are_followed_to_where_we_may_go(host: FileHost) -> None:
    ways = {
        GET: Reply(301, {"Location": "/moved/一.csv".encode().decode("latin-1")}),
        "/moved/%E4%B8%80.csv": Reply(307, {"Location": f"{host.url}/there"}),
        "/there": Reply(200, {"Content-Disposition": "attachment; filename*=UTF-8''%E4%BA%8C.csv"}, FILE),
    }
    host.answer = lambda asked: ways[asked.path]
    fetched = got(host, etag='"1"')
    assert (fetched.content, fetched.file_name) == (FILE, "二.csv")
    assert [asked.path for asked in host.asked] == list(ways)
    assert host.asked[-1].headers["if-none-match"] == '"1"'


@pytest.mark.parametrize(
    "location",
    [
        "http://127.0.0.2:{port}/x", "http://localhost.localdomain.invalid/", "https://127.0.0.1:{other}/",
        "https://10.0.0.1/hush", "http://169.254.169.254/latest/meta-data", "https://[::1]/", "file:///etc/passwd",
        "//192.168.1.1/x", "https://me:hush@1.1.1.1/", "http://1.1.1.1/",
    ],
)  # fmt: skip
def test_a_redirect_elsewhere_is_refused_and_nobody_is_asked(
    host: FileHost, location: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with FileHost().listening() as other:
        to = location.format(port=host.port, other=other.port)
        fetched = got(host, Reply(302, {"Location": to}))
        assert (fetched.outcome, fetched.said[:10]) == (Outcome.FAILED, "not asked:")
        assert len(host.asked) == 1
        assert other.asked == []


def test_redirects_that_lead_in_a_circle_end(host: FileHost) -> None:
    fetched = got(host, Reply(302, {"Location": GET}))
    assert (fetched.outcome, fetched.said) == (Outcome.FAILED, "more than 5 redirects")
    assert len(host.asked) == 6


def test_a_private_address_is_refused_unless_the_operator_allows_it(host: FileHost) -> None:
    fetched = fetch(Egress(), host.url + GET, cap_mb=1)
    assert (fetched.outcome, host.asked) == (Outcome.FAILED, [])
    assert "127.0.0.1 is not a public address" in fetched.said


def test_a_name_that_changes_its_mind_after_the_check_leads_nowhere(
    host: FileHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = ["1.1.1.1", "127.0.0.1"]

    def resolved(*_: object, **__: object) -> list[tuple[Any, ...]]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (answers.pop(0), host.port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolved)
    fetched = fetch(Egress(), f"https://innocent.example/{GET}", cap_mb=1)
    assert (fetched.outcome, answers) == (Outcome.FAILED, [])
    assert fetched.said == "not asked: its name leads to an address that may not be called"


def test_a_file_over_the_cap_is_refused_before_it_is_read(host: FileHost) -> None:
    reply = Reply(200, {"Content-Length": "300000000"}, endless(bytes(100_000)))
    assert got(host, reply).said == "too large: 300,000,000 bytes, at most 1 MB"
    assert host.sent < 20_000_000  # what the sockets hold


@pytest.mark.parametrize("headers", [{}, {"Content-Length": "nonsense"}])
def test_a_file_that_does_not_say_how_large_it_is_is_counted(host: FileHost, headers: dict[str, str]) -> None:
    fetched = got(host, Reply(200, headers, endless(bytes(100_000))))
    assert (fetched.outcome, fetched.said) == (Outcome.FAILED, "too large: at most 1 MB")
    assert host.sent < 20_000_000


def test_a_file_that_just_fits_comes_whole(host: FileHost) -> None:
    content = os.urandom(1_000_000)
    assert got(host, Reply(200, {"Content-Length": "1000000"}, content)).content == content
    assert got(host, Reply(200, {}, content + b"x")).outcome is Outcome.FAILED


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", "GZIP"])
def test_a_file_packed_for_the_way_is_unpacked(host: FileHost, encoding: str) -> None:
    packed = gzip.compress(FILE) + gzip.compress(b"more\n")
    headers = {"Content-Encoding": encoding, "Content-Length": str(len(packed))}
    assert got(host, Reply(200, headers, packed)).content == FILE + b"more\n"
    assert host.asked[0].headers["accept-encoding"] == "gzip"


def test_a_gzip_bomb_goes_off_nowhere(host: FileHost) -> None:
    bomb = gzip.compress(bytes(200_000_000), 9)
    assert len(bomb) < 250_000
    tracemalloc.start()
    try:
        fetched = got(host, Reply(200, {"Content-Encoding": "gzip", "Content-Length": str(len(bomb))}, bomb))
        assert fetched.said == "too large: at most 1 MB"
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_a_file_packed_in_another_way_is_refused(host: FileHost) -> None:
    for encoding in ("br", "gzip, gzip", "deflate"):
        assert "not asked for" in got(host, Reply(200, {"Content-Encoding": encoding}, b"?")).said


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {"Content-Length": "1000"}, FILE),
        Reply(is_raw=True, body=b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n400\r\nonly this"),
        Reply(200, {"Content-Encoding": "gzip"}, gzip.compress(FILE)[:-5]),
        Reply(is_raw=True, body=b""),
    ],
    ids=["length", "chunked", "gzip", "nothing"],
)
def test_a_file_that_breaks_off_is_no_file(host: FileHost, reply: Reply) -> None:
    fetched = got(host, reply)
    assert (fetched.outcome, fetched.said) == (Outcome.FAILED, "it broke off before its end")


@pytest.mark.parametrize("packed", [b"no gzip", gzip.compress(FILE)[:12] + bytes(30)], ids=["none", "broken"])
def test_what_cannot_be_unpacked_is_no_file(host: FileHost, packed: bytes) -> None:
    assert got(host, Reply(200, {"Content-Encoding": "gzip"}, packed)).said == "it cannot be unpacked"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, {}, endless(b".", 0.05)),
        Reply(200, {"Content-Encoding": "gzip"}, endless(gzip.compress(b""), 0.05)),
        Reply(is_raw=True, body=endless(b"HTTP/1.1 200 OK\r\nA: b\r\n", 0.05)),
        Reply(is_raw=True, body=endless(b"x", 0.05)),
        Reply(is_raw=True, body=endless(b"", 0.05)),
    ],
    ids=["body", "packed", "headers", "status", "silence"],
)
def test_a_server_that_drips_is_left_when_time_is_up(host: FileHost, reply: Reply) -> None:
    began = time.monotonic()
    fetched = got(host, reply, seconds=1.0)
    assert (fetched.outcome, fetched.said) == (Outcome.FAILED, "given up: it was not all there after 1 s")
    assert time.monotonic() - began < 3


def test_a_server_that_never_shakes_hands_is_left_when_time_is_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as mute:
        port = mute.getsockname()[1]
        began = time.monotonic()
        fetched = fetch(Egress.parse(f"https://127.0.0.1/32:{port}"), f"https://127.0.0.1:{port}/", cap_mb=1, seconds=1)
    assert fetched.said == "given up: it was not all there after 1 s"
    assert time.monotonic() - began < 3


def test_a_deadline_in_the_middle_of_redirects_holds_for_all_of_them(host: FileHost) -> None:
    def slow(_: Asked) -> Reply:
        time.sleep(0.4)
        return Reply(302, {"Location": GET})

    host.answer = slow
    assert "given up" in got(host, seconds=1.0).said


@pytest.mark.parametrize("page", [b"<!DOCTYPE html><p>Log in", b"\xef\xbb\xbf\r\n <HTML>"])
def test_a_web_page_in_place_of_a_file_is_refused(host: FileHost, page: bytes) -> None:
    assert "a web page came" in got(host, Reply(200, {"Content-Type": "text/csv"}, page)).said


def test_an_empty_file_is_refused(host: FileHost) -> None:
    assert got(host, Reply(200, {"Content-Length": "0"})).said == "an empty file"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        ("", "2025-Q3.csv"),
        ('attachment; filename="三季度.csv"', "三季度.csv"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="C:\\\\up\\\\a.csv"', "a.csv"),
        ("attachment; filename=" + "x" * 500 + ".csv", "x" * 196 + ".csv"),
    ],
)
def test_a_name_is_a_name_and_no_path(host: FileHost, header: str, name: str) -> None:
    headers = {"Content-Disposition": header.encode().decode("latin-1")}
    assert got(host, Reply(200, headers, FILE)).file_name == name
    assert got(host, Reply(200, {}, FILE), path="/?q=hush").file_name == ""


def test_validators_that_are_too_long_are_not_kept(host: FileHost) -> None:
    fetched = got(host, Reply(200, {"ETag": '"' + "x" * 2000 + '"'}, FILE))
    assert (fetched.outcome, fetched.etag) == (Outcome.FILE, None)


def test_who_does_not_listen_is_told_in_words(host: FileHost) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    egress = Egress.parse(f"http://127.0.0.1/32:{port}")
    assert fetch(egress, f"http://127.0.0.1:{port}/hush", cap_mb=1).said == "no connection: Connection refused"
    assert fetch(egress, "https://nowhere.invalid/", cap_mb=1).said == "not asked: its host name can't be resolved"
    assert fetch(egress, "https://[::1", cap_mb=1).outcome is Outcome.FAILED


@pytest.mark.parametrize(
    "head", [b"HTTP/1.1 200 OK\r\nno header\r\n\r\nx", b"nonsense\r\n\r\n", b"HTTP/1.1 503 No\r\n\r\n"]
)
def test_no_log_repeats_the_address(host: FileHost, head: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        got(host, Reply(is_raw=True, body=head))
    assert "hush" not in caplog.text


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    with FileHost(_own_certificate(tmp_path)).listening() as secure:
        secure.answer = lambda _: Reply(200, {}, FILE)
        fetched = fetch(secure.egress, secure.url, cap_mb=1)
        assert fetched.said.startswith("no secure connection: certificate verify failed: self-signed certificate")
        assert secure.asked == []


def _own_certificate(place: Path) -> ssl.SSLContext:
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ) + made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    (place / "both.pem").write_bytes(pem)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(place / "both.pem")
    return context
