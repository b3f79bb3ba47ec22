"""The grand total below a table, held against its rows."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from ievq_pipeline.adapters.cell_checks import integer
from ievq_pipeline.adapters.findings import Findings
from ievq_pipeline.adapters.reading.source import BLANKS, GrandTotal
from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.contracts.panel import TOTAL
from ievq_pipeline.domain.contracts.soft_rules import SUM_DIFFERS
from ievq_pipeline.domain.finding import Finding

Mends = Mapping[int, Mapping[str, str]]


def differing(
    sums: Sequence[GrandTotal], clean: pl.DataFrame, found: Findings, contract: Contract, positions: Mapping[str, int],
    mends: Mends,
) -> Iterator[Finding]:  # fmt: skip
    """Sums that are not those of the rows: of all, without enterprises' own totals, or of these alone.

    Nothing is told of a column with a cell that can't be read: its sum is not known.
    """
    if not sums:
        return
    faulty = set(found.of(contract, severity=Severity.HARD).get_column("column").drop_nulls().cast(pl.String))
    is_total = pl.col(contract.subject[-1]).cast(pl.String) == TOTAL
    for column in (f.code for f in contract.fields if f.adds_up and f.code in positions):
        parts = [pl.lit(value=True), ~is_total, is_total]
        possible = clean.select(pl.col(column).filter(part).sum().alias(str(n)) for n, part in enumerate(parts)).row(0)
        for one in sums:
            text = {**one.cells, **mends.get(one.row, {})}.get(column, "").strip(BLANKS)
            if text and column not in faulty and integer(text)[0] not in possible:
                more: dict[str, object] = {"sum": possible[1], "about": f"{column} {possible[1]}"}
                yield Finding(SUM_DIFFERS, one.row, column, positions[column], text, more)
