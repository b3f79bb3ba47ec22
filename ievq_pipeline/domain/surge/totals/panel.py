"""Counts of a totals source, skill by quarter, and which of them are known: unknown is never zero."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.arrays import BoolArray, FloatArray


@dataclass(frozen=True, slots=True, eq=False)
class TotalsPanel:
    """Skills in order of name, quarters without gaps; a quarter nobody filed is there, with nothing known in it."""

    quarters: tuple[Quarter, ...]
    skills: tuple[str, ...]
    counts: NDArray[np.int64]
    known: BoolArray
    exposure: FloatArray

    @classmethod
    def of(
        cls,
        rows: Iterable[tuple[str, str, int, int]],
        unknown: Iterable[tuple[str, str]] = (),
        *,
        incomplete: Iterable[str] = (),
        first: Quarter | None = None,
        last: Quarter | None = None,
    ) -> Self:
        """From (quarter, skill, count, exposure), in any order; it reaches from `first` to `last`.

        Where one is given, the panel reaches there also if nobody filed for it, and what lies beyond is left out.
        A skill not named in a quarter that has rows is a true zero; an `unknown` pair (a quarantined row) is unknown,
        and so is all that a quarter does not name where a row of it could not even be read (`incomplete`).
        Raises ValueError where a pair comes twice or a quarter has two exposures: the checks refuse such files.
        """
        counts: dict[tuple[Quarter, str], int] = {}
        exposures: dict[Quarter, int] = {}
        for name, skill, count, exposure in rows:
            quarter = Quarter.parse(name)
            if (quarter, skill) in counts:
                raise ValueError(f"{quarter}: {skill} comes twice")
            if exposures.setdefault(quarter, exposure) != exposure:
                raise ValueError(f"{quarter}: two exposures, {exposures[quarter]} and {exposure}")
            counts[quarter, skill] = count
        hidden = {(Quarter.parse(name), skill) for name, skill in unknown}
        if exposures or (first and last):
            begin, end = first or min(exposures), last or max(exposures)
            filed = {begin: 0, end: 0} | exposures
            exposures = {quarter: size for quarter, size in filed.items() if begin <= quarter <= end}
        inside = {pair: count for pair, count in counts.items() if pair[0] in exposures}
        return cls._assemble(inside, exposures, hidden, {Quarter.parse(name) for name in incomplete})

    @classmethod
    def _assemble(
        cls,
        counts: dict[tuple[Quarter, str], int],
        exposures: dict[Quarter, int],
        hidden: set[tuple[Quarter, str]],
        incomplete: set[Quarter],
    ) -> Self:
        seen = sorted(exposures)
        quarters = tuple(seen[0].plus(n) for n in range(seen[-1].index - seen[0].index + 1)) if seen else ()
        skills = tuple(sorted({skill for _, skill in [*counts, *hidden]}))
        row = {skill: n for n, skill in enumerate(skills)}
        column = {quarter: n for n, quarter in enumerate(quarters)}
        table = np.zeros((len(skills), len(quarters)), dtype=np.int64)
        exposure = np.array([exposures.get(quarter, 0) for quarter in quarters], dtype=np.float64)
        known = np.repeat(exposure[None, :] > 0, len(skills), axis=0)
        known[:, [column[quarter] for quarter in incomplete & column.keys()]] = False
        for (quarter, skill), count in counts.items():
            table[row[skill], column[quarter]] = count
            known[row[skill], column[quarter]] = exposure[column[quarter]] > 0
        for quarter, skill in hidden:
            if quarter in column:
                known[row[skill], column[quarter]] = False
        return cls(quarters, skills, np.where(known, table, 0), known, exposure)

    def row(self, skill: str) -> int | None:
        """Where the skill stands; None where no quarter of the panel names it."""
        row = bisect_left(self.skills, skill)
        return row if row < len(self.skills) and self.skills[row] == skill else None

    def until(self, quarter: Quarter) -> Self:
        """What a look at `quarter` may see."""
        width = sum(q <= quarter for q in self.quarters)
        return type(self)(
            self.quarters[:width], self.skills, self.counts[:, :width], self.known[:, :width], self.exposure[:width]
        )
