"""The ZIP package of a workbook, looked over before anything in it is parsed."""

import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from ievq_pipeline.adapters.reading import zipped
from ievq_pipeline.adapters.reading.damage import BROKEN_PART, INCOMPLETE, damaged, encrypted, unsafe
from ievq_pipeline.adapters.reading.source import over
from ievq_pipeline.domain.text import Text

MB = 1_000_000
CHUNK = 1 << 20
#: bit of an entry's flags that says it is encrypted
IS_ENCRYPTED = 0x1
#: the end record of a ZIP without its comment
END = b"PK\x05\x06"
END_LENGTH = 22
#: parts that hold XML whatever their first bytes are
XML_NAMES = (".xml", ".rels", ".vml")
DECLARATIONS = ("<!DOCTYPE", "<!ENTITY")
DRIVE = re.compile(r"[A-Za-z]:")

PREFIXED = Text("压缩包前后夹有别的内容", "other content stands before or after its package")
ODD_NAME = Text("其中有指向别处的文件名“{part}”", "it names a part “{part}” that leads elsewhere")
DOUBLED = Text("其中的“{part}”不止一份", "its part “{part}” is there more than once")
DECLARED = Text("其中的“{part}”含有DOCTYPE或ENTITY声明", "its part “{part}” declares a DOCTYPE or an ENTITY")
INFLATED = Text(
    "其中的“{part}”压缩率异常（疑似压缩炸弹）", "its part “{part}” is packed suspiciously small, like a zip bomb"
)
ODD_METHOD = Text("其中的“{part}”用了不认识的压缩方法", "its part “{part}” is packed by a method that is not known")


@dataclass(frozen=True, slots=True)
class Caps:
    """What a workbook may measure. A ratio counts only for parts that are large: small ones often pack well."""

    packed: int = 20 * MB
    unpacked: int = 200 * MB
    entries: int = 200
    ratio: int = 100
    ratio_from: int = 32 * MB

    @classmethod
    def of(cls, megabytes: int) -> "Caps":
        """Those around a cap on the file as it comes."""
        return cls(packed=megabytes * MB, unpacked=10 * megabytes * MB)


CAPS = Caps()


@dataclass(slots=True)
class Package:
    """A package that passed. Names are compared without case, with `/` between folders."""

    archive: zipfile.ZipFile
    names: dict[str, zipfile.ZipInfo] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        return plain(name) in self.names

    def open(self, name: str) -> IO[bytes]:
        """Raises Unreadable where there is no such part."""
        info = self.names.get(plain(name))
        if info is None:
            raise damaged(Text("其中缺少“{part}”", "its part “{part}” is missing"), name)
        return self.archive.open(info)

    def chunks(self, name: str, size: int = CHUNK) -> Iterator[bytes]:
        """The part piece by piece. Raises Unreadable where it is missing or damaged."""
        try:
            with self.open(name) as part:
                while chunk := part.read(size):
                    yield chunk
        except zipped.BROKEN as error:
            raise damaged(BROKEN_PART, name) from error

    def read(self, name: str) -> bytes:
        return b"".join(self.chunks(name))

    def size(self, name: str) -> int:
        """Bytes when unpacked; true, since the whole package was unpacked once."""
        return self.names[plain(name)].file_size


def plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def check_size(data: bytes, caps: Caps) -> None:
    """Raises Unreadable for a workbook over the cap in bytes."""
    if len(data) > caps.packed:
        raise over(Text(f"工作簿最大 {caps.packed // MB} MB", f"a workbook of at most {caps.packed // MB} MB"))


def open_package(data: bytes, caps: Caps) -> Package:
    """Look over the whole package, each part unpacked once in pieces.

    Raises Unreadable for what is over a cap, encrypted, incomplete, or not built as spreadsheet programs build it.
    """
    check_size(data, caps)
    archive = zipped.opened(data)
    infos = archive.infolist()
    if not infos:
        raise damaged(INCOMPLETE)
    if len(infos) > caps.entries:
        raise over(Text(f"工作簿内最多 {caps.entries} 个文件", f"at most {caps.entries} parts in a workbook"))
    _check_extent(data, infos, archive)
    package = Package(archive)
    for info in infos:
        _check_entry(info, package)
    if sum(info.file_size for info in infos) > caps.unpacked:
        raise _unpacked(caps)
    left = caps.unpacked
    for info in infos:
        left -= _unpack(package, info, left, caps)
    return package


def _check_extent(data: bytes, infos: list[zipfile.ZipInfo], archive: zipfile.ZipFile) -> None:
    """The package begins at the first byte and ends at the last."""
    end = data.rfind(END, max(0, len(data) - END_LENGTH - 65_535))
    comment = int.from_bytes(data[end + 20 : end + 22], "little")
    directory = int.from_bytes(data[end + 16 : end + 20], "little")
    if archive.start_dir < directory:  # bytes were lost on the way
        raise damaged(INCOMPLETE)
    # zipfile moves every offset by as much as stands before the package
    is_whole = end >= 0 and end + END_LENGTH + comment == len(data)
    if not is_whole or archive.start_dir != directory or min(info.header_offset for info in infos) != 0:
        raise unsafe(PREFIXED)


def _check_entry(info: zipfile.ZipInfo, package: Package) -> None:
    name = info.orig_filename.replace("\\", "/")
    parts = name.split("/")
    if name.startswith("/") or ".." in parts or DRIVE.match(name) or "\0" in name or not name:
        raise unsafe(ODD_NAME, name.replace("\0", ""))
    if info.flag_bits & IS_ENCRYPTED:
        raise encrypted()
    if info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise unsafe(ODD_METHOD, name)
    if name.endswith("/"):
        return
    if plain(name) in package.names:
        raise unsafe(DOUBLED, name)
    package.names[plain(name)] = info


def _unpack(package: Package, info: zipfile.ZipInfo, left: int, caps: Caps) -> int:
    """Count the part's real bytes and look for declarations. zipfile stops at the size that the header gives, and
    then holds the checksum against it, so a header that lies makes the part a damaged one."""
    if info.is_dir():
        return 0
    size, seam, needles = 0, b"", None
    for chunk in package.chunks(info.filename):
        size += len(chunk)
        if size > left:
            raise _unpacked(caps)
        if size >= caps.ratio_from and size > caps.ratio * max(info.compress_size, 1):
            raise unsafe(INFLATED, info.filename)
        if needles is None:
            needles = _needles(info.filename, chunk)
        if any(needle in chunk or needle in seam + chunk[:40] for needle in needles):
            raise unsafe(DECLARED, info.filename)
        seam = chunk[-40:]
    return size


def _needles(name: str, start: bytes) -> list[bytes]:
    """What a declaration looks like in this part, in the encodings that parsers of XML find out by themselves."""
    head = start[:200].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if not name.casefold().endswith(XML_NAMES) and not head.startswith(b"<"):
        return []
    codecs = ["ascii", "utf-16-le", "utf-16-be"] if b"\x00" in start[:200] else ["ascii"]
    return [text.encode(codec) for codec in codecs for text in DECLARATIONS]


def _unpacked(caps: Caps) -> Exception:
    return over(Text(f"解压后最大 {caps.unpacked // MB} MB", f"at most {caps.unpacked // MB} MB when unpacked"))


def folders(package: Package) -> Counter[str]:
    """How many parts there are in each folder, by its last name."""
    return Counter(name.rsplit("/", 2)[-2] for name in package.names if "/" in name)
