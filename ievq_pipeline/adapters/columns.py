"""Columns of text → typed columns, a block at a time: what every cell means, what is wrong, and what was changed.

Cells that stand for few different things (codes, names, quarters) are turned into numbers first, so that a cell costs a
look into a table; only different ones are read. Numbers are cast, and only those that resist are read.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import polars as pl
from numpy.typing import NDArray

from ievq_pipeline.adapters.cell_checks import NOTHING, Meaning, Reader, integer, meaning, unmarked
from ievq_pipeline.adapters.findings import SCHEMA, parameters_of, told
from ievq_pipeline.adapters.reading.source import BLANKS, Normalised
from ievq_pipeline.domain.contracts.model import Field, FieldType
from ievq_pipeline.domain.finding import address
from ievq_pipeline.domain.skill import NO_NAMES

Places = NDArray[np.intp]


@dataclass(slots=True)
class Changes:
    """Of one column: by code how many cells were changed without doubt, and the first of them."""

    column: str
    position: int | None
    has_cells: bool
    counted: dict[str, Normalised] = field(default_factory=dict)

    def count(self, code: str, many: int, row: int, before: str, after: str) -> None:
        if code in self.counted:
            first = self.counted[code]
            self.counted[code] = Normalised(
                code, first.column, first.count + many, first.cell, first.before, first.after
            )
        else:
            cell = address(row, self.position) if self.has_cells and self.position is not None else None
            self.counted[code] = Normalised(code, self.column, many, cell, told(before) or "", told(after) or "")


@dataclass(slots=True)
class Typed:
    """A typed column of a block: null where bad, "" where an optional text is empty. `findings` are as in SCHEMA."""

    values: pl.Series
    findings: pl.DataFrame


class Column(Protocol):
    """One column of a file, for as long as its blocks last."""

    changes: Changes

    def take(self, cells: pl.Series, rows: pl.Series, excused: Collection[int]) -> Typed:
        """`excused` are places of cells that may be empty although the column is required."""
        ...


def _findings(
    rows: pl.Series, places: Places, codes: pl.Series, changes: Changes, values: pl.Series, parameters: pl.Series
) -> pl.DataFrame:
    """One finding for each place."""
    column, position = changes.column, changes.position
    return pl.DataFrame(
        {
            "code": codes,
            "row": rows.gather(places),
            "column": pl.repeat(column, len(places), dtype=pl.String, eager=True),
            "position": pl.repeat(position, len(places), dtype=pl.Int32, eager=True),
            "value": values,
            "parameters": parameters,
        }
    ).cast(SCHEMA)  # type: ignore[arg-type]


NONE_FOUND = pl.DataFrame(schema=SCHEMA)


class Wordbook:
    """A column whose cells stand for few different things. Values are categories, the same through all blocks."""

    def __init__(self, column: Field, read: Reader, changes: Changes) -> None:
        self._column, self._read, self.changes = column, read, changes
        self._cells = pl.Categorical(pl.Categories.random())
        self.dtype = pl.Categorical(pl.Categories.random())
        # categories are forgotten as soon as no series has them
        self._kept = [pl.Series([""], dtype=pl.String).cast(each) for each in (self._cells, self.dtype)]
        #: the values that cells mean, from 2 on; 0: none, 1: empty
        self._values: dict[str | None, int] = {None: 0, "": 1}
        self._meanings: list[Meaning] = [Meaning(None)]
        self._is_known = np.zeros(0, dtype=bool)
        #: the cells looked at last, as categories and as their numbers: they are asked for more than once
        self._latest = self._kept[0], self._kept[0], np.zeros(0, dtype=np.uint32)
        #: by category of a cell: its value, and its place among the meanings that have to be told
        self._value_at = np.zeros(0, dtype=np.uint32)
        self._finding_at = np.zeros(0, dtype=np.uint32)
        self._change_at = np.zeros(0, dtype=np.uint32)

    def take(self, cells: pl.Series, rows: pl.Series, excused: Collection[int]) -> Typed:
        at = self._known(cells)
        values = self._series(list(self._values)).gather(self._value_at[at]).alias(self.changes.column)
        places = np.flatnonzero(self._finding_at[at])
        if len(excused):
            places = np.array([i for i in places if i not in excused or not self._is_lack(at[i])], dtype=np.intp)
        self._count(at, cells, rows, values)
        return Typed(values, self._told(at, places, rows))

    def submitted(self, cells: pl.Series) -> pl.Series:
        """The cells as they stand in the file, as categories."""
        self._known(cells)
        return self._latest[1]

    def places_of(self, cells: pl.Series, values: Collection[str]) -> set[int]:
        """Of these cells, the places of those that mean one of the values."""
        at = self._known(cells)
        wanted = [self._values[value] for value in values if value in self._values]
        return set(np.flatnonzero(np.isin(self._value_at[at], wanted)).tolist()) if wanted else set()

    def _series(self, values: list[Any]) -> pl.Series:
        return pl.Series(values, dtype=pl.String).cast(self.dtype)

    def _is_lack(self, category: np.uint32) -> bool:
        return bool(self._meanings[self._finding_at[category]].finding == "NQ-REQUIRED")

    def _known(self, cells: pl.Series) -> NDArray[np.uint32]:
        """The category of every cell; new ones are read."""
        if self._latest[0] is cells:
            return self._latest[2]
        categories = cells.fill_null("").cast(self._cells)
        at: NDArray[np.uint32] = categories.to_physical().to_numpy()
        self._latest = cells, categories, at
        most = int(at.max()) + 1 if len(at) else 0
        if most > len(self._is_known):
            more = max(most, 2 * len(self._is_known)) - len(self._is_known)
            self._is_known = np.append(self._is_known, np.zeros(more, dtype=bool))
            self._value_at = np.append(self._value_at, np.zeros(more, dtype=np.uint32))
            self._finding_at = np.append(self._finding_at, np.zeros(more, dtype=np.uint32))
            self._change_at = np.append(self._change_at, np.zeros(more, dtype=np.uint32))
        if self._is_known[:most].all():
            return at
        distinct = categories.unique(maintain_order=True)
        places = distinct.to_physical().to_numpy()
        is_new = ~self._is_known[places]
        if is_new.any():
            for category, cell in zip(places[is_new], distinct.filter(is_new).cast(pl.String), strict=True):
                self._learn(category, cell)
        return at

    def _learn(self, category: np.uint32, cell: str) -> None:
        found = meaning(cell, self._column, self._read)
        self._is_known[category] = True
        self._value_at[category] = self._values.setdefault(found.value, len(self._values))
        if found.finding or found.changes:
            self._meanings.append(found)
            if found.finding:
                self._finding_at[category] = len(self._meanings) - 1
            if found.changes:
                self._change_at[category] = len(self._meanings) - 1

    def _told(self, at: NDArray[np.uint32], places: Places, rows: pl.Series) -> pl.DataFrame:
        if not len(places):
            return NONE_FOUND
        which = self._finding_at[at[places]]
        distinct, inverse = np.unique(which, return_inverse=True)
        found = [self._meanings[i] for i in distinct]
        codes = pl.Series([each.finding for each in found], dtype=pl.String).gather(inverse)
        values = pl.Series([told(each.told) for each in found], dtype=pl.String).gather(inverse)
        more = pl.Series([parameters_of(each.more) for each in found], dtype=pl.String).gather(inverse)
        return _findings(rows, places, codes, self.changes, values, more)

    def _count(self, at: NDArray[np.uint32], cells: pl.Series, rows: pl.Series, values: pl.Series) -> None:
        which = self._change_at[at]
        counts = np.bincount(which, minlength=1)
        counts[0] = 0
        many: dict[str, int] = {}
        of: dict[str, list[int]] = {}
        for index in np.flatnonzero(counts).tolist():
            for code in self._meanings[index].changes:
                many[code] = many.get(code, 0) + int(counts[index])
                of.setdefault(code, []).append(index)
        for code, number in many.items():
            # only of the first cell its place is told
            place = 0 if code in self.changes.counted else int(np.argmax(np.isin(which, of[code])))
            self.changes.count(code, number, rows[place], cells[place] or "", values[place] or "")


def _number(text: str) -> tuple[int | None, str | None]:
    """The number that a trimmed cell means, also with a mark that it is text, and what had to be changed."""
    value, change = integer(text)
    if value is None and (bare := unmarked(text)) != text:
        return integer(bare)[0], "NQ-N-TEXT-MARK"
    return value, change


class Numbers:
    """A column of whole numbers."""

    def __init__(self, column: Field, changes: Changes) -> None:
        self._column, self.changes = column, changes

    def take(self, cells: pl.Series, rows: pl.Series, excused: Collection[int]) -> Typed:
        values = cells.cast(pl.Int64, strict=False)
        resisting = (values.is_null() & cells.is_not_null()).arg_true().to_numpy()
        wrong: dict[int, tuple[str, str | None]] = {}
        mended: dict[int, int] = {}
        changed: dict[int, list[str]] = {}
        read: dict[str, tuple[int | None, str | None]] = {}
        empty = set(cells.is_null().arg_true().to_list()) if self._column.required else set()
        for place, cell in zip(resisting.tolist(), cells.gather(resisting).to_list(), strict=True):
            text = cell.strip(BLANKS)
            if not text:
                empty.add(place)
                continue
            value, change = read[text] if text in read else read.setdefault(text, _number(text))
            if value is None:
                wrong[place] = ("NQ-INTEGER", text)
                continue
            mended[place] = value
            changed[place] = [code for code in (change, "NQ-N-BLANKS" if text != cell else None) if code]
        values = values.scatter(list(mended), list(mended.values())) if mended else values
        if self._column.required:
            wrong |= {place: ("NQ-REQUIRED", None) for place in empty if place not in excused}
        for code, is_out in (
            ("NQ-MINIMUM", values < self._column.minimum),
            ("NQ-MAXIMUM", values > self._column.maximum),
        ):
            for place in is_out.fill_null(value=False).arg_true():
                wrong[place] = (code, (cells[place] or "").strip(BLANKS))
        for place, code in ((place, code) for place, found in changed.items() if place not in wrong for code in found):
            self.changes.count(code, 1, rows[place], cells[place] or "", str(mended[place]))
        if not wrong:
            return Typed(values.alias(self.changes.column), NONE_FOUND)
        places = np.array(sorted(wrong), dtype=np.intp)
        codes = pl.Series([wrong[i][0] for i in places.tolist()], dtype=pl.String)
        shown = pl.Series([told(wrong[i][1]) for i in places.tolist()], dtype=pl.String)
        found = _findings(
            rows, places, codes, self.changes, shown, pl.repeat(None, len(places), dtype=pl.String, eager=True)
        )
        return Typed(values.scatter(places, None).alias(self.changes.column), found)


#: as `domain.skill.is_readable`, for many at once: a letter or digit, and every character decoded
NAMED = r"^[^\x{FFFD}]*[\pL\pN][^\x{FFFD}]*$"


class Texts:
    """A column of free words."""

    def __init__(self, column: Field, changes: Changes) -> None:
        self._column, self.changes = column, changes

    def take(self, cells: pl.Series, rows: pl.Series, excused: Collection[int]) -> Typed:
        raw = cells.fill_null("")
        values = raw.str.strip_chars(BLANKS)
        if len(changed := ((values != raw) & (values != "")).arg_true()):
            first = changed[0]
            self.changes.count("NQ-N-BLANKS", len(changed), rows[first], raw[first], values[first])
        values = self._without_marks(values, rows)
        wrong: dict[int, tuple[str, str | None, str | None]] = {}
        if self._column.required:
            lacking = (values == "").arg_true()
            wrong = {place: ("NQ-REQUIRED", None, None) for place in lacking if place not in excused}
            if self._column.type is FieldType.WORDING:
                unread = ~values.str.contains(NAMED) | values.str.to_uppercase().is_in(sorted(NO_NAMES))
                for place in (unread & (values != "")).arg_true():
                    wrong[place] = ("NQ-WORDING", values[place], parameters_of({"name": values[place]}))
        if self._column.maximum and (values.str.len_bytes().max() or 0) > self._column.maximum:  # type: ignore[operator]
            code = "NQ-NOTE-LONG" if self._column.type is FieldType.TEXT else "NQ-TEXT-LONG"
            lengths = values.str.len_chars()
            for place in (lengths > self._column.maximum).arg_true():
                wrong[place] = (code, values[place][:60], parameters_of({"length": lengths[place]}))
        if not wrong:
            return Typed(values.alias(self.changes.column), NONE_FOUND)
        places = np.array(sorted(wrong), dtype=np.intp)
        codes, shown, more = (
            pl.Series([wrong[i][part] for i in places.tolist()], dtype=pl.String) for part in range(3)
        )
        return Typed(values.alias(self.changes.column), _findings(rows, places, codes, self.changes, shown, more))

    def _without_marks(self, values: pl.Series, rows: pl.Series) -> pl.Series:
        """The cells without marks that they are text, and names of nothing where nothing is asked for."""
        if len(marked := values.str.starts_with('="').arg_true()):
            bare = [unmarked(value) for value in values.gather(marked)]
            self.changes.count("NQ-N-TEXT-MARK", len(marked), rows[marked[0]], values[marked[0]], bare[0])
            values = values.scatter(marked, bare)
        if self._column.required or self._column.type is FieldType.TEXT:
            return values
        if len(nothing := values.is_in(sorted(NOTHING)).arg_true()):
            self.changes.count("NQ-N-NOTHING", len(nothing), rows[nothing[0]], values[nothing[0]], "")
            values = values.scatter(nothing, "")
        return values
