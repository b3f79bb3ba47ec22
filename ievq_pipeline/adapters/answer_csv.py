"""The findings of a file as CSV, for people with a spreadsheet program: one language, every finding, as a stream."""

import csv
import io
from collections.abc import Iterable, Iterator

from ievq_pipeline.adapters.annotated import words as own_words
from ievq_pipeline.adapters.catalogues import Catalogue, catalogue
from ievq_pipeline.adapters.neutral import neutral
from ievq_pipeline.domain.contracts.model import Contract, Severity
from ievq_pipeline.domain.finding import Finding, letters
from ievq_pipeline.domain.finding_words import FindingWords

#: rows that go out in one piece
BATCH = 1_000


def findings_csv(
    findings: Iterable[Finding], contract: Contract, *, sheet: str | None, language: str
) -> Iterator[bytes]:
    """UTF-8 with a mark, which such programs want; no cell of it is a formula.

    Place, sheet, row, letters of the column, its code and its title, cell, severity, code, value, message, remedy.
    """
    catalogued, words = catalogue(language), FindingWords(contract, language)
    severities = {severity: own_words.severity(severity, catalogued) for severity in Severity}
    held = io.StringIO(newline="")
    writer = csv.writer(held)
    held.write("\ufeff")
    writer.writerow(_headings(catalogued))
    for number, finding in enumerate(findings, start=1):
        of_column = "" if finding.position is None else letters(finding.position)
        row = (
            own_words.place(finding, catalogued),
            sheet or "",
            finding.row if finding.row is not None else "",
            of_column,
            finding.column or "",
            words.title(finding.column),
            finding.cell or "",
            severities[words.severity(finding)],
            finding.code,
            finding.value or "",
            words.message(finding),
            words.remedy(finding),
        )
        writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in row])
        if number % BATCH == 0:
            yield _taken(held)
    yield _taken(held)


def _headings(catalogued: Catalogue) -> tuple[str, ...]:
    place, _, severity, code, value, message, remedy = own_words.headings(catalogued)
    return (
        place,
        catalogued.gettext("Sheet"),
        catalogued.gettext("Row"),
        catalogued.gettext("Column letters"),
        catalogued.gettext("Column code"),
        catalogued.gettext("Column title"),
        catalogued.gettext("Cell"),
        severity,
        code,
        value,
        message,
        remedy,
    )


def _taken(held: io.StringIO) -> bytes:
    taken = held.getvalue().encode("utf-8", "replace")
    held.seek(0)
    held.truncate()
    return taken
