"""`ievq contract show`, `check`, `submit`, `submissions …`, `observations list`: what is asked for, came and counts."""

import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from ievq_pipeline.cli import files
from ievq_pipeline.cli.answers_told import tell
from ievq_pipeline.cli.output import Json, app, document, group, language, listing, outcome, part, said
from ievq_pipeline.domain.errors import BadCall, OutsideMissing
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.text import Text

contracts = group("contract", "What each kind of feed asks for.")
submissions = group("submissions", "What was handed in, and the answers.")
observations = group("observations", "What is in force, or was.")
#: the exit code of a verdict
EXIT = {
    Verdict.ACCEPTED: 0,
    Verdict.ACCEPTED_WITH_QUARANTINE: 1,
    Verdict.NEEDS_CONFIRMATION: 1,
    Verdict.REJECTED: 1,
    Verdict.UNREADABLE: 2,
}
#: how long `submit` waits for another worker that has claimed the file
ANSWER_SECONDS = 60.0
ROW = Text("第 {row} 行", "row {row}")
OF_ALL = Text(
    "共 {total} 行，以上 {n} 行；其后的用 --after {last}", "{n} of {total} rows; those after them with --after {last}"
)
SAID = Text("已说明：{code} {value} {reason} {text}", "said of {code} {value}: {reason} {text}")
CARRIED = Text("（沿用此前的说明）", "(carried over from an earlier submission)")
NOT_A_WORD = Text(
    "“{given}”应写成 代码=原因 或 代码:行号=原因，如 NQ-JUMP:7=real_change",
    "{given} is not CODE=REASON or CODE:ROW=REASON, such as NQ-JUMP:7=real_change",
)
NOT_A_MEND = Text(
    "“{cell}”应写成 行号:列=值，如 7:openings=20", "{cell} is not ROW:COLUMN=VALUE, such as 7:openings=20"
)
DIFFERS = Text(
    "新增 {rows_added} 行，删去 {rows_removed} 行，{rows_changed} 行共 {cells_changed} 格有改动",
    "{rows_added} rows added, {rows_removed} removed; {cells_changed} cells changed in {rows_changed} rows",
)
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
    from ievq_pipeline.adapters import confined

    confined.warm()  # it starts while this process imports what it needs itself
    from ievq_pipeline import settings
    from ievq_pipeline.adapters import answers, checks
    from ievq_pipeline.adapters.confined_check import checked
    from ievq_pipeline.adapters.reading.package import Caps
    from ievq_pipeline.domain.contracts import contract
    from ievq_pipeline.domain.period import Quarter

    rules = contract(feed_kind)
    caps = settings.load()
    expected = checks.Expected(str(Quarter.parse(quarter)) if quarter else None, caps=Caps.of(caps.workbook_cap_mb))
    cap = caps.upload_cap_mb
    with files.on_disk(file, cap) as path:
        size = path.stat().st_size
        is_over = size > cap * 1_000_000
        answer = checks.too_large(cap) if is_over else checked(path, rules, expected)
        about = answers.File(files.name_of(file), size, None if is_over else files.sha256(path))
    if rows_out is not None:
        files.write(rows_out, answers.rows_csv(answer, rules))
    if is_json:
        answers.write(answer, rules, about, part)
    else:
        tell(answers.document(answer, rules, about), rules)
    sys.exit(EXIT[answer.verdict])


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
        name = str(Quarter.parse(quarter))
        with files.on_disk(file, house.settings.upload_cap_mb) as path, path.open("rb") as content:
            files.hold_to_cap(path, house.settings.upload_cap_mb)
            submission_id, _ = house.receive(HandedIn(feed, name, files.name_of(file), content))
        house.validate(name)
        _wait(lambda: house.submission(submission_id)["verdict"] is not None)
        shown = house.submission(submission_id) | {"findings": house.findings(submission_id)}
        rules = house.found(submission_id)[0]
    if is_json:
        document(shown)
    else:
        said(f"submission {submission_id}")
        tell(shown, rules)
    sys.exit(EXIT[Verdict(shown["verdict"])])


def _wait(is_answered: Callable[[], bool]) -> None:
    """Another worker may have claimed the file first: its answer comes in a moment. Raises OutsideMissing."""
    until = time.monotonic() + ANSWER_SECONDS
    while not is_answered():
        if time.monotonic() > until:
            raise OutsideMissing("Another worker checks the file and has not answered; `ievq submissions show` tells.")
        time.sleep(0.1)


@submissions.command("show")
def show(submission: str, is_json: Json = False) -> None:
    """One submission: its state, and its answer once there is one."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        shown = house.submission(submission) | {"findings": house.findings(submission)}
        rules = house.found(submission)[0] if shown["verdict"] else None
    if is_json:
        document(shown)
        return
    said("submission {submission_id}: {feed} {quarter}, {state}".format_map(shown))
    if rules:
        tell(shown, rules)
    for one in shown["confirmations"]:
        lang = language()
        reason = (one["reason_title"] or {}).get(lang, one["reason"])
        word = SAID[lang].format(**{**one, "value": one["value"] or "", "reason": reason}).rstrip()
        said(f"  {word}{CARRIED[lang] if one['carried_from'] else ''}")


@submissions.command("confirmations")
def list_confirmations(
    quarter: Annotated[str, typer.Option(help="Such as 2025-Q3.")],
    code: Annotated[str, typer.Option(help="Of one code only, such as NQ-JUMP.")] = "",
    is_json: Json = False,
) -> None:
    """Why soft findings of a quarter are as they should be, in the words of those who handed in."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.domain.period import Quarter

    with open_house() as house:
        rows = house.confirmations(Quarter.parse(quarter), code or None)
    listing(rows, ["submission_id", "feed", "code", "row", "column", "value", "reason", "text"], is_json=is_json)


@submissions.command("withdraw")
def withdraw(
    submission: str, reason: Annotated[str, typer.Option(help="Why; kept beside the data.")], is_json: Json = False
) -> None:
    """Take a submission back: nothing of its feed counts for the quarter any more; what it went before does."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        house.withdraw(submission, reason)
        shown = house.submission(submission)
    outcome(shown, "submission {submission_id}: {feed} {quarter}, {state}".format_map(shown), is_json=is_json)


@submissions.command("confirm")
def confirm(
    submission: str,
    reasons: Annotated[
        list[str], typer.Option("--reason", help="CODE=REASON, or CODE:ROW=REASON, such as NQ-JUMP:7=real_change.")
    ],
    text: Annotated[str, typer.Option(help="A word of explanation, kept beside the data.")] = "",
    is_json: Json = False,
) -> None:
    """Say why every soft finding is as it should be; the submission is then accepted."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.stages.confirm import Word

    given = [_word(one) for one in reasons]
    with open_house() as house:
        house.confirm(submission, [Word(code, reason, text, row) for code, row, reason in given])
        shown = house.submission(submission)
    outcome(shown, "submission {submission_id}: {feed} {quarter}, {state}".format_map(shown), is_json=is_json)


@submissions.command("mend")
def mend(
    submission: str,
    cells: Annotated[list[str], typer.Argument(help="ROW:COLUMN=VALUE, such as 7:openings=20.", show_default=False)],
    is_json: Json = False,
) -> None:
    """Mend cells without handing the file in again: a new submission of the same file, answered at once."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.stages.mend import MendedRow

    given = [_mended_cell(cell) for cell in cells]
    with open_house() as house:
        mended_id, _ = house.mend(submission, [MendedRow(row, {column: value}) for row, column, value in given])
        house.validate(house.submission(mended_id)["quarter"])
        _wait(lambda: house.submission(mended_id)["verdict"] is not None)
        shown = house.submission(mended_id) | {"findings": house.findings(mended_id)}
        rules = house.found(mended_id)[0]
    if is_json:
        document(shown)
    else:
        said(f"submission {mended_id}")
        tell(shown, rules)
    sys.exit(EXIT[Verdict(shown["verdict"])])


def _word(given: str) -> tuple[str, int | None, str]:
    """Raises BadCall."""
    found = re.fullmatch(r"([A-Z-]+)(?::([1-9][0-9]{0,8}))?=(.*)", given)
    if found is None:
        raise BadCall(why=NOT_A_WORD.format(given=given))
    return found[1], int(found[2]) if found[2] else None, found[3]


def _mended_cell(cell: str) -> tuple[int, str, str]:
    """Raises BadCall."""
    found = re.fullmatch(r"([1-9][0-9]{0,8}):([a-z_]+)=(.*)", cell, re.DOTALL)
    if found is None:
        raise BadCall(why=NOT_A_MEND.format(cell=cell))
    return int(found[1]), found[2], found[3]


@submissions.command("rows")
def show_rows(
    submission: str,
    quarantined: Annotated[  # noqa: ARG001 - there are no others to ask for
        bool, typer.Option("--quarantined", help="Those with something to be mended; there are no others here.")
    ] = True,
    after: Annotated[int, typer.Option(help="Those after this row of the file.", min=0)] = 0,
    limit: Annotated[int, typer.Option(help="So many at most.", min=1, max=10_000)] = 1_000,
    is_json: Json = False,
) -> None:
    """The rows to be mended, cell by cell as they stand in the file, and what is wrong; `mend` mends them."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        rows, total = house.quarantined(submission, after=after, limit=limit)
    if is_json:
        document({"items": rows, "total": total})
        return
    lang = language()
    for each in rows:
        wrong = {fault["column"]: fault["message"][lang] for fault in each["findings"]}
        said(ROW[lang].format(row=each["row"]) + "".join(f"  {text}" for column, text in wrong.items() if not column))
        for code, cell in each["cells"].items():
            if code in wrong or cell:
                said(f"  {code}={cell or ''}" + (f"    ← {wrong[code]}" if code in wrong else ""))
    if rows and rows[-1]["row"] and total > len(rows):
        said(OF_ALL[lang].format(n=len(rows), total=total, last=rows[-1]["row"]))


@submissions.command("difference")
def show_difference(submission: str, is_json: Json = False) -> None:
    """What a submission changed against the one in force before it, cell by cell, and which alerts it revised."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        told, changed = house.difference(submission)
    if is_json:
        document(told | {"cells": changed})
        return
    said(DIFFERS[language()].format(**told))
    rows = [{**cell, "key": " ".join(str(part) for part in cell["key"].values() if part)} for cell in changed]
    listing(rows, ["row", "key", "column", "before", "after"], is_json=False)
    for alert in told["alerts"]:
        said("{notice}: {alert_id}, revision {revision}".format_map(alert))


@submissions.command("held")
def list_held(is_json: Json = False) -> None:
    """Accepted submissions that their suite holds back (NQ-SUITE), and why: an engineer must look."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        listing(house.held(), ["submission_id", "feed", "quarter", "held_why"], is_json=is_json)


@submissions.command("release")
def release(submission: str, is_json: Json = False) -> None:
    """Once the cause is mended: have a submission that its suite holds examined again. Exit 1 if nothing holds it."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        is_released = house.release(submission)
        shown = house.submission(submission)
    word = "released" if is_released else "not held"
    outcome(shown, "submission {submission_id}: {feed} {quarter}, {state}, ".format_map(shown) + word, is_json=is_json)
    sys.exit(0 if is_released else 1)


@observations.command("list")
def list_observations(
    kind: Annotated[str, typer.Option(help="Such as job-demand.")],
    quarter: Annotated[str, typer.Option(help="Such as 2025-Q3.")],
    as_of: Annotated[
        str, typer.Option("--as-of", help="A date (its end), an instant, or seq:N; without it, now.")
    ] = "",
    is_json: Json = False,
) -> None:
    """What is in force, or was: reporter, the row's codes, value, submission, known_from. CSV, or one JSON document."""
    import csv

    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.domain.period import Quarter

    with open_house() as house:
        rows = house.observations(kind, Quarter.parse(quarter), as_of)
        if is_json:
            document({"items": list(rows)})
            return
        writer = csv.writer(sys.stdout)
        for number, row in enumerate(rows):
            if number == 0:
                writer.writerow(row)
            writer.writerow(";".join(value) if isinstance(value, list) else value for value in row.values())
