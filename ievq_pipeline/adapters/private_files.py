"""Files that only their owner may read, written whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


def write_private(path: Path, text: str, *, is_replacing: bool = True) -> None:
    """Write `text` to `path` with mode 0600. With `is_replacing` False a file that is there already stays."""
    with tempfile.NamedTemporaryFile(  # it makes them with mode 0600
        "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}-", delete=False
    ) as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    written = Path(file.name)
    try:
        if is_replacing:
            written.replace(path)
        else:
            with contextlib.suppress(FileExistsError):
                path.hardlink_to(written)
    finally:
        written.unlink(missing_ok=True)
