"""`make eval-wordings`: how well wordings are matched, on the labelled sets of `data/wordings`.

Dev is the whole first set, and what to tune on. `--test` (`make eval-wordings TEST=1`) adds the second set: for a
proof, never for tuning.
Printed with numerators, denominators and Wilson's 95 % intervals.
"""

import argparse
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.matching import match
from ievq_pipeline.domain.skill import Skills
from ievq_pipeline.domain.wording import Match, bare
from tests.labelled_wordings import COLUMNS, SETS, Labelled, rows

#: standard deviations of a 95 % interval
Z = 1.959964
TARGETS = {"automatic matches right": 0.98, "matchable matched automatically": 0.70, "right one among five": 0.90}


@dataclass(frozen=True, slots=True)
class Share:
    """A share with what it is of."""

    hits: int
    of: int

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval."""
        if not self.of:
            return 0.0, 1.0
        n, p = self.of, self.value
        middle, spread = p + Z * Z / (2 * n), Z * math.sqrt(p * (1 - p) / n + Z * Z / (4 * n * n))
        return max(0.0, (middle - spread) / (1 + Z * Z / n)), min(1.0, (middle + spread) / (1 + Z * Z / n))

    def __str__(self) -> str:
        low, high = self.interval
        return f"{self.value:.3f} = {self.hits}/{self.of} (95 % interval {low:.3f}–{high:.3f})"


@dataclass(frozen=True, slots=True)
class Tried:
    """A labelled wording asked of one list."""

    row: Labelled
    code_list: str
    found: Match

    @property
    def means(self) -> frozenset[str]:
        return self.row.codes[self.code_list]

    @property
    def is_right(self) -> bool:
        return self.found.code in self.means

    @property
    def is_among_five(self) -> bool:
        return self.is_right or any(one.code in self.means for one in self.found.suggestions)


def names() -> dict[str, Skills]:
    """The lists of names that the wordings were labelled by."""
    return {name: code_lists.skills(name) for name in COLUMNS}


def blind() -> dict[str, Skills]:
    """The same without the aliases that are wordings of the first set: as if these had never been seen."""
    seen = {bare(row.wording) for row in rows("dev")}
    return {
        name: replace(
            listed,
            skills=tuple(
                replace(one, aliases=tuple(alias for alias in one.aliases if bare(alias) not in seen))
                for one in listed.skills
            ),
        )
        for name, listed in names().items()
    }


def tried(name: str, lists: Mapping[str, Skills]) -> list[Tried]:
    """Every wording of the set for `dev` or `test`, asked of every list."""
    return [
        Tried(row, code_list, match(row.wording, listed)) for row in rows(name) for code_list, listed in lists.items()
    ]


def shares(asked: Iterable[Tried]) -> dict[str, Share]:
    """The three measures of the targets, and how often nothing was rightly said where nothing is listed."""
    asked = list(asked)
    automatic = [one for one in asked if one.found.is_certain]
    matchable = [one for one in asked if one.means]
    nothing = [one for one in asked if not one.means]
    return {
        "automatic matches right": Share(sum(one.is_right for one in automatic), len(automatic)),
        "matchable matched automatically": Share(sum(one.found.is_certain for one in matchable), len(matchable)),
        "right one among five": Share(sum(one.is_among_five for one in matchable), len(matchable)),
        "unlisted left alone": Share(sum(not one.found.is_certain for one in nothing), len(nothing)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--test", action="store_true", help="the second set too: for a proof, not for tuning")
    parser.add_argument("--blind", action="store_true", help="without the aliases that are wordings of the first set")
    parser.add_argument("--misses", action="store_true", help="name what went wrong, in the first set alone")
    asked = parser.parse_args()
    lists = blind() if asked.blind else names()
    for part in SETS if asked.test else ("dev",):
        every = tried(part, lists)
        wordings = len(every) // len(lists)
        for name in (*lists, "all lists"):
            of = [one for one in every if name in (one.code_list, "all lists")]
            version = f" {lists[name].version}" if name in lists else ""
            print(f"{part} ({SETS[part].name}, {wordings} wordings), {name}{version}:")
            for measure, share in shares(of).items():
                target = TARGETS.get(measure)
                met = "" if target is None else f"; target {target:.2f} {'met' if share.value >= target else 'MISSED'}"
                print(f"  {measure}: {share}{met}")
        if asked.misses and part == "dev":
            _tell_misses(every)


def _tell_misses(every: Iterable[Tried]) -> None:
    for one in every:
        nearest = ", ".join(f"{near.code} {near.score}" for near in one.found.suggestions)
        if one.found.is_certain and not one.is_right:
            print(f"WRONG {one.code_list} {one.row.wording}: {one.found.code} ({one.found.how}), not {set(one.means)}")
        elif one.means and not one.found.is_certain:
            place = "ASKED" if one.is_among_five else "LOST "
            print(f"{place} {one.code_list} {one.row.wording}: {set(one.means)}; nearest {nearest}")


if __name__ == "__main__":
    main()
