"""One look after another: flagged tests open episodes, open ones step or age; both modes fold over quarters so."""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Generic

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.episode import Change, EpisodeT, TestT, change_of
from ievq_pipeline.domain.surge.rule import SharedRule


@dataclass(frozen=True, slots=True)
class Touched(Generic[EpisodeT]):
    """An episode as it stands after a look, and what the look did to it."""

    episode: EpisodeT
    change: Change


@dataclass(frozen=True, slots=True)
class Look(Generic[TestT, EpisodeT]):
    """The closing look at one quarter: all that was tested, and the episodes it opened or found open, by series."""

    quarter: Quarter
    tests: tuple[TestT, ...]
    episodes: tuple[Touched[EpisodeT], ...]


@dataclass(slots=True)
class Fold(Generic[TestT, EpisodeT]):
    """What one look hands to the next: the episodes running, and how many each series has had."""

    episode: type[EpisodeT]
    rule: SharedRule
    running: dict[Hashable, EpisodeT] = field(default_factory=dict)
    numbers: dict[Hashable, int] = field(default_factory=dict)

    def look(
        self, quarter: Quarter, tests: Sequence[TestT], standing: Callable[[EpisodeT], float | None]
    ) -> Look[TestT, EpisodeT]:
        """Take a quarter's tests in; `standing` is an open episode's growth now against its evidence's baseline."""
        found = {test.key: test for test in tests}
        after: dict[Hashable, EpisodeT] = {}
        for key, episode in self.running.items():
            test = found.get(key)
            if test is not None and test.severity is not None and test.severity > episode.severity:
                after[key] = episode.step(test, test.severity, self.rule)
            else:
                after[key] = episode.age(quarter, standing(episode), self.rule)
        for test in tests:
            if test.is_flagged:
                self.numbers[test.key] = number = self.numbers.get(test.key, 0) + 1
                after[test.key] = self.episode.open(test, number, self.rule)
        touched = tuple(
            Touched(after[key], change_of(self.running.get(key), after[key])) for key in sorted(after, key=str)
        )
        self.running = {key: episode for key, episode in after.items() if episode.is_open}
        return Look(quarter, tuple(tests), touched)
