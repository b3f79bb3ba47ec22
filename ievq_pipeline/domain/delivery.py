"""The retry clock of one notice to one endpoint."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

#: waits before the second and later attempts: the schedule of Standard Webhooks, then daily; 7 days in all
WAITS = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24, 24, 24, 24, 24)),
)
JITTER = 0.10
LONGEST_RETRY_AFTER = timedelta(hours=24)
GONE = 410


class DeliveryState(StrEnum):
    PENDING = "pending"  #: waits for its next attempt
    SENT = "sent"  #: answered with 2xx
    SUPERSEDED = "superseded"  #: a newer revision of the alert took its place before it arrived
    DEAD = "dead"  #: given up


@dataclass(frozen=True, slots=True)
class Attempt:
    """How one attempt went: the HTTP status if there was an answer, what was said, and `Retry-After` if given."""

    status: int | None
    said: str
    retry_after: timedelta | None = None

    @property
    def is_success(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def is_gone(self) -> bool:
        """The receiver says that it wants no more."""
        return self.status == GONE


def next_wait(attempts: int, attempt: Attempt, luck: float) -> timedelta | None:
    """How long after failed attempt number `attempts` (from 1) to wait; None: give up.

    `luck` in 0–1 spreads receivers out by up to 10 %. `Retry-After` lengthens a wait, up to 24 hours.
    """
    if attempt.is_gone or attempts > len(WAITS):
        return None
    wait = WAITS[attempts - 1] * (1 + JITTER * luck)
    if attempt.retry_after is not None:
        wait = max(wait, min(attempt.retry_after, LONGEST_RETRY_AFTER))
    return wait
