"""Counts the bytes of a request's body as they come, and stops it at the cap: a header may lie or be left out.

Workbooks have a lower cap than tables of text. It holds as soon as the first bytes of the file show that it is one.
What is no form with a file has a cap of its own: it is read and parsed whole, before anybody has looked at the key.
"""

import asyncio
import contextlib
import threading
from http import HTTPStatus

from starlette.datastructures import Headers, UploadFile
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ievq_pipeline.adapters.reading import sniff
from ievq_pipeline.adapters.reading.source import Unreadable
from ievq_pipeline.domain.errors import TooLarge

MB = 1_000_000
#: of a body that is no form: thousands of mended rows; parsed, it takes some thirty times as much memory
CALL_CAP_MB = 2
#: seconds without a byte after which a body is given up
SILENCE_S = 60.0
#: what a multipart body holds beside the file; its beginning must come within as many bytes to be seen here
ENVELOPE = 64_000
#: bytes of a file that tell a workbook, at least
FIRST_BYTES = 64
#: files that are held whole to see what they are
_one_at_a_time = threading.Lock()
FILE, BODY = b"filename", b"\r\n\r\n"


class UploadCap:
    """ASGI middleware: a body over `cap_mb`, or a workbook over `workbook_cap_mb`, raises TooLarge before its rest."""

    def __init__(self, app: ASGIApp, cap_mb: int, workbook_cap_mb: int) -> None:
        self.app = app
        self.cap_mb = cap_mb
        self.workbook_cap_mb = min(workbook_cap_mb, cap_mb)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        body = _Body(Headers(scope=scope), self.cap_mb, self.workbook_cap_mb)

        async def counted() -> Message:
            body.check()  # nothing of one that announces too much needs to be read
            if body.is_whole:
                return await receive()  # whether the caller is still there
            try:
                message = await asyncio.wait_for(receive(), SILENCE_S)
            except TimeoutError:
                raise HTTPException(HTTPStatus.REQUEST_TIMEOUT) from None
            body.take(message)
            return message

        await self.app(scope, counted, send)


class _Body:
    """How much of a body has come, and which cap it is under."""

    def __init__(self, headers: Headers, cap_mb: int, workbook_cap_mb: int) -> None:
        announced = headers.get("content-length", "")
        is_form = headers.get("content-type", "").lower().startswith("multipart/")
        self._announced = int(announced[:18]) if announced.isdecimal() else 0
        self._cap_mb, self._workbook_cap_mb = cap_mb if is_form else min(CALL_CAP_MB, cap_mb), workbook_cap_mb
        self._come = 0
        self._start = bytearray()
        self._is_known = not is_form
        self.is_whole = False

    def check(self) -> None:
        """Raises TooLarge."""
        if max(self._announced, self._come) > self._cap_mb * MB + ENVELOPE:
            raise TooLarge(cap_mb=self._cap_mb)

    def take(self, message: Message) -> None:
        """Count a piece of the body. Raises TooLarge."""
        piece: bytes = message.get("body", b"")
        self.is_whole = not message.get("more_body", False)
        self._come += len(piece)
        if not self._is_known:
            self._start += piece[: ENVELOPE - len(self._start)]
            self._look()
        self.check()

    def _look(self) -> None:
        """See what file begins in the body, once enough of it has come."""
        named = self._start.find(FILE)
        begins = self._start.find(BODY, named) + len(BODY) if named >= 0 else 0
        if begins > len(BODY) and len(self._start) >= begins + FIRST_BYTES:
            self._is_known = True
            if sniff.is_workbook(bytes(self._start[begins:])):
                self._cap_mb = self._workbook_cap_mb
        elif len(self._start) >= ENVELOPE:
            self._is_known = True  # who hands it on sees what it is


def must_fit(file: UploadFile, workbook_cap_mb: int) -> None:
    """A workbook that its first bytes did not show may not be over its cap either. Raises TooLarge."""
    if (file.size or 0) <= workbook_cap_mb * MB:
        return
    file.file.seek(0)
    if not file.file.read(len(sniff.ZIP[0])).startswith(sniff.ZIP):
        return
    file.file.seek(0)
    with _one_at_a_time, contextlib.suppress(Unreadable):  # what else is wrong with it is for its answer
        if sniff.kind(file.file.read()) in sniff.WORKBOOKS:
            raise TooLarge(cap_mb=workbook_cap_mb)
