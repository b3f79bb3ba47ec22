"""Enterprise × series × quarter, each reported, zero or unknown: what the step test is made over."""

from bisect import bisect_left
from dataclasses import dataclass
from typing import Self

import numpy as np

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.arrays import BoolArray, IntArray
from ievq_pipeline.domain.surge.matched.filed import NONE, Reports, Rows, Unknown, Vocabulary, places, ranks
from ievq_pipeline.domain.surge.matched.series import Level, Series
from ievq_pipeline.domain.surge.matched.units import Units

#: after every quarter that `Quarter` can name
LATEST = 40_000


@dataclass(frozen=True, slots=True, eq=False)
class MatchedPanel:
    """Names in order, quarters without gaps; what a filing does not name is zero, what nobody filed is unknown."""

    quarters: tuple[Quarter, ...]
    enterprises: tuple[str, ...]
    skills: tuple[str, ...]
    families: tuple[str, ...]
    regions: tuple[str, ...]
    #: by skill: the code of its family
    family_of: IntArray
    #: by enterprise: the code of its segment
    segments: IntArray
    #: [enterprises, quarters]: who filed
    filed: BoolArray
    #: [enterprises, quarters]: all openings of the enterprise, and where they are known
    totals: IntArray
    counted: BoolArray
    units: dict[Level, Units]

    @classmethod
    def of(
        cls,
        names: Vocabulary,
        reports: Reports,
        rows: Rows,
        unknown: Unknown | None = None,
        *,
        unsure: Unknown | None = None,
        first: Quarter | None = None,
        last: Quarter | None = None,
    ) -> Self:
        """From what was filed, in any order; it reaches from `first` to `last`.

        `unsure` is unknown as well, but its openings stand in other rows: an enterprise's openings in all stay known.
        Where one bound is given, the panel reaches there also if nobody filed for it, and what was filed beyond is
        left out.
        Raises ValueError for openings below 0 or without a report.
        """
        hidden = unknown or Unknown()
        enterprises, enterprise_rank = ranks(names.enterprises)
        bounds = first.index if first else 0, last.index if last else LATEST
        reports, rows = reports.between(*bounds), rows.between(*bounds)
        if not reports.quarter.size and not (first and last):
            raise ValueError("a panel without reports")
        begin = first.index if first else int(reports.quarter.min())
        end = last.index if last else int(reports.quarter.max())
        shape = len(enterprises), end - begin + 1
        reported, has_total = np.zeros(shape, dtype=bool), np.zeros(shape, dtype=bool)
        totals = np.zeros(shape, dtype=np.int64)
        filed = enterprise_rank[reports.enterprise], reports.quarter - begin
        if len(np.unique(filed[0] * shape[1] + filed[1])) < filed[0].size:
            raise ValueError("an enterprise reports a quarter twice")
        reported[filed], totals[filed], has_total[filed] = True, reports.total, reports.total != NONE
        has_filed = reported.copy()
        at = enterprise_rank[rows.enterprise], rows.quarter - begin
        if rows.skill.size and min(rows.skill.min(), rows.enterprise.min(), rows.region.min() - NONE) < 0:
            raise ValueError("a row of no enterprise, skill or region in the vocabulary")
        if rows.openings.size and (rows.openings.min() < 0 or at[1].min() < 0 or at[1].max() >= shape[1]):
            raise ValueError("openings below 0, or for a quarter that nobody reported")
        if not reported[at].all():
            raise ValueError("openings of an enterprise that did not report the quarter")
        sums = np.bincount(at[0] * shape[1] + at[1], weights=rows.openings, minlength=reported.size).reshape(shape)
        totals = np.where(has_total, totals, sums.astype(np.int64))
        counted = reported.copy()
        inside = (hidden.quarter >= begin) & (hidden.quarter <= end)
        gone = enterprise_rank[hidden.enterprise[inside]], hidden.quarter[inside] - begin
        counted[gone] &= has_total[gone]
        hidden = hidden.joined(unsure or Unknown())
        inside = (hidden.quarter >= begin) & (hidden.quarter <= end)
        gone = enterprise_rank[hidden.enterprise[inside]], hidden.quarter[inside] - begin
        skill_gone = hidden.skill[inside]
        every = skill_gone == NONE
        reported[gone[0][every], gone[1][every]] = False
        part = (skill_gone[~every], gone[0][~every], gone[1][~every])
        segments = np.empty(shape[0], dtype=np.int64)
        segments[enterprise_rank] = np.unique(np.asarray(names.segments, dtype=np.str_), return_inverse=True)[1]
        built = _Levels(names, reported)
        return cls(
            quarters=tuple(Quarter.from_index(begin + n) for n in range(shape[1])),
            enterprises=enterprises,
            skills=built.skills,
            families=built.families,
            regions=built.regions,
            family_of=built.family_of,
            segments=segments,
            filed=has_filed,
            totals=np.where(counted, totals, 0),
            counted=counted,
            units=built.units(rows, at, part),
        )

    def until(self, quarter: Quarter) -> Self:
        """What a look at `quarter` may see."""
        width = sum(q <= quarter for q in self.quarters)
        return type(self)(
            self.quarters[:width],
            self.enterprises,
            self.skills,
            self.families,
            self.regions,
            self.family_of,
            self.segments,
            self.filed[:, :width],
            self.totals[:, :width],
            self.counted[:, :width],
            {level: units.until(width) for level, units in self.units.items()},
        )

    def series(self, level: Level, code: int) -> Series:
        """The series that a level's code stands for."""
        if level is Level.SKILL:
            return Series(level, skill=self.skills[code])
        group, region = divmod(code, len(self.regions))
        if level is Level.FAMILY_REGION:
            return Series(level, family=self.families[group], region=self.regions[region])
        return Series(level, skill=self.skills[group], region=self.regions[region])

    def concerns(self, level: Level, skills: BoolArray) -> BoolArray:
        """By code of the level: the series of these skills, and those of their families."""
        if level is Level.SKILL:
            return skills
        group = skills
        if level is Level.FAMILY_REGION:
            group = np.bincount(self.family_of, weights=skills, minlength=len(self.families)) > 0
        return np.repeat(group, len(self.regions))

    def code(self, series: Series) -> int | None:
        """The code of a series within its level; None where the panel has no such name."""
        region = 0 if series.region is None else _place(self.regions, series.region)
        is_family = series.level is Level.FAMILY_REGION
        group = _place(self.families, series.family) if is_family else _place(self.skills, series.skill)
        if group is None or region is None:
            return None
        return group if series.level is Level.SKILL else group * len(self.regions) + region


def _place(names: tuple[str, ...], name: str | None) -> int | None:
    place = bisect_left(names, name or "")
    return place if place < len(names) and names[place] == name else None


class _Levels:
    """The units of each level, from the rows."""

    def __init__(self, names: Vocabulary, reported: BoolArray) -> None:
        self.reported = reported
        self.skills, self.skill_rank = ranks(names.skills)
        self.regions, self.region_rank = ranks(names.regions)
        self.families, _ = ranks(sorted(set(names.families)))
        code = {family: n for n, family in enumerate(self.families)}
        self.family_of = np.empty(len(self.skills), dtype=np.int64)
        self.family_of[self.skill_rank] = [code[family] for family in names.families]
        self.is_place = places(names, self.region_rank)

    def units(
        self, rows: Rows, at: tuple[IntArray, IntArray], hidden: tuple[IntArray, IntArray, IntArray]
    ) -> dict[Level, Units]:
        skill = self.skill_rank[rows.skill]
        region = np.append(self.region_rank, NONE)[rows.region]
        named = rows.openings > 0
        placed = named & self.is_place[region]
        hidden_skill, *rest = self.skill_rank[hidden[0]], hidden[1], hidden[2]
        enterprises, width = self.reported.shape[0], max(len(self.regions), 1)
        made = {}
        for level, group, taken in (
            (Level.SKILL, skill, named),
            (Level.FAMILY_REGION, self.family_of[skill] * width + region, placed),
            (Level.SKILL_REGION, skill * width + region, placed),
        ):
            units = Units.of(group[taken], at[0][taken], at[1][taken], rows.openings[taken], self.reported)
            own = units.series if level is Level.SKILL else units.series // width
            gone = self.family_of[hidden_skill] if level is Level.FAMILY_REGION else hidden_skill
            made[level] = units.hide(own, gone, rest[0], rest[1], enterprises)
        return made
