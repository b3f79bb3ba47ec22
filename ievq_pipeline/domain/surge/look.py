"""One look after another: flagged tests open episodes, open ones step or age; both modes fold over quarters so."""

from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, Self, TypeVar

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.episode import Change, EpisodeT, TestT, change_of
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.surge.rule import SharedRule

PanelT = TypeVar("PanelT", bound="Panel")


def in_order(key: Hashable) -> tuple[str, str]:
    """Sorts series of either mode by name; the second part tells two apart that read alike."""
    return str(key), repr(key)


@dataclass(frozen=True, slots=True)
class Touched(Generic[EpisodeT]):
    """An episode as it stands after a look, and what the look did to it."""

    episode: EpisodeT
    change: Change


@dataclass(frozen=True, slots=True)
class Untested:
    """A series that somebody might look for in vain among the tests, and why it is not there."""

    series: Hashable
    reason: Reason


@dataclass(frozen=True, slots=True)
class Memory(Generic[EpisodeT]):
    """All that one look hands to the next: with it and a panel, a fold goes on as if it had never stopped."""

    #: by series: its open episode
    running: Mapping[Hashable, EpisodeT] = field(default_factory=dict)
    #: by series: the highest number that an episode of it has
    numbers: Mapping[Hashable, int] = field(default_factory=dict)
    #: series whose absence is told of later, since they could be tested once
    tested: frozenset[Hashable] = frozenset()

    def renumbered(
        self, mapping: Mapping[tuple[Hashable, int], int], highest: Mapping[Hashable, int] | None = None
    ) -> Self:
        """The same under the numbers that `identity.identities` gave; whoever goes on from here counts on from them.

        `mapping` is by (series, number in the replay); what it does not name keeps its number. `highest` is the highest
        number ever given by series, also to episodes that are gone: none is given again.
        """
        running = {
            key: replace(episode, number=mapping.get((key, episode.number), episode.number))
            for key, episode in self.running.items()
        }
        numbers = dict(self.numbers)
        given = [(key, new) for (key, old), new in mapping.items() if old <= numbers.get(key, 0)]
        for key, number in [*given, *(highest or {}).items()]:
            numbers[key] = max(numbers.get(key, 0), number)
        return replace(self, running=running, numbers=numbers)


@dataclass(frozen=True, slots=True)
class Look(Generic[TestT, EpisodeT]):
    """A look at one quarter: all that was tested, and the episodes it opened or found open, by series."""

    quarter: Quarter
    tests: tuple[TestT, ...]
    episodes: tuple[Touched[EpisodeT], ...]
    untested: tuple[Untested, ...] = ()
    memory: Memory[EpisodeT] = field(default_factory=Memory)


class Panel(Protocol):
    """What a mode looks at: quarters in order, and itself as it was until one of them."""

    @property
    def quarters(self) -> Sequence[Quarter]: ...

    def until(self, quarter: Quarter) -> Self: ...


def replay(
    panel: PanelT,
    look: Callable[[PanelT, Memory[EpisodeT]], Look[TestT, EpisodeT]],
    since: Quarter | None,
    memory: Memory[EpisodeT] | None,
) -> list[Look[TestT, EpisodeT]]:
    """One `look` after the other, at every quarter from `since` on (else from the first).

    Each is given the panel up to its own quarter only, and what the one before handed on.
    """
    looks: list[Look[TestT, EpisodeT]] = []
    memory = memory or Memory()
    for quarter in panel.quarters:
        if since is None or quarter >= since:
            looks.append(look(panel.until(quarter), memory))
            memory = looks[-1].memory
    return looks


@dataclass(frozen=True, slots=True)
class Fold(Generic[TestT, EpisodeT]):
    """The step from one look to the next, given what a mode's episodes are and the rule by which they live."""

    episode: type[EpisodeT]
    rule: SharedRule

    def look(
        self,
        memory: Memory[EpisodeT],
        quarter: Quarter,
        tests: Sequence[TestT],
        standing: Callable[[EpisodeT], float | None],
        untested: Iterable[Untested] = (),
        lasting: Iterable[Hashable] = (),
    ) -> Look[TestT, EpisodeT]:
        """Take a quarter's tests in; `standing` is an open episode's growth now against its evidence's baseline.

        `lasting` are series to remember as tested.
        """
        found = {test.key: test for test in tests}
        after: dict[Hashable, EpisodeT] = {}
        for key, episode in memory.running.items():
            test = found.get(key)
            if test is not None and test.severity is not None and test.severity > episode.severity:
                after[key] = episode.step(test, test.severity, self.rule)
            else:
                after[key] = episode.age(quarter, standing(episode), self.rule)
        numbers = dict(memory.numbers)
        for test in tests:
            if test.is_flagged:
                numbers[test.key] = number = numbers.get(test.key, 0) + 1
                after[test.key] = self.episode.open(test, number, self.rule)
        order = sorted(after, key=in_order)
        touched = tuple(Touched(after[key], change_of(memory.running.get(key), after[key])) for key in order)
        running = {key: after[key] for key in order if after[key].is_open}
        handed_on = Memory(running, numbers, memory.tested.union(lasting))
        said = tuple(sorted(untested, key=lambda one: in_order(one.series)))
        return Look(quarter, tuple(tests), touched, said, handed_on)
