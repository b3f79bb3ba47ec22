"""What the page of a submission says, from the catalogues: its verdict in one sentence, and what to do next."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ievq_pipeline.adapters.catalogues import Catalogue
from ievq_pipeline.domain.contracts.model import Severity
from ievq_pipeline.domain.finding import Finding
from ievq_pipeline.domain.finding_groups import Group
from ievq_pipeline.domain.submission import State, Verdict
from ievq_pipeline.web import figures


def state(told: Mapping[str, Any], c: Catalogue) -> str:
    """The word above the headline."""
    if told["verdict"] is None:
        return c.gettext("Being checked")
    return {
        Verdict.ACCEPTED: c.gettext("Accepted"),
        Verdict.ACCEPTED_WITH_QUARANTINE: c.gettext("Accepted in part"),
        Verdict.NEEDS_CONFIRMATION: c.gettext("Needs a reason"),
        Verdict.REJECTED: c.gettext("To be mended"),
        Verdict.UNREADABLE: c.gettext("Not readable"),
    }[Verdict(told["verdict"])]


def verdict(told: Mapping[str, Any], groups: Sequence[Group], c: Catalogue) -> str:
    """The headline."""
    if told["verdict"] is None:
        return c.gettext("Your file is being checked.")
    hard = sum(group.severity is Severity.HARD for group in groups)
    soft = sum(group.count for group in groups if group.severity is Severity.SOFT)
    waiting, read = told["rows_quarantined"], told["rows_read"]
    match Verdict(told["verdict"]):
        case Verdict.ACCEPTED:
            said = c.ngettext("Accepted: {n} row, none to be mended.", "Accepted: all {n} rows.", read)
            number = read
        case Verdict.ACCEPTED_WITH_QUARANTINE:
            said = c.ngettext(
                "Accepted, but for {n} row that is to be mended.",
                "Accepted, but for {n} rows that are to be mended.",
                waiting,
            )
            number = waiting
        case Verdict.NEEDS_CONFIRMATION:
            said = c.ngettext(
                "Give a reason for {n} value, and it is accepted.",
                "Give reasons for {n} values, and it is accepted.",
                soft,
            )
            number = soft
        case Verdict.REJECTED:
            said = c.ngettext("Mend {n} fault, and it passes.", "Mend {n} faults, and it passes.", hard)
            number = hard
        case Verdict.UNREADABLE:
            said, number = c.gettext("The file could not be read."), 0
    return said.format(n=figures.count(number))


def counts(told: Mapping[str, Any], groups: Iterable[Group], c: Catalogue) -> str:
    """The numbers under the headline; empty where no row was read."""
    if not told["rows_read"]:
        return ""
    cells = sum(group.count for group in groups if group.severity is Severity.HARD)
    fine = told["rows_read"] - told["rows_quarantined"]
    said = c.gettext("{read} rows were read, {fine} of them are in order.").format(
        read=figures.count(told["rows_read"]), fine=figures.count(fine)
    )
    if cells:
        said += c.gettext(" There are {n} places to be mended.").format(n=figures.count(cells))
    return said


def note(told: Mapping[str, Any], c: Catalogue) -> str | None:
    """What has become of the submission since."""
    if told["state"] == State.WITHDRAWN:
        return c.gettext("This submission was withdrawn; it does not count.")
    if told["state"] == State.SUPERSEDED:
        return c.gettext("A later submission has replaced this one.")
    if told["state"] == State.IN_FORCE:
        return c.gettext("The data of this submission are in force.")
    return None


def steps(told: Mapping[str, Any], groups: Iterable[Group], c: Catalogue) -> list[dict[str, str]]:
    """What to do next, in order; `file` names the link that belongs to a step."""
    if told["verdict"] is None or told["state"] in (State.WITHDRAWN, State.SUPERSEDED):
        return []
    if Verdict(told["verdict"]) is Verdict.ACCEPTED:
        return [{"title": c.gettext("Nothing is left to do"), "text": c.gettext("Thank you."), "file": ""}]
    if Verdict(told["verdict"]) is Verdict.UNREADABLE:
        return _begin_anew(c)
    made: list[dict[str, str]] = []
    if any(group.severity is Severity.SOFT for group in groups):
        made.append(
            {
                "title": c.gettext("Give the reasons"),
                "text": c.gettext(
                    "A value that is wrong: mend it and hand the file in again. One that is right: tell whoever"
                    " runs the system why; the reason is kept beside the data."
                ),
                "file": "",
            }
        )
    if any(group.severity is Severity.HARD for group in groups):
        made += [
            {
                "title": c.gettext("Download the marked workbook"),
                "text": c.gettext(
                    "Every bad cell is coloured and commented; the sheet of findings leads to each of them."
                ),
                "file": "workbook",
            },
            {
                "title": c.gettext("Mend the cells and save"),
                "text": c.gettext(
                    "All faults that the check could find are listed. Leave rows, columns and sheets where they are;"
                    " the colours, comments and the sheet of findings may stay."
                ),
                "file": "",
            },
            {
                "title": c.gettext("Upload the file again"),
                "text": c.gettext(
                    "Hand in the whole file in the same way as this one, not only the mended rows: it replaces the"
                    " earlier one. Until it is accepted, what was accepted before stays in force."
                ),
                "file": "",
            },
        ]
    return made


def _begin_anew(c: Catalogue) -> list[dict[str, str]]:
    """Of a file that could not be read."""
    return [
        {
            "title": c.gettext("See why below"),
            "text": c.gettext("Often it is enough to save the file anew from Excel or WPS as a workbook (.xlsx)."),
            "file": "",
        },
        {
            "title": c.gettext("Or fill in the template"),
            "text": c.gettext("It has the right columns, with drop-downs and explanations; copy your rows into it."),
            "file": "template",
        },
        {
            "title": c.gettext("Upload the file again"),
            "text": c.gettext("Until the new file is accepted, what was accepted before stays in force."),
            "file": "",
        },
    ]


def section(severity: Severity, number: int, c: Catalogue) -> str:
    said = {
        Severity.HARD: c.ngettext("{n} place to be mended", "{n} places to be mended", number),
        Severity.SOFT: c.ngettext("{n} value that needs a reason", "{n} values that need a reason", number),
        Severity.INFO: c.ngettext("{n} thing to know", "{n} things to know", number),
    }[severity]
    return said.format(n=figures.count(number))


def unit(first: Finding, number: int, c: Catalogue) -> str:
    """What a group counts."""
    if first.cell:
        return c.ngettext("cell", "cells", number)
    return c.ngettext("row", "rows", number) if first.row is not None else c.ngettext("place", "places", number)


def fault(title: str, *, column: str, letters: str, c: Catalogue) -> str:
    """The heading of a group: the column, then what is wrong in it."""
    if letters and column:
        return c.gettext("Column {letters} “{column}”: {fault}").format(letters=letters, column=column, fault=title)
    if letters:
        return c.gettext("Column {letters}: {fault}").format(letters=letters, fault=title)
    return c.gettext("“{column}”: {fault}").format(column=column, fault=title) if column else title


def more(number: int, c: Catalogue) -> str:
    """Under the values of a group that shows only some."""
    said = c.ngettext(
        "{n} more stands in the workbook and the CSV.", "{n} more stand in the workbook and the CSV.", number
    )
    return said.format(n=figures.count(number))
