"""CSV, TSV and files with semicolons → blocks of text, quickly where that is certain, else record by record.

The quick way is polars's parser over pieces of whole lines. It is taken where every line has an even number of
quotation marks and no more cells than the head of the file; all other pieces go through Python's `csv`, whose answer is
the same.
"""

import csv
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from ievq_pipeline.adapters.reading import encoding, layout
from ievq_pipeline.adapters.reading.grand_total import MAY_BE_LABEL, is_sum
from ievq_pipeline.adapters.reading.head import HEAD, SEPARATORS, looks, shape_of
from ievq_pipeline.adapters.reading.lines import Lines
from ievq_pipeline.adapters.reading.notes import MOST_NOTES
from ievq_pipeline.adapters.reading.source import (
    BLANKS,
    BLOCK_ROWS,
    LONGEST_CELL,
    MOST_COLUMNS,
    MOST_ROWS,
    ROW,
    Block,
    Facts,
    Source,
    Unreadable,
    over,
    refuse,
)
from ievq_pipeline.adapters.reading.swallowed import swallowed
from ievq_pipeline.adapters.reading.text_rows import Row, TextRows
from ievq_pipeline.domain.contracts.model import Contract, FieldType
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

#: bytes of a cell that may hold nothing but blanks; longer ones are looked at as data
LONGEST_BLANK = 12
#: what programs of old write behind the last line
END_MARK = b"\x1a"
BINARY = Text("二进制数据", "binary data")
ROWS_CAP = Text(f"最多 {MOST_ROWS:,} 行", f"at most {MOST_ROWS:,} rows")
COLUMNS_CAP = Text(f"最多 {MOST_COLUMNS} 列", f"at most {MOST_COLUMNS} columns")


def open_text(data: bytes, contract: Contract, *, wrapper: str | None = None) -> Source:
    """Read a table of separated values. Raises Unreadable, also while its blocks are walked."""
    nothing = b" \t\r\n\xef\xbb\xbf,;"
    if not data[:HEAD].strip(nothing) and not data.strip(nothing):
        raise Unreadable(Finding("NQ-FILE-EMPTY"))
    data = data.removesuffix(END_MARK)
    found = encoding.encoding_of(data)
    if found != "utf-16" and b"\x00" in data[:HEAD]:
        if seems := looks(data, contract):
            raise encoding.unsure(data, looks=seems)
        refuse(BINARY)
    pieces = _broken_lines(encoding.utf8_pieces(data, found))
    head = next(pieces, b"")
    shape = shape_of(head[:HEAD].decode("utf-8", "ignore"), contract)
    if shape is None:
        raise Unreadable(Finding("NQ-FILE-EMPTY"))
    if found == "gb18030" and not shape.header.positions:  # bytes of many other encodings can be read as GB18030 too
        raise encoding.unsure(data, looks=looks(data, contract))
    if len([name for name in shape.header.cells if name.strip(BLANKS)]) > MOST_COLUMNS:
        raise over(COLUMNS_CAP)
    facts = Facts(SEPARATORS[shape.separator], wrapper, found, None, shape.header.row)
    text = TextRows(contract, shape, _chain(head[shape.offset :], pieces), row=shape.header.row or 0)
    source = Source(facts, shape.header.cells, shape.header.positions, _blocks(text), shape.header.findings)
    source.normalised, source.sums = text.normalised, text.sums
    return source


def _chain(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from rest


def _broken_lines(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces, with line feeds where old programs wrote carriage returns only."""
    for piece in pieces:
        yield piece if b"\n" in piece or b"\r" not in piece else piece.replace(b"\r", b"\n")


def _blocks(text: TextRows) -> Iterator[Block]:
    """The blocks; the last rows of the file are held back until it is clear which of them are notes.

    The last line is often a block of its own, since no line feed ends it.
    """
    held: list[Block] = []
    for block in _parsed(text):
        if block.cells.is_empty():
            continue
        held.append(block)
        while sum(each.cells.height for each in held[1:]) >= MOST_NOTES:
            yield held.pop(0)
    end = text.end_of_data()
    for block in held:
        kept = block if end is None else _until(block, end)
        if kept.cells.height:
            yield kept


def _until(block: Block, row: int) -> Block:
    """The rows before that one."""
    faults = [fault for fault in block.faults if (fault.row or 0) < row]
    return replace(block, cells=block.cells.filter(pl.col(ROW) < row), faults=faults)


def _parsed(text: TextRows) -> Iterator[Block]:
    lines = Lines(text.pieces)
    try:
        while whole := _some(lines.whole()):
            frame = _quick(text, whole)
            if frame is None:
                yield from _by_record(text, lines, len(whole))
            else:
                lines.drop(len(whole))
                yield _block(text, frame, whole)
    except csv.Error:  # the reader has a cap of its own on a cell
        _too_long(text.row + 1)


def _some(lines: bytes) -> bytes:
    """As many whole lines as a block has rows at most: short ones, parsed, take many times their bytes."""
    if lines.count(b"\n") <= BLOCK_ROWS:
        return lines
    return lines[: int(np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n"))[BLOCK_ROWS - 1]) + 1]


def _quick(text: TextRows, lines: bytes) -> pl.DataFrame | None:
    """The cells of whole lines, columns named by position; None where only a reader of records is sure."""
    if b"\x00" in lines:
        refuse(BINARY)
    has_marks = b'"' in lines
    if len(text.shape.separator.encode()) > 1 or (has_marks and not _are_paired(lines)) or _has_long_line(lines):
        return None
    if b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n"):
        return None
    try:
        frame = pl.read_csv(
            lines,
            has_header=False,
            infer_schema=False,
            schema={str(at): pl.String() for at in range(text.width)},
            separator=text.shape.separator,
            quote_char='"' if has_marks else None,
            missing_columns="insert",
        )
    except pl.exceptions.PolarsError:
        return None
    return frame


def _has_long_line(lines: bytes) -> bool:
    """Whether a line may hold a cell over the cap: so many bytes without a line break."""
    return any(lines.find(b"\n", at, at + LONGEST_CELL) < 0 for at in range(0, len(lines) - LONGEST_CELL, LONGEST_CELL))


def _are_paired(lines: bytes) -> bool:
    """Whether every line has an even number of quotation marks."""
    seen = np.frombuffer(lines, np.uint8)
    marks, breaks = np.flatnonzero(seen == ord('"')), np.flatnonzero(seen == ord("\n"))
    return not np.any(np.searchsorted(marks, breaks) % 2) and len(marks) % 2 == 0


def _block(text: TextRows, frame: pl.DataFrame, lines: bytes) -> Block:
    first, positions = text.row + 1, text.shape.header.positions
    _count(text, frame.height)
    numbers = pl.int_range(first, first + frame.height, eager=True, dtype=pl.Int64).alias(ROW)
    frame = frame.with_columns(numbers)
    frame = frame.filter(~_are_no_rows(text, frame))
    faults = _wide(text, frame)
    if frame.height:
        last = frame.tail(MOST_NOTES).select(ROW, pl.exclude(ROW).fill_null(""))
        text.remember([(row, cells) for row, *cells in last.iter_rows()])

    def short(rows: Collection[int]) -> frozenset[int]:
        """Of these rows, those with fewer cells than the header."""
        if b'"' in lines:
            cells = enumerate(csv.reader(Lines(iter([lines])).each(), delimiter=text.shape.separator), start=first)
            return frozenset(row for row, of in cells if row in rows and len(of) < len(text.shape.header.cells))
        last = frame.get_column(str(len(text.shape.header.cells) - 1))
        without = frame.get_column(ROW).filter(last.is_null())
        doubtful = set(rows).intersection(without)
        if not doubtful:
            return frozenset()
        ends = np.flatnonzero(np.frombuffer(lines, np.uint8) == ord("\n"))
        sep, need = text.shape.separator.encode(), len(text.shape.header.cells)
        found = []
        for row in doubtful:
            at = row - first
            begin = int(ends[at - 1]) + 1 if at else 0
            end = int(ends[at]) if at < len(ends) else len(lines)
            if lines.count(sep, begin, end) + 1 < need:
                found.append(row)
        return frozenset(found)

    named = {str(at): code for code, at in positions.items()}
    displaced = frozenset(fault.row for fault in faults if fault.row is not None)
    return Block(frame.select(ROW, *named).rename(named), faults, displaced, short)


def _count(text: TextRows, records: int) -> None:
    text.row += records
    if text.row > MOST_ROWS + layout.MOST_TITLES:
        raise over(ROWS_CAP)


def _are_no_rows(text: TextRows, frame: pl.DataFrame) -> pl.Series:
    """Which are blank, or name the columns again: few, so each is looked at by itself."""
    code, at = _subject(text)
    cells = frame.get_column(str(at))
    again = [*(text.contract.field(code).names if code else ()), text.shape.header.cells[at]]
    is_blank = cells.is_null()
    if len(short := (cells.str.len_bytes() <= LONGEST_BLANK).fill_null(value=False).arg_true()):
        is_blank = is_blank.scatter(short, cells.gather(short).str.strip_chars(BLANKS) == "")
    is_other = cells.is_in(again) | cells.str.contains(MAY_BE_LABEL)
    if text.shape.header.titles:
        is_other |= cells.is_in([cell for cell in cells.unique() if cell and layout.is_title(cell, text.shape.header)])
    doubtful = (is_blank | is_other.fill_null(value=False)).arg_true()
    mask = np.zeros(len(cells), dtype=bool)
    if len(doubtful):
        rows = frame.select(ROW, pl.exclude(ROW).fill_null(""))[doubtful].iter_rows()
        for place, (number, *row) in zip(doubtful.to_list(), rows, strict=True):
            mask[place] = _is_no_row(text, number, row)
    return pl.Series(mask)


def _subject(text: TextRows) -> tuple[str, int]:
    """The column that tells rows from what is none: whose they are, else the first that is known, or just the first."""
    positions = text.shape.header.positions
    code = text.contract.subject[0]
    if code not in positions:
        code = min(positions, key=lambda one: positions[one], default="")
    return code, positions.get(code, 0)


def _is_no_row(text: TextRows, row: int, cells: Sequence[str]) -> bool:
    head = text.shape.header
    said = [cell for cell in cells if cell.strip(BLANKS)]
    if not said or layout.repeats_header(cells, head) or (len(said) == 1 and layout.is_title(said[0], head)):
        return True
    if not head.positions or not is_sum(cells, head.positions, text.contract):
        return False
    text.sum_rows.append((row, list(cells)))
    return True


def _wide(text: TextRows, frame: pl.DataFrame) -> list[Finding]:
    """Rows that hold something beyond the header's last cell: one finding each."""
    width = len(text.shape.header.cells)
    beyond = [str(at) for at in range(width, text.width)]
    if not beyond:
        return []
    filled = frame.filter(pl.any_horizontal(pl.col(beyond).is_not_null())).select(ROW, *beyond)
    found = []
    for row, *cells in filled.iter_rows():
        extra = next(((at, cell) for at, cell in enumerate(cells) if cell and cell.strip(BLANKS)), None)
        if extra is not None:
            found.append(Finding("NQ-ROW-WIDE", row, None, width + extra[0], extra[1]))
    return found


def _too_long(row: int) -> None:
    raise Unreadable(Finding("NQ-CELL-LONG", row, parameters={"cap": f"{LONGEST_CELL:,}"})) from None


def _by_record(text: TextRows, lines: Lines, size: int) -> Iterator[Block]:
    """Records as Python's `csv` reads them, up to the end of the one in which the next `size` bytes end."""
    end = lines.dropped + size
    reader = csv.reader(lines.each(), delimiter=text.shape.separator)
    batch: list[Row] = []
    for cells in reader:
        _count(text, 1)
        if cells and max(map(len, cells)) > LONGEST_CELL:
            _too_long(text.row)
        if any("\x00" in cell for cell in cells):
            refuse(BINARY)
        if not _is_no_row(text, text.row, cells):
            batch.append((text.row, cells))
        if len(batch) >= BLOCK_ROWS or lines.dropped >= end:
            yield _block_of(text, batch)
            batch = []
        if lines.dropped >= end:
            return
    yield _block_of(text, batch)


def _block_of(text: TextRows, rows: list[Row]) -> Block:
    text.remember(rows)
    head = text.shape.header
    width, separators = len(head.cells), max(head.positions.values(), default=0)
    ours = {at for code, at in head.positions.items() if text.contract.field(code).type is not FieldType.TEXT}
    faults, displaced = [], set()
    for number, cells in rows:
        extra = next(((at, cell) for at, cell in enumerate(cells[width:], width) if cell.strip(BLANKS)), None)
        if extra is not None:
            faults.append(Finding("NQ-ROW-WIDE", number, None, *extra))
        if len(cells) < width or extra is not None:
            displaced.add(number)
        for at, cell in enumerate(cells):
            if "\n" in cell or "\r" in cell:
                displaced.add(number)
                if lines := swallowed(cell, separators, text.shape.separator, is_ours=at in ours):
                    more: dict[str, object] = {"lines": len(lines) - 1}
                    faults.append(Finding("NQ-ROW-SWALLOWED", number, None, at, lines[0][:60], more))
    columns = {
        code: pl.Series(code, [cells[at] if at < len(cells) else None for _, cells in rows], dtype=pl.String)
        for code, at in head.positions.items()
    }
    numbers = pl.Series(ROW, [number for number, _ in rows], dtype=pl.Int64)
    return Block(pl.DataFrame({ROW: numbers, **columns}), faults, frozenset(displaced))
