"""Prints data/codes/README.md with what the curated lists hold today; `make codes` writes it, and a test compares."""

import re
import sys
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.domain.skill import DIMENSIONS, UNREVIEWED, Skill

README = Path(__file__).parents[1] / "data" / "codes" / "README.md"
BEGIN, END = "<!-- counts: `make codes` writes them -->\n", "<!-- end of counts -->\n"


def tables() -> str:
    """Both tables in Markdown: by list, and by family."""
    lists = [code_lists.skills().skills, code_lists.technologies().skills]
    rows = [("", "skills · 技能", "technologies · 技术"), ("---", "--:", "--:"), *_by_list(lists)]
    families = code_lists.skills().families
    members = [Counter(one.family for one in each) for each in lists]
    told = [
        (f"{one.title.en} · {one.title.zh}", *(str(count[code]) for count in members)) for code, one in families.items()
    ]
    return _table(rows) + "\n" + _table([("family · 技能类别", *rows[0][1:]), rows[1], *told])


def page() -> str:
    """The README with the tables of today."""
    return re.sub(f"{BEGIN}.*{END}", f"{BEGIN}{tables()}{END}", README.read_text("utf-8"), flags=re.DOTALL)


def _by_list(lists: Iterable[tuple[Skill, ...]]) -> list[tuple[str, ...]]:
    counted = [_counts(each) for each in lists]
    return [(name, *(str(one[name]) for one in counted)) for name in counted[0]]


def _counts(skills: tuple[Skill, ...]) -> dict[str, int]:
    dimensions = Counter(one.dimension for one in skills)
    named = {f"{title.en} · {title.zh}": dimensions[code] for code, title in DIMENSIONS.items()}
    return {
        "all · 合计": len(skills),
        **named,
        "of no dimension · 不分维度": dimensions[None],
        "aliases · 别名": sum(len(one.aliases) for one in skills),
        "with tiers · 有层级": sum(bool(one.tiers) for one in skills),
        "with what each tier can do · 有层级说明": sum(any(tier.can_do for tier in one.tiers) for one in skills),
        "with a concept of ESCO · 对应ESCO": sum(bool(one.links.esco) for one in skills),
        "with occupations · 对应职业": sum(bool(one.links.occupations) for one in skills),
        "with programmes · 对应专业": sum(bool(one.links.programmes) for one in skills),
        "signed by a person · 已有人签字": sum(one.reviewer != UNREVIEWED for one in skills),
    }


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


if __name__ == "__main__":
    sys.stdout.write(page())
