"""Bytes of a file that an office sends → rows of text under the contract's columns, and where each cell stood."""

from ievq_pipeline.adapters.reading.source import Source
from ievq_pipeline.adapters.reading.text import open_text
from ievq_pipeline.domain.contracts.model import Contract


def open_source(data: bytes, contract: Contract) -> Source:
    """The table that a file holds, whatever its name says. Raises Unreadable, also while its blocks are walked."""
    return open_text(data, contract)
