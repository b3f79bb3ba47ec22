"""Bytes of a file that an office sends → rows of text under the contract's columns, and where each cell stood."""

from ievq_pipeline.adapters.reading import sniff
from ievq_pipeline.adapters.reading.source import Source
from ievq_pipeline.adapters.reading.text import open_text
from ievq_pipeline.adapters.reading.workbook import open_workbook
from ievq_pipeline.adapters.reading.wrappers import unwrap
from ievq_pipeline.domain.contracts.model import Contract


def open_source(data: bytes, contract: Contract) -> Source:
    """The table that a file holds, whatever its name says. Raises Unreadable, also while its blocks are walked."""
    file = unwrap(data)
    opened = open_workbook if file.kind in sniff.WORKBOOKS else open_text
    source = opened(file.data, contract, wrapper=file.wrapper)
    source.findings = [*file.findings, *source.findings]
    return source
