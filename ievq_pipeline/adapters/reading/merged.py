"""Merged areas among the data: what one cell says for several rows, and what is not certain."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field

import polars as pl

from ievq_pipeline.adapters.reading.damage import damaged
from ievq_pipeline.adapters.reading.grid import Area, address, letters
from ievq_pipeline.adapters.reading.layout import Header
from ievq_pipeline.adapters.reading.source import ROW, Normalised
from ievq_pipeline.domain.contracts.model import Contract, FieldType
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

#: a number in a merged cell may be that of each row or of all together
COUNTS = frozenset({FieldType.INTEGER})
OVERLAP = Text("合并区域 {part} 与其他合并区域重叠", "the merged area {part} overlaps another")


@dataclass(slots=True)
class Filling:
    """Of one column: how many cells took over what the top of their area says, and the first of them."""

    count: int
    cell: str
    text: str


@dataclass(slots=True)
class Merges:
    """The merged areas that touch the data of the contract's columns."""

    areas: list[Area]
    head: Header
    contract: Contract
    #: rows that begin an area as wide as the table
    wide: set[int] = field(default_factory=set)
    _told: dict[str, Filling] = field(default_factory=dict)
    #: by area, what its first cell says: an area may go on in the next block
    _said: dict[Area, str | None] = field(default_factory=dict)
    _touched: int = 0

    def __post_init__(self) -> None:
        below, places = self.head.row or 0, self.head.positions.values()
        first, last = (min(places), max(places)) if places else (0, -1)
        self.areas = sorted(
            place
            for place in self.areas
            if place.top > below and place.left <= last and place.right >= first and place.top <= place.bottom
        )
        if len(self.head.positions) > 2:
            self.wide = {place.top for place in self.areas if place.left <= first and place.right >= last}

    def settle(self, cells: pl.DataFrame) -> tuple[pl.DataFrame, list[Finding]]:
        """Fill down what names something; null with a finding where it is not certain what a cell says."""
        if not self.areas:
            return cells, []
        codes = {at: code for code, at in self.head.positions.items()}
        rows = cells[ROW].to_list()
        values: dict[str, dict[int, str | None]] = {}
        faults: list[Finding] = []
        for place in self.areas:
            begin, end = bisect_left(rows, place.top), bisect_right(rows, place.bottom)
            if begin == end:
                continue
            covered = [at for at in codes if place.left <= at <= place.right]
            self._count((end - begin) * len(covered), rows[-1], place)
            numbers = rows[begin:end]
            top = codes.get(place.left)
            if numbers[0] == place.top and top is not None:
                self._said[place] = cells[top][begin]
            text = self._said.get(place)
            if len(covered) == 1 and top is not None and self.contract.field(top).type not in COUNTS:
                if text:
                    self._fill(place, top, [row for row in numbers if row != place.top], text, values)
            elif text or top is None:
                faults += [
                    Finding("NQ-MERGED", row, codes[at], at, text, {"area": address(place)})
                    for row in numbers
                    for at in covered
                ]
                for at in covered:
                    values.setdefault(codes[at], {}).update(dict.fromkeys(numbers))
        return _put(cells, values), faults

    def filled(self) -> list[Normalised]:
        return [Normalised("NQ-N-MERGED", code, f.count, f.cell, "", f.text) for code, f in self._told.items()]

    def _fill(
        self, place: Area, code: str, rows: list[int], text: str, values: dict[str, dict[int, str | None]]
    ) -> None:
        if not rows:
            return
        values.setdefault(code, {}).update(dict.fromkeys(rows, text))
        told = self._told.setdefault(code, Filling(0, f"{letters(place.left)}{rows[0]}", text))
        told.count += len(rows)

    def _count(self, touched: int, last_row: int, place: Area) -> None:
        """Areas that overlap could touch each cell as often as there are areas; spreadsheet programs allow none."""
        self._touched += touched
        if self._touched > last_row * len(self.head.positions):
            raise damaged(OVERLAP, address(place))


def _put(cells: pl.DataFrame, values: Mapping[str, Mapping[int, str | None]]) -> pl.DataFrame:
    """The same cells with other values in some rows."""
    columns = []
    for code, by_row in values.items():
        rows = cells[ROW].to_list()
        texts = cells[code].to_list()
        columns.append(
            pl.Series(code, [by_row.get(row, text) for row, text in zip(rows, texts, strict=True)], pl.String)
        )
    return cells.with_columns(columns)
