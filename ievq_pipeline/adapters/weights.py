"""What rows carry: the share of openings that quarantined ones hold decides on partial acceptance."""

import polars as pl

from ievq_pipeline.domain.contracts.model import Contract


def weights(clean: pl.DataFrame, is_bad: pl.Series, contract: Contract) -> tuple[float, float]:
    """What all rows and what the bad ones carry. One that can't be read counts as its reporter's median; a marker's
    carries nothing.
    """
    if contract.weight is None:
        return 0.0, 0.0
    *reporter, name = contract.subject
    is_marker = pl.col(name).is_in([marker.code for marker in contract.markers]).fill_null(value=False)
    known = clean.select(
        *reporter, is_bad.alias("is_bad"), weight=pl.when(~is_marker).then(pl.col(contract.weight).cast(pl.Float64)),
        is_unread=pl.col(contract.weight).is_null() & ~is_marker,
    )  # fmt: skip
    if known.get_column("is_unread").any():
        usual = pl.col("weight").median()
        medians = known.filter(pl.col("weight").is_not_null())
        lacking = known.filter("is_unread")
        if reporter:
            theirs = medians.filter(pl.col(*reporter).is_in(lacking.get_column(*reporter).unique().implode()))
            lacking = lacking.join(theirs.group_by(reporter).agg(usual=usual), on=reporter, how="left")
        else:
            lacking = lacking.with_columns(usual=pl.lit(None, pl.Float64))
        in_all = medians.select(usual).item()
        filled = lacking.get_column("usual").fill_null(in_all if in_all is not None else 0.0)
        extra, extra_bad = float(filled.sum()), float(filled.filter(lacking.get_column("is_bad")).sum())
    else:
        extra = extra_bad = 0.0
    weight = known.get_column("weight")
    return float(weight.sum()) + extra, float(weight.filter(known.get_column("is_bad")).sum()) + extra_bad
