"""The stamp of a template: read back after other programs saved it, and never a danger."""

import io
import zipfile

import pytest
from openpyxl import load_workbook

from ievq_pipeline.adapters.reading import stamp as reading
from ievq_pipeline.adapters.reading.stamp import read_stamp
from ievq_pipeline.adapters.templates.workbook import workbook
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.template import Order, Stamp

ORDER = Order(contract("technology"), "2025-Q3", "zh", "软件协会", "uscc:91350100M000100Y43")
TEMPLATE = workbook(ORDER, {})


def replaced(part: str, content: bytes, data: bytes = TEMPLATE) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as read, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as written:
        for name in dict.fromkeys([*read.namelist(), part]):
            written.writestr(name, content if name == part else read.read(name))
    return stream.getvalue()


def shared() -> bytes:
    """The template as a spreadsheet program saves it: cells name their strings by number, the stamp's among others."""
    entries = Stamp.of(ORDER, {}).entries()
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="s"><v>{2 * n + 7}</v></c><c r="B{n}" t="s"><v>{2 * n + 8}</v></c></row>'
        for n in range(1, len(entries) + 1)
    )
    told = [
        "<si/>",
        *["<si><t>x</t></si>"] * 8,
        *(f"<si><t>{text}</t></si>" for each in entries.items() for text in each),
    ]
    with zipfile.ZipFile(io.BytesIO(TEMPLATE)) as package:
        last = max(name for name in package.namelist() if name.startswith("xl/worksheets/sheet"))
    sheet = f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode()
    strings = f"<sst>{''.join(told)}<si><t>after it</t></si></sst>".encode()
    return replaced("xl/sharedStrings.xml", strings, replaced(last, sheet))


SHARED = shared()


def test_the_stamp_tells_what_the_template_was_made_for() -> None:
    found = read_stamp(TEMPLATE)
    assert found == Stamp.of(ORDER, {})
    assert found is not None
    assert (found.kind, found.quarter, found.feed, found.is_altered) == ("technology", "2025-Q3", "软件协会", False)


def test_it_survives_filling_in_and_saving_with_the_sheet_in_another_place() -> None:
    book = load_workbook(io.BytesIO(TEMPLATE))
    for row in range(3, 3_000):
        book.worksheets[0].cell(row, 3, f"技术{row}")
    book.move_sheet("_meta", -1)
    stream = io.BytesIO()
    book.save(stream)
    assert read_stamp(stream.getvalue()) == Stamp.of(ORDER, {})


def test_it_is_read_where_a_spreadsheet_program_keeps_all_strings_in_one_part() -> None:
    assert read_stamp(SHARED) == Stamp.of(ORDER, {})


def test_an_entry_that_was_changed_by_hand_shows() -> None:
    book = load_workbook(io.BytesIO(TEMPLATE))
    (cell,) = [row[1] for row in book["_meta"].iter_rows() if row[0].value == "quarter"]
    cell.value = "2025-Q4"
    stream = io.BytesIO()
    book.save(stream)
    found = read_stamp(stream.getvalue())
    assert found is not None
    assert (found.quarter, found.is_altered) == ("2025-Q4", True)


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><workbook><sheets>&b;</sheets></workbook>'


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK\x03\x04 and no more",
        "企业代码,季度\n".encode(),
        TEMPLATE[:-100],
        TEMPLATE[:2000],
        replaced("xl/workbook.xml", b"<workbook><sheets/></workbook>"),
        replaced("xl/workbook.xml", BOMB),
        replaced("xl/workbook.xml", b'<workbook><sheets><sheet name="_meta" id="rId99"/></sheets></workbook>'),
        replaced("xl/sharedStrings.xml", b"<sst><si><t>only one</t></si></sst>", SHARED),
        replaced("xl/sharedStrings.xml", BOMB, SHARED),
        replaced("xl/_rels/workbook.xml.rels", b"<a>" * 5_000),
    ],
    ids=range(11),
)
def test_what_is_no_template_or_a_broken_one_has_no_stamp(data: bytes) -> None:
    assert read_stamp(data) is None


def test_a_part_that_unpacks_to_more_than_the_cap_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    strings = b"<sst>" + b"<si><t>x</t></si>" * 300_000 + b"</sst>"
    monkeypatch.setattr(reading, "MOST_BYTES_OF_STRINGS", 1_000_000)
    assert read_stamp(replaced("xl/sharedStrings.xml", strings, SHARED)) is None
    assert read_stamp(replaced("xl/workbook.xml", b"<workbook>" + b" " * 5_000_000 + b"</workbook>")) is None
