"""`ievq quarters …`: open, close, list."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ievq_pipeline.cli.output import DateOption, Json, group, listing, outcome
from ievq_pipeline.domain.alert import Mode

if TYPE_CHECKING:
    from ievq_pipeline.db.tables import QuarterRow

quarters = group("quarters", "Quarters: their calendar and state.")


@quarters.command("open")
def open_quarter(
    quarter: Annotated[str, typer.Argument(help="Such as 2025-Q3.")],
    opens: DateOption = None,
    due: DateOption = None,
    closes: DateOption = None,
    mode: Annotated[Mode, typer.Option(help="history: what surges here gives no notice.")] = Mode.LIVE,
    is_json: Json = False,
) -> None:
    """Open a quarter for submissions. Dates not given follow its end: due after 15 days, closing after 30."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import quarters as stored
    from ievq_pipeline.domain.period import Quarter

    with open_house() as house:
        row = house.open_quarter(Quarter.parse(quarter), opens_on=opens, due_on=due, closes_on=closes, mode=mode)
        with house.sessions() as session:
            shown = _calendar(row, stored.modes(session))
    text = "{quarter} opens {opens_on}, due {due_on}, closes {closes_on}".format_map(shown)
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


@quarters.command("list")
def list_quarters(is_json: Json = False) -> None:
    """Every quarter with its dates, whether it is open, and the bases for which it is history."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import quarters as stored

    with open_house() as house, house.sessions() as session:
        modes = stored.modes(session)
        rows = [_calendar(row, modes) for row in stored.every(session)]
    listing(rows, ["quarter", "state", "opens_on", "due_on", "closes_on", "history"], is_json=is_json)


def _calendar(row: "QuarterRow", modes: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    return {
        "quarter": row.quarter,
        "state": "closed" if row.closed_at else "open",
        "opens_on": row.opens_on,
        "due_on": row.due_on,
        "closes_on": row.closes_on,
        "closed_at": row.closed_at,
        "history": sorted(b for (b, quarter), mode in modes.items() if quarter == row.quarter and mode == Mode.HISTORY),
    }
