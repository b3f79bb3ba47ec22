"""The code lists that come with the package: read once, and told as documents. Sources: `data/codes/README.md`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from ievq_pipeline.adapters import code_list_files, skill_lists
from ievq_pipeline.adapters.code_list_files import LISTS, rows
from ievq_pipeline.adapters.matching import matcher
from ievq_pipeline.domain.code_list import CodeList, Item
from ievq_pipeline.domain.errors import UnknownCodeList
from ievq_pipeline.domain.learning import Learnt
from ievq_pipeline.domain.skill import Skills
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
    return code_list_files.place()


@cache
def about() -> dict[str, About]:
    """Every list that is here, by name."""
    return {
        row["list"]: About(row["list"], row["version"], _title(row), row["source"], row["licence"])
        for row in rows("lists.csv")
    }


def versions() -> dict[str, str]:
    """The version of every list that is here, by its name."""
    return {name: one.version for name, one in about().items()}


def skills(name: str = "skills") -> Skills:
    """The list of skills, as shipped, or that of technologies; each is read once."""
    return _listed(name)


@cache
def _listed(name: str) -> Skills:
    tiers = rows("skill_tiers.csv") if name == "skills" else ()
    return skill_lists.listed(versions()[name], rows(f"{name}.csv"), rows("skill_families.csv"), tiers)


def technologies() -> Skills:
    """The list of technologies, as shipped: each with the skills that it needs."""
    return skills("technologies")


@cache
def code_list(name: str) -> CodeList:
    """A list of codes, as shipped; its file is read once. Raises UnknownCodeList."""
    if name not in LISTS:
        raise UnknownCodeList(name=name, known=", ".join(LISTS))
    return LISTS[name](versions()[name])


@dataclass(frozen=True, slots=True)
class Shipped(Mapping[str, Any]):
    """Lists by name, as shipped: `CodeList` of codes, `Skills` of wordings. Each is read when asked for, no earlier."""

    names: tuple[str, ...]
    #: by list, what was learnt beside it
    learnt: tuple[tuple[str, Learnt], ...] = ()

    def __getitem__(self, name: str) -> Any:
        if name not in self.names:
            raise KeyError(name)
        return code_list(name) if name in LISTS else _taught(name, dict(self.learnt).get(name, Learnt()))

    def __contains__(self, name: object) -> bool:
        return name in self.names

    def __iter__(self) -> Iterator[str]:
        return iter(self.names)

    def __len__(self) -> int:
        return len(self.names)


def coded() -> Mapping[str, CodeList]:
    """The lists of codes, by the name that contracts call them. To look one up reads its file."""
    return Shipped(tuple(LISTS))


def shipped() -> Mapping[str, Any]:
    """Everything that the cells of a file are held against, by the name that contracts call it."""
    return Shipped(tuple(about()))


def preload() -> None:
    """Read and index every list that checks use, for children that are forked from here."""
    for name, listed in shipped().items():
        listed.find(f"no {name}")
        if isinstance(listed, Skills):
            matcher(listed).prepare()


def versions_of(lists: Mapping[str, Any]) -> dict[str, str]:
    """The version of each list, by its name; of shipped ones without reading them."""
    if isinstance(lists, Shipped):
        last = {name: learnt.last for name, learnt in lists.learnt if learnt.last}
        return {
            name: f"{version}.{last[name]}" if name in last else version
            for name, version in versions().items()
            if name in lists
        }
    return {name: listed.version for name, listed in lists.items()}


@lru_cache(maxsize=8)
def _taught(name: str, learnt: Learnt) -> Skills:
    """A list of wordings with what was learnt; that of the last decisions is prepared once."""
    return learnt.taught(skills(name))


def taught(learnt: Mapping[str, Learnt]) -> Mapping[str, Any]:
    """The same as `shipped`, and what was learnt of each list beside it."""
    return Shipped(tuple(about()), tuple(sorted(learnt.items(), key=lambda one: one[0])))


def document(name: str) -> dict[str, Any]:
    """A code list as `ievq codes show` prints it. Raises UnknownCodeList."""
    if name not in about():
        raise UnknownCodeList(name=name, known=", ".join(about()))
    if name in LISTS:
        return _coded_document(code_list(name))
    return about()[name].as_json() | skill_lists.document(skills(name))


def _coded_document(listed: CodeList) -> dict[str, Any]:
    """Items, and what the list remembers of old codes and titles."""
    history = [
        {
            "code": one.code,
            "title": {"zh": one.title, "en": one.title},
            "ended": one.year,
            "kind": str(one.kind),
            "successors": list(one.successors),
        }
        for one in listed.changes()
    ]
    items = [_coded_item(item, listed) for item in listed.items.values()]
    return about()[listed.name].as_json() | {"items": items, "history": history}


def _coded_item(item: Item, listed: CodeList) -> dict[str, Any]:
    aliases = [*item.aliases, *listed.shorts(item.title.zh)]
    more = {name: value for name, value in item.more.items() if name != "marks"}
    return {"code": item.code, "title": item.title.as_json(), "aliases": aliases, "parent": item.parent, **more}


def _title(row: Mapping[str, str]) -> Text:
    return Text(row["title_zh"], row["title_en"])


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
