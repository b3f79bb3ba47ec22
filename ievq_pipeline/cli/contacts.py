"""`ievq feeds contacts …` and `ievq feeds due`: who is written to about a feed, and when its file is due."""

from typing import Annotated, Any

import typer

from ievq_pipeline.cli.feeds import REVERSED, Language, feeds
from ievq_pipeline.cli.output import Json, date_option, listing, outcome, today
from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.text import Text
from ievq_pipeline.domain.validity import DAY

contacts = typer.Typer(no_args_is_help=True, help="Addresses that are written to about a feed; an office's, no names.")
feeds.add_typer(contacts, name="contacts")
COLUMNS = ("feed", "address", "language", "holds_from", "holds_to")
FeedArgument = Annotated[str, typer.Argument(help="The feed.")]
AddressArgument = Annotated[str, typer.Argument(help="Such as office@example.org.")]
ONE_WAY = Text(
    "请给出 --days、--quarter 加 --on，或 --usual 之一", "give one of --days, --quarter with --on, and --usual"
)
OUTSIDE = Text("应报日期须在季度开放与截止之间", "a due date lies between the quarter's opening and its closing")


@contacts.command("add")
def add_contact(
    feed: FeedArgument,
    address: AddressArgument,
    in_language: Annotated[
        Language | None, typer.Option("--language", help="Of what is written there; without it, the feed's.")
    ] = None,
    since: Annotated[Any, date_option("--from", meaning="The first day; without it, today.")] = None,
    until: Annotated[Any, date_option("--to", meaning="The last day; without it, none.")] = None,
    is_json: Json = False,
) -> None:
    """Write to an address about the feed: reminders, and files that were not taken. The same again changes nothing."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import contacts as stored
    from ievq_pipeline.db import feeds as stored_feeds
    from ievq_pipeline.domain.mail import read_address

    first = since or today()
    if until is not None and until < first:
        raise BadCall(why=REVERSED)
    spelled = read_address(address)
    with open_house() as house, house.sessions.begin() as session:
        of_feed = stored_feeds.named(session, feed)
        spoken = str(in_language or of_feed.language)
        stored.add(session, of_feed, spelled, spoken, first, until)
        is_silent = house.settings.smtp_url is None
    row = {"feed": feed, "address": spelled, "language": spoken, "holds_from": first, "holds_to": until}
    text = f"{spelled} is written to about {feed}, in {spoken}"
    outcome(row, text + ("; nothing is mailed yet: IEVQ_SMTP_URL is not set" if is_silent else ""), is_json=is_json)


@contacts.command("remove")
def remove_contact(
    feed: FeedArgument,
    address: AddressArgument,
    until: Annotated[Any, date_option("--to", meaning="The last day; without it, yesterday.")] = None,
    is_json: Json = False,
) -> None:
    """Write there no more; what was sent stays known."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import contacts as stored
    from ievq_pipeline.db import feeds as stored_feeds
    from ievq_pipeline.domain.mail import read_address

    last, spelled = until or today() - DAY, read_address(address)
    with open_house() as house, house.sessions.begin() as session:
        stored.end(session, stored_feeds.named(session, feed), spelled, last)
    row = {"feed": feed, "address": spelled, "holds_to": last}
    outcome(row, f"{spelled} is written to about {feed} until {last}", is_json=is_json)


@contacts.command("list")
def list_contacts(
    feed: Annotated[str, typer.Argument(help="The feed; without it, every feed.")] = "", is_json: Json = False
) -> None:
    """Who is, was and will be written to; a feed without anybody stands there too."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import contacts as stored
    from ievq_pipeline.db import feeds as stored_feeds

    rows: list[dict[str, Any]] = []
    with open_house() as house, house.sessions() as session:
        for one in [stored_feeds.named(session, feed)] if feed else stored_feeds.every(session):
            of_feed = stored.entries(session, one) or [dict.fromkeys(COLUMNS[1:])]
            rows += [{"feed": one.code, **entry} for entry in of_feed]
    listing(rows, COLUMNS, is_json=is_json)


@feeds.command("due")
def set_due(
    feed: FeedArgument,
    days: Annotated[int | None, typer.Option(help="Due so many days after each quarter's end.", min=0)] = None,
    quarter: Annotated[str, typer.Option(help="Only for this quarter, with --on.")] = "",
    on: Annotated[Any, date_option("--on", meaning="The due date of that quarter.")] = None,
    usual: Annotated[bool, typer.Option("--usual", help="As for everybody (of that quarter, or at all).")] = False,
    is_json: Json = False,
) -> None:
    """When a feed's file is due, where that is another day than the quarter's; without an option, tells it."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import feeds as stored_feeds
    from ievq_pipeline.db import quarters, reminders
    from ievq_pipeline.domain.period import Quarter

    if (days is not None) + (on is not None) + usual > 1 or (on is not None and not quarter):
        raise BadCall(why=ONE_WAY)
    if quarter and not (on or usual):
        raise BadCall(why=ONE_WAY)
    with open_house() as house, house.sessions.begin() as session:
        one = stored_feeds.named(session, feed)
        if quarter:
            row = quarters.named(session, str(Quarter.parse(quarter)))
            if on and not row.opens_on <= on <= row.closes_on:
                raise BadCall(why=OUTSIDE)
            reminders.set_due(session, one, row.quarter, on)
        elif days is not None or usual:
            one.due_days = days
        session.flush()
        own = {row.quarter: row.due_on for row in reminders.due_dates(session, one)}
        told = {"feed": feed, "due_days": one.due_days, "quarters": own}
        rule = "as the quarter's row says" if one.due_days is None else f"{one.due_days} days after the quarter's end"
    more = "".join(f"; {name}: {day}" for name, day in own.items())
    outcome(told, f"{feed} is due {rule}{more}", is_json=is_json)
