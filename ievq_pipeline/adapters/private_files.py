"""Files that only their owner may read, written whole or not at all."""

import contextlib
import os
import tempfile
from pathlib import Path


def write_private(path: Path, text: str, *, is_replacing: bool = True) -> None:
    """Write `text` to `path` with mode 0600. With `is_replacing` False a file that is there already stays."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=f".{path.name}-", delete=False) as file:  # mode 0600
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    if is_replacing:
        Path(file.name).replace(path)
        return
    with contextlib.suppress(FileExistsError):
        path.hardlink_to(file.name)
    Path(file.name).unlink()
