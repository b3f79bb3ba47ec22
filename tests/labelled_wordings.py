"""The labelled wordings of `data/wordings`: two sets, one to tune on and one to prove with.

The first set was split into halves before any alias was written. Its test half was looked at once, and missed its
targets, so all of it is for tuning since; the second set was collected and labelled for the next proof.
"""

import csv
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ievq_pipeline.domain.skill import folded

FOLDER = Path(__file__).parents[1] / "data" / "wordings"
#: by what it is for, the set
SETS = {"dev": FOLDER / "labelled.csv", "test": FOLDER / "second.csv"}
#: by list, the column that says what a wording means in it
COLUMNS = {"skills": "code", "technologies": "technology"}


@dataclass(frozen=True, slots=True)
class Labelled:
    """A wording as it was found, where, and by list the codes that it means (none: nothing).

    `split` is the half of round 1, or `second`.
    """

    wording: str
    source: str
    split: str
    codes: Mapping[str, frozenset[str]]


def half(wording: str) -> str:
    """The half of round 1, `dev` or `test`, by a hash of the folded wording: nobody chose."""
    return "test" if hashlib.sha256(folded(wording).encode()).digest()[0] % 2 else "dev"


def rows(name: str) -> Iterator[Labelled]:
    """The wordings of the set for `dev` or `test`.

    Raises:
        KeyError: there is no such set.
    """
    with SETS[name].open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            codes = {name: frozenset(row[column].split("|")) - {"none"} for name, column in COLUMNS.items()}
            yield Labelled(row["wording"], row["source"], row["split"], codes)
