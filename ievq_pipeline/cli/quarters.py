"""`ievq quarters …`: open, close, advance, list."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ievq_pipeline.cli.output import Json, date_option, document, group, listing, outcome, said
from ievq_pipeline.domain.alert import Mode

if TYPE_CHECKING:
    from ievq_pipeline.db.tables import QuarterRow

quarters = group("quarters", "Quarters: their calendar and state.")


@quarters.command("open")
def open_quarter(
    quarter: Annotated[str, typer.Argument(help="Such as 2025-Q3.")],
    opens: Annotated[
        Any,
        date_option("--opens", "--opens-on", meaning="In the future: it is planned, and opens then."),
    ] = None,
    due: Annotated[
        Any,
        date_option("--due", "--due-on", meaning="After it, whoever has handed in nothing is late."),
    ] = None,
    closes: Annotated[
        Any,
        date_option("--closes", "--closes-on", meaning="From this day on the calendar closes it."),
    ] = None,
    mode: Annotated[Mode, typer.Option(help="history: what surges here gives no notice.")] = Mode.LIVE,
    is_json: Json = False,
) -> None:
    """Open a quarter for submissions. Dates not given follow its end: due after 15 days, closing after 30."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import feeds
    from ievq_pipeline.db import quarters as stored
    from ievq_pipeline.domain.period import Quarter

    with open_house() as house:
        row = house.open_quarter(Quarter.parse(quarter), opens_on=opens, due_on=due, closes_on=closes, mode=mode)
        with house.sessions() as session:
            shown = _calendar(row, stored.modes(session), feeds.bases(session), house.today)
    text = "{quarter} {state}: opens {opens_on}, due {due_on}, closes {closes_on}".format_map(shown)
    text += f"; history for {', '.join(shown['history'])}" if shown["history"] else ""
    outcome(shown, text, is_json=is_json)


@quarters.command("close")
def close_quarter(
    quarter: Annotated[str, typer.Argument(help="Such as 2025-Q3; quarters close in calendar order.")],
    now: Annotated[bool, typer.Option("--now", help="Also before its closing date.")] = False,
    is_json: Json = False,
) -> None:
    """Close a quarter: its figures stand, and detection begins. Closing it again changes nothing."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.domain.period import Quarter

    name = str(Quarter.parse(quarter))
    with open_house() as house:
        silent = house.close(name, is_forced=now)
    text = f"{name} closed" + (f"; silent: {', '.join(silent)}" if silent else "")
    outcome({"quarter": name, "state": "closed", "silent": silent}, text, is_json=is_json)


@quarters.command("advance")
def advance_quarters(
    today: Annotated[Any, date_option(meaning="As if it were this day.")] = None,
    is_json: Json = False,
) -> None:
    """Do what the calendar asks for today: open and close quarters, remind feeds, mail. Again, it asks for nothing."""
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        steps = house.keep_calendar(today)
        house.remind(today=today)
    if is_json:
        document([{"did": step.did, "what": step.what, "why": step.why} for step in steps])
    else:
        said("\n".join(map(str, steps)) or "nothing to do")


@quarters.command("reminders")
def list_reminders(
    quarter: Annotated[str, typer.Argument(help="Such as 2025-Q3; without it, all.")] = "", is_json: Json = False
) -> None:
    """Every reminder and every mail about an answer: to whom, whether it went out, and why not."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import reminders
    from ievq_pipeline.domain.period import Quarter

    name = str(Quarter.parse(quarter)) if quarter else None
    with open_house() as house, house.sessions() as session:
        rows = reminders.mailed(session, name, is_server_set=house.settings.smtp_url is not None)
    columns = ("quarter", "feed", "kind", "address", "state", "mailed_at", "attempts", "said")
    listing(rows, columns, is_json=is_json)


@quarters.command("list")
def list_quarters(is_json: Json = False) -> None:
    """Every quarter: its dates, whether it is planned, open, due or closed, and whether it is live or history."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import feeds
    from ievq_pipeline.db import quarters as stored

    with open_house() as house, house.sessions() as session:
        modes, bases, today = stored.modes(session), feeds.bases(session), house.today
        rows = [_calendar(row, modes, bases, today) for row in stored.every(session)]
    if not is_json:
        rows = [row | {"state": "due" if row["is_due"] else row["state"]} for row in rows]
    listing(rows, ["quarter", "state", "mode", "opens_on", "due_on", "closes_on", "history"], is_json=is_json)


def _calendar(
    row: "QuarterRow", modes: Mapping[tuple[str, str], str], bases: Sequence[str], today: date
) -> dict[str, Any]:
    """`history` names the bases for which the quarter is that; `mode` sums them up."""
    history = sorted(b for (b, quarter), mode in modes.items() if quarter == row.quarter and mode == Mode.HISTORY)
    state = "closed" if row.closed_at else "open" if row.opened_at else "planned"
    return {
        "quarter": row.quarter,
        "state": state,
        "is_due": state == "open" and row.due_on < today,
        "mode": "live" if not history else "history" if set(bases) <= set(history) else "mixed",
        "opens_on": row.opens_on,
        "due_on": row.due_on,
        "closes_on": row.closes_on,
        "opened_at": row.opened_at,
        "closed_at": row.closed_at,
        "history": history,
    }
