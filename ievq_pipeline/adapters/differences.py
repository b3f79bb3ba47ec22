"""What differs between the accepted rows of two submissions: rows that came or went, and cells that changed."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ievq_pipeline.adapters.reading.source import ROW
from ievq_pipeline.domain.contracts.model import Contract


@dataclass(frozen=True, slots=True)
class Difference:
    """`cells` are those that changed, in the order of the later file: key, both rows, column, before, after."""

    added: int = 0
    removed: int = 0
    rows_changed: int = 0
    cells: list[dict[str, Any]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return {
            "rows_added": self.added,
            "rows_removed": self.removed,
            "rows_changed": self.rows_changed,
            "cells_changed": len(self.cells),
        }


def difference(before: pl.DataFrame, after: pl.DataFrame, contract: Contract) -> Difference:
    """Rows are the same where the contract's key is; accepted rows have each key once. Frames of text and numbers."""
    if before.is_empty() or after.is_empty():
        return Difference(added=after.height, removed=before.height)
    key = list(contract.key)
    filled = [pl.col(code).cast(pl.String).fill_null("") for code in key]
    old, new = before.with_columns(filled), after.with_columns(filled)
    both = new.join(old, on=key, how="inner", suffix=BEFORE, maintain_order="left")
    values = [f.code for f in contract.fields if f.code not in key]
    changed = {code: pl.col(code).ne_missing(pl.col(f"{code}{BEFORE}")) for code in values}
    differing = both.filter(pl.any_horizontal(changed.values())) if values else both.clear()
    return Difference(
        added=new.height - both.height,
        removed=old.height - both.height,
        rows_changed=differing.height,
        cells=list(_cells(differing, key, values)),
    )


#: the end of the names of an earlier submission's columns
BEFORE = "_before"


def _cells(differing: pl.DataFrame, key: list[str], values: list[str]) -> Iterator[dict[str, Any]]:
    for row in differing.iter_rows(named=True):
        for code in values:
            if row[code] != row[f"{code}{BEFORE}"]:
                yield {
                    "key": {one: row[one] or None for one in key},
                    "row": row[ROW],
                    "row_before": row[f"{ROW}{BEFORE}"],
                    "column": code,
                    "before": row[f"{code}{BEFORE}"],
                    "after": row[code],
                }
