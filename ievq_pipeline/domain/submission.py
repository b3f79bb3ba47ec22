"""One file handed in: its states, what may follow what, and the verdict of its check."""

from enum import StrEnum


class State(StrEnum):
    RECEIVED = "received"  #: stored with its receipt, not yet looked at
    CHECKING = "checking"  #: a worker has claimed it for a while
    NEEDS_CONFIRMATION = "needs_confirmation"  #: good, if the submitter says why something is as it is
    REJECTED = "rejected"  #: the answer is no; nothing of it is used
    ACCEPTED = "accepted"  #: good enough; waits for store
    IN_FORCE = "in_force"  #: its filings count, but for those that another feed's go before
    SUPERSEDED = "superseded"  #: a later submission of the same feed and quarter counts instead
    WITHDRAWN = "withdrawn"  #: taken back by the submitter; nothing of the feed counts for the quarter


FOLLOWS: dict[State, frozenset[State]] = {
    State.RECEIVED: frozenset({State.CHECKING}),
    State.CHECKING: frozenset({State.RECEIVED, State.NEEDS_CONFIRMATION, State.REJECTED, State.ACCEPTED}),
    State.NEEDS_CONFIRMATION: frozenset({State.ACCEPTED, State.SUPERSEDED, State.WITHDRAWN}),
    State.ACCEPTED: frozenset({State.NEEDS_CONFIRMATION, State.IN_FORCE, State.SUPERSEDED, State.WITHDRAWN}),
    State.IN_FORCE: frozenset({State.SUPERSEDED, State.WITHDRAWN}),
    State.REJECTED: frozenset(),
    State.SUPERSEDED: frozenset(),
    State.WITHDRAWN: frozenset(),
}

#: states in which a submission is still on its way; a quarter is not closed over it
ON_THE_WAY = (State.RECEIVED, State.CHECKING, State.ACCEPTED)
#: states from which a submitter can take it back
WITHDRAWABLE = tuple(state for state, following in FOLLOWS.items() if State.WITHDRAWN in following)


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    ACCEPTED_WITH_QUARANTINE = "accepted_with_quarantine"
    NEEDS_CONFIRMATION = "needs_confirmation"
    REJECTED = "rejected"
    UNREADABLE = "unreadable"

    @property
    def state(self) -> State:
        if self is Verdict.NEEDS_CONFIRMATION:
            return State.NEEDS_CONFIRMATION
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
