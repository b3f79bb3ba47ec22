"""Pieces of UTF-8 → lines: many at once where they are parsed together, or one by one."""

import csv
import io
from collections.abc import Iterator

#: bytes of one line: a line of so many cells at their longest is over the cap
LONGEST_LINE = 64 << 20


class Lines:
    """What is left of a text. `dropped` counts the bytes that were taken off it."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._left, self._at = b"", 0
        self.dropped = 0

    def whole(self) -> bytes:
        """All lines that are here, as they stand in the piece at hand; the last may lack its end. Empty: no more."""
        while (end := self._left.rfind(b"\n") + 1) <= self._at:
            if not self._fill():
                return self._left[self._at :]
        return self._left[self._at : end]

    def drop(self, size: int) -> None:
        """Take so many bytes off."""
        self._at += size
        self.dropped += size

    def each(self) -> Iterator[str]:
        """Line by line, each taken off as it is given. Raises csv.Error for one that has no end."""
        while True:
            end = self._left.find(b"\n", self._at) + 1
            if not end:
                if self._fill():
                    continue
                end = len(self._left)
            if end == self._at:
                return
            line = self._left[self._at : end].decode()
            self.drop(end - self._at)
            # a carriage return alone ends a line as well
            yield from io.StringIO(line, newline="") if "\r" in line[:-2] else (line,)

    def _fill(self) -> bool:
        """Whether there was another piece; it is put behind what is left."""
        piece = next(self._pieces, None)
        if piece is None:
            return False
        self._left, self._at = self._left[self._at :] + piece, 0
        if len(self._left) - len(piece) > LONGEST_LINE:
            raise csv.Error
        return True
