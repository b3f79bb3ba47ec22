"""The feed kinds, one file each. A new kind is one new file, its test, and one line here."""

from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.totals import TOTALS
from ievq_pipeline.domain.errors import NotFound
from ievq_pipeline.domain.text import Text

CONTRACTS: dict[str, Contract] = {TOTALS.feed_kind: TOTALS}


def contract(feed_kind: str) -> Contract:
    """The contract of a feed kind. Raises NotFound."""
    try:
        return CONTRACTS[feed_kind]
    except KeyError:
        kinds = Text("报送类别", "feed kind")
        raise NotFound(what=kinds["en"], name=feed_kind) from None
