"""Bytes of a file that an office sends → rows of text under the contract's columns, and where each cell stood."""

from ievq_pipeline.adapters.reading.package import CAPS, Caps
from ievq_pipeline.adapters.reading.sniff import WORKBOOKS, Kind
from ievq_pipeline.adapters.reading.source import Source
from ievq_pipeline.adapters.reading.structured import open_json, open_json_lines
from ievq_pipeline.adapters.reading.text import open_text
from ievq_pipeline.adapters.reading.workbook import open_workbook
from ievq_pipeline.adapters.reading.wrappers import unwrap
from ievq_pipeline.domain.contracts.model import Contract

READERS = {
    Kind.TEXT: open_text,
    Kind.JSON: open_json,
    Kind.JSONL: open_json_lines,
}


def open_source(data: bytes, contract: Contract, caps: Caps = CAPS) -> Source:
    """The table that a file holds, whatever its name says. Raises Unreadable, also while its blocks are walked."""
    file = unwrap(data)
    if file.kind in WORKBOOKS:
        source = open_workbook(file.data, contract, wrapper=file.wrapper, caps=caps)
    else:
        source = READERS[file.kind](file.data, contract, wrapper=file.wrapper)
    source.findings = [*file.findings, *source.findings]
    return source
