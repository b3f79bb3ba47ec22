"""Workbooks of every format an office sends give the same rows; what is active in them is left alone."""

import re
from collections.abc import Callable

import polars as pl
import pytest

from ievq_pipeline.adapters.reading.source import ROW, Block
from ievq_pipeline.adapters.reading.workbook import open_workbook
from ievq_pipeline.domain.contracts.job_demand import JOB_DEMAND
from tests import made_workbooks as made
from tests.made_workbooks import CODES, HEAD, bare, data, rows_of, sheet_of
from tests.read_workbooks import GOOD, read


@pytest.mark.parametrize(
    ("kind", "book"),
    [
        ("xlsx", made.table()),
        ("xls", made.xls([HEAD, *data()])),
        ("ods", made.ods({"数据": made.ods_rows([HEAD, *data()])})),
        ("xlsx", bare(sheet_of(rows_of([HEAD, *data()])))),
    ],
)
def test_every_format_gives_the_same_rows(kind: str, book: bytes) -> None:
    source, rows, faults = read(book)
    assert (source.facts.format, source.facts.sheet, source.facts.header_row) == (kind, "数据", 1)
    assert rows == GOOD
    assert not faults
    assert not source.findings
    assert not source.normalised
    assert source.positions == {code: at for at, code in enumerate(CODES)}


DIALECTS: dict[str, Callable[[str], str | bytes]] = {
    "prefixed": lambda xml: re.sub(r"<(/?)(?=\w)", r"<\1x:", xml).replace("xmlns=", "xmlns:x="),
    "strict": lambda xml: xml.replace(made.MAIN, "http://purl.oclc.org/ooxml/spreadsheetml/main"),
    "comments": lambda xml: xml.replace("<sheetData>", "<!-- </sheetData> --><sheetData><!-- -->"),
    "quotes": lambda xml: xml.replace('"', "'"),
    "utf-16": lambda xml: xml.replace("UTF-8", "UTF-16").encode("utf-16"),
    "cdata": lambda xml: xml.replace("<t>焊接2</t>", "<t><![CDATA[焊接]]>2</t>"),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_any_dialect_of_its_xml_is_read(dialect: str) -> None:
    after = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
    xml = DIALECTS[dialect](sheet_of(rows_of([HEAD, *data()]), after=after))
    source, rows, _ = read(bare(xml))
    assert rows == GOOD
    assert [n.code for n in source.normalised] == ["NQ-N-MERGED"]


def test_cells_and_rows_without_addresses_follow_each_other() -> None:
    cells = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEAD)
    named = [f't="inlineStr"><is><t>{text}</t></is></c>' for text in ("us-agency:DN", "焊接")]
    values = f'<c {named[0]}<c/><c r="F2" {named[1]}<c><v>7</v></c>'
    _, rows, _ = read(bare(sheet_of(f"<row>{cells}</row><row>{values}</row>")))
    assert rows == [{**dict.fromkeys(CODES), "row": 2, "enterprise": "us-agency:DN", "skill": "焊接", "openings": "7"}]


def test_blocks_hold_as_many_columns_as_the_header_knows() -> None:
    source = open_workbook(made.table(), JOB_DEMAND)
    block: Block = next(source.blocks)
    assert block.cells.schema == {ROW: pl.Int64, **dict.fromkeys(CODES, pl.String)}
