"""Clears a cluster away once whoever holds the other end of stdin says so, or has ended, however it ended.

`python -m tests.cleared_away DIRECTORY BINDIR`; an empty BINDIR stands for the usual one.
"""

import shutil
import sys
import time
from contextlib import suppress
from pathlib import Path

from ievq_pipeline.adapters import embedded_postgres
from ievq_pipeline.domain.errors import Conflict

#: children of a killed run may hold the cluster a little longer
SECONDS = 60.0


def main(directory: Path, bindir: Path | None) -> None:
    sys.stdin.readline()
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        with suppress(Conflict):
            embedded_postgres.remove(directory / "postgres", bindir=bindir)
            shutil.rmtree(directory, ignore_errors=True)
            return
        time.sleep(0.2)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if sys.argv[2] else None)
