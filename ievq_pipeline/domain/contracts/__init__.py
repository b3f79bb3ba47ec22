"""The feed kinds, one file each. A new kind is one new file, its test, and one line here."""

from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.technology import TECHNOLOGY
from ievq_pipeline.domain.contracts.totals import TOTALS
from ievq_pipeline.domain.errors import KindNotTakenIn, UnknownFeedKind

CONTRACTS: dict[str, Contract] = {kind.feed_kind: kind for kind in (JOB_DEMAND, TECHNOLOGY, TOTALS)}


def contract(feed_kind: str) -> Contract:
    """The contract of a feed kind. Raises UnknownFeedKind."""
    try:
        return CONTRACTS[feed_kind]
    except KeyError:
        raise UnknownFeedKind(name=feed_kind, known=", ".join(CONTRACTS)) from None


def contract_taken_in(feed_kind: str) -> Contract:
    """The contract of a kind that a feed can have. Raises UnknownFeedKind, KindNotTakenIn."""
    found = contract(feed_kind)
    if not found.is_taken_in:
        known = ", ".join(kind for kind, each in CONTRACTS.items() if each.is_taken_in)
        raise KindNotTakenIn(name=feed_kind, known=known)
    return found
