"""Files named on the command line: read under the cap, written, and named as text."""

import os
from pathlib import Path

from ievq_pipeline.domain.errors import BadCall, TooLarge


def read(file: Path, cap_mb: int) -> bytes | None:
    """The file's bytes; None when it is over the cap. Raises BadCall."""
    try:
        if file.stat().st_size > cap_mb * 1_000_000:
            return None
        return file.read_bytes()
    except OSError as error:
        raise BadCall(why=f"{name_of(file)}: {error.strerror}") from error


def read_whole(file: Path, cap_mb: int) -> bytes:
    """The file's bytes. Raises BadCall, TooLarge when it is over the cap."""
    data = read(file, cap_mb)
    if data is None:
        raise TooLarge(cap_mb=cap_mb)
    return data


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
