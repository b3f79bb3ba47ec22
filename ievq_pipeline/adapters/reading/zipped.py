"""Opening a ZIP's list of entries without being drawn into one that is made to be endless."""

import io
import struct
import zipfile
import zlib

from ievq_pipeline.adapters.reading.source import Unreadable
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

END, END_64 = b"PK\x05\x06", b"PK\x06\x06"
END_LENGTH, END_64_LENGTH, LOCATOR_LENGTH = 22, 56, 20
#: bytes that a comment after the end record takes at most
LONGEST_COMMENT = 65_535
#: bytes of the list of entries; one of a workbook has a few kB
LONGEST_LIST = 2 << 20
#: of an entry's flags: encrypted; its name is in UTF-8
IS_ENCRYPTED, IS_UTF8 = 0x1, 0x800

#: what `zipfile` raises for entries that are not what they say
BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, RuntimeError, OSError, ValueError,
    OverflowError,
)  # fmt: skip
INCOMPLETE = Text("压缩包不完整，可能没有传完", "its package is incomplete; perhaps the upload broke off")
LONG_LIST = Text("压缩包的目录过大", "its package lists far too many files")


def damaged(what: Text) -> Unreadable:
    """What to raise for a package that is not whole."""
    return Unreadable(Finding("NQ-FILE-DAMAGED", parameters={"what_zh": what.zh, "what_en": what.en}))


def unsafe(what: Text) -> Unreadable:
    """What to raise for a package that no program writes."""
    return Unreadable(Finding("NQ-FILE-UNSAFE", parameters={"what_zh": what.zh, "what_en": what.en}))


def opened(data: bytes) -> zipfile.ZipFile:
    """The archive. Raises Unreadable where it is not whole, or lists more than anything that an office sends."""
    end = _end(data)
    if end < 0 or end + END_LENGTH > len(data):
        raise damaged(INCOMPLETE)
    listed: int = struct.unpack_from("<I", data, end + 12)[0]
    wide = end - LOCATOR_LENGTH - END_64_LENGTH
    if wide >= 0 and data.startswith(END_64, wide):
        listed = struct.unpack_from("<Q", data, wide + 40)[0]
    if listed > LONGEST_LIST:
        raise unsafe(LONG_LIST)
    try:
        return zipfile.ZipFile(io.BytesIO(data))
    except BROKEN as error:
        raise damaged(INCOMPLETE) from error


def _end(data: bytes) -> int:
    return data.rfind(END, max(0, len(data) - END_LENGTH - LONGEST_COMMENT))


def stands_alone(data: bytes, archive: zipfile.ZipFile) -> bool:
    """Whether nothing stands before its first entry or after its end record, where others might read it as a file."""
    begins = min((entry.header_offset for entry in archive.infolist()), default=0)
    return begins == 0 and _end(data) + END_LENGTH + len(archive.comment) == len(data)


def name_of(entry: zipfile.ZipInfo) -> str:
    """Its name with `/` between folders; where it does not say that it is UTF-8, by the strict ladder."""
    name = entry.orig_filename
    if not entry.flag_bits & IS_UTF8:
        stored = name.encode("cp437", "replace")
        for codec in ("utf-8", "gb18030"):
            try:
                name = stored.decode(codec)
                break
            except UnicodeDecodeError:
                continue
    return name.replace("\\", "/")
