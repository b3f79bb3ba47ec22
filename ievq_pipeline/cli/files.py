"""Files named on the command line: read under the cap, written, and named as text."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ievq_pipeline.domain.errors import BadCall, TooLarge


@contextmanager
def on_disk(file: Path) -> Iterator[Path]:
    """The file, or, where it is a pipe, what comes out of it. Raises BadCall."""
    try:
        if file.is_file():
            with file.open("rb"):
                pass
            yield file
            return
        with TemporaryDirectory(prefix="ievq-") as folder, file.open("rb") as source:
            copied = Path(folder) / "file"
            with copied.open("wb") as target:
                shutil.copyfileobj(source, target)
            yield copied
    except OSError as error:
        raise BadCall(why=f"{name_of(file)}: {error.strerror}") from error


def sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def hold_to_cap(file: Path, cap_mb: int) -> None:
    """Raises TooLarge when it is over the cap."""
    if file.stat().st_size > cap_mb * 1_000_000:
        raise TooLarge(cap_mb=cap_mb)


def read_whole(file: Path, cap_mb: int) -> bytes:
    """The file's bytes. Raises BadCall, TooLarge when it is over the cap."""
    with on_disk(file) as path:
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
