"""Counts the bytes of a request's body as they come, and stops it at the cap: a header may lie or be left out."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ievq_pipeline.domain.errors import TooLarge

#: what a multipart body holds beside the file
ENVELOPE = 64_000


class UploadCap:
    """ASGI middleware: a body over `cap_mb` raises TooLarge before the rest of it is read."""

    def __init__(self, app: ASGIApp, cap_mb: int) -> None:
        self.app = app
        self.cap_mb = cap_mb

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        left = self.cap_mb * 1_000_000 + ENVELOPE
        announced = Headers(scope=scope).get("content-length", "")
        is_hopeless = announced.isdecimal() and int(announced[:18]) > left

        async def counted() -> Message:
            nonlocal left
            if is_hopeless:  # nothing of it needs to be read
                raise TooLarge(cap_mb=self.cap_mb)
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise TooLarge(cap_mb=self.cap_mb)
            return message

        await self.app(scope, counted, send)
