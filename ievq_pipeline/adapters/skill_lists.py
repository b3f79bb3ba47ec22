"""Lists of skills and technologies: rows of their files in, the concepts out, and what `ievq codes show` says."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from ievq_pipeline.domain.skill import DIMENSIONS, TIERS, Dimension, Family, Links, Skill, Skills, Tier
from ievq_pipeline.domain.text import Text

Row = Mapping[str, str]
#: what can be done in a tier, by skill and number
CanDo = Mapping[str, Mapping[int, Text]]


def listed(version: str, rows: Iterable[Row], families: Iterable[Row], tiers: Iterable[Row] = ()) -> Skills:
    """A list of skills or technologies. Raises ValueError where it contradicts itself, or tells of what it lacks."""
    can_do: dict[str, dict[int, Text]] = defaultdict(dict)
    for row in tiers:
        can_do[row["skill"]][int(row["tier"])] = Text(row["can_do_zh"], row["can_do_en"])
    skills = tuple(_skill(row, can_do) for row in rows)
    told = {(skill.code, tier.number) for skill in skills for tier in skill.tiers}
    if astray := {(code, number) for code, each in can_do.items() for number in each} - told:
        raise ValueError(f"tiers are told of what has none: {sorted(astray)}")
    return Skills(version, skills, {row["code"]: Family(row["code"], _title(row)) for row in families})


def document(listed: Skills) -> dict[str, Any]:
    """What `ievq codes show` says beside version and source."""
    used = {skill.family for skill in listed.skills}
    families = [one for one in listed.families.values() if one.code in used]
    return {
        "families": [{"code": one.code, "title": one.title.as_json()} for one in families],
        "dimensions": [{"code": str(code), "title": title.as_json()} for code, title in DIMENSIONS.items()],
        "tiers": [{"code": str(number), "title": title.as_json()} for number, title in TIERS.items()],
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
        "tiers": [
            {"code": str(tier.number), "can_do": tier.can_do.as_json() if tier.can_do else None}
            for tier in skill.tiers
        ],
        "esco": skill.links.esco,
        "occupations": list(skill.links.occupations),
        "programmes": list(skill.links.programmes),
        "skills": list(skill.links.skills),
        "reviewer": skill.reviewer,
    }  # fmt: skip


def _skill(row: Row, can_do: CanDo) -> Skill:
    return Skill(
        row["code"],
        _title(row),
        row["family"],
        Dimension(row["dimension"]) if row["dimension"] else None,
        _several(row, "aliases"),
        tuple(_tier(int(number), can_do.get(row["code"], {})) for number in _several(row, "tiers")),
        Links(
            row["esco_uri"] or None,
            _several(row, "occupations"),
            _several(row, "programmes"),
            _several(row, "skills"),
        ),
        row["reviewer"],
    )


def _tier(number: int, can_do: Mapping[int, Text]) -> Tier:
    if number not in TIERS:
        raise ValueError(f"there is no tier {number}")
    return Tier(number, can_do.get(number))


def _several(row: Row, column: str) -> tuple[str, ...]:
    """The parts of a cell; a column that the file does not have is empty."""
    return tuple(row[column].split(";")) if row.get(column) else ()


def _title(row: Row) -> Text:
    return Text(row["title_zh"], row["title_en"])
