"""The checks of single cells, a column at a time: strings in, typed values and findings out."""

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator

import polars as pl

from ievq_pipeline.adapters.codes import Reading, read_code
from ievq_pipeline.adapters.tables import BLANKS
from ievq_pipeline.domain.contracts.model import Field, FieldType
from ievq_pipeline.domain.errors import NotADate, NotAQuarter
from ievq_pipeline.domain.period import Quarter, parse_date

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
        code = "NQ-NOTE-LONG" if column.type is FieldType.TEXT else "NQ-TEXT-LONG"
        findings += [(i, code, values[i][:60], {"length": lengths[i]}) for i in (lengths > column.maximum).arg_true()]
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


def _by_value(raw: pl.Series, column: Field, read: Callable[[str, Field], Reading]) -> ColumnResult:
    """Every different cell is read once: a column of a million cells holds few."""
    text, normalised = _trim(raw)
    findings = _required(text, column)
    known = text.unique()
    readings = [(t, read(t, column)) if t else (t, Reading("")) for t in known]
    values = text.replace_strict(
        known, pl.Series([r.value for _, r in readings], dtype=pl.String), return_dtype=pl.String
    )
    faults = {t: r for t, r in readings if r.value is None}
    if faults:
        findings += [(i, faults[t].code or "", t, faults[t].more) for i, t in _where(text, faults)]
    changes = {r.code for _, r in readings if r.value is not None and r.code}
    for change in sorted(changes):
        changed = [t for t, r in readings if r.code == change]
        normalised[change] = text.is_in(changed).arg_true().to_list()
    return values, findings, normalised


def _where(text: pl.Series, wanted: Collection[str]) -> Iterator[tuple[int, str]]:
    """The places of the cells that read so, each with its text."""
    places = text.is_in(list(wanted)).arg_true()
    return zip(places.to_list(), text.gather(places).to_list(), strict=True)


def _quarters(raw: pl.Series, column: Field, quarter: str | None) -> ColumnResult:
    values, findings, normalised = _by_value(raw, column, _quarter_of)
    if quarter is not None:
        text = raw.str.strip_chars(BLANKS)
        others = text.filter((values != quarter) & (values != "")).unique().to_list()
        found: CellFindings = [(i, "NQ-QUARTER-OTHER", t, {"quarter": quarter}) for i, t in _where(text, others)]
        bad = {i for i, *_ in found}
        if spelled := [i for i in normalised.pop("NQ-N-QUARTER", []) if i not in bad]:
            normalised["NQ-N-QUARTER"] = spelled
        findings += found
    return values, findings, normalised


def _quarter_of(text: str, _column: Field) -> Reading:
    try:
        spelled = str(Quarter.parse(text.translate(PLAIN)))
    except NotAQuarter:
        return Reading(None, "NQ-QUARTER")
    return Reading(spelled, "NQ-N-QUARTER" if spelled != text else None)


def _dates(raw: pl.Series, column: Field, _quarter: str | None) -> ColumnResult:
    return _by_value(raw, column, _date_of)


def _date_of(text: str, _column: Field) -> Reading:
    try:
        spelled = parse_date(text.translate(PLAIN)).isoformat()
    except NotADate:
        return Reading(None, "NQ-DATE")
    return Reading(spelled, "NQ-N-DATE" if spelled != text else None)


def _codes(raw: pl.Series, column: Field, quarter: str | None) -> ColumnResult:
    if not column.scheme:
        return _texts(raw, column, quarter)
    return _by_value(raw, column, _codes_of if column.is_list else read_code)


def _codes_of(text: str, column: Field) -> Reading:
    """Several codes in one cell; the first that is none says what is wrong with it."""
    if column.maximum is not None and len(text) > column.maximum:
        return Reading(None, "NQ-TEXT-LONG", {"length": len(text)})
    readings = [read_code(part, column) for part in _parts(text)]
    if not readings:
        return Reading(None, "NQ-REQUIRED")
    if fault := next((each for each in readings if each.value is None), None):
        return fault
    spelled = ";".join(dict.fromkeys(each.value or "" for each in readings))
    return Reading(spelled, "NQ-N-LIST" if spelled != text else None)


def _choices(raw: pl.Series, column: Field, _quarter: str | None) -> ColumnResult:
    known = {_key(name): c.code for c in column.choices for name in (c.code, c.title.zh, c.title.en, *c.aliases)}

    def read(text: str, _column: Field) -> Reading:
        code = known.get(_key(text))
        return Reading(None, "NQ-CHOICE") if code is None else Reading(code, "NQ-N-CHOICE" if code != text else None)

    return _by_value(raw, column, read)


def _key(wording: str) -> str:
    return "".join(unicodedata.normalize("NFKC", wording).split()).casefold()


def marked(values: pl.Series, column: Field) -> dict[str, str]:
    """Of the different cells, those that are a marker, with its code."""
    if not column.markers:
        return {}
    known = {_key(name): m.code for m in column.markers for name in (m.code, *m.aliases)}
    return {text: code for text in values.unique() if text and (code := known.get(_key(text)))}


def _wordings(raw: pl.Series, column: Field, quarter: str | None) -> ColumnResult:
    if column.is_list:
        return _lists(raw, column)
    values, findings, normalised = _texts(raw, column, quarter)
    if markers := marked(values, column):
        respelled = [text for text, code in markers.items() if text != code]
        if at := values.is_in(respelled).arg_true().to_list():
            normalised["NQ-N-MARKER"] = at
        values = values.replace(markers)
    return values, findings, normalised


def _lists(raw: pl.Series, column: Field) -> ColumnResult:
    values, findings, normalised = _by_value(raw, column, _list_of)
    doubtful = values.str.contains("[、，,]") & ~raw.str.contains("[;；]")
    findings += [(i, "NQ-LIST-DOUBT", values[i], {}) for i in doubtful.fill_null(value=False).arg_true()]
    return values, findings, normalised


def _list_of(text: str, column: Field) -> Reading:
    parts = _parts(text)
    if not parts:
        return Reading(None, "NQ-REQUIRED")
    if column.maximum is not None and len(text) > column.maximum:
        return Reading(None, "NQ-TEXT-LONG", {"length": len(text)})
    spelled = ";".join(parts)
    return Reading(spelled, "NQ-N-LIST" if spelled != text else None)


def _parts(text: str) -> dict[str, None]:
    """What stands between the separators of a list, each once, in order."""
    return dict.fromkeys(part for each in re.split("[;；]", text) if (part := each.strip(BLANKS)))


COLUMN_CHECKS: dict[FieldType, Callable[[pl.Series, Field, str | None], ColumnResult]] = {
    FieldType.IDENTIFIER: _codes,
    FieldType.CODE: _codes,
    FieldType.CHOICE: _choices,
    FieldType.WORDING: _wordings,
    FieldType.TEXT: _texts,
    FieldType.INTEGER: _integers,
    FieldType.DATE: _dates,
    FieldType.QUARTER: _quarters,
}
