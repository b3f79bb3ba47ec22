"""Where the table stands among titles, notes and repeated headers: which row is the header, and what is no data."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ievq_pipeline.adapters.reading.source import BLANKS
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding

#: rows above the header that are looked through for it
MOST_TITLES = 50
#: what offices write around the name of a column that means nothing for which column it is
AROUND_A_NAME = re.compile(r"[\s_*＊]+|\((?:必填|选填|可选|非必填|required|optional)\)", re.IGNORECASE)


def key(name: str) -> str:
    """A column's name as it is compared: width, blanks, case and marks of duty don't matter."""
    return AROUND_A_NAME.sub("", unicodedata.normalize("NFKC", name).strip(BLANKS)).casefold()


def names(contract: Contract) -> dict[str, str]:
    """By compared name, the code of the contract's column."""
    return {key(name): f.code for f in contract.fields for name in f.names}


@dataclass(slots=True)
class Header:
    """The row with the columns' names. `row` counts as a person sees it; `findings` are what is wrong with it."""

    row: int | None
    cells: list[str]
    positions: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    #: by compared name, the code of the contract's column
    known: dict[str, str] = field(default_factory=dict)


def find(rows: Iterable[tuple[int, Sequence[str]]], contract: Contract) -> Header | None:
    """The header among the first rows that are not blank: the first of those that know most columns of the contract.

    Where no row knows any, it is the first that is not blank; None where there is none.
    """
    known = names(contract)
    best: tuple[int, int, Sequence[str]] | None = None
    for seen, (row, cells) in enumerate(rows):
        if seen == MOST_TITLES:
            break
        count = len({code for cell in cells if (code := known.get(key(cell))) is not None})
        if best is None or count > best[0]:
            best = (count, row, cells)
    return None if best is None else header(best[1], best[2], contract)


def header(row: int | None, cells: Sequence[str], contract: Contract) -> Header:
    """Where each column of the contract stands in this row, and what is wrong with it."""
    known = names(contract)
    found = Header(row, list(cells), known=known)
    for position, cell in enumerate(cells):
        code = known.get(key(cell))
        if code is None:
            if cell.strip(BLANKS):
                found.findings.append(Finding("NQ-HEADER-UNKNOWN", row, None, position, cell))
        elif code in found.positions:
            found.findings.append(Finding("NQ-HEADER-TWICE", row, code, position, cell))
        else:
            found.positions[code] = position
    read = ", ".join(cell for cell in cells if cell.strip(BLANKS))[:200]
    absent = [f.code for f in contract.fields if f.required and f.code not in found.positions]
    found.findings += [Finding("NQ-HEADER-MISSING", row, code, None, read) for code in absent]
    return found


def repeats_header(cells: Sequence[str], head: Header) -> bool:
    """Whether a row below names the columns again: codes under a template's titles, or the header of another page."""
    same = 0
    for code, at in head.positions.items():
        if at < len(cells) and cells[at]:
            if head.known.get(key(cells[at])) != code:
                return False
            same += 1
    return same >= min(2, len(head.positions))
