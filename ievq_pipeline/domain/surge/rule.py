"""The settings that both modes of the test share: the gates, the severities, and how long an episode lives."""

from dataclasses import dataclass

from ievq_pipeline.domain.surge.severity import STEPS, Severity, Step


@dataclass(frozen=True, slots=True)
class SharedRule:
    """What each mode's rule adds to; a rule's version stands for all of its settings."""

    #: least growth that is told of at all, by every measure that a mode has
    minimum_effect: float = 1.2
    #: against the year before, in absolute terms: less falling than the market is resilience, not a surge
    year_gate: bool = True
    minimum_on_year: float = 1.1
    steps: tuple[Step, ...] = STEPS
    #: an episode lasts so many quarters, and ends earlier after `exit_quarters` below `exit_growth`
    episode_quarters: int = 4
    exit_growth: float = 1.10
    exit_quarters: int = 2

    def severity(self, growth: float, lower: float) -> Severity | None:
        """The highest step that growth and lower bound both reach."""
        reached = [step.severity for step in self.steps if growth >= step.growth and lower >= step.lower]
        return max(reached) if reached else None
