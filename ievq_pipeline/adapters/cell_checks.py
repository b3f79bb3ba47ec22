"""What single cells mean: every different cell of a column is read once, since a million cells hold few."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ievq_pipeline.adapters.codes import Reading, read_code
from ievq_pipeline.adapters.matching import certain, exact
from ievq_pipeline.adapters.reading.source import BLANKS
from ievq_pipeline.domain.contracts.model import Field, FieldType
from ievq_pipeline.domain.errors import NotADate, NotAQuarter
from ievq_pipeline.domain.period import Quarter, parse_date
from ievq_pipeline.domain.skill import Skills, folded, is_readable, spelled

#: full-width characters in which numbers and quarters are typed; nothing else is taken for one: 10² is not 102
PLAIN = str.maketrans("０１２３４５６７８９，．＋－Ｑｑ／　", "0123456789,.+-Qq/ ")
WHOLE_NUMBER = re.compile(r"[+-]?(?P<digits>[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.0+)?")
#: what stands in optional cells for nothing at all; in one with a number it may be a zero
NOTHING = frozenset(
    [
        "无",
        "暂无",
        "没有",
        "不适用",
        "/",
        "//",
        "／",
        "\\",
        "N/A",
        "n/a",
        "NA",
        *(dash * many for dash in "-－–—" for many in (1, 2, 3)),
    ]
)
#: how a spreadsheet program is told in a text file that digits are text
TEXT_FORMULA = re.compile(r'="([^"]*)"')
#: what stands between several names that were put into one cell
BETWEEN_NAMES = re.compile(r"[、，,;；\r\n]+")
#: stands for any number that is longer; above every maximum, and still fits into 64 bits
BEYOND = 10**18


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a cell means, or None. `finding` is what is wrong with it, `changes` what had to be changed to read it."""

    value: str | None
    finding: str | None = None
    more: dict[str, Any] = field(default_factory=dict)
    changes: tuple[str, ...] = ()
    #: what of the cell the finding repeats; None: nothing stands there
    told: str | None = None


#: unlisted names of one column that are looked at for what they are variants of
MOST_VARIED = 20_000

#: reads a trimmed cell that is not empty
Reader = Callable[[str], Meaning]


def meaning(cell: str, column: Field, read: Reader) -> Meaning:
    """What a cell of the column means, whatever blanks stand around it."""
    text = cell.strip(BLANKS)
    if not text:
        return Meaning("", "NQ-REQUIRED" if column.required else None)
    found = _read(text, column, read)
    if found.value is not None and text != cell:
        return Meaning(found.value, found.finding, found.more, ("NQ-N-BLANKS", *found.changes), found.told)
    return found


def _read(text: str, column: Field, read: Reader) -> Meaning:
    """What a trimmed cell means, also with a mark that it is text, or with a placeholder where it may be empty."""
    bare = unmarked(text)
    if bare != text and bare and (found := read(bare)).value is not None:
        if bare == text[1:] and (whole := read(text)).value is not None:
            return whole  # the apostrophe is part of it
        return Meaning(found.value, found.finding, found.more, ("NQ-N-TEXT-MARK", *found.changes), found.told)
    found = read(text)
    if found.value is None and not column.required and text in NOTHING:
        return Meaning("", changes=("NQ-N-NOTHING",))
    return found


def unmarked(text: str) -> str:
    """A cell without what tells a spreadsheet program that it is text: `'0012` and `="0012"`."""
    if (formula := TEXT_FORMULA.fullmatch(text)) is not None:
        return formula[1].strip(BLANKS)
    return text[1:].strip(BLANKS) if text.startswith("'") and not text.endswith("'") else text


def reader(column: Field, quarter: str | None, lists: Mapping[str, Any]) -> Reader:
    """How the cells of a column are read that hold codes, choices, dates, quarters, or names of a list."""
    match column.type:
        case FieldType.IDENTIFIER | FieldType.CODE:
            return _codes(column, lists)
        case FieldType.CHOICE:
            return _choices(column)
        case FieldType.QUARTER:
            return lambda text: _quarter(text, quarter)
        case FieldType.DATE:
            return _date
        case _:
            return Wordings(column, lists.get(column.code_list or "")).read


def _of(text: str, reading: Reading) -> Meaning:
    if reading.value is None:
        return Meaning(None, reading.code, reading.more, told=text)
    return Meaning(reading.value, changes=(reading.code,) if reading.code else ())


def integer(text: str) -> tuple[int | None, str | None]:
    """The number that a trimmed cell means without doubt, and what had to be changed; None where it means none."""
    plain = text.translate(PLAIN)
    if (found := WHOLE_NUMBER.fullmatch(plain)) is None:
        return None, None
    digits = found["digits"].replace(",", "").lstrip("0") or "0"
    size = int(digits) if len(digits) < len(str(BEYOND)) else BEYOND
    change = "NQ-N-WIDTH" if plain != text else "NQ-N-SEPARATOR" if "," in plain else None
    change = change or ("NQ-N-DECIMALS" if "." in plain else None)
    return (-size if plain.startswith("-") else size), change


def _quarter(text: str, expected: str | None) -> Meaning:
    try:
        found = str(Quarter.holding(text.translate(PLAIN)))
    except NotAQuarter:
        return Meaning(None, "NQ-QUARTER", told=text)
    if expected is not None and found != expected:
        return Meaning(found, "NQ-QUARTER-OTHER", {"quarter": expected}, told=text)
    return Meaning(found, changes=("NQ-N-QUARTER",) if found != text else ())


def _date(text: str) -> Meaning:
    try:
        found = parse_date(text.translate(PLAIN)).isoformat()
    except NotADate:
        return Meaning(None, "NQ-DATE", told=text)
    return Meaning(found, changes=("NQ-N-DATE",) if found != text else ())


def _codes(column: Field, lists: Mapping[str, Any]) -> Reader:
    if not column.scheme:
        return lambda text: _plain(text, column)
    if column.is_list:
        return lambda text: _of(text, _codes_of(text, column, lists))
    return lambda text: _of(text, read_code(text, column, lists))


def _codes_of(text: str, column: Field, lists: Mapping[str, Any]) -> Reading:
    """Several codes in one cell; the first that is none says what is wrong with it."""
    if column.maximum is not None and len(text) > column.maximum:
        return Reading(None, "NQ-TEXT-LONG", {"length": len(text)})
    readings = [read_code(part, column, lists) for part in parts(text)]
    if not readings:
        return Reading(None, "NQ-REQUIRED")
    if fault := next((each for each in readings if each.value is None), None):
        return fault
    joined = ";".join(dict.fromkeys(each.value or "" for each in readings))
    return Reading(joined, "NQ-N-LIST" if joined != text else None)


def _plain(text: str, column: Field) -> Meaning:
    if column.maximum is not None and len(text) > column.maximum:
        code = "NQ-NOTE-LONG" if column.type is FieldType.TEXT else "NQ-TEXT-LONG"
        return Meaning(text, code, {"length": len(text)}, told=text[:60])
    return Meaning(text)


def _choices(column: Field) -> Reader:
    known = {_key(name): c.code for c in column.choices for name in (c.code, c.title.zh, c.title.en, *c.aliases)}

    def read(text: str) -> Meaning:
        code = known.get(_key(text))
        if code is None:
            return Meaning(None, "NQ-CHOICE", told=text)
        return Meaning(code, changes=("NQ-N-CHOICE",) if code != text else ())

    return read


def _key(wording: str) -> str:
    return "".join(unicodedata.normalize("NFKC", wording).split()).casefold()


def marker_names(column: Field) -> dict[str, str]:
    """By compared name, the code of the marker that it stands for."""
    return {_key(name): m.code for m in column.markers for name in (m.code, *m.aliases)}


class Wordings:
    """A column of names, held against the list of skills or technologies where it is here.

    Unlisted names that are the same but for case get the spelling given first.
    """

    def __init__(self, column: Field, listed: Skills | None) -> None:
        self._column, self._listed = column, listed
        self._markers = marker_names(column)
        self._first: dict[str, str] = {}

    def read(self, text: str) -> Meaning:
        if self._column.is_list:
            return self._several(text)
        if (marker := self._markers.get(_key(text))) is not None:
            return Meaning(marker, changes=("NQ-N-MARKER",) if marker != text else ())
        if (long := _plain(text, self._column)).finding or self._listed is None:
            return long
        if len(several := self._listed_in(text, self._listed)) > 1:
            return Meaning(None, "NQ-SEVERAL", {"count": len(several), "names": "、".join(several)}, told=text)
        return self._as_one([text], text)

    def _listed_in(self, text: str, listed: Skills) -> list[str]:
        """The names of different concepts that a cell is made of, where it is made of nothing else."""
        named = [part for each in BETWEEN_NAMES.split(text) if (part := each.strip(BLANKS))]
        if len(named) < 2 or listed.find(text) is not None:
            return []
        found = {known.code: name for name in named if (known := listed.find(name)) is not None}
        return list(found.values()) if all(listed.find(name) for name in named) else []

    def _several(self, text: str) -> Meaning:
        named = parts(text)
        if not named:
            return Meaning(None, "NQ-REQUIRED", told=text)
        if (long := _plain(text, self._column)).finding:
            return long
        joined = ";".join(named)
        found = self._as_one(named, joined) if self._listed is not None else Meaning(joined)
        changes = ("NQ-N-LIST",) if joined != text else ()
        if (
            found.value is not None
            and found.finding is None
            and re.search("[、，,]", joined)
            and not re.search("[;；]", text)
        ):
            return Meaning(found.value, "NQ-LIST-DOUBT", changes=(*changes, *found.changes), told=joined)
        return Meaning(found.value, found.finding, found.more, (*changes, *found.changes), found.told)

    def _as_one(self, named: Iterable[str], cell: str) -> Meaning:
        named = list(named)
        codes = [self._code(each) for each in named]
        if None in codes:
            return Meaning(None, "NQ-WORDING", {"name": named[codes.index(None)]}, told=cell)
        joined = ";".join(dict.fromkeys(code for code in codes if code is not None))
        if joined == cell:
            return Meaning(joined)
        if self._column.maximum is not None and len(joined) > self._column.maximum:
            return Meaning(None, "NQ-TEXT-LONG", {"length": len(joined)}, told=cell)
        is_listed = any(
            code != each and self._listed is not None and self._listed.find(code or "")
            for code, each in zip(codes, named, strict=True)
        )
        return Meaning(joined, changes=("NQ-N-SKILL" if is_listed else "NQ-N-WORDING",))

    def _code(self, wording: str) -> str | None:
        """The code of what it certainly names; of more wordings than anybody has, the later ones stay as spelled."""
        if self._listed is not None and len(self._first) < MOST_VARIED:
            known = certain(wording, self._listed)
        else:
            known = None if self._listed is None else exact(wording, self._listed)
        if known is not None:
            return known.code
        return self._first.setdefault(folded(wording), spelled(wording)) if is_readable(wording) else None


def parts(text: str) -> list[str]:
    """What stands between the separators of a list, each once, in order."""
    return list(dict.fromkeys(part for each in re.split("[;；]", text) if (part := each.strip(BLANKS))))
