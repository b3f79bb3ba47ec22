"""Bytes to a table: the encoding ladder, rows counted as a spreadsheet shows them, and what is no table at all."""

import csv
import random
import time

import pytest

from ievq_pipeline.adapters.reading import encoding
from ievq_pipeline.adapters.reading.source import LONGEST_CELL, MOST_COLUMNS, Source, Unreadable
from ievq_pipeline.adapters.reading.text import open_text
from ievq_pipeline.domain.contracts.model import Contract, Field, FieldType
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.text import Text

CHINESE = "来源,技能词\nhn,机器学习\n"


def of(*names: str) -> Contract:
    """A contract of these columns and no rules."""
    fields = (Field(name, Text(name, name), (), FieldType.TEXT, Text("", ""), "") for name in names)
    return Contract("any", 1, Text("", ""), (), None, (names[0],), tuple(fields), ())


def read(data: bytes, *names: str) -> tuple[Source, list[tuple[object, ...]]]:
    """The source, and its rows: the number first, then the columns named (a and b)."""
    source = open_text(data, of(*(names or ("a", "b"))))
    rows = [row for block in source.blocks for row in block.cells.fill_null("").iter_rows()]
    return source, rows


def refusal(data: bytes, *names: str) -> Finding:
    with pytest.raises(Unreadable) as refused:
        read(data, *names)
    return refused.value.finding


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030"), ("gbk", "gb18030"), ("utf-16", "utf-16")],
)
def test_an_offices_encodings_are_read_without_guessing(codec: str, encoding: str) -> None:
    source, rows = read(CHINESE.encode(codec), "来源", "技能词")
    assert (source.facts.encoding, source.header, rows) == (encoding, ["来源", "技能词"], [(2, "hn", "机器学习")])


def test_characters_that_only_gb18030_knows_survive() -> None:
    assert read("a\n㐂𠮷\n".encode("gb18030"))[1] == [(2, "㐂𠮷")]


def test_utf_8_is_tried_first_over_the_whole_file() -> None:
    late = "a\n" + "x\n" * 100_000 + "机器学习\n"
    assert read(late.encode())[1][-1] == (100_002, "机器学习")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_rows_count_as_a_spreadsheet_shows_them(end: str) -> None:
    lines = ["", "term,note", '"two', 'lines",x', "", "  ,  ", "b,y"]
    source, rows = read(end.join(lines).encode(), "term", "note")
    inside = "\n" if end == "\r" else end
    assert source.facts.header_row == 2
    assert rows == [(3, f"two{inside}lines", "x"), (6, "b", "y")]


def test_quoted_commas_and_quotes_belong_to_the_cell() -> None:
    assert read(b'a,b\n"x, ""y""",2')[1] == [(2, 'x, "y"', "2")]


@pytest.mark.parametrize("data", [b"", b"\n\r\n", b"\xef\xbb\xbf", b" \t ", b",,,\n,,\n", "\u3000\n".encode()])
def test_a_file_without_anything_is_empty(data: bytes) -> None:
    assert refusal(data).code == "NQ-FILE-EMPTY"


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf_16_without_a_mark_is_refused_by_its_name(codec: str) -> None:
    finding = refusal(CHINESE.encode(codec), "来源", "技能词")
    assert (finding.code, finding.parameters["looks"]) == ("NQ-FILE-ENCODING", codec)


@pytest.mark.parametrize(("separator", "kind"), [(",", "csv"), ("\t", "tsv"), (";", "csv"), ("；", "csv")])
def test_separators_are_told_by_the_header(separator: str, kind: str) -> None:
    lines = [
        "统计表",
        "说明:一,二;三",
        "",
        separator.join(("来源", "技能词")),
        separator.join(("hn", "机器,学习;x"[:4])),
    ]
    source, rows = read("\n".join(lines).encode(), "来源", "技能词")
    assert (source.facts.format, source.facts.header_row) == (kind, 4)
    assert rows[0][1] == "hn"


@pytest.mark.parametrize("stray", ['5" pipe', 'a"b', '"x" y'])
def test_stray_quotation_marks_move_no_row(stray: str) -> None:
    """The quick way and the one by record agree; the former would pair marks of different rows."""
    lines = ["a,b", *(f"r{n},{n}" for n in range(5)), f"{stray},6", *(f"s{n},{n}" for n in range(5)), f"z {stray},7"]
    data = "\n".join(lines).encode()
    expected = [(n, *cells) for n, cells in enumerate(csv.reader(lines[1:]), start=2)]
    assert read(data)[1] == expected


def test_pieces_of_the_file_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    luck = random.Random(3)
    words = ["x", "机器", 'a"b', '"q ""1"" z"', '"two\nlines"', '"one, two"', "", " y "]
    lines = ["a,b", *(f"{luck.choice(words)},{n}" for n in range(3_000))]
    data = "\n".join(lines).encode()
    whole = read(data)[1]
    for size in (100, 1_000, 7_777):
        monkeypatch.setattr(encoding, "PIECE", size)
        assert read(data)[1] == whole


def test_bytes_of_no_encoding_are_refused_with_the_line() -> None:
    finding = refusal(b"a,b\nx,y\nz,\xff\xff\n")
    assert (finding.code, finding.parameters["line"]) == ("NQ-FILE-ENCODING", 3)


@pytest.mark.timeout(20)
@pytest.mark.parametrize("byte", [b"a", b'"', b"\xe4"])
def test_one_line_of_fifty_megabytes_is_refused_at_once(byte: bytes) -> None:
    start = time.process_time()
    assert refusal(b"term,count\nx," + byte * 50_000_000).code in {"NQ-CELL-LONG", "NQ-FILE-ENCODING"}
    assert time.process_time() - start < 5


def test_a_cell_over_the_cap_is_refused_with_its_row() -> None:
    longest = "x" * LONGEST_CELL
    assert read(f"a\nb\n{longest}".encode())[1][-1] == (3, longest)
    for longer in (longest + "x", "x" * 200_000):
        finding = refusal(f"a\n\nb\n{longer}".encode())
        assert (finding.code, finding.row) == ("NQ-CELL-LONG", 4)


def test_columns_over_the_cap_are_refused_and_empty_ones_do_not_count() -> None:
    assert refusal(b"x," * MOST_COLUMNS + b"x\n").code == "NQ-FILE-TOO-LARGE"
    assert len(read(b"a" + b"," * 5_000 + b"\n1\n")[0].header) == 5_001
