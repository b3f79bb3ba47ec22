"""One file by HTTP, only where the egress rule lets us go: if it has changed, within its cap, and in time."""

import gzip
import io
import re
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from email.message import Message
from pathlib import PurePosixPath
from urllib.parse import unquote, urljoin, urlsplit

import requests
from requests_hardened.ip_filter import InvalidIPAddress
from urllib3 import HTTPResponse
from urllib3.exceptions import HTTPError, IncompleteRead, ProtocolError, ReadTimeoutError

from ievq_pipeline.adapters.deadline import Deadline
from ievq_pipeline.adapters.egress import Egress
from ievq_pipeline.adapters.retry_after import asked_for
from ievq_pipeline.domain.errors import RefusedAddress
from ievq_pipeline.domain.pull import Fetched, Outcome

#: seconds to connect, and to wait for the next bytes
TIMEOUT = (5, 30)
#: seconds for all of it, redirects too
LONGEST = 600.0
MOST_REDIRECTS = 5
CHUNK = 65_536
#: validators are kept and sent back: a server that sends longer ones does without
LONGEST_VALIDATOR = 1_000
LONGEST_NAME = 200
PACKED = ("gzip", "x-gzip")
#: how a web page begins; a page for logging in or for “not found” often comes with status 200
PAGE = (b"<!doctype html", b"<html")
TLS_REASON = re.compile(r"\[SSL[^\]]*\] ([^(\n]+)")


class _Refused(Exception):
    """What came is no file for us; the message says why."""


def fetch(
    egress: Egress,
    url: str,
    *,
    cap_mb: int,
    etag: str | None = None,
    last_modified: str | None = None,
    seconds: float = LONGEST,
) -> Fetched:
    """Get the file, unless it is still the one of these validators. Never raises for what network or server do.

    What is said of a try names no address: there may be a token in it.
    """
    headers = {"User-Agent": "ievq-pipeline", "Accept-Encoding": "gzip"}
    headers |= {"If-None-Match": etag} if etag else {}
    headers |= {"If-Modified-Since": last_modified} if last_modified else {}
    with Deadline(seconds) as deadline:
        try:
            with egress.session(deadline) as session:
                fetched = _followed(egress, session, url, headers, cap_mb)
            said = "" if not deadline.is_over else _late(deadline)  # what was cut may look like its end
        except RefusedAddress as refused:
            said = f"not asked: {refused.values['why']['en']}"
        except (_Refused, requests.RequestException, HTTPError, OSError, EOFError, zlib.error, ValueError) as error:
            said = _late(deadline) if deadline.is_over else _in_words(error)
    return Fetched(Outcome.FAILED, said) if said else fetched


def _followed(egress: Egress, session: requests.Session, url: str, headers: dict[str, str], cap_mb: int) -> Fetched:
    for _ in range(MOST_REDIRECTS + 1):
        egress.check(url)  # says why not; what holds is the check when connecting
        with session.get(url, headers=headers, timeout=TIMEOUT, allow_redirects=False, stream=True) as answer:
            if not answer.is_redirect:
                return _understood(answer, url, headers, cap_mb)
            url = urljoin(url, _text(answer.headers["Location"]))
    raise _Refused(f"more than {MOST_REDIRECTS} redirects")


def _understood(answer: requests.Response, url: str, asked: dict[str, str], cap_mb: int) -> Fetched:
    status = f"{answer.status_code} {_text(answer.reason or '')}".strip()
    later = asked_for(answer, datetime.now(UTC))
    etag, last_modified = (_validator(answer, name) for name in ("ETag", "Last-Modified"))
    if answer.status_code == 200:
        content = _body(answer, cap_mb)
        return Fetched(Outcome.FILE, status, content, _name(answer, url), etag, last_modified, later)
    if answer.status_code == 304 and asked.keys() & {"If-None-Match", "If-Modified-Since"}:
        return Fetched(Outcome.UNCHANGED, status, etag=etag, last_modified=last_modified, retry_after=later)
    if answer.status_code in (404, 410):
        return Fetched(Outcome.NOT_OUT, f"{status}: no file there yet", retry_after=later)
    return Fetched(Outcome.FAILED, f"the server answered {status}", retry_after=later)


def _body(answer: requests.Response, cap_mb: int) -> bytes:
    """The file, unpacked where it was packed for the way; no more than the cap is ever held. Raises _Refused."""
    cap = cap_mb * 1_000_000
    announced = answer.headers.get("Content-Length", "")
    if announced.isdecimal() and int(announced[:18]) > cap:
        raise _Refused(f"too large: {int(announced[:18]):,} bytes, at most {cap_mb} MB")
    encoding = answer.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding not in ("", "identity", *PACKED):
        raise _Refused(f"packed in a way that was not asked for: {_text(encoding)[:40]}")
    kept = io.BytesIO()
    for part in _parts(answer.raw, is_packed=encoding in PACKED):
        if kept.tell() + len(part) > cap:
            raise _Refused(f"too large: at most {cap_mb} MB")
        kept.write(part)
    content = kept.getvalue()
    if not content:
        raise _Refused("an empty file")
    if content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(PAGE):
        raise _Refused("a web page came instead of a file: one to log in, perhaps, or to say that there is none")
    return content


class _Wire(io.RawIOBase):
    """The bytes as they come over the wire, as a file that can be read."""

    def __init__(self, raw: HTTPResponse) -> None:
        self._raw = raw

    def read(self, size: int = -1, /) -> bytes:
        return self._raw.read1(size if size > 0 else CHUNK, decode_content=False) or b""


def _parts(raw: HTTPResponse, *, is_packed: bool) -> Iterator[bytes]:
    wire = _Wire(raw)
    source = gzip.GzipFile(fileobj=wire) if is_packed else wire
    while part := source.read(CHUNK):
        yield part


def _validator(answer: requests.Response, name: str) -> str | None:
    given = answer.headers.get(name, "").strip()
    return given if 0 < len(given) <= LONGEST_VALIDATOR else None


def _name(answer: requests.Response, url: str) -> str:
    """What the server calls the file, else the end of its address; a name only, never a path."""
    header = Message()
    header["Content-Disposition"] = _text(answer.headers.get("Content-Disposition", ""))
    given = header.get_filename() or unquote(urlsplit(url).path)
    name = PurePosixPath(given.replace("\\", "/")).name
    return "".join(letter for letter in name if letter.isprintable())[-LONGEST_NAME:]


def _text(header: str) -> str:
    """A header's text as servers mean it: UTF-8 that was read as Latin-1."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return header


def _late(deadline: Deadline) -> str:
    return f"given up: it was not all there after {deadline.seconds:g} s"


def _in_words(error: BaseException) -> str:
    """What went wrong, without the address that such errors repeat."""
    causes = list(_causes(error))
    for cause in causes:
        if isinstance(cause, _Refused):
            return str(cause)
        if isinstance(cause, InvalidIPAddress):
            return "not asked: its name leads to an address that may not be called"
        if isinstance(cause, requests.ConnectTimeout):
            return f"no connection within {TIMEOUT[0]} s"
        if isinstance(cause, requests.Timeout | ReadTimeoutError | TimeoutError):
            return f"nothing came for {TIMEOUT[1]} s"
        if tls := TLS_REASON.search(str(cause)):
            return f"no secure connection: {tls[1].strip()}"
    for cause in causes:
        if isinstance(cause, gzip.BadGzipFile | zlib.error):
            return "it cannot be unpacked"
        if isinstance(cause, EOFError | IncompleteRead | ProtocolError | requests.exceptions.ChunkedEncodingError):
            return "it broke off before its end"
    reasons = [cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror]
    return f"no connection: {reasons[-1]}" if reasons else type(error).__name__


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what it came from."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        cause = cause.__cause__ or cause.__context__
