"""Panels of reporters made up for tests: lumpy openings, skips, joiners, and steps where they are wanted."""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields, replace
from typing import TypeVar

import numpy as np

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.matched import NONE, MatchedPanel, Reports, Rows, Unknown, Vocabulary

FIRST = Quarter(2010, 1)


@dataclass(frozen=True)
class Filed:
    """What a panel is built from."""

    names: Vocabulary
    reports: Reports
    rows: Rows

    def panel(self, unknown: Unknown | None = None) -> MatchedPanel:
        return MatchedPanel.of(self.names, self.reports, self.rows, unknown)

    def shuffled(self, seed: int) -> "Filed":
        """The same filings: rows, reports and the names of enterprises in another order."""
        random = np.random.default_rng(seed)
        order = random.permutation(len(self.names.enterprises))
        code = np.argsort(order)
        names = replace(
            self.names,
            enterprises=[self.names.enterprises[n] for n in order],
            segments=[self.names.segments[n] for n in order],
        )
        reports, rows = self.reports, self.rows
        at, row = random.permutation(reports.quarter.size), random.permutation(rows.quarter.size)
        return Filed(
            names,
            Reports(code[reports.enterprise[at]], reports.quarter[at], reports.total[at]),
            Rows(code[rows.enterprise[row]], rows.skill[row], rows.region[row], rows.quarter[row], rows.openings[row]),
        )

    def since(self, first: Quarter) -> "Filed":
        """What was filed from a quarter on; enterprises, segments and skills that it does not name are unheard of."""
        reports, rows = self.reports.between(first.index, 10**6), self.rows.between(first.index, 10**6)
        known, skills = np.unique(reports.enterprise), np.unique(rows.skill)
        names = replace(
            self.names,
            enterprises=[self.names.enterprises[n] for n in known],
            segments=[self.names.segments[n] for n in known],
            skills=[self.names.skills[n] for n in skills],
            families=[self.names.families[n] for n in skills],
        )
        return Filed(
            names,
            replace(reports, enterprise=np.searchsorted(known, reports.enterprise)),
            replace(
                rows, enterprise=np.searchsorted(known, rows.enterprise), skill=np.searchsorted(skills, rows.skill)
            ),
        )

    def without(self, quarters: Iterable[int]) -> "Filed":
        """The same, nobody having filed for these quarters (`Quarter.index`)."""
        silent = list(quarters)
        parts: list[Reports | Rows] = []
        for part in (self.reports, self.rows):
            left = ~np.isin(part.quarter, silent)
            parts.append(type(part)(*(getattr(part, column.name)[left] for column in fields(part))))
        return Filed(self.names, *parts)  # type: ignore[arg-type]

    def with_joiners(self, number: int, most: int, seed: int) -> "Filed":
        """New enterprises, named among the old ones, that report the last quarter only."""
        random = np.random.default_rng(seed)
        old = len(self.names.enterprises)
        code = np.arange(old, old + number)
        names = replace(
            self.names,
            enterprises=[*self.names.enterprises, *(f"e{n:05d} joins" for n in random.choice(90000, number, False))],
            segments=[*self.names.segments, *random.choice(["a", "b"], number)],
        )
        last = np.full(number, self.reports.quarter.max())
        more = Reports(code, last, np.full(number, NONE))
        skill, region = (random.integers(0, len(of), number) for of in (names.skills, names.regions))
        rows = Rows(code, skill, region, last, random.integers(1, most, number))
        return Filed(names, _joined(self.reports, more), _joined(self.rows, rows))


Table = TypeVar("Table", Reports, Rows)


def _joined(one: Table, other: Table) -> Table:
    columns = [np.concatenate([getattr(one, name), getattr(other, name)]) for name in [f.name for f in fields(one)]]
    return type(one)(*columns)


@dataclass(frozen=True)
class World:
    """How the made-up enterprises behave."""

    enterprises: int = 240
    skills: int = 24
    regions: int = 3
    quarters: int = 16
    skills_each: int = 6
    size: float = 1.5
    reporting: float = 0.8
    #: amplitude of a season that each skill has of its own
    season: float = 0.0
    #: by skill: in which quarter it steps, and to what ratio
    steps: dict[int, tuple[int, float]] = field(default_factory=dict)


def filed(world: World, seed: int) -> Filed:
    random = np.random.default_rng(seed)
    units = np.array(
        [(e, s) for e in range(world.enterprises) for s in random.choice(world.skills, world.skills_each, False)]
    )
    enterprise, skill = units.T
    home = random.integers(0, world.regions, world.enterprises)
    reported = random.random((world.enterprises, world.quarters)) < world.reporting
    mean = random.gamma(1.0, world.size, world.enterprises)[enterprise] * random.gamma(2.5, 0.4, enterprise.size)
    phase = random.uniform(0, 2 * np.pi, world.skills)
    market = np.exp(np.cumsum(random.normal(0, 0.05, world.quarters)))
    columns = []
    for q in range(world.quarters):
        level = market[q] * (1 + world.season * np.cos(np.pi / 2 * q + phase[skill]))
        for stepping, (begin, ratio) in world.steps.items():
            level = np.where((skill == stepping) & (q >= begin), level * ratio, level)
        openings = random.poisson(mean * level * random.gamma(2.5, 0.4, mean.size))
        named = reported[enterprise, q] & (openings > 0)
        columns.append([enterprise[named], skill[named], home[enterprise[named]], np.full(named.sum(), FIRST.index + q),
                        openings[named]])  # fmt: skip
    who, when = np.nonzero(reported)
    names = Vocabulary(
        enterprises=[f"e{7 * n % world.enterprises:05d}" for n in range(world.enterprises)],
        segments=[("a", "b")[n % 2] for n in range(world.enterprises)],
        skills=[f"skill {n:02d}" for n in range(world.skills)],
        families=[f"family {n % 4}" for n in range(world.skills)],
        regions=[f"region {n}" for n in range(world.regions)],
        is_place=[n > 0 or world.regions == 1 for n in range(world.regions)],
    )
    reports = Reports(who, when + FIRST.index, np.full(who.size, NONE))
    return Filed(names, reports, Rows(*(np.concatenate(column) for column in zip(*columns, strict=True))))
