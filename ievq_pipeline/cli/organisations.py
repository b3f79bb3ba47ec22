"""`ievq organisations …`: who they are, by which codes, and who took over from whom."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ievq_pipeline.cli import files
from ievq_pipeline.cli.answers_told import tell
from ievq_pipeline.cli.output import Json, date_option, document, group, language, listing, outcome, said, today
from ievq_pipeline.cli.submissions import EXIT, File
from ievq_pipeline.domain.organisation import OrganisationKind
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.succession import SuccessionKind
from ievq_pipeline.domain.text import Text

if TYPE_CHECKING:
    from ievq_pipeline.bootstrap import House

organisations = group("organisations", "Organisations: who hands in, and whom the numbers are about.")
COLUMNS = ("identifiers", "title", "kind", "is_registered", "ownership", "scale", "accreditation", "region", "industry")
TALLY = Text(
    "新增 {added} 家，变更 {changed} 家，未变 {unchanged} 家",
    "organisations: {added} new, {changed} changed, {unchanged} as before",
)
Who = Annotated[str, typer.Argument(help="An identifier: a credit code, or scheme:value.", show_default=False)]


@organisations.command("import")
def import_organisations(file: File, is_json: Json = False) -> None:
    """Take in a file of organisations, all or in part as its contract says; the same file again changes nothing.

    Exit codes as of check; `ievq contract show organisations` has the columns.
    """
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        enrol(house, file, house.import_organisations, "organisations", is_json=is_json)


def enrol(
    house: "House", file: Path, take: Callable[[bytes, str], dict[str, Any]], kind: str, *, is_json: bool
) -> None:
    """Take a file into the register of that kind, tell its answer, and exit as it says."""
    from ievq_pipeline.domain.contracts import contract

    shown = take(files.read_whole(file, house.settings.upload_cap_mb), files.name_of(file))
    verdict = Verdict(shown["verdict"])
    if is_json:
        document(shown)
    else:
        tell(shown, contract(kind))
        if verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_QUARANTINE):
            said(TALLY[language()].format(**shown))
    sys.exit(EXIT[verdict])


@organisations.command("list")
def list_organisations(
    kind: Annotated[OrganisationKind | None, typer.Option(help="Only these.")] = None, is_json: Json = False
) -> None:
    """Every organisation as of today; those that only a submission has named are not registered."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import organisations as stored

    with open_house() as house, house.sessions() as session:
        rows = stored.every(session, kind, today())
    shown = rows if is_json else [{**row, "identifiers": " ".join(row["identifiers"])} for row in rows]
    listing(shown, COLUMNS, is_json=is_json)


@organisations.command("show")
def show_organisation(identifier: Who, is_json: Json = False) -> None:
    """One organisation with all that was ever told of it: codes, segments, feeds, rosters and successions."""
    from ievq_pipeline.adapters.codes import read_identifier
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import organisations as stored

    with open_house() as house, house.sessions() as session:
        shown = stored.told(session, stored.named(session, read_identifier(identifier), today()))
    if is_json:
        document(shown)
        return
    said("{kind} {title}, {state}".format_map(shown | {"state": _state(shown), "title": shown["title"] or "–"}))
    for part, columns in PARTS.items():
        if shown[part]:
            typer.echo(f"{part}:")
            listing(shown[part], columns, is_json=False)


PARTS = {
    "identifiers": ("identifier", "holds_from", "holds_to"),
    "segments": ("dimension", "value", "holds_from", "holds_to", "source"),
    "feeds": ("feed", "kind", "ended_on"),
    "rosters": ("feed", "is_primary", "holds_from", "holds_to"),
    "successions": ("predecessor", "successor", "kind", "happened_on"),
}


def _state(shown: dict[str, Any]) -> str:
    return "registered" if shown["is_registered"] else "not registered"


@organisations.command("succeed")
def succeed(
    old: Annotated[str, typer.Argument(help="Identifier of the organisation that was.", show_default=False)],
    new: Annotated[str, typer.Argument(help="Identifier of the one that took over.", show_default=False)],
    kind: Annotated[SuccessionKind, typer.Option(help="What happened.", show_default=False)],
    on: Annotated[Any, date_option("--on", meaning="The first day of the new state of things.")],
    is_json: Json = False,
) -> None:
    """Record that one organisation took over from another, so that their past is one; of several, one at a time."""
    from ievq_pipeline.adapters.codes import read_identifier
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import organisations as stored

    pair = read_identifier(old), read_identifier(new)
    with open_house() as house, house.sessions.begin() as session:
        stored.succeed(session, *pair, kind, on)
    shown = {"predecessor": pair[0], "successor": pair[1], "kind": kind, "happened_on": on}
    outcome(shown, f"{pair[1]} took over from {pair[0]} on {on}: {kind}", is_json=is_json)


@organisations.command("release")
def release(
    identifier: Who,
    to: Annotated[Any, date_option("--to", meaning="The last day on which it is their code.")],
    is_json: Json = False,
) -> None:
    """End the time of a code, so that another organisation may get it afterwards."""
    from ievq_pipeline.adapters.codes import read_identifier
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import organisations as stored

    code = read_identifier(identifier)
    with open_house() as house, house.sessions.begin() as session:
        stored.release(session, code, to)
    outcome({"identifier": code, "holds_to": to}, f"{code} holds until {to}", is_json=is_json)
