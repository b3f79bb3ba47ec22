"""Hostile and damaged workbooks are refused by name; ordinary ones trip nothing."""

from collections.abc import Callable

import pytest
from openpyxl.utils import get_column_letter

from ievq_pipeline.adapters.reading.package import MB, Caps
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from tests import made_workbooks as made
from tests.made_workbooks import HEAD, bare, data, rows_of, sheet_of
from tests.read_workbooks import GOOD, read, refusal, told

ENCRYPTED_ODS = {
    "META-INF/manifest.xml": '<m:manifest xmlns:m="x"><m:file-entry><m:encryption-data/></m:file-entry></m:manifest>'
}
REFUSED: list[tuple[str, Callable[[], bytes], str, str]] = [
    ("bomb", lambda: made.bomb(220), "NQ-FILE-TOO-LARGE", "200 MB"),
    ("ratio", lambda: made.bomb(40), "NQ-FILE-UNSAFE", "sheet1.xml"),
    ("lying bomb", made.lying_bomb, "NQ-FILE-DAMAGED", "sheet1.xml"),
    ("parts", lambda: made.with_names(*(f"x{k}" for k in range(200))), "NQ-FILE-TOO-LARGE", "200"),
    ("climbs", lambda: made.with_names("../x"), "NQ-FILE-UNSAFE", "../x"),
    ("climbs inside", lambda: made.with_names("xl/../../x"), "NQ-FILE-UNSAFE", "xl/../../x"),
    ("backslashes", lambda: made.with_names("..\\x"), "NQ-FILE-UNSAFE", "../x"),
    ("absolute", lambda: made.with_names("/etc/x"), "NQ-FILE-UNSAFE", "/etc/x"),
    ("drive", lambda: made.with_names("C:/x"), "NQ-FILE-UNSAFE", "C:/x"),
    ("case", lambda: made.with_names("XL/Workbook.XML"), "NQ-FILE-UNSAFE", "XL/Workbook.XML"),
    ("prefix", lambda: b"GIF89a" + made.table(), "NQ-FILE-UNSAFE", ""),
    ("suffix", lambda: made.table() + b"<html></html>", "NQ-FILE-UNSAFE", ""),
    ("two", lambda: made.table() + made.table(), "NQ-FILE-UNSAFE", ""),
    ("doctype", made.doctype, "NQ-FILE-UNSAFE", "sheet1.xml"),
    ("doctype utf-16", lambda: made.doctype("utf-16"), "NQ-FILE-UNSAFE", "sheet1.xml"),
    ("doctype utf-16-be", lambda: made.doctype("utf-16-be"), "NQ-FILE-UNSAFE", "sheet1.xml"),
    ("doctype elsewhere", lambda: made.with_names() and made.patched(made.table(), {"docProps/x.xml": b"<!DOCTYPE a><a/>"}), "NQ-FILE-UNSAFE", "docProps/x.xml"),
    ("doctype far in", lambda: made.patched(made.table(), {"x.rels": b" " * (MB - 5) + b"<!DOCTYPE a><a/>"}), "NQ-FILE-UNSAFE", "x.rels"),
    ("encrypted entry", made.encrypted_entry, "NQ-FILE-ENCRYPTED", ""),
    ("encrypted ole", lambda: made.ole("EncryptionInfo", "EncryptedPackage"), "NQ-FILE-ENCRYPTED", ""),
    ("encrypted ods", lambda: made.ods({"a": ""}, ENCRYPTED_ODS), "NQ-FILE-ENCRYPTED", ""),
    ("old word", lambda: made.ole("WordDocument"), "NQ-FILE-NOT-TABLE", "Word"),
    ("torn xls", lambda: made.ole("Workbook"), "NQ-FILE-DAMAGED", ""),
    ("half xls", lambda: (b := made.xls([HEAD, *data(500)]))[: len(b) // 2], "NQ-FILE-DAMAGED", ""),
    ("word", lambda: made.zipped({"[Content_Types].xml": "<a/>", "_rels/.rels": f'<a><Relationship Id="a" Type="{made.OFFICE}/officeDocument" Target="word/document.xml"/></a>', "word/document.xml": "<a/>"}), "NQ-FILE-NOT-TABLE", "Word"),
    ("xlsb", lambda: made.zipped({"[Content_Types].xml": "<a/>", "_rels/.rels": f'<a><Relationship Id="a" Type="{made.OFFICE}/officeDocument" Target="xl/workbook.bin"/></a>'}), "NQ-FILE-NOT-TABLE", "XLSB"),
    ("zip of csv", lambda: made.zipped({"a.csv": "x"}), "NQ-FILE-NOT-TABLE", "ZIP"),
    ("cut", lambda: made.table()[:-40], "NQ-FILE-DAMAGED", ""),
    ("cut short", lambda: made.table()[:100], "NQ-FILE-DAMAGED", ""),
    ("flipped", lambda: (b := made.table(50))[: b.index(b"sheet1.xml") + 60] + b"\xff" * 40 + b[b.index(b"sheet1.xml") + 100 :], "NQ-FILE-DAMAGED", "sheet1.xml"),
    ("no xml", lambda: made.patched(made.table(), {made.SHEET: b"<worksheet><sheetData><row r='1'>"}), "NQ-FILE-DAMAGED", "sheet1.xml"),
    ("no workbook", lambda: made.patched(made.table(), {"xl/workbook.xml": None}), "NQ-FILE-DAMAGED", "workbook.xml"),
    ("cell twice", lambda: bare(sheet_of('<row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>')), "NQ-FILE-DAMAGED", "A1"),
    ("row twice", lambda: bare(sheet_of('<row r="1"><c r="A1"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>')), "NQ-FILE-DAMAGED", "1"),
    ("beyond", lambda: bare(sheet_of('<row r="1048577"><c r="A1048577"><v>1</v></c></row>')), "NQ-FILE-DAMAGED", ""),
    ("beyond columns", lambda: bare(sheet_of('<row r="1"><c r="XFE1"><v>1</v></c></row>')), "NQ-FILE-DAMAGED", "XFE1"),
    ("no such string", lambda: bare(sheet_of('<row r="1"><c r="A1" t="s"><v>7</v></c></row>')), "NQ-FILE-DAMAGED", "sheet1.xml"),
    ("overlaps", lambda: bare(sheet_of(rows_of([HEAD, *data(20)]), after='<mergeCells>' + '<mergeCell ref="A2:G21"/>' * 9 + "</mergeCells>")), "NQ-FILE-DAMAGED", "A2:G21"),
    ("columns", lambda: bare(sheet_of("".join(f'<row r="{k}"><c r="{get_column_letter(k)}{k}"><v>1</v></c></row>' for k in range(1, 202)))), "NQ-FILE-TOO-LARGE", "200"),
    ("long cell", lambda: bare(sheet_of(rows_of([HEAD, ("x" * 32_768,)]))), "NQ-CELL-LONG", ""),
    ("empty", lambda: made.workbook([]), "NQ-FILE-EMPTY", ""),
    ("empty zip", lambda: made.zipped({}), "NQ-FILE-DAMAGED", ""),
]  # fmt: skip


@pytest.mark.parametrize(("book", "code", "named"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_hostile_and_damaged_workbooks_are_refused_by_name(book: Callable[[], bytes], code: str, named: str) -> None:
    finding = refusal(book())
    assert finding.code == code
    assert named in str(finding.as_json(JOB_DEMAND)["message"])


def test_a_workbook_over_the_cap_in_bytes_is_not_opened() -> None:
    assert refusal(made.table(), Caps(packed=1_000)).code == "NQ-FILE-TOO-LARGE"
    assert refusal(b"\xd0\xcf\x11\xe0" * 1_000, Caps(packed=1_000)).code == "NQ-FILE-TOO-LARGE"
    assert refusal(made.table(), Caps(unpacked=1_000)).code == "NQ-FILE-TOO-LARGE"


def test_macros_links_and_embeddings_are_left_alone_and_told() -> None:
    parts: dict[str, bytes | None] = {
        "xl/vbaProject.bin": b"\xd0\xcf\x11\xe0",
        "xl/externalLinks/externalLink1.xml": b"<externalLink/>",
        "xl/embeddings/oleObject1.bin": b"x",
        "xl/activeX/activeX1.xml": b"<ocx/>",
    }
    source, rows, _ = read(made.patched(made.table(), parts))
    assert rows == GOOD
    assert told(source) == {"NQ-FILE-ACTIVE"}
    message = source.findings[0].as_json(JOB_DEMAND)["message"]
    assert isinstance(message, dict)
    assert (
        message["zh"]
        == "文件中有宏、指向其他文件的链接、嵌入的文件、ActiveX控件；均未运行、未打开，只读取单元格中保存的值。"
    )


def test_ordinary_workbooks_trip_no_cap() -> None:
    """Many sheets and pictures, parts that pack very well, a comment at the package's end, names that only look odd."""
    same = bare(made.large_sheet(4_000, lambda k: ("us-agency:DN", "2025-Q3", "350200", "39", None, "焊接", 1)))
    pictures = {f"xl/media/image{k}.png": b"\0" * 100_000 for k in range(150)}
    odd = {
        "xl/..foo/bar..xml": b"<a>!DOCTYPE</a>",
        "xl/media/page.html": b"no DOCTYPE",
        "xl/media/a.emf": b"\1\0<!DOCTYPE",
    }
    book = made.patched(same, {**pictures, **odd})
    assert len(read(book)[1]) == 4_000
    comment = book[:-2] + (3).to_bytes(2, "little") + b"end"
    assert len(read(comment)[1]) == 4_000
