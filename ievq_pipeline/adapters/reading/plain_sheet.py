"""Large XLSX sheets of nothing but strings and simple numbers, read by calamine; anything else is for `sheet_xml.py`.

calamine is several times as fast. It stops the process on cells far apart, and reads formulas without value, dates and
long numbers in its own way (docs/decisions/0024-workbooks.md). So a sheet goes to it only if each of its cells is of a
sort that is known to be read alike, and what it leaves is counted against what the sheet holds.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import polars as pl

from ievq_pipeline.adapters.reading.book import Book
from ievq_pipeline.adapters.reading.cells import Look
from ievq_pipeline.adapters.reading.grid import LAST_ROW, Grid, Slab
from ievq_pipeline.adapters.reading.package import MB
from ievq_pipeline.adapters.reading.sheet_around import read_around
from ievq_pipeline.adapters.reading.source import BLOCK_ROWS, LONGEST_CELL, ROW

#: smaller sheets are read exactly: it takes a tenth of a second
PLAIN_FROM = 2 * MB
#: sheets wider than this, or with more than so many places for each cell that is filled, are read exactly
WIDEST, PLACES_A_CELL = 78, 4
PIECE = 2 * MB
BEGIN, END = b"<sheetData>", b"</sheetData>"
#: how the tags in a plain sheet's data go on after `<`: cells, values, rows, strings in cells, and ends of them; so no
#: formulas, comments, CDATA or runs
TAGS = np.zeros(256, np.bool_)
TAGS[[*b"cvrit/"]] = True
CELL = re.compile(rb'<c r="([A-Z]{1,2})[0-9]{1,7}"([^>]*)>')
ROW_TAG = re.compile(rb"<row ([^>]*)>")
ROW_NUMBER = re.compile(rb'(?:^| )r="([0-9]{1,7})"')
ATTRIBUTE = re.compile(rb' ([a-z]+)="([^"]*)"')
SHARED = re.compile(rb"<sst[^>']*>")
UNIQUE = re.compile(rb'uniqueCount(?:="([0-9]{1,18})")?')
HIDDEN = re.compile(rb' hidden="(?:1|true)"')
#: an integer of up to 15 digits, or a fraction of up to 15; minus zero is left out
SIMPLE = re.compile(rb"(?:-(?=.*[1-9]))?(?:0|[1-9][0-9]{0,14}|(?=[0-9.]{3,16}$)(?:0|[1-9][0-9]*)\.[0-9]+)")


@dataclass(slots=True)
class Survey:
    """What was counted in a sheet that is plain so far."""

    values: int = 0
    last_row: int = 0
    #: the last row that holds anything
    last_filled: int = 0
    columns: set[bytes] = field(default_factory=set)
    signatures: set[bytes] = field(default_factory=set)
    hidden_rows: list[int] = field(default_factory=list)


def open_plain(book: Book, part: str, name: str, data: bytes) -> Grid | None:
    """The sheet as calamine reads it, or None if that is not certain to be right."""
    if book.package.size(part) < PLAIN_FROM or not _are_strings_plain(book):
        return None
    survey = Survey()
    if not _survey(book, part, survey) or not survey.values:
        return None
    frame = _read(data, name, survey)
    if frame is None:
        return None
    pieces = (Slab(frame[at : at + BLOCK_ROWS]) for at in range(0, frame.height, BLOCK_ROWS))
    around = read_around(book, part)
    return Grid(pieces, around.merged, around.hidden_columns, set(survey.hidden_rows))


def _survey(book: Book, part: str, survey: Survey) -> bool:
    """Whether the sheet's data are plain: all whole rows between the tags of its data."""
    rest, is_inside = b"", False
    for chunk in book.package.chunks(part, PIECE):
        rest += chunk
        if not is_inside:
            head, begin, rest = rest.partition(BEGIN)
            if not begin or b"<worksheet" not in head or b"<!" in head or b"\x00" in head:
                return False
            is_inside = True
        end = rest.find(END)
        cut = end if end >= 0 else rest.rfind(b"<row ")
        if cut < 0 or not _add(rest[:cut], book, survey):
            return False
        if end >= 0:
            return True
        rest = rest[cut:]
    return False


def _add(piece: bytes, book: Book, survey: Survey) -> bool:
    """Count whole rows; False if any of their cells is not plain."""
    tags = _tags(piece)
    if tags is None or b"='" in piece:
        return False
    cells = CELL.findall(piece)
    if len(cells) != tags.cells:
        return False
    for column, signature in set(cells):
        survey.columns.add(column)
        if signature not in survey.signatures:
            if not _is_plain(signature, book):
                return False
            survey.signatures.add(signature)
    survey.values += tags.values + piece.count(b"<is>")
    rows = ROW_TAG.findall(piece)
    if len(rows) != tags.rows:
        return False
    for attributes in rows:
        number = ROW_NUMBER.search(attributes)
        if number is None or not survey.last_row < int(number[1]) <= LAST_ROW:
            return False
        survey.last_row = int(number[1])
        if HIDDEN.search(b" " + attributes):
            survey.hidden_rows.append(survey.last_row)
    value = max(piece.rfind(b"<v>"), piece.rfind(b"<is>"))
    if value >= 0:
        number = ROW_NUMBER.search(piece, piece.rfind(b"<row ", 0, value), value)
        survey.last_filled = int(number[1]) if number else survey.last_row
    return True


def _is_plain(signature: bytes, book: Book) -> bool:
    """Of a cell's attributes after its address: a string, an empty cell, or a number shown as it is."""
    if signature.endswith(b"/"):
        return True
    attributes = dict(ATTRIBUTE.findall(signature))
    if sum(len(name) + len(value) + 4 for name, value in attributes.items()) != len(signature):
        return False
    if not attributes.keys() <= {b"s", b"t"}:
        return False
    kind = attributes.get(b"t", b"n")
    if kind == b"n":
        style = attributes.get(b"s")
        return book.format(None if style is None else style.decode("ascii", "replace")).look is Look.PLAIN
    return kind in {b"s", b"inlineStr"}


class Tags(NamedTuple):
    """How many rows, cells and values begin in a piece."""

    rows: int
    cells: int
    values: int


def _tags(piece: bytes) -> Tags | None:
    """None if the piece has other tags than plain ones, or a value that not all readers write alike."""
    characters = np.frombuffer(piece + b"  ", np.uint8)
    opening = np.flatnonzero(characters == ord("<"))
    first, second = characters[opening + 1], characters[opening + 2]
    if not TAGS[first].all() or (second[first == ord("r")] != ord("o")).any():
        return None
    is_value = first == ord("v")
    if is_value.any():
        is_value[-1] = False  # a value is followed by its end
        begins, ends = opening[is_value] + 3, opening[1:][is_value[:-1]]
        if (second[is_value] != ord(">")).any() or not _are_simple(piece, characters, begins, ends):
            return None
    return Tags(int((first == ord("r")).sum()), int((first == ord("c")).sum()), int(is_value.sum()))


def _are_simple(piece: bytes, characters: np.ndarray, begins: np.ndarray, ends: np.ndarray) -> bool:
    """Whether every value is an index or a number that all readers write alike; numpy finds the few that may not be."""
    lengths = ends - begins
    if lengths.size and not 1 <= lengths.min() <= lengths.max() <= 24:
        return False
    is_doubtful = (lengths > 15) | ((characters[begins] == ord("0")) & (lengths > 1))
    for place in range(int(min(lengths.max(initial=0), 15))):
        digit = characters[begins + np.minimum(place, lengths - 1)]
        is_doubtful |= (digit < ord("0")) | (digit > ord("9"))
    doubtful = zip(begins[is_doubtful].tolist(), ends[is_doubtful].tolist(), strict=True)
    return all(SIMPLE.fullmatch(piece, begin, end) for begin, end in doubtful)


def _are_strings_plain(book: Book) -> bool:
    """Whether the shared strings are written so that calamine reads them alike. It makes room for as many as the part
    says that it holds, before it looks: a part that says too much would end the process."""
    if book.strings_part is None:
        return True
    said: list[int] = []
    held = 0
    for number, chunk in enumerate(book.package.chunks(book.strings_part)):
        if number == 0:
            head = SHARED.search(chunk[:2_000])
            if head is None or b"\x00" in chunk[:2_000]:
                return False
            said = [int(count or b"9" * 18) for count in UNIQUE.findall(head[0])]
        if b"<!" in chunk or b"<rPh" in chunk or b"\r" in (chunk[200:] if number == 0 else chunk):
            return False
        held += chunk.count(b"<si")
    return all(count <= held + 10_000 for count in said)


def _read(data: bytes, name: str, survey: Survey) -> pl.DataFrame | None:
    """What calamine reads, if it is as many cells, within the same rows and columns, as were counted."""
    width = max(_place(column) for column in survey.columns) + 1
    if width > WIDEST or width * survey.last_filled > PLACES_A_CELL * survey.values + 100_000:
        return None
    import fastexcel  # takes its time, and few sheets need it

    try:
        sheet = fastexcel.read_excel(data).load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        frame = pl.DataFrame(sheet)
    except (fastexcel.FastExcelError, pl.exceptions.PolarsError, ValueError):
        return None
    places = [column.absolute_index for column in sheet.available_columns()]
    if frame.height > survey.last_filled or not places or max(places) >= width:
        return None
    frame.columns = [str(place) for place in places]
    filled = sum(frame.height - column.null_count() for column in frame)
    is_long = any((column.str.len_chars() > LONGEST_CELL).any() for column in frame)
    if filled != survey.values or is_long:
        return None
    return frame.with_row_index(ROW, offset=1).cast({ROW: pl.Int64})


def _place(column: bytes) -> int:
    place = 0
    for letter in column:
        place = place * 26 + letter - 64
    return place - 1
