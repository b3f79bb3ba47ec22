"""Writing a package: parts that stay are copied as they are packed, new ones are packed as they are made."""

import copy
import tempfile
import zipfile
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: what a part has before its data, without its name and extra field
LOCAL_HEADER = 30
#: quick for the sheets, since they may be large
QUICK, THOROUGH = 1, 6
#: parts up to this size never touch the disk
IN_MEMORY = 1 << 20


@dataclass(slots=True)
class Packed:
    """A part that was made: deflated, and kept until the package is written."""

    data: IO[bytes]
    crc: int
    size: int
    packed_size: int


def pack(chunks: Iterable[bytes], level: int = QUICK) -> Packed:
    """Deflate a part as it comes."""
    store: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - lives until it is written
    deflate = zlib.compressobj(level, zlib.DEFLATED, -15)
    crc = size = 0
    try:
        for chunk in chunks:
            crc = zlib.crc32(chunk, crc)
            size += len(chunk)
            store.write(deflate.compress(chunk))
        store.write(deflate.flush())
    except BaseException:
        store.close()
        raise
    return Packed(store, crc, size, store.tell())


class Package(zipfile.ZipFile):
    """A package being written."""

    def __init__(self, path: Path) -> None:
        super().__init__(path, "w", zipfile.ZIP_DEFLATED)

    def copy(self, source: zipfile.ZipFile, entry: zipfile.ZipInfo) -> None:
        """A part of another package, with its packed bytes as they are."""
        held = _stream(source)
        held.seek(entry.header_offset)
        header = held.read(LOCAL_HEADER)
        name, extra = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
        held.seek(entry.header_offset + LOCAL_HEADER + name + extra)
        made = copy.copy(entry)
        made.flag_bits &= ~0x08  # sizes stand before the data, not behind it
        self._take(made, held, entry.compress_size)

    def add(self, name: str, part: Packed, like: zipfile.ZipInfo | None = None) -> None:
        """A part that was made; dated as the one that it stands for."""
        made = zipfile.ZipInfo(name, like.date_time if like else (1980, 1, 1, 0, 0, 0))
        made.compress_type = zipfile.ZIP_DEFLATED
        made.external_attr = 0o600 << 16
        made.CRC, made.file_size, made.compress_size = part.crc, part.size, part.packed_size
        part.data.seek(0)
        self._take(made, part.data, part.packed_size)
        part.data.close()

    def _take(self, made: zipfile.ZipInfo, data: IO[bytes], size: int) -> None:
        held = _stream(self)
        held.seek(self.start_dir)
        made.header_offset = held.tell()
        held.write(made.FileHeader())
        _copy(data, held, size)
        self.filelist.append(made)
        self.NameToInfo[made.filename] = made
        self.start_dir = held.tell()
        self._didModify = True


def _stream(package: zipfile.ZipFile) -> IO[bytes]:
    if package.fp is None:
        raise ValueError("the package is closed")
    return package.fp


def _copy(data: IO[bytes], to: IO[bytes], size: int) -> None:
    while size > 0:
        chunk = data.read(min(size, 1 << 16))
        if not chunk:
            raise zipfile.BadZipFile("a part is cut off")
        to.write(chunk)
        size -= len(chunk)
