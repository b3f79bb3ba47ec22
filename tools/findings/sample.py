"""What a sample is, how its files are written, and what the check says of it."""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ievq_pipeline.adapters.checks import Answer, Expected, check
from ievq_pipeline.adapters.reading.source import Normalised
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.finding import Finding

QUARTER = "2025-Q3"
Q3 = Expected(QUARTER)
ENTERPRISE, OTHER = "91350100M000100Y43", "us-agency:DN"
#: good rows of each kind, from which samples are made
ROWS: dict[str, list[dict[str, str]]] = {
    "job-demand": [
        {"enterprise": ENTERPRISE, "quarter": QUARTER, "region": "350200", "industry": "39", "occupation": "2-02-10-03",
         "skill": "机器学习", "openings": "12", "applicants": "30", "post_ref": "HR-1", "tier": "2", "is_required": "yes"},
        {"enterprise": OTHER, "quarter": QUARTER, "region": "350200", "industry": "39", "occupation": "",
         "skill": "kubernetes", "openings": "3", "applicants": "", "post_ref": "", "tier": "", "is_required": ""},
    ],
    "technology": [
        {"enterprise": ENTERPRISE, "quarter": QUARTER, "technology": "OPC UA", "stage": "pilot", "skills": "python;sql", "note": ""},
        {"enterprise": OTHER, "quarter": QUARTER, "technology": "LoRa", "stage": "in_use", "skills": "python", "note": ""},
    ],
    "totals": [
        {"source": "hn", "quarter": QUARTER, "term": "Kubernetes", "count": "152", "exposure": "2314", "months": "3"},
        {"source": "hn", "quarter": QUARTER, "term": "Go", "count": "80", "exposure": "2314", "months": "3"},
        {"source": "hn", "quarter": QUARTER, "term": "SQL", "count": "91", "exposure": "2314", "months": "3"},
    ],
    "organisations": [{"identifier": ENTERPRISE, "kind": "enterprise", "scale": "medium", "holds_from": "2025-07-01"}],
    "roster": [{"enterprise": ENTERPRISE, "is_primary": "yes", "holds_from": "2025-07-01", "holds_to": ""}],
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sample:
    """A file that trips a code (or, of NQ-N-…, is read with such a change), and files near it that must not."""

    code: str
    kind: str
    bad: bytes
    good: tuple[bytes, ...]
    expected: Expected = Q3

    def answer(self, data: bytes | None = None) -> Answer:
        return check(self.bad if data is None else data, contract(self.kind), self.expected)

    def finding(self) -> Finding | None:
        """What the check says; None where it does not trip the code."""
        return next((found for found in self.answer().findings if found.code == self.code), None)

    def change(self) -> Normalised | None:
        """Of NQ-N-…, the change that is counted."""
        return next((change for change in self.answer().normalised if change.code == self.code), None)


@dataclass(frozen=True, slots=True)
class Stated:
    """An example of a finding that needs more than a file, and the test that trips it for real."""

    kind: str
    finding: Finding
    proven_in: str


def table(kind: str, rows: Sequence[Mapping[str, str]] | None = None, header: Sequence[str] | None = None) -> bytes:
    """A CSV file of these rows, by code of their column; the good ones where none are given."""
    rows = ROWS[kind] if rows is None else rows
    columns = list(header or ROWS[kind][0])
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def changed(kind: str, *more: Mapping[str, str], **cells: str) -> bytes:
    """The good file with some cells of its first row replaced, and with more rows below: each a change of the first."""
    first, *others = ROWS[kind]
    return table(kind, [{**first, **cells}, *others, *({**first, **one} for one in more)])


def in_a_cell(code: str, kind: str, column: str, bad: str, *good: str) -> Sample:
    """A sample whose fault is one cell, and what may stand there instead."""
    return Sample(code, kind, changed(kind, **{column: bad}), tuple(changed(kind, **{column: one}) for one in good))
