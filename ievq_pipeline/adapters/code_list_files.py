"""The lists of codes that come with the package, each read when first asked for. Sources: `data/codes/README.md`."""

import csv
import gzip
import io
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path

from ievq_pipeline.domain.code_list import Change, ChangeKind, CodeList, Item
from ievq_pipeline.domain.code_spelling import PLAIN, SPELLINGS
from ievq_pipeline.domain.region import NO_PLACES, shorts
from ievq_pipeline.domain.text import Text

#: what the groups at the top of lists without English titles are called, by their codes
MAJOR_GROUPS = {
    "1": "Heads of organs, organisations, enterprises and institutions",
    "2": "Professional and technical personnel",
    "3": "Clerks and related personnel",
    "4": "Personnel of production and household services",
    "5": "Personnel of agriculture, forestry, animal husbandry and fishery",
    "6": "Personnel of manufacturing and related work",
    "7": "Military personnel",
    "8": "Others not easily classified",
}
#: by the last digits of their codes 21 to 39, 41 to 59 and 61 to 79
CATEGORIES = (
    "Agriculture, forestry, animal husbandry and fishery", "Resources, environment and safety",
    "Energy, power and materials", "Civil engineering and architecture", "Water conservancy", "Equipment manufacturing",
    "Biology and chemical engineering", "Light industry and textiles", "Food, medicine and grain", "Transport",
    "Electronics and information", "Medicine and health", "Finance, economics and trade", "Tourism", "Culture and arts",
    "News and communication", "Education and sports", "Public security and justice",
    "Public administration and services",
)  # fmt: skip
LEVELS = {"secondary": "secondary", "associate": "associate degree", "bachelor": "bachelor's degree"}
#: names of cities that are in common use for districts of other cities
AS_WELL_DISTRICTS = frozenset({"朝阳"})
#: wordings for what is no place
NAMES_OF_NO_PLACE = {
    "unknown": ("不详", "未知", "地点未知", "地区不详", "地点不明"),
    "remote": ("远程", "远程办公", "远程工作", "居家办公", "Remote work", "work from home"),
}


def place() -> Path:
    """Where the lists are: shipped inside the wheel, or beside the package in a checkout."""
    shipped = Path(str(files("ievq_pipeline"))) / "_shipped"
    return (shipped if shipped.is_dir() else Path(__file__).parents[2]) / "data" / "codes"


def rows(name: str) -> Iterator[dict[str, str]]:
    """The rows of a list by the names of its columns."""
    header, *others = _table(name)
    for row in others:
        yield dict(zip(header, row, strict=True))


def _table(name: str) -> Iterator[list[str]]:
    data = (place() / name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    return csv.reader(io.StringIO(text, newline=""))


def regions(version: str) -> CodeList:
    items = {item.code: item for item in _regions()}
    return CodeList("regions", version, items, SPELLINGS["gbt2260"], region_history, _shorts(items))


def _shorts(items: Mapping[str, Item]) -> Callable[[str], Iterator[str]]:
    """What places are called for short; 西安 is the city, and the districts of that name are never called so alone."""

    @cache
    def cities() -> frozenset[str]:
        titles = (item.title.zh for code, item in items.items() if code.endswith("00"))
        return frozenset(name for title in titles if title.endswith("市") for name in shorts(title)) - AS_WELL_DISTRICTS

    def called(title: str) -> Iterator[str]:
        yield from (name for name in shorts(title) if not title.endswith("区") or name not in cities())

    return called


def _regions() -> Iterator[Item]:
    english: dict[str, str] = {}
    for code, zh, en, parent, is_romanised in _body("regions.csv"):
        english[code] = en or f"{english.get(parent, '')}: {zh}"
        more = {"is_place": code not in NO_PLACES, "is_romanised": bool(is_romanised), "is_translated": bool(en)}
        yield Item(code, Text(zh, english[code]), parent or None, NAMES_OF_NO_PLACE.get(code, ()), more)


def industries(version: str) -> CodeList:
    return _listed("industries", version, _industries(), "gbt4754")


def _industries() -> Iterator[Item]:
    english: dict[str, str] = {}
    for code, zh, en, parent in _body("industries.csv"):
        if en:
            english[code] = en
        title = Text(zh, en or f"{english[code[:2]]}: {zh}")
        yield Item(code, title, parent or None, (), {"is_translated": bool(en)})


def occupations(version: str) -> CodeList:
    return _listed("occupations", version, _occupations(), "csco")


def _occupations() -> Iterator[Item]:
    for code, zh, parent, level, marks in _body("occupations.csv"):
        group = MAJOR_GROUPS[code[0]]
        title = Text(zh, group if level == "major" else f"{group}: {zh}")
        more = {
            "level": level,
            "marks": marks,
            "is_digital": "S" in marks,
            "is_green": "L" in marks,
            "is_translated": level == "major",
        }
        yield Item(code, title, parent or None, (f"{zh}{'/'.join(marks)}",) if marks else (), more)


def programmes(version: str) -> CodeList:
    return _listed("programmes", version, _programmes(), None)


def _programmes() -> Iterator[Item]:
    for code, zh, parent, level in _body("programmes.csv"):
        category = f"{CATEGORIES[(int(code[:2]) - 1) % 20]} ({LEVELS[level]})"
        title = Text(zh, category if len(code) == 2 else f"{category}: {zh}")
        more = {"level": level, "is_controlled": code.endswith("K"), "is_translated": len(code) == 2}
        yield Item(code, title, parent or None, (), more)


def esco_skills(version: str) -> CodeList:
    return _listed("esco-skills", version, _esco_skills(), None)


def _esco_skills() -> Iterator[Item]:
    """ESCO has no Chinese: the English label stands for both."""
    for uri, en, is_digital, is_digcomp, is_green in _body("esco_skills.csv.gz"):
        more = {
            "is_digital": bool(is_digital),
            "is_digcomp": bool(is_digcomp),
            "is_green": bool(is_green),
            "is_translated": False,
        }
        yield Item(uri, Text(en, en), None, (), more)


@cache
def region_history() -> tuple[Change, ...]:
    """Old codes and titles of regions: read only where a cell has a code or a title that is not in force."""
    return tuple(
        Change(code, title, int(ended), ChangeKind(kind), tuple(successors.split(";")) if successors else ())
        for code, title, ended, kind, successors in _body("region_history.csv")
    )


def _body(name: str) -> Iterator[list[str]]:
    table = _table(name)
    next(table)
    return table


def _listed(name: str, version: str, items: Iterator[Item], scheme: str | None) -> CodeList:
    return CodeList(name, version, {item.code: item for item in items}, SPELLINGS[scheme] if scheme else PLAIN)


#: how each list is made, given its version
LISTS = {
    "regions": regions,
    "industries": industries,
    "occupations": occupations,
    "programmes": programmes,
    "esco-skills": esco_skills,
}
