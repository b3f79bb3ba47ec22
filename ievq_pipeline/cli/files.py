"""Files named on the command line: read under the cap, written, and named as text."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ievq_pipeline.domain.errors import BadCall, TooLarge

MB, PIECE = 1_000_000, 1 << 20


@contextmanager
def on_disk(file: Path, cap_mb: int) -> Iterator[Path]:
    """The file, or, where it is a pipe, what comes out of it, up to just over the cap. Raises BadCall."""
    try:
        if file.is_file():
            with file.open("rb"):
                pass
            yield file
            return
        with TemporaryDirectory(prefix="ievq-") as folder, file.open("rb") as source:
            copied = Path(folder) / "file"
            with copied.open("wb") as target:
                left = cap_mb * MB + 1  # which tells that there is more
                while left and (piece := source.read(min(left, PIECE))):
                    left -= target.write(piece)
            yield copied
    except OSError as error:
        raise BadCall(why=f"{name_of(file)}: {error.strerror}") from error


def sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def hold_to_cap(file: Path, cap_mb: int) -> None:
    """Raises TooLarge when it is over the cap."""
    if file.stat().st_size > cap_mb * MB:
        raise TooLarge(cap_mb=cap_mb)


def read_whole(file: Path, cap_mb: int) -> bytes:
    """The file's bytes. Raises BadCall, TooLarge when it is over the cap."""
    with on_disk(file, cap_mb) as path:
        hold_to_cap(path, cap_mb)
        return path.read_bytes()


def write(file: Path, content: bytes) -> None:
    """Raises BadCall."""
    try:
        file.write_bytes(content)
    except OSError as error:
        raise BadCall(why=f"{name_of(file)}: {error.strerror}") from error


def name_of(file: Path) -> str:
    """The file's name as text; one in an older encoding is read as GB18030 where that is possible."""
    name = os.fsencode(file.name)
    for encoding in ("utf-8", "gb18030"):
        try:
            return name.decode(encoding)
        except UnicodeDecodeError:
            continue
    return name.decode(errors="replace")
