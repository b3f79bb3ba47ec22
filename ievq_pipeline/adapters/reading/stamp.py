"""The hidden stamp of a workbook that began as our template: read without opening the workbook, and never trusted."""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from ievq_pipeline.domain.template import LONGEST_ENTRY, Stamp

#: the very hidden sheet with the stamp: a name in column A, its value in column B
SHEET = "_meta"
#: bytes of a part that are read at most, unpacked; strings are those of the whole workbook
MOST_BYTES, MOST_BYTES_OF_STRINGS = 4_000_000, 64_000_000
END_OF_STRING, LONGEST_STRING = re.compile(rb"</si\s*>|<si\s*/>"), 10_000
MOST_ENTRIES = 40
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, ParseError, DefusedXmlException, OSError, EOFError, KeyError, ValueError,
    NotImplementedError, RuntimeError, OverflowError, IndexError, RecursionError,
)  # fmt: skip


def read_stamp(data: bytes) -> Stamp | None:
    """The stamp of a workbook; None for any other file, one without stamp, and one that cannot be read."""
    if not data.startswith(b"PK"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            entries = _entries(package)
    except UNREADABLE:
        return None
    return Stamp.parse(entries) if entries else None


def _entries(package: zipfile.ZipFile) -> dict[str, str]:
    part = _part_of_sheet(package)
    if part is None:
        return {}
    cells = dict(_cells(_root(package, part)))
    wanted = {int(value) for kind, value in cells.values() if kind == "s"}
    strings = _strings(package, wanted) if wanted else {}
    texts = {place: strings[int(value)] if kind == "s" else value for place, (kind, value) in cells.items()}
    names = {place[1:]: text for place, text in texts.items() if place[0] == "A" and place[1:].isdecimal()}
    return {name: texts.get(f"B{row}", "") for row, name in names.items()}


def _part_of_sheet(package: zipfile.ZipFile) -> str | None:
    """The name of the part that holds the stamp's sheet."""
    relation = next(
        (
            value
            for one in _named(_root(package, "xl/workbook.xml"), "sheet")
            if one.get("name") == SHEET
            for name, value in one.items()
            if name.rpartition("}")[2] == "id"
        ),
        None,
    )
    if relation is None:
        return None
    relations = _named(_root(package, "xl/_rels/workbook.xml.rels"), "Relationship")
    target = next((one.get("Target", "") for one in relations if one.get("Id") == relation), "")
    return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"


def _root(package: zipfile.ZipFile, name: str) -> Element:
    root: Element = fromstring(_part(package, name, MOST_BYTES), forbid_dtd=True)
    return root


def _part(package: zipfile.ZipFile, name: str, cap: int) -> bytes:
    """A part of the package; whatever its header says, no more of it is unpacked than the cap."""
    with package.open(name) as part:
        content = part.read(cap + 1)
    if len(content) > cap:
        raise ValueError(name)
    return content


def _named(root: Element, name: str) -> Iterator[Element]:
    """The elements of that name, of whichever edition of the format."""
    return (one for one in root.iter() if one.tag.rpartition("}")[2] == name)


def _cells(sheet: Element) -> Iterator[tuple[str, tuple[str, str]]]:
    """Of the first cells, the address with the type and what stands there; of a shared string its number."""
    for count, cell in enumerate(_named(sheet, "c")):
        if count == 2 * MOST_ENTRIES:
            return
        kind = cell.get("t", "n")
        value = "".join(_named_text(cell, "t" if kind == "inlineStr" else "v"))
        if value and (address := cell.get("r")):
            yield address, (kind, value[:LONGEST_ENTRY])


def _named_text(cell: Element, name: str) -> Iterator[str]:
    return (one.text or "" for one in _named(cell, name))


def _strings(package: zipfile.ZipFile, wanted: set[int]) -> dict[int, str]:
    """Some of the workbook's shared strings by number. There may be a million, so that only these are parsed."""
    content, start = _part(package, "xl/sharedStrings.xml", MOST_BYTES_OF_STRINGS), 0
    found: dict[int, str] = {}
    for number, end in enumerate(END_OF_STRING.finditer(content)):
        if number in wanted:
            piece = content[max(content.rfind(b"<si", start, end.end()), end.end() - LONGEST_STRING) : end.end()]
            found[number] = "".join(_named_text(fromstring(piece, forbid_dtd=True), "t"))
            if len(found) == len(wanted):
                break
        start = end.end()
    return found
