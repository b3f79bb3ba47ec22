"""`ievq feeds …`: who hands in what, and whom each feed is expected to report for."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ievq_pipeline.cli.organisations import enrol
from ievq_pipeline.cli.output import DateOption, Json, date_option, group, listing, outcome, today
from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.text import Text
from ievq_pipeline.domain.validity import DAY, Validity

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from ievq_pipeline.db.tables import Feed
    from ievq_pipeline.domain.organisation import Identifier

feeds = group("feeds", "Feeds: standing contracts to report.")
FEED_COLUMNS = ("feed", "kind", "submitter", "source", "basis", "schemes", "language", "roster", "ended_on")
ROSTER_COLUMNS = ("identifiers", "title", "is_primary", "holds_from", "holds_to", "is_registered")
NOT_A_SCHEME = Text(
    "代码体系写成 列=体系，如 region=us-state", "a scheme is given as column=scheme, such as region=us-state"
)
ONE_PLACE = Text("一个渠道只能有一处取文件的地方", "a feed has one place to take its files from")
REVERSED = Text("截止日期早于起始日期", "it ends before it begins")


class Language(StrEnum):
    ZH = "zh"
    EN = "en"


class RosterAction(StrEnum):
    ADD = "add"
    REMOVE = "remove"
    LIST = "list"
    IMPORT = "import"


@feeds.command("add")
def add_feed(
    code: Annotated[str, typer.Argument(help="How submitters name the feed.")],
    kind: Annotated[str, typer.Option(help="Feed kind; `ievq contract show` knows them.")] = "totals",
    source: Annotated[
        str, typer.Option(help="The source that a totals feed counts for; the code where not given.")
    ] = "",
    submitter: Annotated[str, typer.Option(help="Identifier of the organisation that hands in.")] = "",
    scheme: Annotated[
        list[str] | None,
        typer.Option(help="column=scheme of bare codes, or column=not-stated; may be given again."),
    ] = None,
    not_public: Annotated[
        bool,
        typer.Option("--not-public", help="Totals not published by their source: nothing of them is told."),
    ] = False,
    pull_url: Annotated[
        str, typer.Option(help="Where its files are hosted; {quarter} stands for the quarter.", metavar="URL")
    ] = "",
    watch_url: Annotated[
        str,
        typer.Option(help="A folder to look into, such as file:///srv/inbox/{quarter}/*.xlsx.", metavar="URL"),
    ] = "",
    lang: Annotated[
        Language | None, typer.Option("--lang", help="Of its answers, templates and mails; zh where not given.")
    ] = None,
    is_json: Json = False,
) -> None:
    """Register a feed; the same call again changes nothing. Feeds of enterprises and associations need a submitter."""
    from ievq_pipeline.adapters.codes import read_identifier
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import feeds as stored
    from ievq_pipeline.db import organisations
    from ievq_pipeline.domain import pull, watch

    if pull_url and watch_url:
        raise BadCall(why=ONE_PLACE)
    schemes = dict(map(_scheme, scheme or []))
    with open_house() as house, house.sessions.begin() as session:
        if pull_url:
            pull.require_place(pull_url)
            house.egress.check(pull.address(pull_url, "2025-Q1"))
        if watch_url:
            watch.place(watch_url, "2025-Q1", house.settings.watch_roots)
        who = organisations.named(session, read_identifier(submitter), today()).id if submitter else None
        more: dict[str, Any] = {"submitter_id": who, "schemes": schemes, "already_public": not not_public}
        more |= {"pull_url": pull_url or None, "watch_url": watch_url or None, "language": lang and str(lang)}
        feed = stored.add(session, code, kind, source or None, **more)
        (row,) = _rows(session, [feed])
    text = "feed {feed}: {kind}, basis {basis}".format_map(row)
    outcome(row, text + (f", submitter {row['submitter']}" if row["submitter"] else ""), is_json=is_json)


def _scheme(given: str) -> tuple[str, str]:
    column, equals, scheme = given.partition("=")
    if not equals:
        raise BadCall(why=NOT_A_SCHEME)
    return column.strip(), scheme.strip().lower()


@feeds.command("set")
def set_feed(
    code: Annotated[str, typer.Argument(help="The feed.")],
    lang: Annotated[Language, typer.Option("--lang", help="Of its answers, templates and mails.", show_default=False)],
    is_json: Json = False,
) -> None:
    """Change how a feed is answered: its language where nobody asks for another."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import feeds as stored

    with open_house() as house, house.sessions.begin() as session:
        feed = stored.named(session, code)
        stored.speak(session, feed, str(lang))
        (row,) = _rows(session, [feed])
    outcome(row, "feed {feed} is answered in {language}".format_map(row), is_json=is_json)


@feeds.command("end")
def end_feed(
    code: Annotated[str, typer.Argument(help="The feed.")], on: DateOption = None, is_json: Json = False
) -> None:
    """From a day on (without --on, today) nothing is expected of the feed any more; what it reported stays."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import feeds as stored

    with open_house() as house, house.sessions.begin() as session:
        (row,) = _rows(session, [stored.end(session, code, on or today())])
    outcome(row, "feed {feed} ended on {ended_on}".format_map(row), is_json=is_json)


@feeds.command("list")
def list_feeds(is_json: Json = False) -> None:
    """Every feed with its submitter, its schemes, and how many stand on its roster today."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import feeds as stored

    with open_house() as house, house.sessions() as session:
        rows = _rows(session, stored.every(session))
    if is_json:
        listing(rows, (), is_json=True)
        return
    for row in rows:
        row["schemes"] = " ".join(f"{column}={scheme}" for column, scheme in row["schemes"].items())
    listing(rows, FEED_COLUMNS, is_json=False)


def _rows(session: "Session", shown: "list[Feed]") -> list[dict[str, Any]]:
    from ievq_pipeline.db import feeds as stored
    from ievq_pipeline.db import organisations, rosters

    codes, sizes = organisations.identifiers(session), rosters.sizes(session, today())
    return [
        stored.told(feed)
        | {
            "submitter": next(iter(codes.get(feed.submitter_id, [])), None) if feed.submitter_id else None,
            "roster": sizes.get(feed.id, 0),
        }
        for feed in shown
    ]


@feeds.command("roster")
def roster(
    code: Annotated[str, typer.Argument(help="The feed.")],
    action: Annotated[RosterAction, typer.Argument(help="What to do with its roster.")],
    what: Annotated[str, typer.Argument(help="add, remove: an identifier; import: a CSV file.")] = "",
    is_primary: Annotated[
        bool, typer.Option("--primary", help="add: its filings here go before those of other associations.")
    ] = False,
    since: Annotated[Any, date_option("--from", meaning="add: the first day; without it, as if always.")] = None,
    until: Annotated[
        Any, date_option("--to", meaning="The last day; without it, add: none, remove: yesterday.")
    ] = None,
    is_json: Json = False,
) -> None:
    """Whom a feed is expected to report for: add or remove one, import a file, or list all of them."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        if action is RosterAction.IMPORT:
            enrol(
                house, Path(what), lambda data, name: house.import_roster(code, data, name), "roster", is_json=is_json
            )
        with house.sessions.begin() as session:
            if action is RosterAction.ADD:
                _enter(session, code, what, Validity(since, until), is_primary=is_primary)
            elif action is RosterAction.REMOVE:
                _remove(session, code, what, until or today() - DAY)
            rows = _roster_rows(session, code, what if action is not RosterAction.LIST else "")
    if action is RosterAction.LIST:
        shown = rows if is_json else [{**row, "identifiers": " ".join(row["identifiers"])} for row in rows]
        listing(shown, ROSTER_COLUMNS, is_json=is_json)
    else:
        outcome({"feed": code, "entries": rows}, f"roster of {code}: {what} {action}", is_json=is_json)


def _enter(session: "Session", code: str, what: str, held: Validity, *, is_primary: bool) -> None:
    from ievq_pipeline.db import feeds as stored
    from ievq_pipeline.db import rosters

    if held.last < held.first:
        raise BadCall(why=REVERSED)
    rosters.add(session, stored.with_roster(session, code), _identifier(what), held, is_primary=is_primary)


def _remove(session: "Session", code: str, what: str, last_day: date) -> None:
    from ievq_pipeline.db import feeds as stored
    from ievq_pipeline.db import rosters

    rosters.end(session, stored.with_roster(session, code), _identifier(what), last_day)


def _roster_rows(session: "Session", code: str, what: str) -> list[dict[str, Any]]:
    """The roster's entries; where `what` is named, only its own."""
    from ievq_pipeline.db import feeds as stored
    from ievq_pipeline.db import rosters

    rows = rosters.entries(session, stored.with_roster(session, code))
    return [row for row in rows if not what or str(_identifier(what)) in row["identifiers"]]


def _identifier(what: str) -> "Identifier":
    from ievq_pipeline.adapters.codes import read_identifier

    return read_identifier(what)
