"""`ievq contract show`, `check`, `submit` and `submissions …`: what is asked for, and what was handed in."""

import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from ievq_pipeline.cli.output import Json, app, document, group, language, listing, said
from ievq_pipeline.domain.errors import BadCall, TooLarge
from ievq_pipeline.domain.submission import Verdict

contracts = group("contract", "What each kind of feed asks for.")
submissions = group("submissions", "What was handed in, and the answers.")
#: the exit code of a verdict
EXIT = {Verdict.ACCEPTED: 0, Verdict.ACCEPTED_WITH_QUARANTINE: 1, Verdict.REJECTED: 1, Verdict.UNREADABLE: 2}
File = Annotated[Path, typer.Argument(help="The file handed in.", show_default=False)]


@contracts.command("show")
def show_contract(kind: str, is_json: Json = False) -> None:
    """The fields and rules of a feed kind."""
    from ievq_pipeline.domain.contracts import contract

    shown: dict[str, Any] = contract(kind).as_json()
    if is_json:
        document(shown)
        return
    lang = language()
    rows = [{**field, "title": field["title"][lang], "rule": field["rule"][lang]} for field in shown["fields"]]
    listing(rows, ["code", "title", "type", "rule", "example"], is_json=False)


@app.command("check")
def check_file(
    file: File,
    feed_kind: Annotated[str, typer.Option("--feed-kind", help="Such as totals.")],
    quarter: Annotated[str, typer.Option(help="The quarter that it is for; without it, any.")] = "",
    rows_out: Annotated[Path | None, typer.Option("--rows-out", help="Write the accepted rows here, as CSV.")] = None,
    is_json: Json = False,
) -> None:
    """Check a file against its contract: every cell, no database, no network. Exit 0 accepted, 1 not, 2 unreadable."""
    from ievq_pipeline import settings
    from ievq_pipeline.adapters import answers, checks
    from ievq_pipeline.domain.contracts import contract
    from ievq_pipeline.domain.period import Quarter

    rules = contract(feed_kind)
    expected = checks.Expected(str(Quarter.parse(quarter)) if quarter else None)
    cap = settings.load().upload_cap_mb
    data = _read(file, cap)
    answer = checks.too_large(cap) if data is None else checks.check(data, rules, expected)
    shown = answers.document(answer, rules, name=file.name, data=data or b"")
    if rows_out is not None:
        rows_out.write_bytes(answers.rows_csv(answer, rules))
    if is_json:
        document(shown)
    else:
        tell(shown)
    sys.exit(EXIT[answer.verdict])


def _read(file: Path, cap_mb: int) -> bytes | None:
    """The file's bytes; None when it is over the cap."""
    try:
        if file.stat().st_size > cap_mb * 1_000_000:
            return None
        return file.read_bytes()
    except OSError as error:
        raise BadCall(why=f"{file}: {error.strerror}") from error


@app.command("submit")
def submit(
    file: File,
    feed: Annotated[str, typer.Option(help="The feed that it is handed in for.")],
    quarter: Annotated[str, typer.Option(help="The quarter that it is for.")],
    is_json: Json = False,
) -> None:
    """Hand a file in and get its answer at once; `ievq run` (or Airflow) puts it in force. Exit codes as of check."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.domain.period import Quarter
    from ievq_pipeline.stages.receive import HandedIn

    with open_house() as house:
        data = _read(file, house.settings.upload_cap_mb)
        if data is None:
            raise TooLarge(cap_mb=house.settings.upload_cap_mb)
        name = str(Quarter.parse(quarter))
        submission_id, _ = house.receive(HandedIn(feed, name, file.name, data))
        house.validate(name)
        shown = house.submission(submission_id) | {"findings": house.findings(submission_id)}
    if is_json:
        document(shown)
    else:
        said(f"submission {submission_id}")
        tell(shown)
    sys.exit(EXIT[Verdict(shown["verdict"])])


@submissions.command("show")
def show(submission: str) -> None:
    """One submission with its answer, as JSON."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        document(house.submission(submission) | {"findings": house.findings(submission)})


def tell(shown: dict[str, Any]) -> None:
    """An answer for people: the verdict, the counts, and the faults grouped by kind and column."""
    lang = language()
    said(
        f"{shown['verdict']}: {shown['rows_read']} rows read, {shown['rows_accepted']} accepted,"
        f" {shown['rows_quarantined']} quarantined"
    )
    grouped: dict[tuple[str, str | None], list[dict[str, Any]]] = {}
    for finding in shown["findings"]:
        grouped.setdefault((finding["code"], finding["column"]), []).append(finding)
    for (code, _), found in grouped.items():
        first = found[0]
        more = f" (+{len(found) - 1})" if len(found) > 1 else ""
        place = first["cell"] or (f"row {first['row']}" if first["row"] else "file")
        said(f"  {code} {place}{more}: {first['message'][lang]} {first['remedy'][lang]}")
    for change in shown["normalised"]:
        values = f"{json.dumps(change['from'], ensure_ascii=False)} → {json.dumps(change['to'], ensure_ascii=False)}"
        said(f"  {change['code']} {change['column']} ×{change['count']}: {values}")
