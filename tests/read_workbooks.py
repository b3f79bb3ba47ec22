"""What is read from a workbook, as tests ask for it."""

from collections.abc import Sequence
from typing import Any

import pytest

from ievq_pipeline.adapters.reading.package import CAPS, Caps
from ievq_pipeline.adapters.reading.source import Source, Unreadable
from ievq_pipeline.adapters.reading.workbook import open_workbook
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from ievq_pipeline.domain.finding import Finding
from tests.made_workbooks import CODES, data

Rows = list[dict[str, Any]]
GOOD: Rows = [
    dict(zip(("row", *CODES), (k, *(None if cell is None else str(cell) for cell in cells)), strict=True))
    for k, cells in enumerate(data(), 2)
]


def read(book: bytes, caps: Caps = CAPS) -> tuple[Source, Rows, list[Finding]]:
    """The source, its rows without columns that the file has not, and the faults of its cells."""
    source = open_workbook(book, JOB_DEMAND, caps=caps)
    blocks = list(source.blocks)
    return source, [row for block in blocks for row in block.cells.to_dicts()], [f for b in blocks for f in b.faults]


def refusal(book: bytes, caps: Caps = CAPS) -> Finding:
    with pytest.raises(Unreadable) as refused:
        read(book, caps)
    finding = refused.value.finding
    assert all(finding.as_json(JOB_DEMAND)[part] for part in ("message", "remedy"))
    return finding


def told(source: Source) -> set[str]:
    assert all(finding.as_json(JOB_DEMAND)["message"] for finding in source.findings)
    return {finding.code for finding in source.findings}


def places(faults: Sequence[Finding]) -> list[tuple[str, str | None]]:
    assert all(fault.as_json(JOB_DEMAND)["message"] for fault in faults)
    return [(fault.code, fault.cell) for fault in faults]


def skills(rows: Rows) -> list[str]:
    return [row["skill"] for row in rows]
