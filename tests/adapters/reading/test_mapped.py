"""A file that is mapped into memory is answered as one that is read."""

import json
import mmap
from dataclasses import astuple
from pathlib import Path

import pytest

from ievq_pipeline.adapters.answers import File, document
from ievq_pipeline.adapters.checks import Expected, check, check_file
from ievq_pipeline.adapters.reading import encoding, mapped
from ievq_pipeline.adapters.reading.mapped import Mapped
from ievq_pipeline.domain.contracts import contract
from tests.made_workbooks import HEAD, data, table

KIND, Q3 = contract("job-demand"), Expected("2025-Q3")
LINES = [",".join("" if cell is None else str(cell) for cell in row) for row in [HEAD, *data(2_000)]]
TEXT = "\r\n".join([*LINES, "x,2025-Q3,,,,,many", '"us-agency:DN",2025-Q3,350200,39,,"a\nb",1', "填表人：某"]) + "\r\n"
RECORDS = [dict(zip(HEAD, row, strict=True)) for row in data(50)]
FILES = {
    "utf-8": TEXT.encode(),
    "marked": TEXT.encode("utf-8-sig"),
    "gb18030": TEXT.encode("gb18030"),
    "utf-16": TEXT.encode("utf-16"),
    "carriage returns": TEXT.replace("\r\n", "\r").encode(),
    "end mark": TEXT.encode() + b"\x1a",
    "broken": TEXT.encode("utf-8-sig") + b"\xff\xff",
    "other encoding": TEXT.encode("big5", "ignore"),
    "binary": bytes(range(256)) * 100,
    "blank": b"\r\n , , \r\n" * 5_000,
    "markup": b"<html>" + TEXT.encode(),
    "json": json.dumps(RECORDS, ensure_ascii=False).encode(),
    "json lines": "\n".join(json.dumps(one, ensure_ascii=False) for one in RECORDS).encode(),
    "workbook": table(20),
}


@pytest.mark.parametrize("name", FILES)
def test_it_is_answered_alike(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "MAPPED_FROM", 0)
    monkeypatch.setattr(encoding, "PIECE", 3 * mmap.PAGESIZE)  # what was looked at is forgotten, and read again
    path = tmp_path / "file"
    path.write_bytes(FILES[name])
    read, lies = check(FILES[name], KIND, Q3), check_file(path, KIND, Q3)
    about = File("x", len(FILES[name]), None)
    assert document(lies, KIND, about) == document(read, KIND, about)
    assert lies.accepted.rows() == read.accepted.rows()
    assert [astuple(one) for one in lies.findings] == [astuple(one) for one in read.findings]


def test_only_what_is_large_and_not_packed_is_mapped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mapped, "MAPPED_FROM", 1_000)
    for content, is_mapped in ((FILES["utf-8"], True), (FILES["workbook"], False), (b"a,b\n", False)):
        (tmp_path / "file").write_bytes(content)
        with mapped.mapped(tmp_path / "file") as given:
            assert isinstance(given, Mapped) is is_mapped
            assert given[:] == content
