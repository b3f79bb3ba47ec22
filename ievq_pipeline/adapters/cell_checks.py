"""The checks of single cells, a column at a time: strings in, typed values and findings out."""

import unicodedata
from collections.abc import Callable

import polars as pl

from ievq_pipeline.adapters.tables import BLANKS
from ievq_pipeline.domain.contracts.model import Field, FieldType
from ievq_pipeline.domain.errors import NotAQuarter
from ievq_pipeline.domain.period import Quarter

#: findings as (index in the column, code, value, parameters)
CellFindings = list[tuple[int, str, str | None, dict[str, object]]]
#: the typed values (null where bad), the findings, and the indices of what was normalised, by code
ColumnResult = tuple[pl.Series, CellFindings, dict[str, list[int]]]


def _trim(raw: pl.Series) -> tuple[pl.Series, dict[str, list[int]]]:
    trimmed = raw.str.strip_chars(BLANKS)
    changed = (trimmed != raw) & (trimmed != "")
    return trimmed, ({"NQ-N-BLANKS": changed.arg_true().to_list()} if changed.any() else {})


def _required(values: pl.Series, column: Field) -> CellFindings:
    return [(i, "NQ-REQUIRED", None, {}) for i in (values == "").arg_true()] if column.required else []


def _texts(raw: pl.Series, column: Field, _quarter: str | None) -> ColumnResult:
    values, normalised = _trim(raw)
    findings = _required(values, column)
    if column.maximum:
        lengths = values.str.len_chars()
        findings += [
            (i, "NQ-TEXT-LONG", values[i][:60], {"length": lengths[i]}) for i in (lengths > column.maximum).arg_true()
        ]
    return values, findings, normalised


def _integers(raw: pl.Series, column: Field, _quarter: str | None) -> ColumnResult:
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


def _quarters(raw: pl.Series, column: Field, quarter: str | None) -> ColumnResult:
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


COLUMN_CHECKS: dict[FieldType, Callable[[pl.Series, Field, str | None], ColumnResult]] = {
    FieldType.IDENTIFIER: _texts,
    FieldType.WORDING: _texts,
    FieldType.INTEGER: _integers,
    FieldType.QUARTER: _quarters,
}
