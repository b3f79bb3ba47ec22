"""Everything wrong in a file, as columns: half a million findings take tens of megabytes. Walks as `Finding`."""

import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.finding import Finding

SCHEMA: dict[str, pl.DataType] = {
    "code": pl.Categorical(),
    "row": pl.Int64(),
    "column": pl.Categorical(),
    "position": pl.Int32(),
    "value": pl.String(),
    "parameters": pl.String(),
}
#: characters of a bad cell that its finding repeats
LONGEST_VALUE = 100
#: rows made into objects at a time
SLICE = 20_000
#: findings of one sort stand in the order of the file: by row, then column
ORDER = ("row", "position", "code")


@dataclass(eq=False)
class Findings:
    """`add` what is found in any order; `in_order` puts it into that of the file."""

    _frames: list[pl.DataFrame] = field(default_factory=list)
    _loose: list[Finding] = field(default_factory=list)

    def add(self, found: Iterable[Finding]) -> None:
        for finding in found:
            self._loose.append(finding)
            if len(self._loose) >= SLICE:
                self._pack()

    def add_frame(self, frame: pl.DataFrame) -> None:
        """Findings as columns of SCHEMA."""
        if frame.height:
            self._frames.append(frame)

    def _pack(self) -> None:
        if self._loose:
            self._frames.append(_frame(self._loose))
            self._loose = []

    @property
    def frame(self) -> pl.DataFrame:
        self._pack()
        if len(self._frames) != 1:
            self._frames = [pl.concat(self._frames) if self._frames else pl.DataFrame(schema=SCHEMA)]
        return self._frames[0]

    def __len__(self) -> int:
        return sum(frame.height for frame in self._frames) + len(self._loose)

    def __iter__(self) -> Iterator[Finding]:
        return walk(self.frame)

    def __eq__(self, other: object) -> bool:
        return list(self) == (list(other) if isinstance(other, Findings) else other)

    __hash__ = None  # type: ignore[assignment]  # it changes

    def __getitem__(self, place: int) -> Finding:
        return next(walk(self.frame[place : place + 1] if place >= 0 else self.frame[place:]))

    def in_order(self) -> "Findings":
        """The same in the order of the file: those of the whole file first."""
        keys = [pl.col("row").fill_null(0), pl.col("position").fill_null(-1), pl.col("code").cast(pl.String)]
        return Findings([self.frame.sort(keys, maintain_order=True)])

    def counts(self) -> dict[str, int]:
        """How many of each code."""
        counted = self.frame.get_column("code").cast(pl.String).value_counts(sort=True)
        return dict(counted.sort("code").iter_rows())

    def rows_with(self, severity: Severity, contract: Contract) -> pl.Series:
        """The numbers of rows with a finding of that severity, each once, in order."""
        return self.of(contract, severity=severity).get_column("row").drop_nulls().unique().sort()

    def has(self, severity: Severity, contract: Contract) -> bool:
        return self.of(contract, severity=severity).height > 0

    def of(self, contract: Contract, *, code: str | None = None, severity: str | None = None) -> pl.DataFrame:
        """Those of a code and a severity, as columns."""
        codes = [
            rule.code
            for rule in contract.rules
            if code in (None, rule.code) and severity in (None, rule.severity, str(rule.severity))
        ]
        return self.frame.filter(pl.col("code").is_in(codes)) if code or severity else self.frame

    def to_bytes(self) -> bytes:
        stream = io.BytesIO()
        self.frame.write_ipc_stream(stream, compression="zstd")
        return stream.getvalue()

    @classmethod
    def from_bytes(cls, kept: bytes | None) -> "Findings":
        return cls() if kept is None else cls([pl.read_ipc_stream(io.BytesIO(kept))])


def walk(frame: pl.DataFrame) -> Iterator[Finding]:
    """The rows of a frame as findings."""
    for part in frame.iter_slices(SLICE):
        for code, row, column, position, value, parameters in part.iter_rows():
            yield Finding(code, row, column, position, value, json.loads(parameters) if parameters else {})


def told(value: str | None) -> str | None:
    """So much of a cell as anybody reads."""
    return value if value is None or len(value) <= LONGEST_VALUE else f"{value[:LONGEST_VALUE]}…"


def parameters_of(more: Mapping[str, Any]) -> str | None:
    return json.dumps(more, ensure_ascii=False) if more else None


def _frame(found: list[Finding]) -> pl.DataFrame:
    columns = {
        "code": [f.code for f in found],
        "row": [f.row for f in found],
        "column": [f.column for f in found],
        "position": [f.position for f in found],
        "value": [told(f.value) for f in found],
        "parameters": [parameters_of(f.parameters) for f in found],
    }
    return pl.DataFrame(columns, schema=SCHEMA)
