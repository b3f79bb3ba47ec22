"""JSON and JSON Lines: every cell as it was written, every fault at its record, and nothing guessed."""

import json
import resource
from pathlib import Path
from typing import Any

import pytest

from ievq_pipeline.adapters import confined
from ievq_pipeline.adapters.checks import Expected, check
from ievq_pipeline.adapters.reading import structured
from ievq_pipeline.adapters.reading.json_text import PIECE
from ievq_pipeline.adapters.reading.sniff import Kind, kind
from ievq_pipeline.adapters.reading.source import ROW, Source, Unreadable
from ievq_pipeline.adapters.reading.structured import open_json, open_json_lines
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.finding import Finding

TOTALS, DEMAND, TECHNOLOGY = contract("totals"), contract("job-demand"), contract("technology")
GOOD: dict[str, Any] = {
    "source": "hn", "quarter": "2025-Q3", "term": "Python", "count": 5, "exposure": 2314, "months": 3,
}  # fmt: skip


def opened(data: bytes | str, rules: Any = TOTALS, **more: Any) -> Source:
    data = data.encode() if isinstance(data, str) else data
    return (open_json_lines if kind(data) is Kind.JSONL else open_json)(data, rules, **more)


def read(data: Any, rules: Any = TOTALS) -> tuple[list[dict[str, Any]], list[Finding], Source]:
    """All rows and faults of a file, or of records."""
    source = opened(data if isinstance(data, bytes | str) else json.dumps(data, ensure_ascii=False), rules)
    blocks = list(source.blocks)
    for fault in (*source.findings, *(fault for block in blocks for fault in block.faults)):
        fault.as_json(rules)
    return (
        [row for block in blocks for row in block.cells.to_dicts()],
        [fault for block in blocks for fault in block.faults],
        source,
    )


def refused(data: bytes | str, rules: Any = TOTALS) -> Finding:
    with pytest.raises(Unreadable) as refusal:
        for _ in opened(data, rules).blocks:
            pass
    refusal.value.finding.as_json(rules)
    return refusal.value.finding


def lined(*records: Any) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


def test_an_array_is_read_under_the_contracts_columns() -> None:
    rows, faults, source = read([GOOD, GOOD | {"term": "技能", "count": 0}])
    assert rows[1] == {
        ROW: 2, "source": "hn", "quarter": "2025-Q3", "term": "技能", "count": "0", "exposure": "2314", "months": "3",
    }  # fmt: skip
    assert (faults, source.findings, source.has_cells) == ([], [], False)
    assert source.facts.format == "json"
    assert source.header == list(GOOD)
    assert source.positions == {name: at for at, name in enumerate(GOOD)}


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("is_lines", [False, True])
def test_each_encoding_of_the_ladder_is_read(codec: str, is_lines: bool) -> None:
    records = [{"来源": "hn", "季度": "2025年第3季度", "技能词": "机器学习", "招聘数": 3, "招聘总数": 9, "月数": 3}] * 2
    text = lined(*records) if is_lines else json.dumps(records, ensure_ascii=False)
    rows, _, source = read(text.encode(codec))
    assert [row["term"] for row in rows] == ["机器学习"] * 2
    assert source.facts.encoding == {"utf-8-sig": "utf-8"}.get(codec, codec)


def test_gb18030_is_believed_only_where_a_key_is_known() -> None:
    finding = refused('[{"名字": "甲", "值": "乙"}]'.encode("gb18030"))
    assert finding.code == "NQ-FILE-ENCODING"
    assert "名字" in str(finding.parameters["gb18030"])
    assert refused('[{"term": "caf\xe9"}]'.encode("latin-1")).code == "NQ-FILE-ENCODING"
    assert refused("[]".encode("utf-16")[:-1] + b"\x00\xd8").code == "NQ-FILE-ENCODING"


@pytest.mark.parametrize("name", ["rows", "data", "items", "Records", "数据"])
def test_an_object_around_the_array_is_seen_through(name: str) -> None:
    rows, _, _ = read({"quarter": "2025-Q3", "note": [1, {"a": []}], name: [GOOD], "next": None})
    assert [row["term"] for row in rows] == ["Python"]


def test_an_object_in_an_object_around_it_too_and_a_record_alone_is_a_record() -> None:
    assert len(read({"code": 0, "data": {"total": 1, "items": [GOOD, GOOD]}})[0]) == 2
    assert read(GOOD)[0][0]["term"] == "Python"
    assert read(json.dumps([GOOD] * 2, indent=2))[0][1]["row"] == 2


def test_keys_are_known_by_code_title_and_alias_and_in_any_order() -> None:
    one = {
        "月数": 3,
        " 招聘数 ": 1,
        "ＴＥＲＭ": "a",
        "数据来源": "hn",
        "Quarter（必填）": "2025-Q3",
        "postings_total": 7,
    }
    two = {"term": "b", "count": 2, "source": "hn", "quarter": "2025-Q3", "exposure": 7, "months": 3}
    rows, faults, source = read([one, two])
    assert [(row["term"], row["count"]) for row in rows] == [("a", "1"), ("b", "2")]
    assert (faults, source.findings) == ([], [])


def test_unknown_keys_are_told_once_and_required_ones_that_stand_nowhere_too() -> None:
    some = {name: value for name, value in GOOD.items() if name not in {"months", "count"}}
    rows, _, source = read([some | {"备注": "x"}] * 3 + [some | {"备注": 1, "count": 4}])
    found = [(finding.code, finding.column, finding.value) for finding in source.findings]
    assert found == [
        ("NQ-HEADER-UNKNOWN", None, "备注"),
        ("NQ-HEADER-MISSING", "months", "source, quarter, term, exposure, 备注, count"),
    ]
    assert [row["count"] for row in rows] == [None, None, None, "4"], "what only some have is an empty cell"


def test_values_keep_every_digit_and_say_true_and_false() -> None:
    text = (
        '[{"enterprise": 91350200123456789012345, "openings": 12.0, "applicants": 1E400, "tier": -0,'
        '"is_required": true, "skill": "\\u6280\\u80fd\\ud83d\\ude00", "post_ref": 1.10},'
        '{"is_required": false, "skill": null, "post_ref": ""}]'
    )
    rows, faults, _ = read(text, DEMAND)
    assert rows[0] | {ROW: 0} == {
        ROW: 0, "enterprise": "91350200123456789012345", "openings": "12.0", "applicants": "1E400", "tier": "-0",
        "is_required": "TRUE", "skill": "技能😀", "post_ref": "1.10",
    }  # fmt: skip
    assert (rows[1]["is_required"], rows[1]["skill"], rows[1]["post_ref"]) == ("FALSE", None, "")
    assert faults == []


def test_lists_stand_only_where_a_column_holds_several() -> None:
    rows, faults, _ = read(
        [{"technology": "a", "skills": ["甲", "乙", None]}, {"skills": []}, {"technology": ["a"]}], TECHNOLOGY
    )
    assert [row["skills"] for row in rows] == ["甲;乙", None]
    assert [(fault.code, fault.row, fault.column, fault.value) for fault in faults] == [
        ("NQ-JSON-VALUE", 3, "technology", "[a]")
    ]


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ('{"zh": "甲", "en": [1]}', "{zh: …, en: …}"),
        ("[1, [2], 3, 4, 5, 6]", "[1, …, 3, 4, 5, …]"),
        ("NaN", "NaN"),
        ("-Infinity", "-Infinity"),
        ('"a\\ud800"', "a?"),
        ('"a\\u0000b"', "a\ufffdb"),
    ],
)
def test_what_is_no_single_value_is_found_at_its_cell_and_the_other_cells_are_read(value: str, shown: str) -> None:
    good = json.dumps(GOOD)
    odd = good.replace('"Python"', value)
    rows, faults, _ = read(f"[{good}, {odd}, {good}]")
    assert [(fault.code, fault.row, fault.column, fault.value) for fault in faults] == [
        ("NQ-JSON-VALUE", 2, "term", shown)
    ]
    assert [row["term"] for row in rows] == ["Python", None, "Python"]
    assert [row["count"] for row in rows] == ["5"] * 3


def test_a_key_that_stands_twice_is_a_fault_only_where_its_values_differ() -> None:
    good = json.dumps(GOOD)[:-1]
    rows, faults, _ = read(
        f'[{good}, "count": 5}}, {good}, "招聘数": 6}}, {good}, "提及数": null}}, {good}, "x": 1, "x": 2}}]'
    )
    assert [row["count"] for row in rows] == ["5", None, "5", "5"]
    assert [(fault.code, fault.row, fault.column, fault.value) for fault in faults] == [
        ("NQ-JSON-KEY-TWICE", 2, "count", "5; 6")
    ]


def test_blank_records_are_no_rows_but_count() -> None:
    rows, faults, _ = read([{}, GOOD, None, {"term": " ", "count": None}, {"备注": "x"}, GOOD])
    assert [row[ROW] for row in rows] == [2, 5, 6]
    assert faults == []


def test_an_element_that_is_no_object_is_a_finding_of_its_row() -> None:
    source = opened(json.dumps([GOOD, 5, ["a"], "x", GOOD]))
    (block,) = source.blocks
    assert [(fault.code, fault.row, fault.value) for fault in block.faults] == [
        ("NQ-JSON-RECORD", 2, "5"), ("NQ-JSON-RECORD", 3, "[a]"), ("NQ-JSON-RECORD", 4, "x")
    ]  # fmt: skip
    assert block.unread == {2, 3, 4}
    assert block.cells.height == 5, "none is lost"


def test_a_line_that_is_no_json_is_a_finding_and_the_other_lines_are_read() -> None:
    good = json.dumps(GOOD)
    data = f"{good}\n\n{good[:-1]},}}\n{good}\r\n[1]\n{good[:30]}\n{good}{good}\nhello\n{good}"
    rows, faults, source = read(data)
    assert source.facts.format == "jsonl"
    assert [(fault.row, fault.code) for fault in faults] == [(row, "NQ-JSON-RECORD") for row in (3, 5, 6, 7, 8)]
    assert [row[ROW] for row in rows if row["term"]] == [1, 4, 9]


def test_such_a_line_is_one_finding_of_the_answer_and_its_cells_are_not_asked_for() -> None:
    lines_ = [json.dumps(GOOD | {"term": f"t{n}"}) for n in range(60)]
    lines_[6] = lines_[6][:40]
    lines_[9] = json.dumps(GOOD | {"term": {"zh": "x"}})
    answer = check("\n".join(lines_).encode(), TOTALS, Expected("2025-Q3"))
    assert [(f.code, f.row, f.column, f.cell) for f in answer.findings] == [
        ("NQ-JSON-RECORD", 7, None, None), ("NQ-JSON-VALUE", 10, "term", None)
    ]  # fmt: skip
    assert (answer.verdict, answer.rows_read, answer.rows_accepted) == ("accepted_with_quarantine", 60, 58)


@pytest.mark.parametrize(
    ("text", "line", "place", "what"),
    [
        ('[{"term": "a"},\n {"term": "b",}]', 2, 15, "a key in double quotes"),
        ('[{"term": "a"},\n]', 2, 1, "a comma too many"),
        ('[{"term": "a"}\n{"term": "b"}]', 2, 1, "a comma or a bracket"),
        ("[{'term': 'a'}]", 1, 3, "a key in double quotes"),
        ('[{"term" "a"}]', 1, 10, "a colon"),
        ('[{"term": }]', 1, 11, "a value is expected"),
        ('[{"term": "a\tb"}]', 1, 13, "a text holds a bare"),
        ('[{"term": "\\x"}]', 1, 12, "a backslash"),
        ('[{"term": "a"}, {"term": "b"', 1, 29, "the file breaks off"),
        ('[{"term": "a"}', 1, 15, "the file breaks off"),
        ('[{"term": "a"}] []', 1, 17, "something else follows"),
        ('[{"term": "a"}]\n\n\nx', 4, 1, "something else follows"),
        ('{"rows": [{"term": "a"}], }', 1, 27, "a key in double quotes"),
        ('{"rows": [{"term": "a"}]', 1, 25, "the file breaks off"),
    ],
)
def test_what_is_no_json_is_told_with_its_line_and_place(text: str, line: int, place: int, what: str) -> None:
    finding = refused(text)
    assert (finding.code, finding.parameters["line"]) == ("NQ-JSON-SYNTAX", line)
    assert finding.parameters["place"] in {place, place - 1}, "Python from 3.13 on points at a comma too many itself"
    assert what in str(finding.parameters["what_en"])


def test_places_are_right_far_into_a_file() -> None:
    good = json.dumps(GOOD)
    count = 3 * PIECE // len(good)
    text = "[" + ",\n".join([good] * count) + ",\n" + good[:-1] + ",}]"
    finding = refused(text)
    assert finding.parameters["line"] == count + 1
    assert finding.parameters["place"] in {len(good) + 1, len(good)}


@pytest.mark.parametrize(
    "text",
    ['{"pages": 5}', '{"rows": [], "items": []}', "[[1, 2]]", "[]", '{"rows": {"a": 1}}', '{"rows": "none"}', "[{}]"],
)
def test_a_file_without_records_says_so(text: str) -> None:
    assert refused(text).code == "NQ-JSON-SHAPE"


def test_an_array_of_foreign_records_lacks_its_columns() -> None:
    _, _, source = read([{"name": "x"}] * 2)
    assert [f.code for f in source.findings] == ["NQ-HEADER-UNKNOWN", *["NQ-HEADER-MISSING"] * 6]


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"term":', '{"data":{"rows":'])
def test_endless_nesting_is_named(opening: str) -> None:
    assert refused("[" + opening * 200_000).code in {"NQ-JSON-SYNTAX", "NQ-JSON-SHAPE"}
    rows, faults, _ = read(lined(GOOD) + '{"term": ' + "[" * 100_000 + "\n" + lined(GOOD))
    assert ([row[ROW] for row in rows], [fault.row for fault in faults]) == ([1, 2, 3], [2])


def test_caps_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    assert refused(json.dumps([GOOD | {"term": "x" * 40_000}])).code == "NQ-CELL-LONG"
    assert refused(json.dumps([{f"k{n}": 1 for n in range(201)}])).code == "NQ-FILE-TOO-LARGE"
    assert refused('[{"term": "' + "x" * 12_000_000).parameters["what_en"] != ""
    assert refused(lined(GOOD) + '{"term": "' + "x" * 12_000_000).code == "NQ-JSON-SYNTAX"
    monkeypatch.setattr(structured, "MOST_ROWS", 3)
    assert refused(json.dumps([GOOD] * 4)).code == "NQ-FILE-TOO-LARGE"
    assert len(read([GOOD] * 3)[0]) == 3


def rows_and_peak(path: str) -> tuple[int, int]:
    """How many rows a file has, and by how many kB reading it made this process grow at most."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    rows = sum(block.cells.height for block in open_json(Path(path).read_bytes(), TOTALS).blocks)
    return rows, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before


def test_one_line_of_50_mb_is_read_in_little_memory(tmp_path: Path) -> None:
    """Minified JSON is one line; what is held besides the file are a block of rows and a piece of text."""
    good = json.dumps(GOOD)
    count = 50_000_000 // len(good)
    (tmp_path / "one.json").write_text("[" + ",".join([good] * count) + "]")
    rows, peak = confined.call(rows_and_peak, str(tmp_path / "one.json"))
    assert rows == count
    assert peak < 200_000
