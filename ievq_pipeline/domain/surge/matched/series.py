"""What is tested: a skill, a family of skills in a region, or a skill in a region."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """Each level is a family of tests of its own."""

    SKILL = "skill"
    FAMILY_REGION = "family_region"
    SKILL_REGION = "skill_region"


@dataclass(frozen=True, slots=True)
class Series:
    """One series; a name that its level does not use is None."""

    level: Level
    skill: str | None = None
    family: str | None = None
    region: str | None = None

    def __str__(self) -> str:
        return " ".join([self.level, *(name for name in (self.family, self.skill, self.region) if name)])
