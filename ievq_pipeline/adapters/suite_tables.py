"""The table that a suite is held against: the accepted rows of several submissions, and what their rules compare.

Columns: `submission` (the 0-based place of the part), `row`, the contract's codes as accepted, and beside them

- `<code>_in_full` of a code or identifier: `scheme:value`; `not-stated:-` where the feed does not know the column;
- `<code>_credit_rest`: of a credit code what its check leaves modulo 31, 0 where it is right; null for other codes;
- `quarter_expected`, `source_expected`: what the submission is for; no quarter where the row's own cannot be read;
- `rows_beside`: of a zero report, how many rows with data its enterprise has in the same submission;
- `largest`: of a row with the total, the most openings that another row of its enterprise has;
- `exposure_usual`: of a totals file, the exposure that most of its rows give.

These are computed from the rows alone, by other means than `across_cells.py`: the suite is a second opinion.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import polars as pl

from ievq_pipeline.adapters.checks import Expected
from ievq_pipeline.adapters.codes import PATTERNS
from ievq_pipeline.adapters.reading.source import ROW
from ievq_pipeline.domain.contracts.model import NOT_STATED, Contract, FieldType
from ievq_pipeline.domain.contracts.panel import NIL, TOTAL
from ievq_pipeline.domain.skill import NO_NAMES

SUBMISSION = "submission"
#: whose rows, and when; a missing name is nobody's
REPORTER = ("enterprise", "quarter")
QUARTER = "^[12][0-9]{3}-Q[1-4]$"
#: a letter or digit, and no character lost in decoding: what a wording needs to be a name
NAME = r"^[^\x{FFFD}]*[\p{L}\p{N}][^\x{FFFD}]*$"
CREDIT_CODE = f"^uscc:(?:{PATTERNS['uscc']})$"
CREDIT_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@dataclass(frozen=True, slots=True)
class Part:
    """The accepted rows of one submission under the contract that its feed has agreed on, and what it is for."""

    rows: pl.DataFrame
    contract: Contract
    expected: Expected

    @property
    def fits(self) -> bool:
        """False: these are not the columns of the contract, in its types."""
        return dict(self.rows.schema) == schema(self.contract)


def schema(contract: Contract) -> dict[str, pl.DataType]:
    """The columns of accepted rows, in any order, with their types."""
    typed = {f.code: pl.Int64() if f.type is FieldType.INTEGER else pl.String() for f in contract.fields}
    return {ROW: pl.Int64(), **typed}


def table(parts: Sequence[Part]) -> pl.DataFrame:
    """The parts, at least one and all of one kind, each with the columns of its contract, one after the other."""
    contract = parts[0].contract
    coded = [f.code for f in contract.fields if f.scheme]
    union = pl.concat([_placed(part, place, coded) for place, part in enumerate(parts)])
    union = union.with_columns(_in_full(code) for code in coded).drop(f"{code}_default" for code in coded)
    union = union.with_columns(
        _credit_rest(union.get_column(f"{code}_in_full")).alias(f"{code}_credit_rest") for code in coded
    )
    return ACROSS_ROWS[contract.feed_kind](union, contract)


def _placed(part: Part, place: int, coded: Sequence[str]) -> pl.DataFrame:
    """The rows with where they come from: its quarter, its source, and the schemes of its bare codes."""
    is_quarter = pl.col("quarter").str.contains(QUARTER)
    return part.rows.select(
        pl.lit(place, pl.Int64).alias(SUBMISSION),
        ROW,
        *(f.code for f in part.contract.fields),
        pl.when(is_quarter).then(pl.lit(part.expected.quarter, pl.String)).alias("quarter_expected"),
        pl.lit(part.expected.source, pl.String).alias("source_expected"),
        *(pl.lit(part.contract.field(code).scheme, pl.String).alias(f"{code}_default") for code in coded),
    )


def _in_full(code: str) -> pl.Expr:
    cell, default = pl.col(code), pl.col(f"{code}_default")
    has_scheme = cell.str.contains(":", literal=True)
    in_full = pl.when(has_scheme).then(cell).otherwise(pl.concat_str(default, cell, separator=":"))
    is_unasked = cell.is_null() & (default == NOT_STATED)
    return pl.when(is_unasked).then(pl.lit(f"{NOT_STATED}:-")).otherwise(in_full).alias(f"{code}_in_full")


def _credit_rest(codes: pl.Series) -> pl.Series:
    different = codes.unique()
    known = different.filter(different.str.contains(CREDIT_CODE))
    rests = pl.Series([credit_rest(code.removeprefix("uscc:")) for code in known], dtype=pl.Int64)
    return codes.replace_strict(known, rests, default=None, return_dtype=pl.Int64)


def credit_rest(code: str) -> int:
    """Of the 18 characters of a credit code: their sum, weighted by powers of 3, modulo 31 (GB 32100-2015)."""
    *others, check = (CREDIT_LETTERS.index(letter) for letter in code)
    return (sum(value * pow(3, place, 31) for place, value in enumerate(others)) + check) % 31


def _job_demand(union: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    openings, skill = contract.field("openings"), pl.col("skill")
    is_named = skill.str.contains(NAME) & ~skill.str.to_uppercase().is_in([*NO_NAMES])
    is_attributed = _is_attributed("skill") & is_named
    readable = pl.when(pl.col("openings").is_between(openings.minimum, openings.maximum)).then(pl.col("openings"))
    is_row = is_attributed & ~skill.is_in([NIL, TOTAL])
    is_data = is_row | (is_attributed & (skill == TOTAL) & (readable > 0))
    largest = pl.when(is_row).then(readable).max().over(SUBMISSION, *REPORTER)
    return union.with_columns(_rows_beside("skill", is_data), pl.when(skill == TOTAL).then(largest).alias("largest"))


def _technology(union: pl.DataFrame, _contract: Contract) -> pl.DataFrame:
    is_data = _is_attributed("technology") & (pl.col("technology") != NIL)
    return union.with_columns(_rows_beside("technology", is_data))


def _totals(union: pl.DataFrame, contract: Contract) -> pl.DataFrame:
    exposure = contract.field("exposure")
    given = union.filter(pl.col("exposure").is_between(exposure.minimum, exposure.maximum))
    usual = (
        given.group_by(SUBMISSION, "exposure")
        .len()
        .sort("len", "exposure", descending=[True, False])
        .unique(SUBMISSION, keep="first", maintain_order=True)
        .select(SUBMISSION, exposure_usual="exposure")
    )
    return union.join(usual, on=SUBMISSION, how="left", maintain_order="left")


def _is_attributed(named: str) -> pl.Expr:
    return pl.all_horizontal(pl.col(*REPORTER, named).is_not_null())


def _rows_beside(named: str, is_data: pl.Expr) -> pl.Expr:
    in_all = is_data.fill_null(value=False).sum().cast(pl.Int64).over(SUBMISSION, *REPORTER)
    return pl.when(pl.col(named) == NIL).then(in_all).alias("rows_beside")


#: what the rules of each kind compare that is not in the row itself
ACROSS_ROWS: dict[str, Callable[[pl.DataFrame, Contract], pl.DataFrame]] = {
    "job-demand": _job_demand,
    "technology": _technology,
    "totals": _totals,
}
