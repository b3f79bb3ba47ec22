"""A contract compiled to checks: table of strings → every finding, cell by cell, and the rows that are good."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

import polars as pl

from ievq_pipeline.adapters.tables import BLANKS, Table, Unreadable, read_csv
from ievq_pipeline.domain.contracts.model import Contract, Field, FieldType, Severity
from ievq_pipeline.domain.errors import NotAQuarter
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.submission import Verdict, verdict

ROW = "row"


@dataclass(frozen=True, slots=True)
class Normalised:
    """Cells of one column that were changed without doubt: how many, and the first of them."""

    code: str
    column: str
    count: int
    cell: str | None
    before: str
    after: str

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "column": self.column,
            "count": self.count,
            "cell": self.cell,
            "from": self.before,
            "to": self.after,
        }


@dataclass(slots=True)
class Answer:
    """The outcome of a check. `accepted` holds `row` and the contract's codes, typed."""

    verdict: Verdict
    findings: list[Finding]
    normalised: list[Normalised] = field(default_factory=list)
    rows_read: int = 0
    rows_quarantined: int = 0
    accepted: pl.DataFrame = field(default_factory=pl.DataFrame)
    encoding: str | None = None
    header_row: int | None = None

    @property
    def rows_accepted(self) -> int:
        return self.accepted.height


def check(data: bytes, contract: Contract, quarter: str | None = None) -> Answer:
    """Check a file's bytes against a contract; `quarter` (such as `2025-Q3`) is the submission's, where known."""
    try:
        table = read_csv(data)
    except Unreadable as refusal:
        return Answer(Verdict.UNREADABLE, [refusal.finding])
    positions, findings = _header(table, contract)
    answer = Answer(
        Verdict.REJECTED, findings, rows_read=len(table.rows), encoding=table.encoding, header_row=table.header_row
    )
    if not table.rows:
        findings.append(Finding("NQ-NO-ROWS", row=table.header_row))
    if any(f.severity(contract) is Severity.HARD for f in findings):
        return answer
    _check_rows(table, positions, contract, quarter, answer)
    return answer


def _header(table: Table, contract: Contract) -> tuple[dict[str, int], list[Finding]]:
    """Where each column of the contract stands, and what is wrong with the header."""
    names = {_key(name): f for f in contract.fields for name in (f.code, f.title.zh, f.title.en, *f.aliases)}
    positions: dict[str, int] = {}
    findings: list[Finding] = []
    for position, cell in enumerate(table.header):
        known = names.get(_key(cell))
        if known is None:
            if cell.strip(BLANKS):
                findings.append(Finding("NQ-HEADER-UNKNOWN", table.header_row, None, position, cell))
        elif known.code in positions:
            findings.append(Finding("NQ-HEADER-TWICE", table.header_row, known.code, position, cell))
        else:
            positions[known.code] = position
    for missing in (f for f in contract.fields if f.required and f.code not in positions):
        findings.append(
            Finding("NQ-HEADER-MISSING", table.header_row, missing.code, None, ", ".join(table.header)[:200])
        )
    return positions, findings


def _key(name: str) -> str:
    return re.sub(r"[\s_*＊]+", "", unicodedata.normalize("NFKC", name).strip(BLANKS)).casefold()


def _check_rows(
    table: Table, positions: dict[str, int], contract: Contract, quarter: str | None, answer: Answer
) -> None:
    width = len(table.header)
    raw = pl.DataFrame(
        {
            ROW: [number for number, _ in table.rows],
            **{
                code: [cells[at] if at < len(cells) else "" for _, cells in table.rows]
                for code, at in positions.items()
            },
        }
    )
    for number, cells in table.rows:
        if extra := next((c for c in cells[width:] if c.strip(BLANKS)), None):
            answer.findings.append(Finding("NQ-ROW-WIDE", number, None, width, extra))
    clean = raw.select(ROW)
    for column in (f for f in contract.fields if f.code in positions):
        values, findings, normalised = COLUMN_CHECKS[column.type](raw.get_column(column.code), column, quarter)
        place = positions[column.code]
        rows = raw.get_column(ROW)
        answer.findings += [
            Finding(code, rows[i], column.code, place, value, more) for i, code, value, more in findings
        ]
        answer.normalised += [
            Normalised(
                code,
                column.code,
                len(at),
                Finding(code, rows[at[0]], column.code, place).cell,
                raw[column.code][at[0]],
                str(values[at[0]]),
            )
            for code, at in normalised.items()
        ]
        clean = clean.with_columns(values.alias(column.code))
    answer.findings += across_cells(clean, positions)
    answer.findings.sort(key=lambda f: (f.row or 0, f.position if f.position is not None else -1, f.code))
    _conclude(clean, raw.get_column(contract.weight), contract, answer)


def _conclude(clean: pl.DataFrame, raw_weight: pl.Series, contract: Contract, answer: Answer) -> None:
    hard = {f.row for f in answer.findings if f.severity(contract) is Severity.HARD}
    is_bad = clean.get_column(ROW).is_in(list(hard))
    # a row whose weight can't be read counts as the median
    weight = clean.get_column(contract.weight).cast(pl.Float64)
    weight = weight.fill_null(weight.median() or 0.0)
    answer.rows_quarantined = int(is_bad.sum())
    answer.verdict = verdict(
        clean.height, answer.rows_quarantined, float(weight.sum()), float(weight.filter(is_bad).sum())
    )
    if answer.verdict is not Verdict.REJECTED:
        answer.accepted = clean.filter(~is_bad)


# Each column check gives the typed values (null where bad), findings as (index, code, value, parameters), and what was normalised.
_ColumnFindings = list[tuple[int, str, str | None, dict[str, object]]]
_ColumnResult = tuple[pl.Series, _ColumnFindings, dict[str, list[int]]]


def _trim(raw: pl.Series) -> tuple[pl.Series, dict[str, list[int]]]:
    trimmed = raw.str.strip_chars(BLANKS)
    changed = (trimmed != raw) & (trimmed != "")
    return trimmed, ({"NQ-N-BLANKS": changed.arg_true().to_list()} if changed.any() else {})


def _required(values: pl.Series, column: Field) -> _ColumnFindings:
    return [(i, "NQ-REQUIRED", None, {}) for i in (values == "").arg_true()] if column.required else []


def _texts(raw: pl.Series, column: Field, _quarter: str | None) -> _ColumnResult:
    values, normalised = _trim(raw)
    findings = _required(values, column)
    if column.maximum:
        lengths = values.str.len_chars()
        findings += [
            (i, "NQ-TEXT-LONG", values[i][:60], {"length": lengths[i]}) for i in (lengths > column.maximum).arg_true()
        ]
    return values, findings, normalised


def _integers(raw: pl.Series, column: Field, _quarter: str | None) -> _ColumnResult:
    text, normalised = _trim(raw)
    findings = _required(text, column)
    values = text.cast(pl.Int64, strict=False)
    doubtful = (values.is_null() & (text != "")).arg_true()
    if doubtful.len():
        plain = text.gather(doubtful).str.normalize("NFKC")
        digits = pl.select(
            pl.when(plain.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.0+)?$"))
            .then(plain.str.replace_all(",", ""))
            .otherwise(plain)
        ).to_series()
        mended = digits.str.replace(r"^([+-]?\d+)\.0+$", "$1").cast(pl.Int64, strict=False)
        values = values.scatter(doubtful, mended)
        for at, before, wide, after in zip(doubtful, text.gather(doubtful), plain, mended, strict=True):
            if after is None:
                findings.append((at, "NQ-INTEGER", before, {}))
            else:
                normalised.setdefault("NQ-N-WIDTH" if wide != before else "NQ-N-SEPARATOR", []).append(at)
    for code, wrong in (("NQ-MINIMUM", values < column.minimum), ("NQ-MAXIMUM", values > column.maximum)):
        for i in wrong.fill_null(value=False).arg_true():
            findings.append((i, code, text[i], {}))
    bad = [i for i, *_ in findings]
    return (values.scatter(bad, None) if bad else values), findings, normalised


def _quarters(raw: pl.Series, column: Field, quarter: str | None) -> _ColumnResult:
    text, normalised = _trim(raw)
    findings = _required(text, column)
    spelled = {t: _quarter_of(t) for t in text.unique()}
    values = pl.Series([spelled[t] for t in text], dtype=pl.String)
    for i, (before, after) in enumerate(zip(text, values, strict=True)):
        if before and after is None:
            findings.append((i, "NQ-QUARTER", before, {}))
        elif after is not None and quarter is not None and after != quarter:
            findings.append((i, "NQ-QUARTER-OTHER", before, {"quarter": quarter}))
        elif after is not None and after != before:
            normalised.setdefault("NQ-N-QUARTER", []).append(i)
    return values, findings, normalised


def _quarter_of(text: str) -> str | None:
    try:
        return str(Quarter.parse(unicodedata.normalize("NFKC", text)))
    except NotAQuarter:
        return None


COLUMN_CHECKS: dict[FieldType, Callable[[pl.Series, Field, str | None], _ColumnResult]] = {
    FieldType.IDENTIFIER: _texts,
    FieldType.WORDING: _texts,
    FieldType.INTEGER: _integers,
    FieldType.QUARTER: _quarters,
}


def across_cells(clean: pl.DataFrame, positions: dict[str, int]) -> list[Finding]:
    """The row and within-file rules of *totals*; cells that are already bad are null here and trip nothing twice."""
    findings = [
        Finding("NQ-COUNT-OVER-EXPOSURE", row, "count", positions["count"], str(count), {"exposure": exposure})
        for row, count, exposure in clean.filter(pl.col("count") > pl.col("exposure"))
        .select(ROW, "count", "exposure")
        .iter_rows()
    ]
    named = clean.filter(pl.col("term") != "")
    repeats = named.with_columns(first=pl.col(ROW).first().over("term")).filter(pl.col(ROW) != pl.col("first"))
    findings += [
        Finding("NQ-DUPLICATE", row, "term", positions["term"], term, {"first": first})
        for row, term, first in repeats.select(ROW, "term", "first").iter_rows()
    ]
    for column, code in (("source", "NQ-SOURCE-DIFFERS"), ("exposure", "NQ-EXPOSURE-DIFFERS")):
        given = clean.filter(pl.col(column).is_not_null() & (pl.col(column).cast(pl.String) != ""))
        if given.is_empty():
            continue
        usual = (
            given.get_column(column).value_counts(sort=True).sort("count", column, descending=[True, False])[column][0]
        )
        findings += [
            Finding(code, row, column, positions[column], str(value), {"usual": usual})
            for row, value in given.filter(pl.col(column) != usual).select(ROW, column).iter_rows()
        ]
    return findings
