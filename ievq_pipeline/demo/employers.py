"""The demo's employers: Hacker News "Who is hiring" post by post, filed by ten associations, each for its members.

An employer belongs for good to the association of its home: its most frequent real region, else by a hash of its id.
"""

import csv
import gzip
import io
import zlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache

from ievq_pipeline.demo.hacker_news import folder
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.region import is_place

#: code of each association and the regions (ISO 3166) that are home to its members; the last takes all others
ASSOCIATIONS: dict[str, tuple[str, ...]] = {
    "california": ("US-CA",),
    "new-york": ("US-NY", "US-NJ", "US-CT"),
    "new-england": ("US-MA", "US-NH", "US-RI", "US-VT", "US-ME"),
    "us-northwest": ("US-WA", "US-OR", "US-ID", "US-MT"),
    "us-mountain": ("US-CO", "US-UT", "US-AZ", "US-NV", "US-NM", "US-WY"),
    "us-south": ("US-TX", "US-GA", "US-FL", "US-NC", "US-SC", "US-TN", "US-VA", "US-DC", "US-MD", "US-AL", "US-LA"),
    "us-midwest": ("US-IL", "US-MI", "US-OH", "US-MN", "US-WI", "US-MO", "US-IN", "US-PA", "US-IA", "US-KS"),
    "great-britain": ("GB", "IE"),
    "german-speaking": ("DE", "AT", "CH"),
    "elsewhere": (),
}
REST = "elsewhere"
#: the header of an association's file
HEADER = ("企业代码", "季度", "地区代码", "技能名称", "需求人数")
TOTAL = "合计"


@dataclass(slots=True)
class Report:
    """What one employer sought in one quarter: all its posts, and those naming a term, by region."""

    posts: int = 0
    terms: list[tuple[str, str, int]] = field(default_factory=list)


Panel = dict[Quarter, dict[str, Report]]


@cache
def panel() -> Panel:
    """By quarter and employer (`hn:…`), what it filed."""
    found: Panel = defaultdict(lambda: defaultdict(Report))
    for row in _rows("hn_panel_employers.csv.gz"):
        found[Quarter.parse(row["quarter"])][row["employer"]].posts += int(row["postings"])
    for row in _rows("hn_panel_terms.csv.gz"):
        report = found[Quarter.parse(row["quarter"])][row["employer"]]
        report.terms.append((row["term"], row["region"], int(row["postings"])))
    return {quarter: dict(found[quarter]) for quarter in sorted(found)}


@cache
def members() -> dict[str, tuple[str, ...]]:
    """By association, its members."""
    regions: dict[str, Counter[str]] = defaultdict(Counter)
    for row in _rows("hn_panel_employers.csv.gz"):
        regions[row["employer"]][row["region"]] += int(row["postings"])
    home = {region: code for code, homes in ASSOCIATIONS.items() for region in homes}
    found: dict[str, list[str]] = {code: [] for code in ASSOCIATIONS}
    for employer in sorted(regions):
        real = [(-count, region) for region, count in regions[employer].items() if is_place(region)]
        if real:
            found[home.get(min(real)[1], REST)].append(employer)
        else:
            found[sorted(ASSOCIATIONS)[zlib.crc32(employer.encode()) % len(ASSOCIATIONS)]].append(employer)
    return {code: tuple(employers) for code, employers in found.items()}


def quarters() -> list[Quarter]:
    """Every quarter of the panel, in order."""
    return list(panel())


def file_of(quarter: Quarter, employers: Iterable[str]) -> bytes:
    """What an association hands in for these employers: GB18030, Chinese headers, the total of each first."""
    rows: list[Sequence[object]] = []
    reports = panel()[quarter]
    for employer in employers:
        if (report := reports.get(employer)) is not None:
            rows.append((identifier(employer), quarter, "", TOTAL, report.posts))
            rows += [(identifier(employer), quarter, region_code(r), term, n) for term, r, n in report.terms]
    return csv_of(HEADER, rows)


def identifier(employer: str) -> str:
    return f"hn:{employer}"


def region_code(region: str) -> str:
    return f"iso3166:{region}" if is_place(region) else region


def csv_of(header: Sequence[object], rows: Iterable[Sequence[object]], encoding: str = "gb18030") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode(encoding)


def _rows(name: str) -> list[dict[str, str]]:
    with gzip.open(folder() / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def faulty(content: bytes) -> bytes:
    """The same file as somebody in a hurry sends it: numbers with words in them, and cells left empty."""
    header, *lines = content.decode("gb18030").splitlines()
    for number in range(0, len(lines), 9):
        cells = lines[number].rsplit(",", 2)
        lines[number] = ",".join((cells[0], cells[1], f"约{cells[2]}人") if number % 2 else (cells[0], "", cells[2]))
    return "\r\n".join([header, *lines, ""]).encode("gb18030")


def technology_file(quarter: Quarter, members_of: str, most: int = 40) -> bytes:
    """Technologies in use among an association's members, derived from what they seek people for.

    Each of the `most` members that named most terms is taken to use the first of them, and the others to be the
    skills that it needs.
    """
    reports = panel()[quarter]
    there = [one for one in members()[members_of] if one in reports and len(reports[one].terms) > 1]
    busiest = sorted(there, key=lambda one: (-len(reports[one].terms), one))[:most]
    rows = []
    for one in busiest:
        first, *others = sorted({term for term, _, _ in reports[one].terms})
        if others:
            rows.append((identifier(one), quarter, first, "应用", "；".join(others)))
    return csv_of(("企业代码", "季度", "技术名称", "应用阶段", "所需技能"), rows)
