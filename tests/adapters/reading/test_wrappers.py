"""GZIP and ZIP around one table: what is inside comes out whole, and nothing that was made to hurt is unpacked."""

import gzip
import io
import os
import stat
import struct
import tracemalloc
import zipfile
import zlib
from typing import Any

import pytest

from ievq_pipeline.adapters.reading.sniff import Kind
from ievq_pipeline.adapters.reading.source import Unreadable
from ievq_pipeline.adapters.reading.wrappers import Unwrapped, unwrap
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.finding import Finding

CSV = "企业,季度\n913502,2025-Q3\n".encode()


def archive(parts: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED, **more: Any) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method, **more) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return packed.getvalue()


def book() -> bytes:
    return archive({"[Content_Types].xml": b"<x/>", "xl/workbook.xml": b"<x/>"})


def refused(data: bytes, cap: int = 1_000_000) -> Finding:
    with pytest.raises(Unreadable) as refusal:
        unwrap(data, cap=cap)
    finding = refusal.value.finding
    told = finding.as_json(contract("job-demand"))
    assert "{" not in str(told["message"]).replace("{'", "")
    return finding


def test_what_is_not_wrapped_is_left_as_it_is() -> None:
    assert unwrap(CSV) == Unwrapped(CSV, Kind.TEXT)
    assert unwrap(book()) == Unwrapped(book(), Kind.XLSX)


def test_one_file_comes_out_of_gzip_and_zip() -> None:
    named = io.BytesIO()
    with gzip.GzipFile("2025.csv", "wb", fileobj=named) as packed:
        packed.write(CSV)
    assert unwrap(named.getvalue()) == Unwrapped(CSV, Kind.TEXT, "gzip", "2025.csv")
    assert unwrap(gzip.compress(CSV)) == Unwrapped(CSV, Kind.TEXT, "gzip", None)
    assert unwrap(archive({"a/2025.csv": CSV})) == Unwrapped(CSV, Kind.TEXT, "zip", "a/2025.csv")
    assert unwrap(archive({"export": CSV})).name == "export", "the only file, whatever it is called"
    assert unwrap(archive({"表.xlsx": book()})).kind is Kind.XLSX
    assert unwrap(gzip.compress(b'[{"a": 1}]')).kind is Kind.JSON
    large = os.urandom(900_000)
    assert unwrap(gzip.compress(large)).data == large
    assert unwrap(archive({"a.csv": large})).data == large


def test_members_and_padding_of_a_gzip_are_no_garbage() -> None:
    assert unwrap(gzip.compress(CSV) + gzip.compress(CSV)).data == CSV * 2
    assert unwrap(gzip.compress(CSV) + bytes(600)).data == CSV


def test_what_programs_add_to_an_archive_is_passed_over() -> None:
    parts = {
        "表/": b"", "表/2025.csv": CSV, "__MACOSX/表/._2025.csv": b"\0\5", "表/.DS_Store": b"\0", "Thumbs.db": b"\0",
        "desktop.ini": b"x", "表/._x.csv": b"\0",
    }  # fmt: skip
    found = unwrap(archive(parts))
    assert (found.data, found.name, found.findings) == (CSV, "表/2025.csv", [])


def test_names_in_gb18030_are_read() -> None:
    """As Chinese Windows writes them, without a word about it."""
    name = "招聘需求.csv".encode("gb18030")
    data = archive({"x" * len(name): CSV}).replace(b"x" * len(name), name)
    assert unwrap(data).name == "招聘需求.csv"


def test_what_else_an_archive_holds_is_named() -> None:
    found = unwrap(archive({"填报说明.docx": b"x", "2025.csv": CSV, "readme.txt": b"x"}))
    assert found.data == CSV
    assert found.findings == [
        Finding("NQ-ARCHIVE-UNREAD", value="填报说明.docx、readme.txt", parameters={"name": "2025.csv"})
    ]
    several = refused(archive({"一季度.csv": CSV, "二季度.xlsx": book()}))
    assert (several.code, several.value) == ("NQ-ARCHIVE-SEVERAL", "一季度.csv、二季度.xlsx")
    many = refused(archive({f"{n}.csv": CSV for n in range(50)}))
    assert (many.parameters["count"], str(many.value)[-6:]) == (50, "9.csv…")
    assert refused(archive({"a.pdf": b"%PDF", "b.docx": b"x"})).code == "NQ-FILE-NOT-TABLE"
    assert refused(archive({})).code == "NQ-FILE-NOT-TABLE"


@pytest.mark.parametrize(
    "data",
    [
        gzip.compress(gzip.compress(CSV)),
        gzip.compress(archive({"a.csv": CSV})),
        archive({"a.zip": archive({"a.csv": CSV})}),
        archive({"a.csv": gzip.compress(CSV)}),
    ],
    ids=["gz in gz", "zip in gz", "zip in zip", "gz in zip"],
)
def test_an_archive_in_an_archive_is_named(data: bytes) -> None:
    finding = refused(data)
    assert (finding.code, "archive inside" in str(finding.parameters["kind_en"])) == ("NQ-FILE-NOT-TABLE", True)


def link() -> bytes:
    entry = zipfile.ZipInfo("a.csv")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as made:
        made.writestr(entry, "/etc/passwd")
    return packed.getvalue()


def flagged(data: bytes, flag: int) -> bytes:
    """The archive with this flag on its first entry, in both places."""
    changed = bytearray(data)
    for start, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        changed[data.index(start) + place] |= flag
    return bytes(changed)


def lying(size: int) -> bytes:
    """An archive whose list says that its file has this many bytes."""
    data = bytearray(archive({"a.csv": CSV * 100}))
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, size)
    return bytes(data)


def doubled() -> bytes:
    return archive({"a.csv": CSV, "b.csv": b"other"}).replace(b"b.csv", b"a.csv")


def corrupt() -> bytes:
    data = bytearray(archive({"a.csv": os.urandom(10_000)}))
    data[5_000] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (lambda: gzip.compress(CSV)[:-5], "NQ-FILE-DAMAGED"),
        (lambda: gzip.compress(CSV)[:5], "NQ-FILE-DAMAGED"),
        (lambda: gzip.compress(CSV) + b"and more", "NQ-FILE-DAMAGED"),
        (lambda: b"\x1f\x8b\x08\x00" + os.urandom(100), "NQ-FILE-DAMAGED"),
        (lambda: archive({"a.csv": CSV})[:-30], "NQ-FILE-DAMAGED"),
        (lambda: archive({"a.csv": CSV})[:40], "NQ-FILE-DAMAGED"),
        (corrupt, "NQ-FILE-DAMAGED"),
        (lambda: lying(50), "NQ-FILE-DAMAGED"),
        (lambda: archive({"a.csv": CSV}, zipfile.ZIP_LZMA), "NQ-FILE-DAMAGED"),
        (lambda: flagged(archive({"a.csv": CSV}), 1), "NQ-FILE-ENCRYPTED"),
        (lambda: archive({"a.csv": CSV}) + b"<script>", "NQ-FILE-UNSAFE"),
        (lambda: b"PK\x03\x04junk" + archive({"a.csv": CSV}), "NQ-FILE-UNSAFE"),
        (lambda: archive({"../a.csv": CSV}), "NQ-FILE-UNSAFE"),
        (lambda: archive({"/etc/a.csv": CSV}), "NQ-FILE-UNSAFE"),
        (lambda: archive({"..\\a.csv": CSV}), "NQ-FILE-UNSAFE"),
        (lambda: archive({"C:\\a.csv": CSV}), "NQ-FILE-UNSAFE"),
        (link, "NQ-FILE-UNSAFE"),
        (doubled, "NQ-FILE-UNSAFE"),
        (lambda: archive({f"{n}.pdf": b"" for n in range(2_001)}), "NQ-FILE-UNSAFE"),
        (lambda: archive({"a.csv": bytes(2_000_000)}), "NQ-FILE-TOO-LARGE"),
        (lambda: gzip.compress(bytes(2_000_000)), "NQ-FILE-TOO-LARGE"),
        (lambda: gzip.compress(b""), "NQ-FILE-EMPTY"),
    ],
)
def test_what_is_broken_or_made_to_hurt_is_named(make: Any, code: str) -> None:
    assert refused(make()).code == code


def test_a_bomb_is_left_before_it_goes_off() -> None:
    """200 MB of blanks in 200 kB: refused after 32 MB, and long before the cap."""
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b" " * 1_000_000) for _ in range(200)) + packer.flush()
    tracemalloc.start()
    try:
        assert refused(bomb, cap=256_000_000).code == "NQ-FILE-UNSAFE"
        assert refused(archive({"a.csv": bytes(60_000_000)}), cap=256_000_000).code == "NQ-FILE-UNSAFE"
        assert tracemalloc.get_traced_memory()[1] < 150_000_000
    finally:
        tracemalloc.stop()


def test_a_list_of_entries_without_end_is_not_read() -> None:
    wide = struct.pack("<4sQ2H2L4Q", b"PK\x06\x06", 44, 45, 45, 0, 0, 10**6, 10**6, 10**9, 0)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, 0, 0, 0)
    assert refused(b"PK\x03\x04" + wide + locator + end).code == "NQ-FILE-UNSAFE"
    many = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 60_000, 60_000, 3 << 20, 0, 0)
    assert refused(b"PK\x03\x04" + bytes(4 << 20) + many).code == "NQ-FILE-UNSAFE"
