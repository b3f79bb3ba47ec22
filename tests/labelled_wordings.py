"""The labelled set of `data/wordings`: its rows, and the half to which each belongs.

The halves were fixed before any alias was written.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ievq_pipeline.domain.skill import folded

FILE = Path(__file__).parents[1] / "data" / "wordings" / "labelled.csv"


#: by list, the column that says what a wording means in it
COLUMNS = {"skills": "code", "technologies": "technology"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A wording as it was found, where, and in which half it is; by list the codes that it means (none: nothing)."""

    wording: str
    source: str
    split: str
    codes: Mapping[str, frozenset[str]]


def half(wording: str) -> str:
    """`dev` or `test`, by a hash of the folded wording: nobody chooses, and a wording never changes sides."""
    return "test" if hashlib.sha256(folded(wording).encode()).digest()[0] % 2 else "dev"


def rows() -> Iterator[Labelled]:
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            codes = {name: frozenset(row[column].split("|")) - {"none"} for name, column in COLUMNS.items()}
            yield Labelled(row["wording"], row["source"], row["split"], codes)
