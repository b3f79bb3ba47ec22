"""A deadline for connections: when it is over they are cut, however a server keeps us waiting.

The timeouts of a socket begin anew with each byte: a server that sends one now and then, of a header even, holds on to
us for ever.
"""

import socket
from contextlib import suppress
from threading import Lock, Timer
from types import TracebackType
from typing import Self

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool


class Deadline:
    """So many seconds from entering it; whoever waits on a connection then reads its end."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._is_over = False
        self._twins: list[socket.socket] = []
        self._lock = Lock()
        self._timer = Timer(seconds, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._timer.cancel()
        with self._lock:
            for twin in self._twins:
                twin.close()
            self._twins.clear()

    @property
    def is_over(self) -> bool:
        return self._is_over

    def watch(self, connected: socket.socket) -> socket.socket:
        """Cut this connection too when time is up; returns it."""
        with self._lock:
            self._twins.append(connected.dup())  # TLS takes the socket away from its object; what is cut is below both
        if self._is_over:
            self._cut()
        return connected

    def _cut(self) -> None:
        self._is_over = True
        with self._lock:
            for twin in self._twins:
                with suppress(OSError):
                    twin.shutdown(socket.SHUT_RDWR)


def pools(deadline: Deadline) -> dict[str, type[HTTPConnectionPool]]:
    """By scheme, the pools of urllib3 whose connections the deadline watches."""

    class Plain(HTTPConnection):
        def _new_conn(self) -> socket.socket:
            return deadline.watch(super()._new_conn())

    class Secure(HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return deadline.watch(super()._new_conn())

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SecurePool(HTTPSConnectionPool):
        ConnectionCls = Secure

    return {"http": PlainPool, "https": SecurePool}
