"""Where requests may go: https to public addresses; elsewhere only where the operator said so."""

import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
import requests

from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.domain.errors import RefusedAddress


@pytest.mark.parametrize(
    "host",
    [
        "localhost", "127.0.0.1", "127.1", "127.255.255.254", "0.0.0.0", "0", "2130706433", "0x7f000001", "0x7f.1",
        "017700000001", "１２７.0.0.1", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.0.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "[::1]", "[::]",
        "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[::ffff:7f00:1]", "[::127.0.0.1]", "[fe80::1]", "[fc00::1]",
        "[fd12:3456::1]", "[fec0::1]", "[ff02::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:db8::1]",
    ],
)  # fmt: skip
def test_no_way_of_writing_a_private_address_is_let_through(host: str) -> None:
    with pytest.raises(RefusedAddress, match="not a public address"):
        Egress().check(f"https://{host}/hook")
    with Egress().session() as session, pytest.raises(requests.RequestException):
        session.get(f"https://{host}/hook", timeout=2)


@pytest.mark.parametrize(
    "url", ["https://1.1.1.1/x", "https://1.1.1.1:8443/x", "HTTPS://1.1.1.1", "https://[2606:4700::1111]/"]
)
def test_https_to_a_public_address_may_be_called(url: str) -> None:
    Egress().check(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://1.1.1.1/", "only https"),
        ("https://1.1.1.1:444/", "only https"),
        ("https://1.1.1.1:22/", "only https"),
        ("https://1.1.1.1:0/", "only https"),
        ("https://1.1.1.1:99999/", "not a valid"),
        ("https://1.1.1.1:x/", "not a valid"),
        ("https://[::1", "not a valid"),
        ("ftp://1.1.1.1/", "not a valid"),
        ("file:///etc/passwd", "not a valid"),
        ("gopher://1.1.1.1", "not a valid"),
        ("https:///hook", "not a valid"),
        ("//1.1.1.1/", "not a valid"),
        ("", "not a valid"),
        ("https://user@1.1.1.1/", "user name"),
        ("https://user:word@1.1.1.1/", "user name"),
        ("https://:@1.1.1.1/", "user name"),
        ("https://1.1.1.1\\@127.0.0.1/", "user name"),
        ("https://nowhere.invalid/", "resolved"),
        ("https://a..b/", "resolved"),
        ("https://" + "a" * 300 + ".com/", "resolved"),
        ("https://exa mple/", "resolved"),
    ],
)
def test_any_other_address_is_refused_with_its_reason_and_without_the_password(url: str, why: str) -> None:
    with pytest.raises(RefusedAddress, match=why) as refused:
        Egress().check(url)
    assert "word" not in refused.value.text("zh").replace("password", "")


def test_a_name_is_judged_by_where_it_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    leads_to = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.0.0.9", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: leads_to)
    with pytest.raises(RefusedAddress, match=r"10\.0\.0\.9"):
        Egress().check("https://innocent.example/")
    with Egress().session() as session, pytest.raises(requests.RequestException, match=r"10\.0\.0\.9"):
        session.post("https://innocent.example/", timeout=2)


class Receiver(BaseHTTPRequestHandler):
    seen: list[tuple[str, str]]

    def do_GET(self) -> None:
        type(self).seen.append((self.path, self.headers["Host"]))
        self.send_response(302 if self.path == "/away" else 200)
        if self.path == "/away":
            self.send_header("Location", "/landed")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing on the terminal."""


@pytest.fixture
def port() -> Iterator[int]:
    Receiver.seen = []
    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_what_the_operator_allows_is_called_and_nothing_beside_it(port: int) -> None:
    egress = Egress.parse(f"http://127.0.0.1/32:{port}, https://10.20.0.0/16:8443")
    egress.check(f"http://127.0.0.1:{port}/hook")
    egress.check(f"http://localhost:{port}/hook")
    egress.check("https://10.20.255.1:8443/")
    for url in (
        f"https://127.0.0.1:{port}/", f"http://127.0.0.2:{port}/", f"http://127.0.0.1:{port + 1}/", "http://127.0.0.1/",
        f"http://user@127.0.0.1:{port}/", "http://10.20.0.1:8443/", "https://10.20.0.1/", "https://10.21.0.1:8443/",
    ):  # fmt: skip
        with pytest.raises(RefusedAddress):
            egress.check(url)
    with egress.session() as session:
        assert session.get(f"http://localhost:{port}/hook", timeout=5).status_code == 200
        with pytest.raises(requests.RequestException):
            session.get(f"http://127.0.0.2:{port}/hook", timeout=5)
    assert Receiver.seen == [("/hook", f"localhost:{port}")]


def test_a_redirect_is_an_answer_and_never_followed(port: int) -> None:
    with Egress.parse(f"http://127.0.0.1/32:{port}").session() as session:
        for is_following in (False, True):
            answer = session.get(f"http://127.0.0.1:{port}/away", timeout=5, allow_redirects=is_following)
            assert (answer.status_code, answer.headers["Location"]) == (302, "/landed")
    assert {path for path, _ in Receiver.seen} == {"/away"}


def test_proxies_and_netrc_of_the_environment_are_not_used(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Egress.parse(f"http://127.0.0.1/32:{port}").session() as session:
        assert session.get(f"http://127.0.0.1:{port}/", timeout=5).status_code == 200
