"""What kind of file the bytes are: by what they hold, never by the name."""

import re
import zipfile
from enum import StrEnum

from ievq_pipeline.adapters.reading import signatures, zipped
from ievq_pipeline.adapters.reading.source import Unreadable, refuse
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

GZIP, ZIP, OLE = b"\x1f\x8b", (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UTF8_MARK, UTF16_MARKS = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")
#: bytes that are looked at to tell text from other text
HEAD = 8_192
#: and in which a first line of JSON Lines has its end
FIRST_LINE = 1 << 20
BLANKS = " \t\r\n\f\v\u00a0\u3000\ufeff\u200b"
#: an entry of an OLE file's directory begins at a multiple of it
OLE_ENTRY = 128
#: bytes that alone are no content: blanks and marks
NOTHING = b" \t\r\n\0\xef\xbb\xbf\xff\xfe"
JSON = re.compile(r"\{\s*[\"}']|\[\s*[\[{\]\"]")


class Kind(StrEnum):
    """What there is a reader for. `text` is CSV and its like, or bytes that nobody knows."""

    TEXT = "text"
    XLSX = "xlsx"
    XLS = "xls"
    ODS = "ods"
    JSON = "json"
    JSONL = "jsonl"
    GZIP = "gzip"
    ZIP = "zip"


#: how the first entry of a workbook is called
WORKBOOK_PARTS = ("[content_types].xml", "_rels/", "docprops/", "xl/", "customxml/", "mimetypeapplication/vnd.oasis")
#: kinds that the cap of workbooks is for
WORKBOOKS = frozenset({Kind.XLSX, Kind.XLS, Kind.ODS})


def kind(data: bytes) -> Kind:
    """What the file is. Raises Unreadable for what is no table: NQ-FILE-EMPTY, or NQ-FILE-NOT-TABLE, which names it."""
    if not data[:HEAD].strip(NOTHING) and not data.strip(NOTHING):
        raise Unreadable(Finding("NQ-FILE-EMPTY"))
    if data.startswith(GZIP):
        return Kind.GZIP
    if data.startswith(ZIP):
        return _zip(data)
    if data.startswith(OLE):
        return _ole(data)
    if data.startswith(signatures.OLDEST_EXCEL):
        refuse(signatures.VERY_OLD)
    for place, mark, named in signatures.AT_THEIR_PLACE:
        if data.startswith(mark, place) and signatures.NEEDS.get(mark, b"") in data[:1_024]:
            refuse(named)
    return _text(data)


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins like this is a workbook for certain: all that can be said before its rest has come."""
    return head.startswith(OLE) or _first_name(head).startswith(WORKBOOK_PARTS)


def _first_name(head: bytes) -> str:
    """The name of a ZIP's first entry in lower case; of a `mimetype`, what it says besides."""
    if not head.startswith(ZIP[0]):
        return ""
    length = int.from_bytes(head[26:28], "little")
    name = head[30 : 30 + length].decode("utf-8", "replace").lower()
    return name + head[38:59].decode("ascii", "replace") if name == "mimetype" else name


def _zip(data: bytes) -> Kind:
    try:
        archive = zipped.opened(data)
    except Unreadable:
        # whoever reads that kind says what is wrong with it
        return Kind.XLSX if _first_name(data).startswith(WORKBOOK_PARTS) else Kind.ZIP
    with archive:
        names = {zipped.name_of(entry): entry for entry in archive.infolist()}
        if "mimetype" in names and (told := _mimetype(archive, names["mimetype"])).startswith(signatures.OPEN_DOCUMENT):
            if not told.removeprefix(signatures.OPEN_DOCUMENT).startswith("spreadsheet"):
                refuse(signatures.OTHER_DOCUMENT)
            return Kind.ODS
        for start, named in signatures.INSIDE:
            if any(name.startswith(start) for name in names):
                refuse(named)
        lower = {name.lower() for name in names}
        return Kind.XLSX if "[content_types].xml" in lower or any(n.startswith("xl/") for n in lower) else Kind.ZIP


def _mimetype(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> str:
    try:
        with archive.open(entry) as part:
            return part.read(200).decode("ascii", "replace")
    except zipped.BROKEN:
        return ""


def _ole(data: bytes) -> Kind:
    for stream, named in signatures.STREAMS:
        if _has_stream(data, stream):
            if named is not None:
                refuse(named)
            return Kind.XLS
    if _has_stream(data, "EncryptedPackage"):
        raise Unreadable(Finding("NQ-FILE-ENCRYPTED"))
    if len(data) % 512 == 0:
        refuse(signatures.OLD_OFFICE)
    # sectors are missing at its end, and the directory may have been there
    raise zipped.damaged(Text("文件不完整，可能没有传完", "it is incomplete; perhaps the upload broke off"))


def _has_stream(data: bytes, name: str) -> bool:
    """Whether the directory has an entry of this name: it stands at a multiple of 128, with its length at 64."""
    wide = (name + "\0").encode("utf-16-le")
    found = data.find(wide)
    while found >= 0:
        if found % OLE_ENTRY == 0 and data[found + 64 : found + 66] == len(wide).to_bytes(2, "little"):
            return True
        found = data.find(wide, found + 2)
    return False


def _text(data: bytes) -> Kind:
    head = _decoded(data[:HEAD])
    start = head.lstrip(BLANKS)
    for pattern, named in signatures.MARKUP:
        if pattern.match(start):
            refuse(named)
    if not JSON.match(start):
        return Kind.TEXT
    return Kind.JSONL if start.startswith("{") and _is_lines(data) else Kind.JSON


def _decoded(data: bytes) -> str:
    if data.startswith(UTF16_MARKS):
        return data[: len(data) // 2 * 2].decode("utf-16", "replace")
    return data.removeprefix(UTF8_MARK).decode("utf-8", "replace")


def _is_lines(data: bytes) -> bool:
    """Whether an object begins on each line: the first line ends one, and so does not go on in the next."""
    first, _, rest = _decoded(data[:FIRST_LINE]).lstrip(BLANKS).partition("\n")
    following, last = rest.lstrip(BLANKS), first.rstrip(BLANKS)[-1:]
    return bool(following) and (last == "}" or (following.startswith("{") and last not in {"[", ",", ":", "{"}))
