"""The demo's real feed: Hacker News "Who is hiring" by quarter, as the totals files that an association would send."""

import csv
import io
from collections import defaultdict
from functools import cache
from pathlib import Path

from ievq_pipeline.domain.period import Quarter

FEED = SOURCE = "hn"
#: history ends before the first live quarter; the one after the last stays open for whoever wants to try
FIRST_LIVE, LAST_LIVE = Quarter(2019, 3), Quarter(2021, 2)
COLUMNS = ("来源", "季度", "技能词", "招聘数", "招聘总数", "月数")


def folder() -> Path:
    """The data and their licences: in a wheel, or in the checkout."""
    package = Path(__file__).parents[1]
    shipped = package / "_shipped"
    return (shipped if shipped.is_dir() else package.parent) / "data" / "hn"


@cache
def _rows() -> dict[Quarter, list[tuple[str, str, str, str]]]:
    found = defaultdict(list)
    with (folder() / "hn_hiring_quarterly_terms.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            line = (row["term"], row["postings_with_term"], row["postings_total"], row["months"])
            found[Quarter.parse(row["quarter"])].append(line)
    return dict(found)


def quarters() -> list[Quarter]:
    """Every quarter of the source, in order."""
    return sorted(_rows())


def totals_file(quarter: Quarter, encoding: str = "gb18030") -> bytes:
    """One quarter as a totals file: CSV with Chinese headers, in the encoding that offices use."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in _rows()[quarter]:
        writer.writerow((SOURCE, str(quarter), *row))
    return text.getvalue().encode(encoding)
