"""Files and calls made to take time, memory or the reader in: each is answered at once, and names what is wrong."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from fastapi.testclient import TestClient

from ievq_pipeline.adapters import confined
from ievq_pipeline.adapters.annotated.confined import make_workbook
from ievq_pipeline.adapters.checks import Expected, check
from ievq_pipeline.adapters.findings import Findings
from ievq_pipeline.adapters.reading import open_source
from ievq_pipeline.adapters.reading.package import CAPS, MB, Caps
from ievq_pipeline.adapters.reading.source import BLOCK_ROWS, Unreadable
from ievq_pipeline.bootstrap import House
from ievq_pipeline.cli import files
from ievq_pipeline.db import feeds, keys
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.web.app import create_app
from tests import made_workbooks as made

KIND = contract("job-demand")
Q3 = Expected("2025-Q3")
JSON = "application/json"
LONG = 6_000_000
TABLE = made.rows_of([made.HEAD, *made.data(3)])
#: files of a few kB; an older expat took half a minute for some that were five times as long
FILES: dict[str, tuple[Callable[[], bytes], str]] = {
    "a comment without end": (lambda: made.bare(made.sheet_of(f"<!--{'x' * LONG}-->{TABLE}")), "NQ-FILE-UNSAFE"),
    "a comment full of tags": (lambda: made.bare(made.sheet_of(f"<!--{'<c>' * (LONG // 3)}-->")), "NQ-FILE-UNSAFE"),
    "an attribute without end": (lambda: made.bare(made.sheet_of(f'<row a="{"x" * LONG}"/>')), "NQ-FILE-UNSAFE"),
    "a name without end": (lambda: made.bare(made.sheet_of(f"<{'x' * LONG}/>")), "NQ-FILE-UNSAFE"),
    "attributes without end": (
        lambda: made.bare(made.sheet_of("<row " + " ".join(f'a{n}="x"' for n in range(300_000)) + "/>")),
        "NQ-FILE-UNSAFE",
    ),
    "a text without end": (
        lambda: made.bare(
            made.sheet_of(made.rows_of([made.HEAD]) + f'<row r="2"><c r="A2" t="str"><v>{"9" * LONG}</v></c></row>')
        ),
        "NQ-CELL-LONG",
    ),
    "sheets that are one part": (lambda: sheets_of_one_part(1_000), "NQ-FILE-UNSAFE"),
}


def sheets_of_one_part(many: int) -> bytes:
    sheets = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId1"/>' for n in range(1, many))
    book = f'{made.XML}<workbook xmlns="{made.MAIN}" xmlns:r="{made.OFFICE}"><sheets>{sheets}</sheets></workbook>'
    return made.bare(made.sheet_of(TABLE), more={"xl/workbook.xml": book})


@pytest.mark.parametrize("name", FILES)
def test_a_workbook_that_would_take_minutes_is_turned_away_at_once(name: str) -> None:
    make, code = FILES[name]
    data = make()
    began = time.process_time()
    answer = check(data, KIND, Q3)
    assert time.process_time() - began < 3
    assert (str(answer.verdict), [finding.code for finding in answer.findings]) == ("unreadable", [code])


def test_of_many_tables_the_one_with_the_data_is_found_in_time() -> None:
    tables = {f"t{n}": made.ods_rows([["a", "b"]]) * 100 for n in range(150)}
    began = time.process_time()
    answer = check(made.ods(tables | {"数据": made.ods_rows([made.HEAD, *made.data(3)])}), KIND, Q3)
    assert time.process_time() - began < 5
    assert (answer.facts.sheet, answer.rows_read, str(answer.verdict)) == ("数据", 3, "accepted")


def test_short_lines_come_in_blocks_of_bounded_height() -> None:
    many = 3 * BLOCK_ROWS
    data = (",".join(made.HEAD) + "\n").encode() + b"a\n" * many + b"\n" * many + b"b\n" * 3
    blocks = [block.cells for block in open_source(data, KIND).blocks]
    assert max(block.height for block in blocks) <= BLOCK_ROWS
    assert sum(block.height for block in blocks) == many + 3
    assert blocks[-1]["row"].to_list()[-1] == 2 * many + 4


def test_the_cap_of_workbooks_is_the_one_that_is_set() -> None:
    book = made.patched(made.table(), {"xl/media/image1.png": os.urandom(2 * MB)})
    assert open_source(book, KIND, Caps.of(3)).facts.format == "xlsx"
    with pytest.raises(Unreadable) as refused:
        open_source(book, KIND, Caps.of(1))
    assert refused.value.finding.parameters["cap_en"] == "a workbook of at most 1 MB"


def test_of_an_endless_pipe_no_more_is_read_than_the_cap(tmp_path: Path) -> None:
    pipe, written = tmp_path / "pipe", 0
    os.mkfifo(pipe)

    def pour() -> None:
        nonlocal written
        with open(pipe, "wb", buffering=0) as out:  # noqa: PTH123
            try:
                while written < 100_000_000:
                    written += out.write(bytes(65_536))
            except BrokenPipeError:
                return

    pouring = threading.Thread(target=pour)
    pouring.start()
    with files.on_disk(pipe, 1) as path:
        assert path.stat().st_size == 1_000_001
    pouring.join(20)
    assert written < 2_000_000


def test_a_file_that_kills_its_answer_gives_the_list_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[Any] = []

    def call(function: Callable[..., None], file: Path | None, *more: Any) -> None:
        calls.append(file)
        if file is not None:
            raise confined.Died("memory")
        function(file, *more)

    monkeypatch.setattr(confined, "call", call)
    given, out = tmp_path / "a.csv", tmp_path / "a.xlsx"
    given.write_bytes(b"x")
    make_workbook(given, {"format": "csv"}, Findings(), KIND, language="en", out=out, caps=CAPS)
    assert calls == [given, None]
    assert len(openpyxl.load_workbook(out).sheetnames) == 1


@pytest.fixture
def key(house: House) -> dict[str, str]:
    """Of a submitter, and that what follows is JSON."""
    with house.sessions.begin() as session:
        feeds.add(session, "hn", "totals", "hn")
        made_key = keys.create(session, "office", "submitter", ["hn"])
    return {"Authorization": f"Bearer {made_key}", "Content-Type": "application/json"}


def test_characters_that_cannot_be_kept_are_refused_by_name(house: House, key: dict[str, str]) -> None:
    with TestClient(create_app(house)) as client:
        for path, body in (
            ("withdrawal", r'{"reason": "a\u0000b"}'),
            ("withdrawal", r'{"reason": "a\ud800b"}'),
            ("confirmation", r'[{"code": "NQ-X", "reason": "other", "text": "\u0000"}]'),
            ("rows", r'[{"row": 2, "values": {"skill": "\ud800"}}]'),
        ):
            answer = client.post(f"/v1/submissions/x/{path}", content=body, headers=key)
            assert (answer.status_code, answer.json()["code"]) == (400, "bad-call")
            assert "cannot be kept" in answer.text


def test_a_call_that_is_no_upload_is_small(house: House) -> None:
    """It is parsed before anybody has looked at the key."""
    with TestClient(create_app(house)) as client:
        for path, kind in (("withdrawal", JSON), ("confirmation", JSON), ("rows", "multipart/form-data; boundary=x")):
            answer = client.post(
                f"/v1/submissions/x/{path}",
                content=b"[" + b"{}," * 1_000_000 + b"{}]",
                headers={"Content-Type": kind},
            )
            assert (answer.status_code, answer.json()["code"]) == (413, "too-large")
        deep = client.post(
            "/v1/submissions/x/rows", content=b"[" * 100_000, headers={"Content-Type": "application/json"}
        )
        assert deep.status_code == 400
