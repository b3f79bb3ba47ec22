"""What is handed in as a table, one file each. A new feed kind is one new file, its test, and one line here."""

from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.organisations import ORGANISATIONS
from ievq_pipeline.domain.contracts.roster import ROSTER
from ievq_pipeline.domain.contracts.technology import TECHNOLOGY
from ievq_pipeline.domain.contracts.totals import TOTALS
from ievq_pipeline.domain.errors import UnknownFeedKind

#: the kinds of feeds
CONTRACTS: dict[str, Contract] = {kind.feed_kind: kind for kind in (JOB_DEMAND, TECHNOLOGY, TOTALS)}
#: what the operator brings in: no feed reports it, and no quarter
REGISTERS: dict[str, Contract] = {kind.feed_kind: kind for kind in (ORGANISATIONS, ROSTER)}


def contract(kind: str) -> Contract:
    """The contract of a feed kind, or of a register. Raises UnknownFeedKind."""
    return _of(kind, CONTRACTS | REGISTERS)


def feed_contract(kind: str) -> Contract:
    """The contract of a kind that a feed can have. Raises UnknownFeedKind."""
    return _of(kind, CONTRACTS)


def _of(kind: str, known: dict[str, Contract]) -> Contract:
    try:
        return known[kind]
    except KeyError:
        raise UnknownFeedKind(name=kind, known=", ".join(known)) from None
