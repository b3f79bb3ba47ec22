"""The workbook's own words, from the catalogues."""

from collections.abc import Sequence

from ievq_pipeline.adapters.catalogues import Catalogue
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.finding import Finding

#: characters of a sheet's name that programs refuse, and how long it may be
REFUSED, LONGEST_NAME = "[]:*?/\\'", 31


def severity(of: Severity, catalogue: Catalogue) -> str:
    return {
        Severity.HARD: catalogue.gettext("To be mended"),
        Severity.SOFT: catalogue.gettext("Needs a reason"),
        Severity.INFO: catalogue.gettext("For information"),
    }[of]


def place(finding: Finding, catalogue: Catalogue) -> str:
    """Where a finding is: its cell, else its row, else the file."""
    if finding.cell:
        return finding.cell
    if finding.row is not None:
        return catalogue.gettext("Row {row}").format(row=finding.row)
    return catalogue.gettext("File")


def headings(catalogue: Catalogue) -> tuple[str, ...]:
    """Of the sheet of findings."""
    return (
        catalogue.gettext("Place"),
        catalogue.gettext("Column"),
        catalogue.gettext("Severity"),
        catalogue.gettext("Code"),
        catalogue.gettext("Value"),
        catalogue.gettext("What is wrong"),
        catalogue.gettext("What to do"),
    )


def sheet_name(wanted: str, taken: Sequence[str]) -> str:
    """The name, changed where programs refuse it, and numbered where another sheet has it."""
    clean = "".join("_" if c in REFUSED or not c.isprintable() else c for c in wanted).strip()[:LONGEST_NAME] or "Data"
    names = {name.casefold() for name in taken}
    number = 1
    name = clean
    while name.casefold() in names:
        number += 1
        name = f"{clean[: LONGEST_NAME - 5]} ({number})"
    return name
