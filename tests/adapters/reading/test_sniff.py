"""What a file is: by its bytes, and every other thing by its name."""

import io
import struct
import zipfile

import pytest

from ievq_pipeline.adapters.reading import sniff
from ievq_pipeline.adapters.reading.sniff import Kind
from ievq_pipeline.adapters.reading.source import Unreadable


def zipped(**parts: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return packed.getvalue()


def ole(*streams: str) -> bytes:
    """As much of an OLE file as its directory: four entries a sector."""
    data = bytearray(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1".ljust(512, b"\0"))
    for name in ("Root Entry", *streams):
        wide = (name + "\0").encode("utf-16-le")
        data += wide.ljust(64, b"\0") + struct.pack("<H", len(wide)) + bytes(62)
    return bytes(data.ljust(1_536, b"\0"))


SHEET = "application/vnd.oasis.opendocument.spreadsheet"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"enterprise,quarter\n1,2\n", Kind.TEXT),
        ("\ufeff企业,季度\n".encode(), Kind.TEXT),
        ("企业,季度\n".encode("gb18030"), Kind.TEXT),
        ("企业\t季度\n".encode("utf-16"), Kind.TEXT),
        ("[内部] 用人需求表,,\n".encode(), Kind.TEXT),
        (b"MZ,BM,GIF,From: a\nTo: b,c,d\n", Kind.TEXT),
        ("标题：<2025年>\n企业,季度".encode(), Kind.TEXT),
        (b"From: January\nenterprise,quarter\nTo: March,x\n", Kind.TEXT),
        (b'[{"a": 1}]', Kind.JSON),
        (b'\xef\xbb\xbf \r\n[ {"a": 1}, {}]', Kind.JSON),
        (b"[]", Kind.JSON),
        (b"[[1, 2]]", Kind.JSON),
        ('{"数据": [{"企业": 1}]}'.encode("gb18030"), Kind.JSON),
        (b'{"rows": [\n{"a": 1},\n{"a": 2}\n]}', Kind.JSON),
        (b'{\n  "rows": []\n}', Kind.JSON),
        (b'{"a": 1}', Kind.JSON),
        (b'{"a": 1}\n{"a": 2}\n', Kind.JSONL),
        ('{"a": "技能"}\r\n\r\n{"a": 2}'.encode("utf-16"), Kind.JSONL),
        (b'{"a": 1\n{"a": 2}\n', Kind.JSONL),
        (b'{"a": "' + b"x" * 20_000 + b'"}\n{"a": 2}\n', Kind.JSONL),
        (b"\x1f\x8b\x08\x00rest", Kind.GZIP),
        (zipped(**{"a.csv": "x"}), Kind.ZIP),
        (zipped(**{"a.csv": "x"})[:40], Kind.ZIP),
        (zipped(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), Kind.XLSX),
        (zipped(**{"[Content_Types].xml": "", "xl/workbook.xml": ""})[:50], Kind.XLSX),
        (zipped(mimetype=SHEET, **{"content.xml": ""}), Kind.ODS),
        (ole("Workbook"), Kind.XLS),
        (ole("\x05SummaryInformation", "Book"), Kind.XLS),
    ],
)
def test_what_can_be_read_is_known_by_its_bytes(data: bytes, kind: Kind) -> None:
    assert sniff.kind(data) is kind


@pytest.mark.parametrize(
    ("data", "named"),
    [
        (b"%PDF-1.7\n", "a PDF"),
        (b"{\\rtf1", "an RTF document"),
        (b"Rar!\x1a\x07\x01\x00", "a RAR archive"),
        (b"7z\xbc\xaf\x27\x1c\x00", "a 7z archive"),
        (b"x" * 257 + b"ustar\x0000", "a TAR archive"),
        (b"\x89PNG\r\n\x1a\n", "a PNG picture"),
        (b"\xff\xd8\xff\xe0", "a JPEG picture"),
        (b"\x00\x00\x00\x18ftypheic", "a photo"),
        (b"BM\x36\x84\x03\x00\x00\x00\x00\x00", "a BMP picture"),
        (b"RIFF\x00\x00\x00\x00WEBPVP8", "a WebP"),
        (b"PAR1\x15\x04", "a Parquet"),
        (b"SQLite format 3\x00", "an SQLite"),
        (b"\x00\x01\x00\x00Standard ACE DB\x00", "an Access"),
        (b"MZ\x90\x00" + bytes(60) + b"PE\x00\x00", "a program"),
        (b"\x09\x04\x06\x00\x00\x00\x10\x00", "a workbook older than Excel 97"),
        (ole("WordDocument"), "a Word document (DOC)"),
        (ole("PowerPoint Document"), "a presentation (PPT)"),
        (ole("__properties_version1.0"), "an Outlook mail"),
        (ole("Something"), "an old Office file without a workbook"),
        (zipped(**{"[Content_Types].xml": "", "word/document.xml": ""}), "a Word document (DOCX)"),
        (zipped(**{"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "a presentation (PPTX)"),
        (zipped(**{"[Content_Types].xml": "", "xl/workbook.bin": ""}), "a binary workbook (XLSB)"),
        (zipped(mimetype="application/vnd.oasis.opendocument.text"), "an OpenDocument file that is no spreadsheet"),
        (zipped(**{"OFD.xml": ""}), "an OFD document"),
        (b"<!DOCTYPE html><html>", "a web page (HTML"),
        (b"\xef\xbb\xbf\r\n<html xmlns:x='urn:schemas-microsoft-com:office:excel'>", "a web page (HTML"),
        ("<table><tr><td>企业</td>".encode("gb18030"), "a web page (HTML"),
        ("<html><body>".encode("utf-16"), "a web page (HTML"),
        (b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>', "an XML Spreadsheet 2003"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">', "an XML Spreadsheet"),
        (b'<?xml version="1.0"?><office:document x="">', "a flat XML OpenDocument"),
        (b'<?xml version="1.0"?><rows><row/></rows>', "an XML file"),
        (b"MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=x\r\n\r\n", "a web page in one file"),
        (b"Received: by a\r\n  for b\r\nFrom: c@d\r\nSubject: x\r\n\r\n", "a mail (EML)"),
    ],
)
def test_what_is_no_table_is_named_in_both_languages(data: bytes, named: str) -> None:
    with pytest.raises(Unreadable) as refused:
        sniff.kind(data)
    finding = refused.value.finding
    assert finding.code == "NQ-FILE-NOT-TABLE"
    assert str(finding.parameters["kind_en"]).startswith(named)
    assert any("\u4e00" <= c <= "\u9fff" for c in str(finding.parameters["kind_zh"]))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "NQ-FILE-EMPTY"),
        (b"\xef\xbb\xbf \r\n\t", "NQ-FILE-EMPTY"),
        (b"\xff\xfe", "NQ-FILE-EMPTY"),
        (ole("EncryptionInfo", "EncryptedPackage"), "NQ-FILE-ENCRYPTED"),
        (ole("Something")[:-100], "NQ-FILE-DAMAGED"),
    ],
)
def test_empty_locked_and_cut_files_have_their_own_word(data: bytes, code: str) -> None:
    with pytest.raises(Unreadable) as refused:
        sniff.kind(data)
    assert refused.value.finding.code == code


def test_a_workbook_is_known_before_the_rest_of_it_has_come() -> None:
    book = zipped(**{"[Content_Types].xml": "", "xl/workbook.xml": ""})
    assert sniff.is_workbook(book[:64])
    assert sniff.is_workbook(ole("Workbook")[:64])
    assert sniff.is_workbook(zipped(mimetype=SHEET)[:64])
    assert not sniff.is_workbook(zipped(**{"2025.csv": "x"})[:64])
    assert not sniff.is_workbook(zipped(**{"folder/": "", "2025.csv": "x"})[:64])
    assert not sniff.is_workbook(b"enterprise,quarter\n")
    assert not sniff.is_workbook(b"\x1f\x8b\x08\x00")
