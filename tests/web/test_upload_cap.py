"""A body over the cap is answered 413 before the rest of it is read, whatever its headers say; by a real server."""

import io
import json
import select
import socket
import threading
import time
import zipfile
from collections.abc import Callable, Iterator

import pytest
import requests
import uvicorn

from ievq_pipeline.bootstrap import House
from ievq_pipeline.web import upload_cap
from ievq_pipeline.web.app import create_app

Keys = dict[str, dict[str, str]]
BOUNDARY = b"----x"
START = (
    b'------x\r\nContent-Disposition: form-data; name="feed"\r\n\r\nhn\r\n'
    b'------x\r\nContent-Disposition: form-data; name="quarter"\r\n\r\n2025-Q3\r\n'
    b'------x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
)
END = b"\r\n------x--\r\n"


@pytest.fixture
def port(house: House) -> Iterator[int]:
    """The app behind uvicorn on a free port, with a cap of 4 MB, and of 1 MB for workbooks."""
    capped = House(house.settings.model_copy(update={"upload_cap_mb": 4, "workbook_cap_mb": 1}), house.engine)
    server = uvicorn.Server(uvicorn.Config(create_app(capped), port=0, log_level="error", timeout_graceful_shutdown=1))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 20
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(20)


def head(keys: Keys, *lines: str) -> bytes:
    own = [f"{name}: {value}" for name, value in keys["office"].items()]
    content_type = f"Content-Type: multipart/form-data; boundary={BOUNDARY.decode()}"
    return "\r\n".join(["POST /v1/submissions HTTP/1.1", "Host: x", content_type, *own, *lines, "", ""]).encode()


def sent_until_answered(
    port: int, start: bytes, wrap: Callable[[bytes], bytes], first: bytes = b""
) -> tuple[bytes, int]:
    """The answer to an endless body, and how many bytes of it went out before the answer came."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(start + wrap(START + first))
        while not select.select([connection], [], [], 0)[0] and sent < 100_000_000:
            try:
                connection.sendall(wrap(b"x" * 65_536))
            except (BrokenPipeError, ConnectionResetError):
                break
            sent += 65_536
        return connection.recv(65_536), sent


def test_an_endless_body_in_chunks_is_stopped_at_the_cap(port: int, keys: Keys) -> None:
    answer, sent = sent_until_answered(
        port, head(keys, "Transfer-Encoding: chunked"), lambda piece: b"%x\r\n%s\r\n" % (len(piece), piece)
    )
    assert answer.startswith(b"HTTP/1.1 413 ")
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (problem["status"], problem["code"]) == (413, "too-large")
    assert problem["detail"] == "文件超过 4 MB 上限。请拆分文件或删去无关内容后重新上传。"
    assert sent < 20_000_000  # the cap, and what the buffers between us hold


@pytest.mark.parametrize(
    "first", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04" + bytes(22) + b"\x13\0\0\0[Content_Types].xml"]
)
def test_an_endless_workbook_is_stopped_at_the_cap_of_workbooks(port: int, keys: Keys, first: bytes) -> None:
    answer, _ = sent_until_answered(
        port, head(keys, "Transfer-Encoding: chunked"), lambda piece: b"%x\r\n%s\r\n" % (len(piece), piece), first
    )
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert "1 MB" in json.loads(answer.partition(b"\r\n\r\n")[2])["detail"]


def test_a_workbook_that_announces_more_than_its_cap_is_refused_at_its_first_bytes(port: int, keys: Keys) -> None:
    """And a table of text as large is waited for."""
    for first, is_refused in ((b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" * 10, True), (b"source,quarter\n" * 10, False)):
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            connection.sendall(head(keys, "Content-Length: 3000000") + START + first)
            has_answer = bool(select.select([connection], [], [], 10 if is_refused else 0.5)[0])
            assert has_answer is is_refused
            assert not is_refused or connection.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_a_workbook_that_its_first_bytes_do_not_show_is_refused_once_it_is_here(port: int, keys: Keys) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.bin", bytes(2_000_000))
        archive.writestr("xl/workbook.xml", "<x/>")
    form = {"feed": "hn", "quarter": "2025-Q3"}
    for name, data, status in (("a.xlsx", packed.getvalue(), 413), ("a.zip", b"PK\x03\x04" + bytes(2_000_000), 201)):
        answer = requests.post(
            f"http://127.0.0.1:{port}/v1/submissions", headers=keys["office"], data=form, files={"file": (name, data)},
            timeout=20,
        )  # fmt: skip
        assert answer.status_code == status


def test_a_body_that_announces_more_than_the_cap_is_refused_unread(port: int, keys: Keys) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head(keys, "Content-Length: 10000000000", "Expect: 100-continue"))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 413 ")


def test_without_a_key_the_body_is_not_waited_for(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head({"office": {}}, "Content-Length: 10000000000", "Expect: 100-continue"))
        assert connection.recv(65_536).startswith(b"HTTP/1.1 401 ")


def test_a_file_just_under_the_cap_goes_through_the_real_server_and_is_answered(port: int, keys: Keys) -> None:
    rows = "".join(f"hn,2025-Q3,t{n},5,2314,3\n" for n in range(40_000))
    file = f"source,quarter,term,count,exposure,months\n{rows}".encode()[:1_000_000].rpartition(b"\n")[0]
    root = f"http://127.0.0.1:{port}"
    form = {"feed": "hn", "quarter": "2025-Q3"}
    answer = requests.post(
        f"{root}/v1/submissions", headers=keys["office"], data=form, files={"file": ("表.csv", file)}, timeout=20
    )
    assert answer.status_code == 201
    address = f"{root}/v1/submissions/{answer.json()['submission_id']}"
    until = time.monotonic() + 20
    while (told := requests.get(address, headers=keys["office"], timeout=20).json())["verdict"] is None:
        assert time.monotonic() < until
        time.sleep(0.05)
    assert (told["verdict"], told["file"]["name"]) == ("accepted", "表.csv")


def test_an_upload_that_stands_still_is_ended(port: int, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(upload_cap, "SILENCE_S", 0.2)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head(keys, "Content-Length: 3000000") + START)
        answer = connection.recv(65_536)
    assert answer.startswith(b"HTTP/1.1 408 ")
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["detail"] == "上传中断太久，请重新上传。"


class Log:
    """What is told in place of the module's own logger, which an earlier test may have bound for good."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __getattr__(self, _: str) -> Callable[..., None]:
        return lambda event, **_: self.told.append(event)


def test_an_upload_that_breaks_off_leaves_no_traceback(port: int, keys: Keys, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Log()
    monkeypatch.setattr("ievq_pipeline.web.problems.log", log)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(head(keys, "Content-Length: 3000000") + START)
        time.sleep(0.3)
    until = time.monotonic() + 10
    while not log.told and time.monotonic() < until:
        time.sleep(0.05)
    assert log.told == ["web.broken_off"]
