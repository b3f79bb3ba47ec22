"""What reporters filed, as plain arrays of codes into a vocabulary; any order of rows and names is the same panel."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ievq_pipeline.domain.surge.arrays import BoolArray, IntArray

#: stands for "no region stated", for "total not given" and, among the unknown, for "every skill"
NONE = -1


def _nothing() -> IntArray:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The names that codes stand for: code n is the n-th name."""

    enterprises: Sequence[str]
    #: the segment of each enterprise, whose market index it is held against
    segments: Sequence[str]
    skills: Sequence[str]
    #: the family of each skill; empty where it has none
    families: Sequence[str]
    regions: Sequence[str]
    #: regions that are no place (unknown, remote) count for the skill and are never a region series
    is_place: Sequence[bool]


@dataclass(frozen=True, slots=True, eq=False)
class Reports:
    """Who filed for which quarter (`Quarter.index`): a row here is what makes the quarter known for the enterprise."""

    enterprise: IntArray
    quarter: IntArray
    #: all openings of the enterprise, or NONE: then the sum of its rows stands for it
    total: IntArray

    def between(self, first: int, last: int) -> Self:
        """Those of the quarters `first` to `last`."""
        inside = (self.quarter >= first) & (self.quarter <= last)
        return type(self)(self.enterprise[inside], self.quarter[inside], self.total[inside])


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The openings named in those filings; several rows of one cell add up, a cell without a row is a true zero."""

    enterprise: IntArray
    skill: IntArray
    region: IntArray
    quarter: IntArray
    openings: IntArray

    def between(self, first: int, last: int) -> Self:
        """Those of the quarters `first` to `last`."""
        inside = (self.quarter >= first) & (self.quarter <= last)
        columns = (self.enterprise, self.skill, self.region, self.quarter, self.openings)
        return type(self)(*(column[inside] for column in columns))


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """What a quarantined row leaves unknown: a skill of an enterprise in a quarter, or with NONE all of its skills."""

    enterprise: IntArray = field(default_factory=_nothing)
    skill: IntArray = field(default_factory=_nothing)
    quarter: IntArray = field(default_factory=_nothing)

    def joined(self, other: "Unknown") -> "Unknown":
        return Unknown(
            np.concatenate([self.enterprise, other.enterprise]),
            np.concatenate([self.skill, other.skill]),
            np.concatenate([self.quarter, other.quarter]),
        )


def coded(names: Sequence[str] | NDArray[np.str_]) -> tuple[list[str], IntArray]:
    """A column of names as a vocabulary in order and the code of each row."""
    found, codes = np.unique(np.asarray(names, dtype=np.str_), return_inverse=True)
    return [str(name) for name in found], codes.astype(np.int64)


def ranks(names: Sequence[str]) -> tuple[tuple[str, ...], IntArray]:
    """The names in order, and at each old code its new one. Raises ValueError where a name comes twice."""
    order = sorted(range(len(names)), key=names.__getitem__)
    ordered = tuple(names[code] for code in order)
    if len(set(ordered)) < len(ordered):
        raise ValueError("a name comes twice in the vocabulary")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return ordered, rank


def places(vocabulary: Vocabulary, order: IntArray) -> BoolArray:
    """Which regions, in their new order, are places; one more at the end, so that NONE points to "not one"."""
    is_place = np.zeros(len(vocabulary.regions) + 1, dtype=bool)
    is_place[order] = np.asarray(vocabulary.is_place, dtype=bool)
    return is_place
