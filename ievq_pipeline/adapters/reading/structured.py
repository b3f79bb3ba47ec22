"""JSON and JSON Lines → blocks of text. The file is parsed twice: for its keys, then for its rows."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from operator import itemgetter
from typing import Any

import polars as pl

from ievq_pipeline.adapters.reading import encoding, layout
from ievq_pipeline.adapters.reading.json_text import Bad, Broken, JsonText, NotANumber, decoded, elements, lines
from ievq_pipeline.adapters.reading.source import (
    BLANKS,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    ROW,
    Block,
    Facts,
    Source,
    Unreadable,
    over,
)
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

#: rows of a block: as Python's objects they take several times the place of a frame
BLOCK_ROWS = 50_000
MOST_SHAPES = 10_000
ROWS_CAP = Text(f"最多 {MOST_ROWS:,} 行", f"at most {MOST_ROWS:,} rows")
COLUMNS_CAP = Text(f"最多 {MOST_COLUMNS} 列", f"at most {MOST_COLUMNS} columns")
NO_OBJECT = Text("不是带键的对象", "it is no object with keys")
ONE_OBJECT = Text("一个对象，其中没有这样的数组", "one object without such an array")
NO_RECORDS = Text("没有记录的内容", "something without records in it")
#: what can't be kept as text: half of a character, and NUL
NO_TEXT = "\ufffd"

Elements = Callable[[], Iterator[tuple[int, Any]]]
Keys = tuple[str, ...]
_Plan = tuple[list[int], Callable[[Sequence[Any]], Sequence[Any]], bool]


def open_json(data: bytes, contract: Contract, *, wrapper: str | None = None) -> Source:
    """Read an array of flat objects, or an object that holds one. Raises Unreadable; a row is the 1-based element."""
    found = encoding.encoding_of(data)

    def every() -> Iterator[tuple[int, Any]]:
        return enumerate(elements(JsonText(decoded(data, found))), start=1)

    return _opened(data, contract, Facts("json", wrapper, found), every)


def open_json_lines(data: bytes, contract: Contract, *, wrapper: str | None = None) -> Source:
    """Read one flat object a line. Raises Unreadable; a row is the line, and a line that is no object is a finding."""
    found = encoding.encoding_of(data)
    return _opened(data, contract, Facts("jsonl", wrapper, found), lambda: lines(decoded(data, found)))


def _opened(data: bytes, contract: Contract, facts: Facts, every: Elements) -> Source:
    try:
        keys = _surveyed(every())
    except Broken as broken:
        raise _refusal(broken) from broken
    known = layout.names(contract)
    used: dict[str, str] = {}  # each column by the key that stood first
    for name in keys:
        used.setdefault(layout.column(name, known) or name, name)
    head = layout.header(None, list(used.values()), contract)
    if not head.positions:
        if facts.encoding == "gb18030":  # bytes of many other encodings can be read as GB18030 too
            raise encoding.unsure(data)
        if not keys or (facts.format == "json" and next(decoded(data, facts.encoding or "")).lstrip().startswith("{")):
            raise _shape(ONE_OBJECT if keys else NO_RECORDS)
    reader = _Reader(contract, list(head.positions), known)
    return Source(facts, head.cells, head.positions, reader.blocks(every()), head.findings, has_cells=False)


def _refusal(broken: Broken) -> Unreadable:
    if not broken.line:
        return _shape(broken.what)
    more = {"line": broken.line, "place": broken.place, **_both(broken.what)}
    return Unreadable(Finding("NQ-JSON-SYNTAX", parameters=more))


def _both(what: Text) -> dict[str, object]:
    return {"what_zh": what.zh, "what_en": what.en}


def _shape(what: Text) -> Unreadable:
    return Unreadable(Finding("NQ-JSON-SHAPE", parameters=_both(what)))


def _surveyed(every: Iterator[tuple[int, Any]]) -> list[str]:
    """The keys in the order in which they come. Raises Broken and Unreadable."""
    keys: dict[str, None] = {}
    shapes: set[Keys] = set()
    for count, (_, value) in enumerate(every, start=1):
        if type(value) is tuple and (shape := tuple([key for key, _ in value])) not in shapes:
            keys |= dict.fromkeys(shape)
            if len(shapes) < MOST_SHAPES:
                shapes.add(shape)
            if len([key for key in keys if key.strip(BLANKS)]) > MOST_COLUMNS:
                raise over(COLUMNS_CAP)
        if count > MOST_ROWS:
            raise over(ROWS_CAP)
    return list(keys)


@dataclass(slots=True)
class _Rows:
    """Rows of a block, as they come; `cells` by column, in the order of `codes`."""

    numbers: list[int] = field(default_factory=list)
    cells: list[Sequence[Any]] = field(default_factory=list)
    faults: list[Finding] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


class _Reader:
    """Records → blocks, under the columns that the file has."""

    def __init__(self, contract: Contract, codes: list[str], known: dict[str, str]) -> None:
        self._fields = [contract.field(code) for code in codes]
        self._places = {code: place for place, code in enumerate(codes)}
        self._known = known
        self._plans: dict[Keys, _Plan] = {}

    def blocks(self, every: Iterator[tuple[int, Any]]) -> Iterator[Block]:
        rows = _Rows()
        for number, value in every:
            if type(value) is tuple:
                self._take(number, value, rows)
            elif value is not None:  # null holds nothing
                bad = value if isinstance(value, Bad) else Bad(_shown(value), NO_OBJECT)
                rows.faults.append(Finding("NQ-JSON-RECORD", number, value=bad.shown, parameters=_both(bad.what)))
                rows.unread.append(number)
                rows.numbers.append(number)
                rows.cells.append([None] * len(self._fields))
            if len(rows.numbers) == BLOCK_ROWS:
                yield self._block(rows)
                rows = _Rows()
        if rows.numbers:
            yield self._block(rows)

    def _take(self, number: int, record: tuple[tuple[str, Any], ...], rows: _Rows) -> None:
        if not record:
            return
        keys, values = zip(*record, strict=True)
        places, cells_of, is_doubled = self._plans.get(keys) or self._plan(keys)
        cells = cells_of((*values, None))
        if all(map(_is_blank, cells)) and all(map(_is_blank, values)):
            return  # a blank row is no row
        if is_doubled:
            cells = list(cells)
            self._settle(number, places, record, cells, rows)
        rows.numbers.append(number)
        rows.cells.append(cells)

    def _plan(self, keys: Keys) -> _Plan:
        """By key its column's place, or -1; and what picks the columns' cells from values that end with None."""
        places = [self._places.get(layout.column(key, self._known) or "", -1) for key in keys]
        order = [places.index(place) if place in places else -1 for place in range(len(self._fields))]
        ours = [place for place in places if place >= 0]
        pick = itemgetter(*order) if len(order) > 1 else lambda values: tuple(values[at] for at in order)
        plan = places, pick, len(set(ours)) < len(ours)
        if len(self._plans) < MOST_SHAPES:
            self._plans[keys] = plan
        return plan

    def _settle(
        self, number: int, places: list[int], record: tuple[tuple[str, Any], ...], cells: list[Any], rows: _Rows
    ) -> None:
        """Keys of one column that stand twice: the value where they agree, or only one has any; else a fault."""
        for place in {place for place in places if place >= 0 and places.count(place) > 1}:
            given = [
                value for at, (_, value) in zip(places, record, strict=True) if at == place and not _is_blank(value)
            ]
            cells[place] = given[0] if given else None
            if any(value != given[0] for value in given[1:]):
                cells[place] = None
                told = "; ".join(dict.fromkeys(_shown(value) for value in given))
                rows.faults.append(Finding("NQ-JSON-KEY-TWICE", number, self._fields[place].code, None, told))

    def _block(self, rows: _Rows) -> Block:
        columns = zip(*rows.cells, strict=True)
        series = [self._column(place, column, rows) for place, column in enumerate(columns)]
        cells = pl.DataFrame([pl.Series(ROW, rows.numbers, pl.Int64), *series])
        rows.faults.sort(key=lambda fault: fault.row or 0)
        return Block(cells, rows.faults, unread=frozenset(rows.unread))

    def _column(self, place: int, values: Sequence[Any], rows: _Rows) -> pl.Series:
        code = self._fields[place].code
        try:
            series = pl.Series(code, values, pl.String)
            is_plain = not series.str.contains("\0", literal=True).any()
        except (TypeError, UnicodeEncodeError):
            is_plain = False
        if not is_plain:
            series = pl.Series(code, [self._text(place, at, value, rows) for at, value in enumerate(values)], pl.String)
        lengths = series.str.len_chars()
        if (lengths.max() or 0) > LONGEST_CELL:  # type: ignore[operator]
            row = rows.numbers[int((lengths > LONGEST_CELL).arg_max() or 0)]
            raise Unreadable(Finding("NQ-CELL-LONG", row, parameters={"cap": f"{LONGEST_CELL:,}"}))
        return series

    def _text(self, place: int, at: int, value: Any, rows: _Rows) -> str | None:
        """The value as a cell of text holds it; null, and a fault, where it is none."""
        if value is None:
            return None
        if type(value) is bool:
            return "TRUE" if value else "FALSE"
        column = self._fields[place]
        if type(value) is list and column.is_list and all(type(one) is str or one is None for one in value):
            value = ";".join(one for one in value if one)
        if type(value) is str and _is_text(value):
            return value
        rows.faults.append(Finding("NQ-JSON-VALUE", rows.numbers[at], column.code, None, _shown(value)))
        return None


def _is_blank(value: Any) -> bool:
    return value is None or (type(value) is str and not value.strip(BLANKS)) or value in ([], ())


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in value


def _shown(value: Any) -> str:
    """As much of a value as a finding repeats; what is nested in it is only hinted at."""
    if type(value) is str:
        return value[:60].encode(errors="replace").decode().replace("\0", NO_TEXT)
    if type(value) is bool or value is None:
        return "null" if value is None else str(value).lower()
    if type(value) is NotANumber:
        return str(value).replace("nan", "NaN").replace("inf", "Infinity")
    inside = chain(value[:5], ["…"] if len(value) > 5 else [])
    if type(value) is list:
        return "[{}]".format(", ".join("…" if type(one) in (list, tuple) else _shown(one) for one in inside))
    return "{{{}}}".format(", ".join("…" if one == "…" else f"{_shown(one[0])}: …" for one in inside))
