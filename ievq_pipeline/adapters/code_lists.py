"""The code lists that come with the package: read once, and told as documents. Sources: `data/codes/README.md`."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from ievq_pipeline.domain.errors import UnknownCodeList
from ievq_pipeline.domain.skill import DIMENSIONS, Dimension, Family, Skill, Skills
from ievq_pipeline.domain.text import Text


@dataclass(frozen=True, slots=True)
class About:
    """What is to be known of a code list; versions count up, and what is in one never changes."""

    name: str
    version: str
    title: Text
    source: str
    licence: str

    def as_json(self) -> dict[str, Any]:
        return {
            "list": self.name,
            "version": self.version,
            "title": self.title.as_json(),
            "source": self.source,
            "licence": self.licence,
        }


def place() -> Path:
    """Where the lists are: shipped inside the wheel, or beside the package in a checkout."""
    shipped = Path(str(files("ievq_pipeline"))) / "_shipped"
    return (shipped if shipped.is_dir() else Path(__file__).parents[2]) / "data" / "codes"


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (place() / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@cache
def about() -> dict[str, About]:
    """Every list that is here, by name."""
    return {
        row["list"]: About(row["list"], row["version"], _title(row), row["source"], row["licence"])
        for row in _rows("lists.csv")
    }


def versions() -> dict[str, str]:
    """The version of every list that is here, by its name."""
    return {name: one.version for name, one in about().items()}


@cache
def skills() -> Skills:
    """The list of skills, as shipped."""
    families = {row["code"]: Family(row["code"], _title(row)) for row in _rows("skill_families.csv")}
    return Skills(versions()["skills"], tuple(_skill(row) for row in _rows("skills.csv")), families)


def shipped() -> Mapping[str, Skills]:
    """The lists that wordings are compared with, by the name that contracts call them."""
    return {"skills": skills()}


def document(name: str) -> dict[str, Any]:
    """A code list as `ievq codes show` prints it. Raises UnknownCodeList."""
    if name not in about():
        raise UnknownCodeList(name=name, known=", ".join(about()))
    listed = skills()
    return about()[name].as_json() | {
        "families": [{"code": one.code, "title": one.title.as_json()} for one in listed.families.values()],
        "dimensions": [{"code": str(code), "title": title.as_json()} for code, title in DIMENSIONS.items()],
        "items": [_item(skill) for skill in listed.skills],
    }


def _item(skill: Skill) -> dict[str, Any]:
    return {
        "code": skill.code,
        "title": skill.title.as_json(),
        "aliases": list(skill.aliases),
        "family": skill.family,
        "dimension": str(skill.dimension) if skill.dimension else None,
        "id": str(skill.id),
    }


def _title(row: Mapping[str, str]) -> Text:
    return Text(row["title_zh"], row["title_en"])


def _skill(row: Mapping[str, str]) -> Skill:
    aliases = tuple(row["aliases"].split(";")) if row["aliases"] else ()
    dimension = Dimension(row["dimension"]) if row["dimension"] else None
    return Skill(row["code"], _title(row), row["family"], dimension, aliases)


def described(basis: str, skill: str | None, family: str | None) -> dict[str, Any]:
    """What alerts say of a skill, or of a family of skills (then without a code).

    A totals source has a vocabulary of its own, and its terms stay as they are.
    """
    if skill is None:
        found = skills().families.get(family or "")
        title = found.title if found else Text(family or "", family or "")
        return {"code": None, "title": title.as_json(), "dimension": None, "family": family}
    if basis.startswith("totals:"):
        return {"code": skill, "title": Text(skill, skill).as_json(), "dimension": None, "family": None}
    known = skills().named(skill)
    return {"code": skill, "title": known.title.as_json(), "dimension": known.dimension, "family": known.family}
