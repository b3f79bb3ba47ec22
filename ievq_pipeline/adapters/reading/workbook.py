"""Workbooks of all formats → blocks of text under the contract's columns."""

from collections.abc import Iterator

from ievq_pipeline.adapters.reading import ods, xls, xlsx
from ievq_pipeline.adapters.reading.package import CAPS, Caps, check_size, open_package
from ievq_pipeline.adapters.reading.sheets import choose
from ievq_pipeline.adapters.reading.source import Block, Facts, Source, Unreadable
from ievq_pipeline.adapters.reading.table import Table
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding


def open_workbook(data: bytes, contract: Contract, *, wrapper: str | None = None, caps: Caps = CAPS) -> Source:
    """Read XLSX (with macros too), XLS or ODS. Nothing in it is run or followed: the values kept in the cells are read.

    Formats are told by content. `findings` and `normalised` are complete once the blocks have been walked. Raises
    Unreadable for what is over a cap, encrypted, damaged, built like an attack, or no workbook.
    """
    check_size(data, caps)
    if data.startswith(xls.MAGIC):
        kind, sheets, findings = "xls", *xls.open_sheets(data)
    else:
        package = open_package(data, caps)
        if ods.is_spreadsheet(package):
            kind, sheets, findings = "ods", *ods.open_sheets(package)
        else:
            kind, sheets, findings = "xlsx", *xlsx.open_sheets(package, data)
    found, told = choose(sheets, contract)
    if found is None:
        raise Unreadable(Finding("NQ-FILE-EMPTY"))
    facts = Facts(kind, wrapper, None, found.sheet.name, found.head.row)
    table = Table(found.sheet.open(), found.head, contract, found.titles)
    source = Source(facts, found.head.cells, found.head.positions, iter(()), [*findings, *found.head.findings, *told])
    source.blocks = _blocks(table, source)
    return source


def _blocks(table: Table, source: Source) -> Iterator[Block]:
    yield from table.blocks()
    source.findings += table.findings
    source.normalised += table.normalised
    source.sums += table.sums
