"""The rules that need more than one cell, by feed kind: a table of typed cells in, findings out.

Cells that are already bad are null here, or empty where one is required, and trip nothing twice.
"""

from collections.abc import Callable, Iterator

import numpy as np
import polars as pl

from ievq_pipeline.adapters.reading.source import BLANKS, ROW
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.panel import NIL, TOTAL
from ievq_pipeline.domain.contracts.soft_rules import TOTAL_ABOVE
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.unusual import TOTAL_FROM, TOTAL_TIMES

Places = dict[str, int]
#: the column with the cells that name the series as they were submitted, only trimmed
SUBMITTED = "submitted"
#: whose rows, and when
REPORTER = ["enterprise", "quarter"]


def _totals(clean: pl.DataFrame, positions: Places, _contract: Contract, source: str | None) -> Iterator[Finding]:
    over_all = clean.filter(pl.col("count") > pl.col("exposure")).select(ROW, "count", "exposure")
    for row, count, exposure in over_all.iter_rows():
        yield Finding("NQ-COUNT-OVER-EXPOSURE", row, "count", positions["count"], str(count), {"exposure": exposure})
    yield from _repeats(clean.filter(pl.col("term") != ""), ["term"], "term", "NQ-DUPLICATE", positions)
    yield from _differing(clean, positions, "exposure", "NQ-EXPOSURE-DIFFERS")
    if source is None:
        yield from _differing(clean, positions, "source", "NQ-SOURCE-DIFFERS")
        return
    others = clean.filter(~pl.col("source").is_in(["", source]))
    for row, value in others.select(ROW, "source").iter_rows():
        yield Finding("NQ-SOURCE-OTHER", row, "source", positions["source"], value, {"source": source})


def _job_demand(clean: pl.DataFrame, positions: Places, contract: Contract, _source: str | None) -> Iterator[Finding]:
    known = clean.lazy().select(ROW, *contract.key, "openings", SUBMITTED).filter(_attributed("skill"))
    totals, zeros = (known.filter(pl.col("skill") == each).collect() for each in (TOTAL, NIL))
    rows = known.filter(~pl.col("skill").is_in([TOTAL, NIL]))  # nearly all: only what is asked of them is made
    for row, openings in zeros.filter(pl.col("openings") > 0).select(ROW, "openings").iter_rows():
        yield Finding("NQ-ZERO-COUNTED", row, "openings", positions["openings"], str(openings))
    for row, region in totals.filter(pl.col("region") != "").select(ROW, "region").iter_rows():
        yield Finding("NQ-TOTAL-REGION", row, "region", positions["region"], region)
    data = known.filter((pl.col("skill") != NIL) & ((pl.col("skill") != TOTAL) | (pl.col("openings") > 0)))
    yield from _zeros_beside(zeros, data, "skill", positions)
    yield from _repeats(totals, REPORTER, "skill", "NQ-TOTAL-TWICE", positions)
    yield from _totals_below(totals, rows, positions)
    yield from _totals_above(totals, clean, positions)
    is_keyed = _attributed("skill") & (pl.col("skill") != TOTAL) & _keyed(contract)
    yield from _repeats(clean, [*contract.key], "skill", "NQ-DUPLICATE", positions, is_keyed)


def _technology(clean: pl.DataFrame, positions: Places, contract: Contract, _source: str | None) -> Iterator[Finding]:
    known = clean.filter(_attributed("technology"))
    zeros, rows = known.filter(pl.col("technology") == NIL), known.lazy().filter(pl.col("technology") != NIL)
    yield from _zeros_beside(zeros, rows, "technology", positions)
    yield from _repeats(known, [*contract.key], "technology", "NQ-DUPLICATE", positions)


def _organisations(
    clean: pl.DataFrame, positions: Places, contract: Contract, _source: str | None
) -> Iterator[Finding]:
    yield from _register(clean, positions, contract, _source)
    parts = ("succeeds", "succession", "happened_on")
    given = pl.sum_horizontal(*(pl.col(part) != "" for part in parts))
    readable = pl.all_horizontal(pl.col(part).is_not_null() for part in parts)
    for row, *cells in clean.filter(readable & given.is_between(1, 2)).select(ROW, *parts).iter_rows():
        missing = next(part for part, cell in zip(parts, cells, strict=True) if not cell)
        yield Finding("NQ-SUCCESSION-PARTIAL", row, missing, positions.get(missing))


def _register(clean: pl.DataFrame, positions: Places, contract: Contract, _source: str | None) -> Iterator[Finding]:
    begins, ends = pl.col("holds_from").cast(pl.String), pl.col("holds_to").cast(pl.String)
    reversed_ = clean.filter((begins != "") & (ends != "") & (ends < begins)).select(ROW, begins, ends)
    for row, first, last in reversed_.iter_rows():
        yield Finding("NQ-DATES-REVERSED", row, "holds_to", positions["holds_to"], last, {"begins": first})
    named = contract.subject[0]
    known = clean.filter((pl.col(named) != "") & begins.is_not_null())
    yield from _repeats(known, [*contract.key], named, "NQ-DUPLICATE", positions)


def _attributed(name: str) -> pl.Expr:
    """Whether a row says whose it is, of when, and what it is about."""
    return pl.all_horizontal(pl.col(*REPORTER, name) != "")


def _keyed(contract: Contract) -> pl.Expr:
    """Whether a row's key can be read, so that it can be compared."""
    needed = [code for code in contract.key if contract.field(code).required]
    is_named = (pl.col("skill") == NIL) | pl.all_horizontal(pl.col(*needed) != "")
    return pl.all_horizontal(pl.col(*contract.key).is_not_null()) & is_named


def _repeats(
    rows: pl.DataFrame, key: list[str], named: str, code: str, positions: Places, is_compared: pl.Expr | None = None
) -> Iterator[Finding]:
    """Rows whose key already stood in an earlier one; the cell that is told of is the one that names the series.

    Both are told as they were submitted, since two wordings may name one `concept`.
    """
    if rows.is_empty():
        return
    # cheap first: only rows whose key has the same hash as another's can be repeats
    hashes = rows.select(key).hash_rows().alias("hash")
    if is_compared is not None:
        hashes = rows.select(pl.when(is_compared).then(hashes)).to_series()
    in_order = np.sort(hashes.drop_nulls().to_numpy())
    twice = np.unique(in_order[1:][in_order[1:] == in_order[:-1]])
    if not len(twice):
        return
    alike = rows.filter(hashes.is_in(pl.Series(twice).implode())).sort(ROW)
    alike = alike.with_columns(pl.col(SUBMITTED).cast(pl.String).str.strip_chars(BLANKS))
    earlier = {"first": pl.col(ROW).first().over(key), "first_value": pl.col(SUBMITTED).first().over(key)}
    repeats = alike.with_columns(**earlier).filter(pl.col(ROW) != pl.col("first"))
    for row, name, value, *first in repeats.select(ROW, named, SUBMITTED, *earlier).iter_rows():
        more: dict[str, object] = dict(zip(earlier, first, strict=True)) | {"concept": name}
        yield Finding(code, row, named, positions[named], value, more)


def _zeros_beside(zeros: pl.DataFrame, data: pl.LazyFrame, named: str, positions: Places) -> Iterator[Finding]:
    if zeros.is_empty():
        return
    first = data.group_by(REPORTER).agg(first=pl.col(ROW).min()).collect()
    for row, first_row in zeros.join(first, on=REPORTER).select(ROW, "first").iter_rows():
        yield Finding("NQ-ZERO-BESIDE-ROWS", row, named, positions[named], NIL, {"first": first_row})


def _totals_below(totals: pl.DataFrame, rows: pl.LazyFrame, positions: Places) -> Iterator[Finding]:
    """All positions are at least those of any one row; sums say nothing, since a position needs several skills."""
    if totals.is_empty():
        return
    largest = rows.group_by(REPORTER).agg(largest=pl.col("openings").max()).collect()
    below = totals.join(largest, on=REPORTER).filter(pl.col("openings") < pl.col("largest"))
    if below.is_empty():
        return
    theirs = rows.join(below.lazy().select(*REPORTER, "largest").unique(), on=REPORTER)
    same = theirs.filter(pl.col("openings") == pl.col("largest"))
    first = same.group_by(REPORTER).agg(first=pl.col(ROW).min()).collect()
    below = below.join(first, on=REPORTER).sort(ROW)
    for row, total, first, most in below.select(ROW, "openings", "first", "largest").iter_rows():
        more: dict[str, object] = {"first": first, "largest": most}
        yield Finding("NQ-TOTAL-BELOW", row, "openings", positions["openings"], str(total), more)


def _totals_above(totals: pl.DataFrame, clean: pl.DataFrame, positions: Places) -> Iterator[Finding]:
    """Totals of which the rows explain little. Rows that can't be read might: those of nobody count for everybody."""
    large = totals.filter(pl.col("openings") >= TOTAL_FROM)
    if large.is_empty():
        return
    named = pl.all_horizontal(pl.col(*REPORTER) != "").fill_null(value=False)
    is_marker = pl.col("skill").is_in([NIL, TOTAL]).fill_null(value=False)
    theirs = clean.lazy().filter(named & ~is_marker).group_by(REPORTER)
    sums = theirs.agg(pl.col("openings").sum().alias("sum"), is_whole=pl.col("openings").is_not_null().all()).collect()
    strays = clean.lazy().filter(~named & ~is_marker).select("openings").collect().get_column("openings")
    if strays.has_nulls():
        return
    told = large.join(sums, on=REPORTER, how="left").with_columns(
        pl.col("sum").fill_null(0) + int(strays.sum()), pl.col("is_whole").fill_null(value=True)
    )
    above = told.filter(pl.col("is_whole") & (pl.col("openings") >= TOTAL_TIMES * pl.col("sum")))
    for row, enterprise, total, of_rows in above.select(ROW, "enterprise", "openings", "sum").sort(ROW).iter_rows():
        more: dict[str, object] = {"sum": of_rows, "about": f"{enterprise} {of_rows}"}
        yield Finding(TOTAL_ABOVE, row, "openings", positions["openings"], str(total), more)


def _differing(clean: pl.DataFrame, positions: Places, column: str, code: str) -> Iterator[Finding]:
    """Cells of a column that should be the same in the whole file, and are not what most of it says."""
    given = clean.filter(pl.col(column).is_not_null() & (pl.col(column).cast(pl.String) != ""))
    if given.is_empty():
        return
    counted = given.get_column(column).value_counts().sort("count", column, descending=[True, False])
    usual = counted[column][0]
    for row, value in given.filter(pl.col(column) != usual).select(ROW, column).iter_rows():
        yield Finding(code, row, column, positions[column], str(value), {"usual": usual})


#: the rules of each kind
ACROSS_CELLS: dict[str, Callable[[pl.DataFrame, Places, Contract, str | None], Iterator[Finding]]] = {
    "job-demand": _job_demand,
    "technology": _technology,
    "totals": _totals,
    "organisations": _organisations,
    "roster": _register,
}
