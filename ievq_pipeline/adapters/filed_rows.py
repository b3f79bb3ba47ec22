"""From the kept answer of a check to what is stored: a part for each reporter, and its rows as CSV for a COPY."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ievq_pipeline.adapters.answers import accepted_rows
from ievq_pipeline.adapters.tables import ROW
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.contracts.panel import NIL, TOTAL
from ievq_pipeline.domain.observation import UNKNOWN_REGION, with_scheme

#: columns whose codes are kept with their scheme
CODES = ("region", "industry", "occupation")


@dataclass(frozen=True, slots=True)
class Part:
    """What a submission says for one reporter, beside its rows."""

    total: int | None = None
    is_zero: bool = False
    is_complete: bool = True
    #: `(row, name)` of what quarantined rows name
    unknown: list[tuple[int, str]] = field(default_factory=list)

    def joined(self, other: "Part") -> "Part":
        """Both as one, of a reporter whom the file names by two codes; openings in all only if both give them."""
        return Part(
            total=None if self.total is None or other.total is None else self.total + other.total,
            is_zero=self.is_zero and other.is_zero,
            is_complete=self.is_complete and other.is_complete,
            unknown=self.unknown + other.unknown,
        )


class FiledRows:
    """The accepted rows of one submission; reporters are `scheme:value`, a totals file has the one None."""

    def __init__(
        self,
        contract: Contract,
        accepted: bytes | None,
        unknown: Sequence[Sequence[Any]],
        unnamed: Sequence[Sequence[Any]],
    ) -> None:
        """From the columns of `submission_answer`."""
        self.contract = contract
        self.is_of_reporters = len(contract.subject) > 1
        self._named = contract.subject[-1]
        self._unknown, self._unnamed = unknown, unnamed
        frame = accepted_rows(accepted)
        if frame.is_empty():
            frame = pl.DataFrame(schema={ROW: pl.Int64, **{f.code: pl.String for f in contract.fields}})
        self._frame = frame.with_columns(reporter=self._reporter(frame))

    def parts(self) -> dict[str | None, Part]:
        """By reporter; those that only a quarantined row names are among them."""
        name = pl.col(self._named)
        sums = [
            pl.col("openings").filter(name == TOTAL).first() if "openings" in self._frame.columns else pl.lit(None),
            (name == NIL).any(),
        ]
        counted = self._frame.group_by("reporter", maintain_order=True).agg(
            sums[0].alias("total"), sums[1].alias("nil")
        )
        found = {reporter: (total, is_zero) for reporter, total, is_zero in counted.iter_rows()}
        hidden: dict[str | None, list[tuple[int, str]]] = {}
        for row, *names in self._unknown:
            if names[-1] == TOTAL:  # no series: the openings in all are then not given
                continue
            hidden.setdefault(self._of(names), []).append((int(str(row)), str(names[-1])))
        unread = {None if who is None else self._of([who, ""]) for _, who in self._unnamed}
        is_nobodys = None in unread
        if not self.is_of_reporters:
            return {None: Part(None, is_zero=False, is_complete=not self._unnamed, unknown=hidden.get(None, []))}
        return {
            who: Part(
                total=found.get(who, (None, False))[0],
                is_zero=bool(found.get(who, (None, False))[1]),
                is_complete=not is_nobodys and who not in unread,
                unknown=hidden.get(who, []),
            )
            for who in sorted({*found, *hidden, *unread} - {None}, key=str)
        }

    def csv(self, submission_id: uuid.UUID, filings: Mapping[str | None, int], columns: list[str]) -> bytes:
        """The rows in the order of `columns`; zero reports and totals stand on the filings."""
        known = {who: filing for who, filing in filings.items() if who is not None}
        rows = self._frame.filter(~pl.col(self._named).is_in([NIL, TOTAL]))
        filing = pl.col("reporter").replace_strict(known, return_dtype=pl.Int64) if known else pl.lit(filings.get(None))
        rows = rows.with_columns(filing_id=filing, submission_id=pl.lit(str(submission_id)), **self._stored(rows))
        return rows.select(columns).write_csv(include_header=False).encode()

    def _stored(self, rows: pl.DataFrame) -> dict[str, pl.Expr]:
        """Columns that are kept otherwise than they are checked."""
        made: dict[str, pl.Expr] = {}
        for code in CODES:
            if code in rows.columns:
                column = self.contract.field(code)
                spelled = {value: with_scheme(value, column) for value in rows.get_column(code).drop_nulls().unique()}
                made[code] = pl.col(code).replace_strict(spelled, return_dtype=pl.String, default=None)
        if "region" in made:
            made["region"] = made["region"].fill_null(UNKNOWN_REGION)
        if "is_required" in rows.columns:
            made["is_required"] = pl.col("is_required") == "yes"
        if "skills" in rows.columns:
            item = pl.element().str.strip_chars().str.replace_all(r'(["\\])', r"\$1")
            items = pl.col("skills").str.split(";").list.eval(item).list.join('","')
            made["skills"] = pl.concat_str(pl.lit('{"'), items, pl.lit('"}'))  # an array as Postgres writes it
        return made

    def _reporter(self, frame: pl.DataFrame) -> pl.Expr | pl.Series:
        if not self.is_of_reporters:
            return pl.lit(None, dtype=pl.String)
        codes = {code: self._of([code, ""]) for code in frame.get_column(self.contract.subject[0]).unique()}
        return frame.get_column(self.contract.subject[0]).replace_strict(codes, return_dtype=pl.String)

    def _of(self, names: Sequence[Any]) -> str | None:
        if not self.is_of_reporters:
            return None
        return with_scheme(str(names[0]), self.contract.field(self.contract.subject[0]))
