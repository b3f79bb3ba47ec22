"""Where the table stands among titles, notes and repeated headers: which row is the header, and what is no data."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ievq_pipeline.adapters.reading.source import BLANKS
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding

#: rows above the header that are looked through for it
MOST_TITLES = 50
#: what offices write around the name of a column that means nothing for which column it is
AROUND_A_NAME = re.compile(r"[\s_*＊]+|\((?:必填|选填|可选|非必填|required|optional)\)", re.IGNORECASE)
#: what stands before and after a name that a list of columns was numbered or set apart with
SET_APART = re.compile(r"^(?:\(?\d{1,2}[.、)]|[【\[〔「“\"]+)+|[】\]〕」”\":]+$")
#: what stands in brackets after a name and only says how to fill it in
HINT = re.compile(r"\((?:单位|如|例如?|格式|参?见|请|填写?|unit|e\.g\.)[^()]*\)$", re.IGNORECASE)
#: what stands between the names of one column in two languages
TWO_NAMES = re.compile(r"[\r\n/|()]+")
#: how a title says that it goes on from another page
CONTINUED = ("", "(续)", "续", "(续表)", "续表", "(continued)")


def key(name: str) -> str:
    """A column's name as it is compared: width, blanks, case and marks of duty don't matter."""
    return AROUND_A_NAME.sub("", unicodedata.normalize("NFKC", name).strip(BLANKS)).casefold()


def names(contract: Contract) -> dict[str, str]:
    """By compared name, the code of the contract's column."""
    return {key(name): f.code for f in contract.fields for name in f.names}


def column(cell: str, known: Mapping[str, str]) -> str | None:
    """The code of the column that a header's cell names, also with a number, a hint or a second language."""
    if (code := known.get(key(cell))) is not None or not cell:
        return code
    bare = HINT.sub("", SET_APART.sub("", unicodedata.normalize("NFKC", cell).strip(BLANKS)).strip(BLANKS))
    if (code := known.get(key(bare))) is not None:
        return code
    named = {known.get(key(part)) for part in TWO_NAMES.split(bare) if part.strip(BLANKS)}
    return named.pop() if len(named) == 1 else None


@dataclass(slots=True)
class Header:
    """The row with the columns' names. `row` counts as a person sees it; `findings` are what is wrong with it."""

    row: int | None
    cells: list[str]
    positions: dict[str, int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    #: by compared name, the code of the contract's column
    known: dict[str, str] = field(default_factory=dict)
    #: texts that stand alone above it, as they are compared: other pages repeat them
    titles: frozenset[str] = frozenset()


def find(rows: Iterable[tuple[int, Sequence[str]]], contract: Contract) -> Header | None:
    """The header among the first rows that are not blank: the first of those that know most columns of the contract.

    Where no row knows any, it is the first that is not blank; None where there is none.
    """
    known = names(contract)
    best: tuple[int, int, Sequence[str]] | None = None
    alone: list[tuple[int, str]] = []
    for seen, (row, cells) in enumerate(rows):
        if seen == MOST_TITLES:
            break
        count = len({code for cell in cells if (code := column(cell, known)) is not None})
        if best is None or count > best[0]:
            best = (count, row, cells)
        if len(said := [cell for cell in cells if cell.strip(BLANKS)]) == 1:
            alone.append((row, said[0]))
    if best is None:
        return None
    found = header(best[1], best[2], contract)
    found.titles = frozenset(key(text) + more for row, text in alone if row < best[1] for more in CONTINUED)
    return found


def header(row: int | None, cells: Sequence[str], contract: Contract) -> Header:
    """Where each column of the contract stands in this row, and what is wrong with it."""
    known = names(contract)
    found = Header(row, list(cells), known=known)
    for position, cell in enumerate(cells):
        code = column(cell, known)
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


def is_title(cell: str, head: Header) -> bool:
    """Whether a text below is one that stands above the header: the title of another page."""
    return bool(head.titles) and key(cell) in head.titles


def repeats_header(cells: Sequence[str], head: Header) -> bool:
    """Whether a row below names the columns again: codes under a template's titles, or the header of another page."""
    same = 0
    for code, at in head.positions.items():
        if at < len(cells) and cells[at]:
            if column(cells[at], head.known) != code:
                return False
            same += 1
    return same >= min(2, len(head.positions))
