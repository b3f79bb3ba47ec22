"""GZIP and ZIP around one file: unpacked in memory, counted as it comes, and no further than the cap."""

import io
import stat
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from ievq_pipeline.adapters.reading import sniff, zipped
from ievq_pipeline.adapters.reading.sniff import Kind
from ievq_pipeline.adapters.reading.source import Unreadable, over, refuse
from ievq_pipeline.adapters.reading.zipped import damaged, unsafe
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

MB = 1_000_000
CAP = 256 * MB
CHUNK = 1 << 18
#: text packs to a tenth, seldom to a fiftieth; what packs better than this, and is large, was made to
RATIO, RATIO_FROM = 250, 32 * MB
#: files of a ZIP that are tables by their name; a text is one only where nothing else is
TABLES = (".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".et", ".ods", ".json", ".jsonl", ".ndjson")
TEXTS = (".txt", ".tab", ".dat")
#: what programs leave in an archive of their own accord
LITTER = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini", "._")
MOST_ENTRIES, MOST_NAMED = 2_000, 10

PADDED = Text("压缩数据之后还有别的内容", "something else stands after the packed data")
BROKEN = Text("压缩数据有误，无法解压", "its packed data can't be unpacked")
AROUND = Text("压缩包前后夹有别的内容", "other content stands before or after its package")
CRAMMED = Text("压缩率异常（疑似压缩炸弹）", "it is packed suspiciously small, like a zip bomb")
MANY = Text(f"压缩包中的文件超过 {MOST_ENTRIES:,} 个", f"its package holds more than {MOST_ENTRIES:,} files")
ODD_NAME = Text("压缩包中有指向别处的文件名", "its package names a file that leads elsewhere")
DOUBLED = Text("压缩包中有两个同名文件", "its package holds two files of one name")
ODD_METHOD = Text(
    "用了不支持的压缩方法，请用普通ZIP方式压缩", "it is packed by a method that is not read; pack it as a plain ZIP"
)
NESTED = Text("压缩包中的压缩包（请解压到只剩一层）", "an archive inside an archive (unpack it until one is left)")
NO_TABLE = Text("压缩包，其中没有表格文件", "an archive without a table in it")


@dataclass(frozen=True, slots=True)
class Unwrapped:
    """A file without what was around it. `name` is that of the file inside; `findings` name what was left unread."""

    data: bytes
    kind: Kind
    wrapper: str | None = None
    name: str | None = None
    findings: list[Finding] = field(default_factory=list)


def unwrap(data: bytes, *, cap: int = CAP) -> Unwrapped:
    """Take one wrapper off, where there is one. `cap`: bytes of what was in it. Raises Unreadable."""
    kind = sniff.kind(data)
    if kind is Kind.GZIP:
        inside = _gunzipped(data, cap)
        return Unwrapped(inside, _inner_kind(inside), "gzip", _gzip_name(data))
    if kind is Kind.ZIP:
        return _from_zip(data, cap)
    return Unwrapped(data, kind)


def _inner_kind(inside: bytes) -> Kind:
    kind = sniff.kind(inside)
    if kind in {Kind.GZIP, Kind.ZIP}:
        refuse(NESTED)
    return kind


def _counted(chunks: Iterable[bytes], packed: int, cap: int) -> bytes:
    """All of it in one. Raises Unreadable over the cap, before the rest is unpacked."""
    whole = io.BytesIO()
    for chunk in chunks:
        size = whole.tell() + len(chunk)
        if size > cap:
            raise over(Text(f"解压后最大 {cap // MB} MB", f"at most {cap // MB} MB when unpacked"))
        if size > RATIO_FROM and size > RATIO * packed:
            raise unsafe(CRAMMED)
        whole.write(chunk)
    return whole.getvalue()


def _gunzipped(data: bytes, cap: int) -> bytes:
    try:
        return _counted(_members(data), len(data), cap)
    except zlib.error as error:
        raise damaged(BROKEN) from error


def _members(data: bytes) -> Iterator[bytes]:
    """The members of a GZIP, one after the other, as `cat a.gz b.gz` leaves them; zeros after the last are padding."""
    rest: bytes | memoryview = memoryview(data)
    while rest:
        unpacker = zlib.decompressobj(wbits=31)
        for start in range(0, len(rest), CHUNK):
            piece = bytes(rest[start : start + CHUNK])
            while piece and not unpacker.eof:
                yield unpacker.decompress(piece, CHUNK)
                piece = unpacker.unconsumed_tail
            if unpacker.eof:
                break
        yield unpacker.flush()
        if not unpacker.eof:
            raise damaged(zipped.INCOMPLETE)
        rest = rest[min(start + CHUNK, len(rest)) - len(unpacker.unused_data) :]
        if not bytes(rest[:CHUNK]).strip(b"\0"):
            return
        if bytes(rest[:2]) != sniff.GZIP:
            raise damaged(PADDED)


def _gzip_name(data: bytes) -> str | None:
    """The name that the first member gives its file."""
    if len(data) < 11 or not data[3] & 0x08:
        return None
    start = 10
    if data[3] & 0x04:
        start += 2 + int.from_bytes(data[10:12], "little")
    name = data[start : start + 1_000].partition(b"\0")[0]
    for codec in ("utf-8", "gb18030"):
        try:
            return name.decode(codec)
        except UnicodeDecodeError:
            continue
    return None


def _from_zip(data: bytes, cap: int) -> Unwrapped:
    with zipped.opened(data) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise unsafe(MANY)
        if not zipped.stands_alone(data, archive):
            raise unsafe(AROUND)
        named = {zipped.name_of(entry): entry for entry in entries}
        if len(named) < len(entries):
            raise unsafe(DOUBLED)
        if any(_leads_elsewhere(name, entry) for name, entry in named.items()):
            raise unsafe(ODD_NAME)
        files = {name: entry for name, entry in named.items() if not name.endswith("/") and not _is_litter(name)}
        name = _table(files)
        inside = _inflated(archive, files[name], name, cap)
    others = [other for other in files if other != name]
    findings = [Finding("NQ-ARCHIVE-UNREAD", value=_told(others), parameters={"name": name})] if others else []
    return Unwrapped(inside, _inner_kind(inside), "zip", name, findings)


def _table(files: dict[str, zipfile.ZipInfo]) -> str:
    """The one file that is meant. Raises Unreadable where there is none, or more than one."""
    names = list(files)
    for endings in (TABLES, TEXTS):
        tables = [name for name in names if name.lower().endswith(endings)]
        if len(tables) > 1:
            raise Unreadable(Finding("NQ-ARCHIVE-SEVERAL", value=_told(tables), parameters={"count": len(tables)}))
        if tables:
            return tables[0]
    if len(names) != 1:
        refuse(NO_TABLE)
    return names[0]


def _told(names: list[str]) -> str:
    listed = "、".join(name[:60] for name in names[:MOST_NAMED])
    return f"{listed}…" if len(names) > MOST_NAMED else listed


def _leads_elsewhere(name: str, entry: zipfile.ZipInfo) -> bool:
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return is_link or name.startswith("/") or "\0" in name or name[1:2] == ":" or ".." in PurePosixPath(name).parts


def _is_litter(name: str) -> bool:
    lower = name.lower()
    return lower.startswith(LITTER[0]) or lower.rpartition("/")[2].startswith(LITTER[1:])


def _inflated(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str, cap: int) -> bytes:
    if entry.flag_bits & zipped.IS_ENCRYPTED:
        raise Unreadable(Finding("NQ-FILE-ENCRYPTED", value=name))
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise damaged(ODD_METHOD)
    try:
        with archive.open(entry) as part:
            return _counted(iter(lambda: part.read(CHUNK), b""), entry.compress_size, cap)
    except zipped.BROKEN as error:
        raise damaged(BROKEN) from error
