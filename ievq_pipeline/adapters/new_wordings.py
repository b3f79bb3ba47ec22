"""Accepted rows of a check → the wordings in them that no list knows, each with what stands behind and around it."""

from collections.abc import Mapping, Set
from typing import Any

import polars as pl

from ievq_pipeline.adapters.matching import likely, match
from ievq_pipeline.domain.contracts.model import Contract, Field, FieldType
from ievq_pipeline.domain.learning import Seen
from ievq_pipeline.domain.skill import Skills, folded

#: wordings of one column and file that are queued, those with most behind them; people decide on them one by one
MOST_QUEUED = 1_000
#: codes told as neighbours
MOST_NEIGHBOURS = 5


def unlisted(
    accepted: pl.DataFrame,
    contract: Contract,
    lists: Mapping[str, Any],
    known: Set[tuple[str, str]] = frozenset(),
) -> list[Seen]:
    """Every unlisted wording of every column that a list belongs to, those with most behind them first.

    For those `known` from before, as `(list, folded wording)`, nothing is suggested anew: that takes milliseconds each.
    `accepted` has the contract's columns, wordings as codes already.
    """
    if accepted.is_empty():
        return []
    found: list[Seen] = []
    for column in contract.fields:
        name = column.code_list or ""
        listed = lists.get(name)
        if column.type is FieldType.WORDING and isinstance(listed, Skills) and column.code in accepted.columns:
            found += _of_column(accepted, column, contract, name, listed, known)
    return found


def _of_column(
    accepted: pl.DataFrame,
    column: Field,
    contract: Contract,
    name: str,
    listed: Skills,
    known: Set[tuple[str, str]],
) -> list[Seen]:
    reporter = contract.subject[0] if contract.has_reporters else None
    weight = contract.weight if contract.weight in accepted.columns else None
    markers = [marker.code for marker in column.markers]
    rows = accepted.select(
        pl.col(column.code).cast(pl.String).alias("wording"),
        (pl.col(reporter).cast(pl.String) if reporter else pl.lit("")).alias("reporter"),
        (pl.col(weight).cast(pl.Int64) if weight else pl.lit(None, dtype=pl.Int64)).alias("openings"),
    ).filter(pl.col("wording").is_not_null() & ~pl.col("wording").is_in(markers))
    if column.is_list:
        rows = rows.with_columns(pl.col("wording").str.split(";")).explode("wording")
    counted = rows.group_by("wording", maintain_order=True).agg(
        pl.len().alias("rows"), pl.col("reporter").n_unique().alias("reporters"), pl.col("openings").sum()
    )
    names = counted.get_column("wording").to_list()
    unknown = [one for one in names if listed.find(one) is None and folded(one) not in listed.settled]
    if not unknown:
        return []
    top = counted.filter(pl.col("wording").is_in(unknown)).sort(
        ["openings", "rows", "wording"], descending=[True, True, False], nulls_last=True
    )
    top = top.head(MOST_QUEUED)
    beside = _beside(rows, set(names) - set(unknown), top.get_column("wording"))
    found = []
    for wording, number, reporters, openings in top.iter_rows():
        near = () if (name, folded(wording)) in known else match(wording, listed).suggestions
        found.append(
            Seen(
                code_list=name,
                wording=wording,
                rows=number,
                reporters=reporters,
                openings=openings if weight else None,
                neighbours=beside.get(wording, []),
                suggestions=[one.as_json() for one in near],
                unsure=[one.code for one in likely(wording, near)],
            )
        )
    return found


def _beside(rows: pl.DataFrame, listed: set[str], unknown: pl.Series) -> dict[str, list[str]]:
    """By unlisted wording, the listed codes that its reporters name most: those of each, then of all."""
    ranked = pl.col("wording").filter(pl.col("wording").is_in(list(listed))).value_counts(sort=True)
    of_reporter = (
        rows.group_by("reporter")
        .agg(ranked.struct.field("wording").head(MOST_NEIGHBOURS).alias("beside"))
        .explode("beside")
        .drop_nulls("beside")
    )
    pairs = rows.filter(pl.col("wording").is_in(unknown.implode())).select("wording", "reporter").unique()
    joined = pairs.join(of_reporter, on="reporter").group_by("wording", "beside").len()
    best = joined.sort(["wording", "len", "beside"], descending=[False, True, False]).group_by("wording")
    return dict(best.agg(pl.col("beside").head(MOST_NEIGHBOURS)).iter_rows())
