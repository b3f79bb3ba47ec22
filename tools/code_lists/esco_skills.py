"""data/codes/esco_skills.csv.gz from the collections of ESCO v1.2.1: `python -m tools.code_lists.esco_skills FOLDER`.

FOLDER holds digitalSkillsCollection_en.csv, digCompSkillsCollection_en.csv and greenSkillsCollection_en.csv as the
European Commission gives them out. Taken are addresses and preferred labels; a skill is digital or green because a
collection has it, never because of a word in it.
"""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.code_lists.written import write


def _collection(folder: Path, name: str) -> dict[str, str]:
    with (folder / f"{name}SkillsCollection_en.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row["conceptUri"]: row["preferredLabel"] for row in csv.DictReader(file)}


def rows(folder: Path) -> Iterator[tuple[str, ...]]:
    """Address, title, and by 1 or nothing the collections that have it."""
    digital, dig_comp, green = (_collection(folder, name) for name in ("digital", "digComp", "green"))
    titles = green | dig_comp | digital
    for uri in sorted(titles):
        yield uri, titles[uri], *("1" if uri in one else "" for one in (digital, dig_comp, green))


if __name__ == "__main__":
    header = ("uri", "title_en", "is_digital", "is_digcomp", "is_green")
    print(write("esco_skills.csv.gz", header, rows(Path(sys.argv[1]))))
