"""From the kept answer of a check to what is stored: a part for each reporter, and its rows as CSV for a COPY."""

import io
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import polars as pl

from ievq_pipeline.adapters.answers import accepted_categories
from ievq_pipeline.adapters.reading.source import ROW
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
        frame = accepted_categories(accepted)
        if frame.is_empty():
            frame = pl.DataFrame(schema={ROW: pl.Int64, **{f.code: pl.Categorical for f in contract.fields}})
        self._frame = frame.with_columns(self._reporter(frame).alias("reporter"))

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

    def first_rows(self) -> dict[str, int]:
        """By reporter, the first accepted row that is about it."""
        return dict(self._frame.group_by(pl.col("reporter").cast(pl.String)).agg(pl.col(ROW).min()).iter_rows())

    def demand(self) -> pl.DataFrame:
        """Of job demand: `row, reporter, skill, region, openings`, codes as they are stored, without markers' rows."""
        rows = self._frame.filter(~pl.col(self._named).is_in([NIL, TOTAL]))
        stored = rows.with_columns(self._stored(rows)).with_columns(
            pl.col("reporter", "skill", "region").cast(pl.String)
        )
        return stored.select(ROW, "reporter", "skill", "region", "openings")

    def unsure(self) -> list[tuple[str | None, str | None]]:
        """What quarantined rows may belong to: `(reporter, name)`, None for what they don't say."""
        hidden = [(self._of(names), str(names[-1])) for _, *names in self._unknown]
        return [*hidden, *((None if who is None else self._of([who, ""]), None) for _, who in self._unnamed)]

    def csv(self, submission_id: uuid.UUID, filings: Mapping[str | None, int], columns: list[str]) -> bytes:
        """The rows in the order of `columns`; zero reports and totals stand on the filings."""
        rows = self._frame.filter(~pl.col(self._named).is_in([NIL, TOTAL]))
        if self.is_of_reporters:
            filing = recoded(rows.get_column("reporter"), filings.get, pl.Int64())
        else:
            filing = pl.repeat(filings.get(None), rows.height, dtype=pl.Int64, eager=True)
        rows = rows.with_columns(filing.alias("filing_id"), pl.lit(str(submission_id)).alias("submission_id"))
        stream = io.BytesIO()
        rows.with_columns(self._stored(rows)).select(columns).write_csv(stream, include_header=False)
        return stream.getvalue()

    def _stored(self, rows: pl.DataFrame) -> list[pl.Series | pl.Expr]:
        """Columns that are kept otherwise than they are checked."""
        made: list[pl.Series | pl.Expr] = []
        for code in CODES:
            if code in rows.columns:
                spell = partial(with_scheme, column=self.contract.field(code))
                spelled = recoded(rows.get_column(code), spell, pl.String())
                made.append(spelled.fill_null(UNKNOWN_REGION) if code == "region" else spelled)
        if "is_required" in rows.columns:
            made.append(recoded(rows.get_column("is_required"), lambda cell: cell == "yes", pl.Boolean()))
        if "skills" in rows.columns:
            made.append(recoded(rows.get_column("skills"), _as_array, pl.String()))
        return made

    def _reporter(self, frame: pl.DataFrame) -> pl.Series:
        if not self.is_of_reporters:
            return pl.repeat(None, frame.height, dtype=pl.Categorical, eager=True)
        named = frame.get_column(self.contract.subject[0])
        return recoded(named, lambda code: self._of([code, ""]), pl.String()).cast(pl.Categorical)

    def _of(self, names: Sequence[Any]) -> str | None:
        if not self.is_of_reporters:
            return None
        return with_scheme(str(names[0]), self.contract.field(self.contract.subject[0]))


def recoded(cells: pl.Series, of: Callable[[str], Any], dtype: pl.DataType) -> pl.Series:
    """The cells (categories), each different one made something else once; null stays null."""
    places = cells.cast(pl.Categorical).to_physical()
    distinct = cells.unique().drop_nulls().cast(pl.Categorical)
    table: list[Any] = [None] * (int(places.max() or 0) + 1)  # type: ignore[arg-type]  # they are whole numbers
    for place, cell in zip(distinct.to_physical(), distinct.cast(pl.String), strict=True):
        table[place] = of(cell)
    return pl.Series(table, dtype=dtype).gather(places).alias(cells.name)


def _as_array(cell: str) -> str:
    """Several codes as Postgres writes an array."""
    items = (re.sub(r'(["\\])', r"\\\1", item.strip()) for item in cell.split(";"))
    return "{" + ",".join(f'"{item}"' for item in items) + "}"
