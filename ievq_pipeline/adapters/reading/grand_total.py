"""Sums that offices write below a table and between its rows: no data, but the rows can be held against the last."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ievq_pipeline.adapters.cell_checks import integer
from ievq_pipeline.adapters.reading.notes import plain
from ievq_pipeline.adapters.reading.source import GrandTotal, Normalised
from ievq_pipeline.domain.contracts.model import Contract, FieldType
from ievq_pipeline.domain.finding import address

LABEL = re.compile(
    r"(?:本[表页]|以上|全部|各[行项]|人数)?\s*(?:总\s*合\s*计|[总合共累]\s*计|总[数和])\s*(?:人数|\((?:人|人数|条)\))?:?"
    r"|(?:grand )?total:?|sum:?",
    re.IGNORECASE,
)
#: how a cell begins that may be a label, for many at once
MAY_BE_LABEL = r"^\s*(?:本|以上|全|各|人数|合|总|小|共|累|(?i:sub|grand|total|sum))"
SUBTOTAL = re.compile(r"(?:本[表页])?\s*小\s*计\s*:?|sub-?total:?", re.IGNORECASE)
#: what stands beside a label
SUMMED = re.compile(r"[-+]?[0-9][0-9,.]*\s*(?:人|项|家|个|条|%)?|[-—–/]+")


@dataclass(frozen=True, slots=True)
class Below:
    """A row as a reader has it; `odd` are the places of cells that can't be read, such as a formula without value."""

    row: int
    cells: Sequence[str | None]
    odd: Collection[int] = ()


def grand_total(below: Below, positions: Mapping[str, int], contract: Contract) -> tuple[GrandTotal, Normalised] | None:
    """What the row says, if it is one: labels such as `合计` and whole numbers, nothing else.

    So it names no enterprise and no quarter. `合计` in the column of skills, under an enterprise, is that of the
    enterprise, and data.
    """
    numbers = {
        at: f.code for f in contract.fields if f.type is FieldType.INTEGER and (at := positions.get(f.code)) is not None
    }
    if not any(f.adds_up and f.code in numbers.values() for f in contract.fields):
        return None
    filled = [(at, text) for at, cell in enumerate(below.cells) if cell is not None and (text := plain(cell))]
    labels = [(at, text) for at, text in filled if LABEL.fullmatch(text)]
    rest = [(at, text) for at, text in filled if (at, text) not in labels]
    if not labels or any(at in numbers for at, _ in labels):
        return None
    if any((at not in numbers and at in positions.values()) or integer(text)[0] is None for at, text in rest):
        return None
    given = {numbers[at]: text for at, text in rest if at in numbers}
    named = positions.get(contract.subject[-1])
    is_bare = not given and not any(at in numbers for at in below.odd)
    if is_bare and any(at == named for at, _ in labels):
        return None  # the number of an enterprise's own total may be missing
    said = " ".join(text for _, text in filled)
    told = Normalised("NQ-N-SUM", None, 1, address(below.row, filled[0][0]), said, "")
    return GrandTotal(below.row, given), told


def is_sum(cells: Sequence[str | None], positions: Mapping[str, int], contract: Contract) -> bool:
    """Whether a row anywhere in the table is the sum of others: `小计` or `合计`, and then nothing but numbers.

    One whose label stands where a skill is named may be the total of a reporter.
    """
    filled = [(at, text) for at, cell in enumerate(cells) if cell is not None and (text := plain(cell))]
    if not filled or filled[0][0] == positions.get(contract.subject[-1]):
        return False
    (_, label), *rest = filled
    is_label = LABEL.fullmatch(label) or SUBTOTAL.fullmatch(label)
    return is_label is not None and all(SUMMED.fullmatch(text) for _, text in rest)
