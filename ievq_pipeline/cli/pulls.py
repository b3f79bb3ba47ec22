"""`ievq feeds pull`, `pulls` and `files`: fetch files from where submitters leave them, and see how it went."""

from typing import Annotated

import typer

from ievq_pipeline.cli.feeds import feeds
from ievq_pipeline.cli.output import Json, document, listing, said


@feeds.command("pull")
def pull_feed(
    feed: Annotated[str, typer.Argument(help="The feed's code; without it, whatever is due of all feeds.")] = "",
    quarter: Annotated[str, typer.Option(help="Only this open quarter.")] = "",
    anew: Annotated[bool, typer.Option("--anew", help="Hand in even what is the same as last time.")] = False,
    is_json: Json = False,
) -> None:
    """Fetch a feed's hosted files, or look into its folder, at once; hand in what is new, and tell how it went."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.domain.period import Quarter
    from ievq_pipeline.domain.pull import Outcome

    name = str(Quarter.parse(quarter)) if quarter else None
    with open_house() as house:
        if not feed:
            _refuse_options(quarter, is_anew=anew)
            due = house.pull() + house.watch()
            document(due) if is_json else said(f"{len(due)} tried" + "".join(f"\n{one}" for one in due))
            return
        tried = house.pull_named(feed, name, is_anew=anew)
    if is_json:
        document([{slot: getattr(one, slot) for slot in type(one).__slots__} for one in tried])
    elif not tried:
        said(f"{feed}: no quarter is open")
    for one in [] if is_json else tried:
        again = f"; failure {one.failures} in a row" if one.failures else ""
        again += f"; again after {one.next_at:%Y-%m-%d %H:%M} UTC" if one.next_at else ""
        said(f"{one.feed} {one.quarter}: {one.said}{again}")
    raise typer.Exit(int(any(one.outcome in (None, Outcome.FAILED) for one in tried)))


def _refuse_options(quarter: str, *, is_anew: bool) -> None:
    if quarter or is_anew:
        raise typer.BadParameter("--quarter and --anew need a feed")


COLUMNS = ("feed", "quarter", "said", "failures", "pulled_at", "next_at")


@feeds.command("pulls")
def list_pulls(is_json: Json = False) -> None:
    """How the last try of each hosted file went, when a file last came, and when it is asked for again."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import pulls

    with open_house() as house, house.sessions() as session:
        rows = [
            {"feed": code} | {name: getattr(row, name) for name in COLUMNS[1:]} for code, row in pulls.every(session)
        ]
    listing(rows, COLUMNS, is_json=is_json)


FILES = ("feed", "quarter", "path", "said", "seen_at", "submission_id", "is_there")


@feeds.command("files")
def list_files(is_json: Json = False) -> None:
    """Every file that was seen in a watched folder, and what came of it."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import watched

    with open_house() as house, house.sessions() as session:
        rows = [
            {"feed": code} | {name: getattr(row, name) for name in FILES[1:]} for code, row in watched.every(session)
        ]
    listing(rows, FILES, is_json=is_json)
