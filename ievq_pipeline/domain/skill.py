"""Skills: their codes, titles, families and dimensions, and which wordings name the same one. Nothing here is fuzzy."""

import re
import unicodedata
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from ievq_pipeline.domain.text import Text

#: ids are UUIDv5 of the code in this namespace; it never changes, or every id would
NAMESPACE = uuid.UUID("22b7cded-1404-4c73-8de6-085da48fbb14")
#: the form of a listed code
CODE = re.compile("[a-z0-9]+(-[a-z0-9]+)*")
#: characters without width, which nobody sees that types them
INVISIBLE = dict.fromkeys(map(ord, "\u200b\u2060\ufeff"))
#: what a spreadsheet program writes where a formula failed
FAILED_FORMULAS = frozenset(["#CALC!", "#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#SPILL!", "#VALUE!"])
#: what people write where there is nothing to name, or in the row of a sum
PLACEHOLDERS = frozenset(["无", "暂无", "没有", "不适用", "待定", "N/A", "合计", "总计", "小计", "共计", "SUBTOTAL"])
#: in capitals, what has letters and is no name all the same
NO_NAMES = FAILED_FORMULAS | PLACEHOLDERS


class Dimension(StrEnum):
    """Of the three-dimensional profile of students; most skills belong to one, some to none."""

    DIGITAL = "digital"
    GREEN = "green"
    INNOVATION = "innovation"


DIMENSIONS = {
    Dimension.DIGITAL: Text("数字", "digital"),
    Dimension.GREEN: Text("绿色", "green"),
    Dimension.INNOVATION: Text("创新", "innovation"),
}


#: how far somebody has come with a skill, as in the standards of vocational colleges
TIERS = {1: Text("初级", "basic"), 2: Text("中级", "intermediate"), 3: Text("高级", "advanced")}
#: the reviewer of what nobody has signed
UNREVIEWED = "unreviewed"


def spelled(wording: str) -> str:
    """The agreed spelling of a wording that no list knows, which is its provisional code.

    Compatibility characters are made plain (Unicode NFKC: full-width letters, no-break spaces), characters without
    width taken out, blanks and line breaks folded to one space and taken off the ends. Upper and lower case stay.
    """
    return " ".join(unicodedata.normalize("NFKC", wording.translate(INVISIBLE)).split())


def folded(wording: str) -> str:
    """Two wordings are the same if and only if this is: their agreed spelling without regard to case."""
    return unicodedata.normalize("NFKC", spelled(wording).casefold())


def is_readable(wording: str) -> bool:
    """Whether a wording can be a name: it has a letter or digit, every character was decoded, no formula failed, and it
    does not say that there is none.
    """
    plain = spelled(wording)
    is_named = any(unicodedata.category(character)[0] in "LN" for character in plain)
    return is_named and "\ufffd" not in plain and plain.upper() not in NO_NAMES


@dataclass(frozen=True, slots=True)
class Family:
    """Skills of one sort; the level family × region is tested by them."""

    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class Tier:
    """A tier that is meaningful for a skill: its number in TIERS, and what somebody can do there, where it is told."""

    number: int
    can_do: Text | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Where a skill or technology stands in other lists: their codes, in the order in which they are told."""

    #: URI of the concept of ESCO that is the same
    esco: str | None = None
    occupations: tuple[str, ...] = ()
    programmes: tuple[str, ...] = ()
    #: of a technology, the skills that it needs
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Skill:
    """One concept, whatever its wording. One that no list knows is provisional, and has no family or dimension.

    A technology is told the same way, and has no tiers.
    """

    code: str
    title: Text
    #: the code of its family
    family: str | None = None
    dimension: Dimension | None = None
    aliases: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()
    links: Links = Links()
    #: who has signed for it
    reviewer: str = UNREVIEWED

    @property
    def id(self) -> uuid.UUID:
        return uuid.uuid5(NAMESPACE, self.code)

    @property
    def wordings(self) -> tuple[str, ...]:
        """Everything that names it: its code, both titles and its aliases."""
        return (self.code, self.title.zh, self.title.en, *self.aliases)


def provisional(wording: str) -> Skill:
    """The concept of a readable wording that no list knows: the wording itself, in its agreed spelling."""
    code = spelled(wording)
    return Skill(code, Text(code, code))


@dataclass(frozen=True, eq=False)
class Skills:
    """One version of the list of skills. Raises ValueError when a wording names two, or a family is not there."""

    version: str
    skills: tuple[Skill, ...] = ()
    families: Mapping[str, Family] = field(default_factory=dict)
    #: folded wordings that somebody has decided to be no name of a listed skill
    settled: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        for skill in self.skills:
            if not CODE.fullmatch(skill.code):
                raise ValueError(f"{skill.code!r} is not lower-case words joined by hyphens")
            if skill.family not in self.families:
                raise ValueError(f"{skill.code} is of family {skill.family!r}, which is not there")
            for wording in skill.wordings:
                if (other := self._known[folded(wording)]) is not skill:
                    raise ValueError(f"{wording!r} names both {other.code} and {skill.code}")

    @cached_property
    def _known(self) -> dict[str, Skill]:
        return {folded(wording): skill for skill in self.skills for wording in skill.wordings}

    def knowing(self, aliases: Mapping[str, str], settled: Collection[str], version: str) -> "Skills":
        """This list with more aliases, code by wording; what it knows already, or has no code for, is left out."""
        more: dict[str, list[str]] = {}
        for wording, code in {folded(wording): (wording, code) for wording, code in aliases.items()}.values():
            if self.find(wording) is None:
                more.setdefault(code, []).append(wording)
        skills = (replace(one, aliases=(*one.aliases, *more.get(one.code, ()))) for one in self.skills)
        return replace(self, version=version, skills=tuple(skills), settled=frozenset(settled))

    def find(self, wording: str) -> Skill | None:
        """The skill of the list that a wording names exactly, by code, title or alias; case and width don't matter."""
        return self._known.get(folded(wording))

    def named(self, wording: str) -> Skill:
        """The same, or the provisional concept where the list knows none. A code names its skill too."""
        return self.find(wording) or provisional(wording)

    def codes(self, wordings: Iterable[str]) -> dict[str, str | None]:
        """By wording, the code of what it names: the list's, else provisional, or None where nobody can read it.

        Wordings that are the same get one code: of unlisted ones that differ in case, the spelling given first.
        """
        first: dict[str, str] = {}
        found: dict[str, str | None] = {}
        for wording in wordings:
            if (known := self.find(wording)) is not None:
                found[wording] = known.code
            elif is_readable(wording):
                found[wording] = first.setdefault(folded(wording), spelled(wording))
            else:
                found[wording] = None
        return found
