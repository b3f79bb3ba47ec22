"""A large file's bytes where they lie: a piece is in memory while it is looked at, and no longer."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from ievq_pipeline.adapters.reading import sniff

#: smaller files are read at once
MAPPED_FROM = 32 << 20


class Mapped(mmap.mmap):
    """Of what bytes can do, what readers ask of a file. What is cut out of it is bytes."""

    def startswith(self, prefix: bytes | tuple[bytes, ...], start: int = 0) -> bool:
        prefixes = prefix if isinstance(prefix, tuple) else (prefix,)
        return any(self[start : start + len(one)] == one for one in prefixes)

    def __contains__(self, piece: object) -> bool:
        return isinstance(piece, bytes) and self.find(piece) >= 0

    def removesuffix(self, suffix: bytes) -> bytes:
        return self[: -len(suffix)] if self[-len(suffix) :] == suffix else cast("bytes", self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self[:], name)  # of a copy: rare, or of files that are read as a whole anyway

    def forget(self, start: int, end: int) -> None:
        """These bytes are not needed for now."""
        first = start // mmap.PAGESIZE * mmap.PAGESIZE
        if hasattr(mmap, "MADV_DONTNEED"):
            self.madvise(mmap.MADV_DONTNEED, first, end - first)


@contextmanager
def mapped(path: Path) -> Iterator[bytes]:
    """The bytes of a file on disk, for as long as they are needed. What is packed is read: memory takes it anyway."""
    with path.open("rb") as file:
        is_packed = file.read(len(sniff.OLE)).startswith((sniff.GZIP, sniff.OLE, *sniff.ZIP))
        if is_packed or path.stat().st_size < MAPPED_FROM:
            yield path.read_bytes()
        else:
            yield cast("bytes", Mapped(file.fileno(), 0, access=mmap.ACCESS_READ))


def forget(data: bytes, start: int, end: int) -> None:
    """These bytes of a file are not needed for now; of what is in memory anyway, nothing is won."""
    if isinstance(data, Mapped):
        data.forget(start, end)
