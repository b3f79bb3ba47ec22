"""Whose past is whose: organisations joined over mergers, splits and new codes, so that matching survives them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Self
from uuid import UUID

from ievq_pipeline.domain.errors import ImpossibleSuccession
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.text import Text
from ievq_pipeline.domain.validity import ALWAYS, DAY, Validity


class SuccessionKind(StrEnum):
    MERGER = "merger"  #: several become a new one
    ABSORPTION = "absorption"  #: one goes into another, which was there before
    SPLIT = "split"  #: one ends in several new ones
    SPIN_OFF = "spin_off"  #: a new one comes out of another, which lives on
    NEW_CODE = "new_code"  #: the same under a new code

    @property
    def ends_predecessor(self) -> bool:
        return self is not SuccessionKind.SPIN_OFF

    @property
    def begins_successor(self) -> bool:
        return self is not SuccessionKind.ABSORPTION


KINDS = {
    SuccessionKind.MERGER: Text("新设合并", "merger into a new organisation"),
    SuccessionKind.ABSORPTION: Text("吸收合并", "absorption by an existing organisation"),
    SuccessionKind.SPLIT: Text("解散分立", "split into new organisations"),
    SuccessionKind.SPIN_OFF: Text("存续分立", "spin-off from an organisation that lives on"),
    SuccessionKind.NEW_CODE: Text("更换代码", "new code of the same organisation"),
}


@dataclass(frozen=True, slots=True)
class Succession:
    """One organisation took over from another on a day; a merger of two is two of these."""

    predecessor: UUID
    successor: UUID
    kind: SuccessionKind
    happened_on: date


def lifetimes(successions: Iterable[Succession]) -> dict[UUID, Validity]:
    """How long each organisation lives that has a predecessor or a successor. Raises ImpossibleSuccession."""
    chain = Chain()
    for each in successions:
        chain.add(each)
    return chain.lives()


class Chain:
    """Successions as they are told, one by one in any order; circles are refused.

    A predecessor lives until the day before it was succeeded, a successor from that day on; but who absorbs another
    was there before, and who spins one off lives on. Nobody takes over after its own end, nor from itself. Leaving
    some out never makes the others impossible.
    """

    def __init__(self) -> None:
        self._begins: dict[UUID, date] = {}
        self._ends: dict[UUID, date] = {}
        #: the last day on which an organisation took over anything
        self._took: dict[UUID, date] = {}

    def add(self, each: Succession) -> None:
        """Raises ImpossibleSuccession, and is then as before."""
        old, new, day = each.predecessor, each.successor, each.happened_on
        is_too_late = day >= self._ends.get(new, date.max)
        is_too_early = each.kind.ends_predecessor and self._took.get(old, date.min) >= day
        if old == new or is_too_late or is_too_early:
            raise ImpossibleSuccession(old=old, new=new, date=day)
        self._took[new] = max(day, self._took.get(new, date.min))
        if each.kind.begins_successor:
            self._begins[new] = min(day, self._begins.get(new, date.max))
        if each.kind.ends_predecessor:
            self._ends[old] = min(day, self._ends.get(old, date.max))

    def last_day(self, organisation: UUID) -> date | None:
        """The last day of its life, where it has one."""
        return self._ends[organisation] - DAY if organisation in self._ends else None

    def lives(self) -> dict[UUID, Validity]:
        """The lifetimes that are told; ends that nothing tells are open."""
        told = self._begins.keys() | self._ends.keys()
        return {one: Validity(self._begins.get(one), self.last_day(one)) for one in told}


def group_of(successions: Iterable[Succession]) -> dict[UUID, UUID]:
    """By organisation, the least id of all that are joined with it; who has no part in a succession is left out.

    Raises ImpossibleSuccession as `lifetimes` does.
    """
    successions = list(successions)
    lifetimes(successions)
    leader: dict[UUID, UUID] = {}

    def lead(one: UUID) -> UUID:
        while (above := leader.setdefault(one, one)) != one:
            leader[one] = leader[above]
            one = above
        return one

    for each in successions:
        first, second = sorted((lead(each.predecessor), lead(each.successor)))
        leader[second] = first
    return {one: lead(one) for one in list(leader)}


@dataclass(frozen=True, slots=True)
class Identities:
    """Who is whom: made once of all successions, and asked for each organisation and quarter."""

    #: by organisation, the one that stands for all that are joined; others stand for themselves
    group_of: Mapping[UUID, UUID]
    lives: Mapping[UUID, Validity]
    members: Mapping[UUID, tuple[UUID, ...]]
    #: by organisation, those that are the same under another code
    same: Mapping[UUID, frozenset[UUID]]
    _followers: Mapping[UUID, tuple[UUID, ...]]

    @classmethod
    def of(cls, successions: Iterable[Succession]) -> Self:
        """Raises ImpossibleSuccession as `lifetimes` does."""
        successions = list(successions)
        groups = group_of(successions)
        recoded = group_of(each for each in successions if each.kind is SuccessionKind.NEW_CODE)
        followers: dict[UUID, list[UUID]] = defaultdict(list)
        for each in successions:
            if each.kind.ends_predecessor:
                followers[each.predecessor].append(each.successor)
        same = _gathered(recoded)
        return cls(
            groups,
            lifetimes(successions),
            _gathered(groups),
            {one: frozenset(same[leader]) for one, leader in recoded.items()},
            {one: tuple(following) for one, following in followers.items()},
        )

    def is_alive(self, organisation: UUID, quarter: Quarter) -> bool:
        """Whether it lives at the quarter's end."""
        return self.lives.get(organisation, ALWAYS).is_in_force(quarter)

    def standing_for(self, organisation: UUID, quarter: Quarter) -> frozenset[UUID]:
        """Who is there at the quarter's end in its place: itself, or whoever took over since it ended."""
        if quarter.last_day <= self.lives.get(organisation, ALWAYS).last:
            return frozenset({organisation})
        return frozenset().union(*(self.standing_for(one, quarter) for one in self._followers[organisation]))

    def reported(self, filed: Iterable[tuple[UUID, Quarter]]) -> dict[tuple[UUID, Quarter], UUID]:
        """Of filings, as (organisation, quarter), those that count, each with the group that it counts for.

        A group has reported when all of it did that live at the quarter's end. Who has ended counts no more, but where
        it is the same as one that lives and has not filed: a file may go on using the old code.
        """
        counting: dict[tuple[UUID, Quarter], UUID] = {}
        joined: dict[tuple[UUID, Quarter], set[UUID]] = defaultdict(set)
        for one, quarter in filed:
            if (group := self.group_of.get(one)) is None:
                counting[one, quarter] = one
            else:
                joined[group, quarter].add(one)
        for (group, quarter), present in joined.items():
            alive = [one for one in self.members[group] if self.is_alive(one, quarter)]
            heard = [self._heard_as(one, present) for one in alive]
            if None not in heard:
                counting |= {(one, quarter): group for one in heard if one is not None}
        return counting

    def _heard_as(self, one: UUID, present: set[UUID]) -> UUID | None:
        """Under which code it filed: its own, or an earlier or later one."""
        if one in present:
            return one
        return min(present & self.same.get(one, frozenset()), default=None)


def _gathered(groups: Mapping[UUID, UUID]) -> dict[UUID, tuple[UUID, ...]]:
    """By leader, all that it stands for."""
    gathered: dict[UUID, list[UUID]] = defaultdict(list)
    for one in sorted(groups):
        gathered[groups[one]].append(one)
    return {leader: tuple(members) for leader, members in gathered.items()}
