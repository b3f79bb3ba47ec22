"""The form in which every list is kept: UTF-8, plain line ends, one header; compressed ones without a time inside."""

import csv
import gzip
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "data" / "codes"


def write(name: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    """Write a list into data/codes and say how many rows it has; `.gz` is the same for the same rows."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    kept = list(rows)
    writer.writerows(kept)
    data = text.getvalue().encode()
    (FOLDER / name).write_bytes(gzip.compress(data, 9, mtime=0) if name.endswith(".gz") else data)
    return len(kept)
