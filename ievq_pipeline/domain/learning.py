"""What people have decided of wordings: the decisions there can be, and what of them a check has to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ievq_pipeline.domain.skill import Skills, folded


class Decided(StrEnum):
    """What a wording is."""

    ALIAS = "alias"  #: another name of a listed skill
    NEW = "new"  #: a skill of its own, which the list should take up; until then it stays as it was named
    IGNORE = "ignore"  #: no name of a skill; it stays as it was named, and nobody is asked again
    UNDO = "undo"  #: the decision before was wrong: it waits again


class State(StrEnum):
    """Whether somebody still has to look at a wording."""

    PENDING = "pending"
    DECIDED = "decided"


@dataclass(frozen=True, slots=True)
class Seen:
    """A wording in the accepted rows of one submission."""

    code_list: str
    wording: str
    rows: int
    reporters: int
    openings: int | None
    neighbours: Sequence[str]
    suggestions: Sequence[Mapping[str, Any]]
    #: codes that it may well mean
    unsure: Sequence[str]


@dataclass(frozen=True, slots=True)
class Learnt:
    """What was learnt of one list, up to a decision; it can be told apart by that."""

    #: `(wording, code)`
    aliases: tuple[tuple[str, str], ...] = ()
    #: wordings that are decided and name nothing listed: nobody need be asked
    settled: tuple[str, ...] = ()
    #: the number of the last decision
    last: int = 0

    def taught(self, listed: Skills) -> Skills:
        """The list with what was learnt, under a version of its own; the list itself goes before."""
        if not self.last:
            return listed
        return listed.knowing(dict(self.aliases), frozenset(map(folded, self.settled)), f"{listed.version}.{self.last}")
