"""Which stored episode a replayed one is: after a replay an episode keeps its identity, whatever its place in line."""

from collections import defaultdict
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.look import in_order


@dataclass(frozen=True, slots=True)
class Life:
    """From when to when an episode ran; `last` is the quarter that ended it, or the latest one where it is open."""

    series: Hashable
    number: int
    opened: Quarter
    last: Quarter

    def overlap(self, other: "Life") -> int:
        """Quarters that both ran in."""
        return max(min(self.last, other.last).index - max(self.opened, other.opened).index + 1, 0)


@dataclass(frozen=True, slots=True)
class Identities:
    """What became of identities in a replay."""

    #: by (series, number in the replay): the number that the episode goes by
    mapping: Mapping[tuple[Hashable, int], int]
    #: stored episodes that the replay did not find again
    gone: tuple[Life, ...]
    #: replayed episodes that nobody knew, under the numbers they are given
    fresh: tuple[Life, ...]
    #: by series: the highest number given until now
    highest: Mapping[Hashable, int]


def identities(stored: Sequence[Life], replayed: Sequence[Life], highest: Mapping[Hashable, int]) -> Identities:
    """Give each replayed episode the identity of the stored one that overlaps it most, among equals the earlier.

    No identity goes to two: where two replayed episodes want the same stored one, that with the greater overlap has it
    (among equals the earlier), and the other takes what overlaps it most of the rest. What is left gets a new number,
    above `highest` (by series: the highest ever given, also to episodes long gone) and above all stored ones, in order
    of time. `stored` are those that still stand: one that is gone does not come back.
    """
    top = dict(highest)
    for life in stored:
        top[life.series] = max(top.get(life.series, 0), life.number)
    mapping: dict[tuple[Hashable, int], int] = {}
    gone: list[Life] = []
    fresh: list[Life] = []
    before, after = _by_series(stored), _by_series(replayed)
    for series in sorted({*before, *after}, key=in_order):
        pairs = _paired(before[series], after[series])
        mapping |= {(series, new.number): old.number for new, old in pairs.items()}
        kept = set(pairs.values())
        gone += [life for life in before[series] if life not in kept]
        for life in after[series]:
            if life not in pairs:
                top[series] = number = top.get(series, 0) + 1
                mapping[series, life.number] = number
                fresh.append(replace(life, number=number))
    return Identities(mapping, tuple(gone), tuple(fresh), top)


def _by_series(lives: Sequence[Life]) -> defaultdict[Hashable, list[Life]]:
    found: defaultdict[Hashable, list[Life]] = defaultdict(list)
    for life in sorted(lives, key=lambda life: (life.opened, life.number)):
        found[life.series].append(life)
    return found


def _paired(stored: Sequence[Life], replayed: Sequence[Life]) -> dict[Life, Life]:
    """By replayed life: the stored one it is."""
    overlaps = [(new.overlap(old), new, old) for new in replayed for old in stored]
    wanted = sorted(
        (one for one in overlaps if one[0]),
        key=lambda one: (-one[0], one[2].opened, one[2].number, one[1].opened, one[1].number),
    )
    pairs: dict[Life, Life] = {}
    taken: set[Life] = set()
    for _, new, old in wanted:
        if new not in pairs and old not in taken:
            pairs[new] = old
            taken.add(old)
    return pairs
