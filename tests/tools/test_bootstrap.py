"""The bootstrap brings exactly the pinned uv, whatever kind of index serves it."""

import base64
import hashlib
import importlib.util
import io
import json
import threading
import zipfile
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).parents[2] / "tools" / "bootstrap.py"
NAME = "uv-0.0.1-py3-none-any.whl"
PROGRAM = b"#!/bin/sh\necho uv 0.0.1\n"


class Index:
    """A package index on this machine: path → kind and content; remembers what was asked, and with which password."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, bytes]] = {}
        self.asked: list[tuple[str, str | None]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outer.asked.append((self.path, self.headers["Authorization"]))
                kind, content = outer.pages.get(self.path, ("", b""))
                self.send_response(200 if kind else 404)
                self.send_header("Content-Type", kind)
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.host = f"127.0.0.1:{self.server.server_port}"

    def serve_json(self) -> None:
        files = [{"filename": "uv-0.0.0.tar.gz", "url": "../../files/uv-0.0.0.tar.gz"}, {"url": f"../../files/{NAME}"}]
        self.pages["/simple/uv/"] = ("application/vnd.pypi.simple.v1+json", json.dumps({"files": files}).encode())

    def serve_html(self) -> None:
        link = f'<!DOCTYPE html><a href="/files/{NAME}#sha256=00">{NAME}</a>'
        self.pages["/simple/uv/"] = ("text/html", link.encode())


def wheel() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("uv-0.0.1.data/scripts/uv", PROGRAM)
    return file.getvalue()


@pytest.fixture
def bootstrap(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    spec = importlib.util.spec_from_file_location("bootstrap_script", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    pinned = (NAME, hashlib.sha256(wheel()).hexdigest())
    monkeypatch.setattr(module, "WHEELS", dict.fromkeys(module.WHEELS, pinned))
    return module


@pytest.fixture
def index(monkeypatch: pytest.MonkeyPatch) -> Iterator[Index]:
    found = Index()
    found.pages[f"/files/{NAME}"] = ("application/octet-stream", wheel())
    for name in ("PIP_INDEX_URL", "http_proxy", "HTTP_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://{found.host}/simple")
    yield found
    found.server.shutdown()
    found.server.server_close()


@pytest.mark.parametrize("kind", ["json", "html"])
def test_either_kind_of_index_page_leads_to_a_program_that_runs(
    bootstrap: ModuleType, index: Index, tmp_path: Path, kind: str
) -> None:
    {"json": index.serve_json, "html": index.serve_html}[kind]()
    program = bootstrap.fetched(tmp_path)
    assert bootstrap.version_of(program) == (0, 0, 1)


def test_a_second_call_asks_nobody(bootstrap: ModuleType, index: Index, tmp_path: Path) -> None:
    index.serve_json()
    first = bootstrap.fetched(tmp_path)
    asked = len(index.asked)
    assert bootstrap.fetched(tmp_path) == first
    assert len(index.asked) == asked


def test_a_wheel_with_another_digest_is_refused_and_nothing_is_left(
    bootstrap: ModuleType, index: Index, tmp_path: Path
) -> None:
    index.serve_json()
    index.pages[f"/files/{NAME}"] = ("application/octet-stream", wheel() + b"\0")
    with pytest.raises(ValueError, match="sha256"):
        bootstrap.fetched(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_index_without_the_file_is_named_without_its_password(
    bootstrap: ModuleType, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.pages["/simple/uv/"] = ("text/html", b"<!DOCTYPE html>")
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://me:word@{index.host}/simple")
    with pytest.raises(LookupError, match=NAME) as caught:
        bootstrap.fetched(tmp_path)
    assert index.host in str(caught.value)
    assert "word" not in str(caught.value)


def test_name_and_password_of_the_index_reach_page_and_file(
    bootstrap: ModuleType, index: Index, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.serve_json()
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"http://me:a%40b@{index.host}/simple/")
    bootstrap.fetched(tmp_path)
    basic = "Basic " + base64.b64encode(b"me:a@b").decode()
    assert index.asked == [("/simple/uv/", basic), (f"/files/{NAME}", basic)]


def test_uv_and_pip_variables_name_the_index_in_this_order(
    bootstrap: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("UV_DEFAULT_INDEX", raising=False)
    monkeypatch.delenv("PIP_INDEX_URL", raising=False)
    assert bootstrap.index() == "https://pypi.org/simple"
    monkeypatch.setenv("PIP_INDEX_URL", "https://pip.example/simple/")
    assert bootstrap.index() == "https://pip.example/simple"
    monkeypatch.setenv("UV_DEFAULT_INDEX", "inner=https://uv.example/simple?key=a")
    assert bootstrap.index() == "https://uv.example/simple?key=a"


@pytest.mark.parametrize(("version", "is_taken"), [("0.9.0", True), ("0.8.22", False), ("1.0", True)])
def test_a_uv_on_path_is_taken_unless_it_is_too_old(
    bootstrap: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, is_taken: bool
) -> None:
    program = tmp_path / "uv"
    program.write_text(f"#!/bin/sh\necho 'uv {version} (x86_64-unknown-linux-gnu)'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.on_path() == (program if is_taken else None)


def test_a_machine_without_a_pinned_wheel_is_told_so(bootstrap: ModuleType) -> None:
    with pytest.raises(LookupError, match="riscv64"):
        bootstrap.wheel_for("riscv64", "glibc")
