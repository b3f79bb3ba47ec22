"""The life of one episode: opened by a flagged test, stepped by severity, ended by time or once the growth is gone."""

from collections.abc import Hashable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Generic, Protocol, Self, TypeVar

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.rule import SharedRule
from ievq_pipeline.domain.surge.severity import Severity


class Change(StrEnum):
    """What a look did to an episode; it speaks in `opened` and `stepped` only."""

    OPENED = "opened"
    STEPPED = "stepped"
    CONTINUED = "continued"
    ENDED = "ended"


class Tested(Protocol):
    """What an episode asks of a test, whichever mode made it."""

    @property
    def key(self) -> Hashable:
        """The series: episodes of equal keys are numbered together, and only one of them is open."""

    @property
    def quarter(self) -> Quarter: ...

    @property
    def severity(self) -> Severity | None: ...

    @property
    def is_flagged(self) -> bool: ...


TestT = TypeVar("TestT", bound=Tested)


@dataclass(frozen=True, slots=True)
class Episode(Generic[TestT]):
    """An episode as it stands after a look; `number` counts those of its series from 1."""

    number: int
    opened: Quarter
    severity: Severity
    #: the last quarter it runs to, as long as nothing ends it earlier
    ends: Quarter
    #: the test that opened it, or that of its last step
    evidence: TestT
    #: the look at which it ended
    ended: Quarter | None = None
    #: quarters running in which the growth stood below the exit growth
    quarters_below: int = 0

    @classmethod
    def open(cls, test: TestT, number: int, rule: SharedRule) -> Self:
        if test.severity is None:
            raise ValueError(f"{test.key} {test.quarter}: nothing to open an episode for")
        ends = test.quarter.plus(rule.episode_quarters - 1)
        return cls(number, test.quarter, test.severity, ends, test)

    @property
    def is_open(self) -> bool:
        return self.ended is None

    def step(self, test: TestT, severity: Severity, rule: SharedRule) -> Self:
        """Take a higher severity: with new evidence, and from this quarter on four again.

        An alert whose severity just rose must not expire on the same day, and whoever answers it gets the full time.
        """
        ends = test.quarter.plus(rule.episode_quarters - 1)
        return replace(self, severity=severity, evidence=test, ends=ends, quarters_below=0)

    def age(self, quarter: Quarter, growth: float | None, rule: SharedRule) -> Self:
        """Let a quarter pass in which nothing was said; `growth` is how it stands against the evidence's own baseline.

        A quarter not known (None) neither counts towards the exit nor breaks the run.
        """
        below = self.quarters_below
        if growth is not None:
            below = below + 1 if growth < rule.exit_growth else 0
        is_over = quarter >= self.ends or below >= rule.exit_quarters
        return replace(self, quarters_below=below, ended=quarter if is_over else None)


EpisodeT = TypeVar("EpisodeT", bound=Episode)  # type: ignore[type-arg]  # of whichever mode's tests


def change_of(before: EpisodeT | None, after: EpisodeT) -> Change:
    if before is None:
        return Change.OPENED
    if not after.is_open:
        return Change.ENDED
    return Change.STEPPED if after.severity > before.severity else Change.CONTINUED
