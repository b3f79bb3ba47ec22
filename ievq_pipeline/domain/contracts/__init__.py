"""The feed kinds, one file each. A new kind is one new file, its test, and one line here."""

from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.totals import TOTALS
from ievq_pipeline.domain.errors import UnknownFeedKind

CONTRACTS: dict[str, Contract] = {TOTALS.feed_kind: TOTALS}


def contract(feed_kind: str) -> Contract:
    """The contract of a feed kind. Raises UnknownFeedKind."""
    try:
        return CONTRACTS[feed_kind]
    except KeyError:
        raise UnknownFeedKind(name=feed_kind, known=", ".join(CONTRACTS)) from None
