"""What stands around a worksheet's cells: merged areas come last in the file, and are needed first; empty cells are
formatted by the million, and say nothing."""

import re
from collections.abc import Iterable, Iterator

from ievq_pipeline.adapters.reading.book import Book
from ievq_pipeline.adapters.reading.sheet_xml import SheetCells

BEGIN = re.compile(rb"<(?:[A-Za-z0-9_.-]+:)?sheetData(?:\s[^>]*)?>")
END = re.compile(rb"</(?:[A-Za-z0-9_.-]+:)?sheetData\s*>")
EMPTY = re.compile(rb'<c r="[A-Z]{1,3}[0-9]{1,7}"(?: s="[0-9]+")? ?/>|<row r="[0-9]{1,7}"[^<>]*/>')
#: rows and cells whose place depends on the one before
UNPLACED = re.compile(rb'<row(?! r=")[ />]|<c(?! r=")[ />]')
#: no tag of either is longer
SEAM = 200


def read_around(book: Book, part: str) -> SheetCells:
    """Merged areas and hidden columns. Raises Unreadable for what is no XML.

    The cells are passed over, unless the part has comments or CDATA, in which tags could stand that are none, or is
    written in 16-bit characters.
    """
    pieces = _without_cells(book, part)
    around = SheetCells(book, part)
    for piece in book.package.chunks(part) if pieces is None else pieces:
        around.feed(piece)
    around.feed(b"", is_last=True)
    return around


def _without_cells(book: Book, part: str) -> list[bytes] | None:
    pieces: list[bytes] = []
    is_inside, rest = False, b""
    for chunk in book.package.chunks(part):
        if b"<!" in chunk or b"\x00" in chunk or rest[-1:] + chunk[:1] == b"<!":
            return None
        rest += chunk
        if not is_inside and (begin := BEGIN.search(rest)):
            is_inside = not begin[0].endswith(b"/>")
            pieces.append(rest[: begin.end()])
            rest = rest[begin.end() :]
        if is_inside and (end := END.search(rest)):
            is_inside = False
            pieces.append(rest[end.start() :])
            rest = b""
            continue
        cut = max(len(rest) - SEAM, 0)
        if not is_inside:
            pieces.append(rest[:cut])
        rest = rest[cut:]
    return None if is_inside else [*pieces, rest]


def without_empty(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same XML without cells and rows that are empty and have an address, so that nothing moves."""
    rest, is_certain = b"", True
    for chunk in chunks:
        whole, tag, more = (rest + chunk).rpartition(b"<")
        # in comments and CDATA tags are none
        is_certain = is_certain and not (b"<!" in whole or b"\x00" in whole or UNPLACED.search(whole))
        if not is_certain:
            yield rest + chunk
            rest = b""
            continue
        yield EMPTY.sub(b"", whole)
        rest = tag + more
    yield rest
