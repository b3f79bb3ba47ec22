"""Which sheet of a workbook holds the data, and where its header is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice

from ievq_pipeline.adapters.reading import layout
from ievq_pipeline.adapters.reading.grid import LOOKED_AT, Row, Sheet
from ievq_pipeline.adapters.reading.notes import is_note
from ievq_pipeline.adapters.reading.source import BLANKS
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.domain.finding import Finding

#: names of sheets that show how to fill in others
EXAMPLES = ("示例", "样例", "样表", "范例", "例表", "example", "sample")


@dataclass(slots=True)
class Found:
    """A sheet with its header; `titles` are the rows above it that name columns too."""

    sheet: Sheet
    head: layout.Header
    titles: list[list[str | None]] = field(default_factory=list)
    known: int = 0
    is_complete: bool = False
    has_data: bool = False

    @property
    def is_candidate(self) -> bool:
        return self.is_complete and self.has_data

    @property
    def is_example(self) -> bool:
        name = self.sheet.name.casefold()
        return any(word in name for word in EXAMPLES)


def choose(sheets: Sequence[Sheet], contract: Contract) -> tuple[Found | None, list[Finding]]:
    """The sheet whose header knows most of the contract's columns, and what is to be said of the others.

    Hidden sheets are looked at only where nothing else is there. None where no sheet holds anything.
    """
    found = [one for sheet in sheets if sheet.is_visible and (one := look(sheet, contract)) is not None]
    if not found:
        found = [one for sheet in sheets if not sheet.is_visible and (one := look(sheet, contract)) is not None]
    if not found:
        return None, []
    candidates = [one for one in found if one.is_candidate]
    candidates = [one for one in candidates if not one.is_example] or candidates
    best = max(candidates or found, key=lambda one: (one.known, one.has_data, not one.is_example))
    findings = []
    if len(candidates) > 1:
        findings.append(Finding("NQ-SHEETS-SEVERAL", value=_named(candidates)))
    unread = [one for one in found if one is not best and (len(candidates) < 2 or one not in candidates)]
    if unread:
        findings.append(Finding("NQ-SHEETS-UNREAD", value=_named(unread), parameters={"sheet": best.sheet.name}))
    return best, findings


def look(sheet: Sheet, contract: Contract) -> Found | None:
    """Where the header of this sheet is; None where the sheet is empty."""
    rows = list(islice(sheet.top(), LOOKED_AT))
    if not rows:
        return None
    texts = [(row.number, _texts(row)) for row in rows]
    head = layout.find(_stacked(texts, contract), contract)
    if head is None:
        return None
    known = layout.names(contract)
    above = [cells for number, cells in texts if number < (head.row or 0)]
    titles: list[list[str | None]] = [list(cells) for cells in above if _count(cells, known) > 1]
    required = {f.code for f in contract.fields if f.required}
    return Found(
        sheet,
        head,
        titles,
        len(head.positions),
        required <= head.positions.keys(),
        any(_is_data(row, head, contract) for row in rows if row.number > (head.row or 0)),
    )


def _is_data(row: Row, head: layout.Header, contract: Contract) -> bool:
    cells = _texts(row)
    mapped = [cells[at] for at in head.positions.values() if at < len(cells) and cells[at].strip(BLANKS)]
    return bool(mapped) and not (layout.repeats_header(cells, head) or is_note(cells, head.positions, contract))


def _stacked(rows: Sequence[tuple[int, list[str]]], contract: Contract) -> list[tuple[int, list[str]]]:
    """Each row with the names above its empty cells, where that makes it know more columns: a header may be two rows
    deep, with the names of some columns in the upper row and of others, under a group's title, in the lower one."""
    known = layout.names(contract)
    stacked: list[tuple[int, list[str]]] = []
    above: list[str] = []
    for number, cells in rows[: layout.MOST_TITLES]:
        width = max(len(cells), len(above))
        own = cells + [""] * (width - len(cells))
        over = above + [""] * (width - len(above))
        both = [
            up if not cell.strip(BLANKS) and layout.column(up, known) else cell
            for cell, up in zip(own, over, strict=True)
        ]
        is_deeper = 0 < _count(own, known) < _count(both, known) > _count(over, known)
        above = both if is_deeper else own
        stacked.append((number, above))
    return stacked


def _count(cells: Sequence[str], known: dict[str, str]) -> int:
    return len({code for cell in cells if (code := layout.column(cell, known)) is not None})


def _texts(row: Row) -> list[str]:
    return [row.cells.get(at, "") for at in range(max(row.cells, default=-1) + 1)]


def _named(found: Sequence[Found]) -> str:
    return "、".join(one.sheet.name for one in found)[:500]
