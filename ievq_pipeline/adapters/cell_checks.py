"""The checks of single cells, a column at a time: strings in, typed values and findings out."""

import re
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
#: full-width characters in which numbers and quarters are typed; nothing else is taken for one: 10² is not 102
PLAIN = str.maketrans("０１２３４５６７８９，．＋－Ｑｑ", "0123456789,.+-Qq")
WHOLE_NUMBER = re.compile(r"[+-]?(?P<digits>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?")
#: stands for any number that is longer; above every maximum, and still fits into 64 bits
BEYOND = 10**18


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
    mended: dict[int, int] = {}
    values = text.cast(pl.Int64, strict=False)
    for i in (values.is_null() & (text != "")).arg_true().to_list():
        value, change = _integer_of(text[i])
        if value is None:
            findings.append((i, "NQ-INTEGER", text[i], {}))
        else:
            mended[i] = value
            if change is not None:
                normalised.setdefault(change, []).append(i)
    values = values.scatter(list(mended), list(mended.values())) if mended else values
    for code, wrong in (("NQ-MINIMUM", values < column.minimum), ("NQ-MAXIMUM", values > column.maximum)):
        for i in wrong.fill_null(value=False).arg_true():
            findings.append((i, code, text[i], {}))
    bad = [i for i, *_ in findings]
    return (values.scatter(bad, None) if bad else values), findings, normalised


def _integer_of(text: str) -> tuple[int | None, str | None]:
    """The number that a cell means without doubt, and what had to be changed; None where it means none."""
    plain = text.translate(PLAIN)
    if (found := WHOLE_NUMBER.fullmatch(plain)) is None:
        return None, None
    digits = found["digits"].replace(",", "").lstrip("0") or "0"
    size = int(digits) if len(digits) < len(str(BEYOND)) else BEYOND
    change = "NQ-N-WIDTH" if plain != text else "NQ-N-SEPARATOR" if "," in plain else None
    change = change or ("NQ-N-DECIMALS" if "." in plain else None)
    return (-size if plain.startswith("-") else size), change


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
        return str(Quarter.parse(text.translate(PLAIN)))
    except NotAQuarter:
        return None


COLUMN_CHECKS: dict[FieldType, Callable[[pl.Series, Field, str | None], ColumnResult]] = {
    FieldType.IDENTIFIER: _texts,
    FieldType.WORDING: _texts,
    FieldType.INTEGER: _integers,
    FieldType.QUARTER: _quarters,
}
