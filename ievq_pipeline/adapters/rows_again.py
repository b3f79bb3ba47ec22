"""Rows of a kept file once more, as they stand in it: a quarantined one can be mended without opening the file."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import structlog

from ievq_pipeline.adapters import confined
from ievq_pipeline.adapters.findings import Findings, walk
from ievq_pipeline.adapters.mended import mended
from ievq_pipeline.adapters.reading import open_source
from ievq_pipeline.adapters.reading.source import ROW, Unreadable
from ievq_pipeline.domain.contracts.model import Contract, Severity

log = structlog.get_logger()
Cells = dict[int, dict[str, str | None]]
Mends = Mapping[int, Mapping[str, str]]


def quarantined(
    found: Findings, contract: Contract, *, after: int, limit: int, read: Callable[[Sequence[int]], Cells]
) -> tuple[list[dict[str, Any]], int]:
    """The first `limit` rows after row `after` with something to be mended, and how many such rows there are in all.

    Of each row: its number, its cells as `read` gives them, and what is wrong in it.
    """
    rows = found.rows_with(Severity.HARD, contract)
    wanted = rows.filter(rows > after).head(limit).to_list()
    if not wanted:
        return [], len(rows)
    faults: dict[int, list[dict[str, object]]] = defaultdict(list)
    hard = found.of(contract, severity=Severity.HARD).filter(pl.col("row").is_in(wanted))
    for finding in walk(hard):
        faults[finding.row or 0].append(finding.as_json(contract))
    cells = read(wanted)
    return [
        {
            "row": row,
            "cells": cells.get(row, {}),
            "findings": [{name: value for name, value in one.items() if name not in LEFT_OUT} for one in faults[row]],
        }
        for row in wanted
    ], len(rows)


#: of a finding, what its row has said already
LEFT_OUT = ("sheet", "row", "severity")


def read_again(path: Path, contract: Contract, wanted: Sequence[int], mends: Mends) -> Cells:
    """By row, its cells as text under the contract's codes, as mended so far, read in a bounded child.

    Empty where the file cannot be read any more. A cell is None where the reader found no value (a formula without
    one, `#REF!`).
    """
    try:
        found: Cells = confined.call(cells_of, path, contract, list(wanted), dict(mends))
    except confined.Died as died:
        log.error("rows_again.died", reason=died.reason, detail=died.detail[-500:])
        return {}
    return found


def cells_of(path: Path, contract: Contract, wanted: Iterable[int], mends: Mends) -> Cells:
    """The same, here: only for a child."""
    rows = sorted(wanted)
    found: Cells = {}
    try:
        for block in open_source(path.read_bytes(), contract).blocks:
            cells = mended(block, mends).cells if mends else block.cells
            for row, *values in cells.filter(pl.col(ROW).is_in(rows)).iter_rows():
                found[row] = dict(zip([name for name in cells.columns if name != ROW], values, strict=True))
            if len(found) == len(rows):
                break
    except Unreadable:
        return found
    return found
