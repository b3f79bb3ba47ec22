"""data/codes/industries.csv from two public copies of GB/T 4754-2017, which agree in every code.

`python -m tools.code_lists.industries trade.js IndustryData.js`: the first is `src/utils/trade.js` of
github.com/zmshe/capital at 1e9a0b3, the second `IndustryData.js` of github.com/qwer-of-div/1frontEnd at 61bed62.
Neither repository names a licence; what is taken are codes and titles of a national standard, no code of theirs.
English titles of sections and divisions are ours: industries_en.csv beside this file.
"""

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tools.code_lists.written import write

#: titles that the first copy cuts off in the middle, or takes an explanation into; the second has them whole
CUT_OFF = {"306", "3531", "354", "3546", "3552", "3583", "359", "37", "3939", "4023"}
COUNTS = {1: 20, 2: 97, 3: 473, 4: 1381}


def _first(text: str) -> dict[str, str]:
    found = re.findall(r"code:\s*'([^']*)',\s*name:\s*'([^']*)'", text)
    return {code: title.strip().replace("(", "（").replace(")", "）") for code, title in found}


def _second(text: str) -> dict[str, tuple[str, str]]:
    """By code, its section and title: `C3911-计算机整机制造`; a section is its letter alone."""
    found = re.findall(r'"title":\s*"[^-"]*-?([^"]*)",\s*"value":\s*"([^"]*)"', text)
    return {value[1:] or value: (value[0], title.strip()) for title, value in found}


def rows(trade: Path, industry_data: Path) -> Iterator[tuple[str, str, str, str]]:
    """Code, titles, parent. Raises SystemExit where the copies differ in codes, or the counts are others."""
    first, second = _first(trade.read_text("utf-8")), _second(industry_data.read_text("utf-8"))
    if first.keys() != second.keys() or Counter(map(len, first)) != COUNTS:
        raise SystemExit("the two copies do not agree")
    with Path(__file__).with_name("industries_en.csv").open(encoding="utf-8", newline="") as file:
        english = {row["code"]: row["title_en"] for row in csv.DictReader(file)}
    for code in sorted(first, key=lambda code: (second[code][0], "" if code.isalpha() else code)):
        section, title = second[code]
        parent = "" if code.isalpha() else section if len(code) == 2 else code[:-1]
        yield code, title if code in CUT_OFF else first[code], english.get(code, ""), parent


if __name__ == "__main__":
    print(write("industries.csv", ("code", "title_zh", "title_en", "parent"), rows(*map(Path, sys.argv[1:3]))))
