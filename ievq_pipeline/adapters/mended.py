"""Cells of a block that read otherwise than in the file, since the submitter has mended them."""

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from ievq_pipeline.adapters.reading.source import ROW, Block


def mended(block: Block, mends: Mapping[int, Mapping[str, str]]) -> Block:
    """The block with those cells; what was wrong with them is forgotten, and with a row whose cells are all given."""
    here = [row for row in mends if row in set(block.cells.get_column(ROW))]
    if not here:
        return block
    cells = block.cells
    columns = set(cells.columns) - {ROW}
    for code in columns:
        given = {row: mends[row][code] for row in here if code in mends[row]}
        if given:
            new = pl.col(ROW).replace_strict(given, default=None, return_dtype=pl.String)
            cells = cells.with_columns(
                pl.when(pl.col(ROW).is_in(list(given))).then(new).otherwise(pl.col(code)).alias(code)
            )
    whole = {row for row in here if columns <= mends[row].keys()}
    faults = [
        fault
        for fault in block.faults
        if fault.row not in whole and not (fault.row in here and fault.column in mends.get(fault.row or 0, {}))
    ]
    return replace(
        block,
        cells=cells,
        faults=faults,
        displaced=block.displaced - whole,
        look_closer=lambda rows: block.look_closer(rows) - whole,
    )
