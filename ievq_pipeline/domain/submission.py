"""One file handed in: its states, what may follow what, and the verdict of its check."""

from enum import StrEnum


class State(StrEnum):
    RECEIVED = "received"  #: stored with its receipt, not yet looked at
    CHECKING = "checking"  #: a worker has claimed it for a while
    REJECTED = "rejected"  #: the answer is no; nothing of it is used
    ACCEPTED = "accepted"  #: good enough; waits for store
    IN_FORCE = "in_force"  #: its observations count
    SUPERSEDED = "superseded"  #: a later submission of the same feed and quarter counts instead


FOLLOWS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.CHECKING}),
    State.CHECKING: frozenset({State.RECEIVED, State.REJECTED, State.ACCEPTED}),
    State.ACCEPTED: frozenset({State.IN_FORCE, State.SUPERSEDED}),
    State.IN_FORCE: frozenset({State.SUPERSEDED}),
    State.REJECTED: frozenset(),
    State.SUPERSEDED: frozenset(),
}

#: states in which a submission is still on its way; a quarter is not closed over it
ON_THE_WAY = (State.RECEIVED, State.CHECKING, State.ACCEPTED)


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    ACCEPTED_WITH_QUARANTINE = "accepted_with_quarantine"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"

    @property
    def state(self) -> State:
        good = self in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_QUARANTINE)
        return State.ACCEPTED if good else State.REJECTED


def verdict(rows: int, bad_rows: int, weight: float, bad_weight: float) -> Verdict:
    """Partial acceptance: up to max(2 rows, 5 %) bad rows that carry at most 10 % of the weight (openings, counts)
    are quarantined; beyond that the whole file is rejected, since what is left would mislead.
    """
    if bad_rows == 0:
        return Verdict.ACCEPTED
    few = bad_rows <= max(2, rows * 5 // 100) and bad_rows < rows
    light = bad_weight <= 0.10 * weight
    return Verdict.ACCEPTED_WITH_QUARANTINE if few and light else Verdict.REJECTED
