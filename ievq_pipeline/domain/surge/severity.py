"""How strong a surge is called, and what growth and bound each step asks for; the same for both modes."""

from dataclasses import dataclass
from enum import StrEnum
from functools import total_ordering


@total_ordering
class Severity(StrEnum):
    """How strong a surge is; order is strength, not the alphabet."""

    WATCH = "watch"
    SURGE = "surge"
    STRONG = "strong"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return list(Severity).index(self)

    def __lt__(self, other: str) -> bool:
        return self.rank < Severity(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Severity(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Severity(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Severity(other).rank


@dataclass(frozen=True, slots=True)
class Step:
    """What a severity asks for: the growth shown, and the lower end of its 95 % interval."""

    severity: Severity
    growth: float
    lower: float


STEPS = (
    Step(Severity.WATCH, 1.2, 1.0),
    Step(Severity.SURGE, 1.3, 1.1),
    Step(Severity.STRONG, 1.6, 1.2),
    Step(Severity.CRITICAL, 2.0, 1.4),
)
