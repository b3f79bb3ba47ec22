"""Bytes to a table: the encoding ladder, rows counted as a spreadsheet shows them, and what is no table at all."""

import time

import pytest

from ievq_pipeline.adapters.tables import LONGEST_CELL, MOST_COLUMNS, Unreadable, read_csv
from ievq_pipeline.domain.finding import Finding

CHINESE = "来源,技能词\nhn,机器学习\n"


def refusal(data: bytes) -> Finding:
    with pytest.raises(Unreadable) as refused:
        read_csv(data)
    return refused.value.finding


@pytest.mark.parametrize(
    ("codec", "encoding"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030")]
)
def test_an_offices_encodings_are_read_without_guessing(codec: str, encoding: str) -> None:
    table = read_csv(CHINESE.encode(codec))
    assert (table.encoding, table.header, table.rows) == (encoding, ["来源", "技能词"], [(2, ["hn", "机器学习"])])


def test_characters_that_only_gb18030_knows_survive() -> None:
    assert read_csv("a\n㐂𠮷\n".encode("gb18030")).rows == [(2, ["㐂𠮷"])]


def test_utf_8_is_tried_first_over_the_whole_file() -> None:
    late = "a\n" + "x\n" * 100_000 + "机器学习\n"
    assert read_csv(late.encode()).rows[-1] == (100_002, ["机器学习"])


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_count_as_a_spreadsheet_shows_them(end: str) -> None:
    lines = ["", "term,note", '"two', 'lines",x', "", "  ,  ", "b,y"]
    table = read_csv(end.join(lines).encode())
    assert table.header_row == 2
    assert table.rows == [(3, [f"two{end}lines", "x"]), (6, ["b", "y"])]


def test_quoted_commas_and_quotes_belong_to_the_cell() -> None:
    assert read_csv(b'a,b\n"x, ""y""",2').rows == [(2, ['x, "y"', "2"])]


@pytest.mark.parametrize("data", [b"", b"\n\r\n", b"\xef\xbb\xbf", b" \t ", b",,,\n,,\n", "\u3000\n".encode()])
def test_a_file_without_anything_is_empty(data: bytes) -> None:
    assert refusal(data).code == "NQ-FILE-EMPTY"


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "PDF"),
        (b"\n  %PDF-1.7", "PDF"),
        (b"PK\x03\x04\x14\x00", "XLSX"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "XLS"),
        (b"\x89PNG\r\n\x1a\n", "PNG"),
        (b"\xff\xd8\xff\xe0", "JPEG"),
        (b"\x1f\x8b\x08", "GZIP"),
        (b"<!doctype html><table>", "HTML"),
        (b"<HTML><table>", "HTML"),
        (b"<?xml version='1.0'?>", "XML"),
        (b"source,quarter\nhn,\x00\x01\x02", "binary"),
    ],
)
def test_a_file_of_another_kind_is_named_in_both_languages(data: bytes, kind: str) -> None:
    finding = refusal(data)
    assert finding.code == "NQ-FILE-NOT-TABLE"
    assert kind in str(finding.parameters["kind_en"])
    assert ("二进制" if kind == "binary" else kind) in str(finding.parameters["kind_zh"])


@pytest.mark.parametrize("codec", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16_is_refused(codec: str) -> None:
    assert refusal(CHINESE.encode(codec)).code in {"NQ-FILE-ENCODING", "NQ-FILE-NOT-TABLE"}


def test_bytes_of_no_encoding_are_refused_with_the_line() -> None:
    finding = refusal(b"a,b\nx,y\nz,\xff\xff\n")
    assert (finding.code, finding.parameters) == ("NQ-FILE-ENCODING", {"line": 3})


@pytest.mark.timeout(20)
@pytest.mark.parametrize("byte", [b"a", b'"', b"\xe4"])
def test_one_line_of_fifty_megabytes_is_refused_at_once(byte: bytes) -> None:
    start = time.monotonic()
    assert refusal(b"term,count\nx," + byte * 50_000_000).code in {"NQ-CELL-LONG", "NQ-FILE-ENCODING"}
    assert time.monotonic() - start < 5


def test_a_cell_over_the_cap_is_refused_with_its_row() -> None:
    longest = "x" * LONGEST_CELL
    assert read_csv(f"a\nb\n{longest}".encode()).rows[-1] == (3, [longest])
    for longer in (longest + "x", "x" * 200_000):
        finding = refusal(f"a\n\nb\n{longer}".encode())
        assert (finding.code, finding.row) == ("NQ-CELL-LONG", 4)


def test_columns_over_the_cap_are_refused_and_empty_ones_do_not_count() -> None:
    assert refusal(b"x," * MOST_COLUMNS + b"x\n").code == "NQ-FILE-TOO-LARGE"
    assert len(read_csv(b"x" + b"," * 5_000 + b"\n1\n").header) == 5_001
