"""`ievq quarters coverage` and `ievq participation`: who was expected and heard, by segment."""

import sys
from typing import Annotated, Any

import typer

from ievq_pipeline.cli.output import Json, app, document, listing
from ievq_pipeline.cli.quarters import quarters
from ievq_pipeline.domain.organisation import Dimension

BasisOption = Annotated[str, typer.Option(help="What is covered: job-demand or technology.")]
AsOfOption = Annotated[str, typer.Option("--as-of", help="A date (its end), an instant, or seq:N; without it, now.")]
COVERAGE = ("dimension", "value", "expected", "received", "late", "silent", "zero", "quarantined_openings")
PARTICIPATION = ("value", "reporters", "reported", "silent_2", "silent_4")


@quarters.command("coverage")
def show_coverage(
    quarter: Annotated[str, typer.Argument(help="Such as 2025-Q3.")],
    basis: BasisOption = "job-demand",
    as_of: AsOfOption = "",
    is_json: Json = False,
) -> None:
    """Expected, received, late, silent, zero reports and quarantined openings, by segment. `--json`: every share."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import coverage
    from ievq_pipeline.domain.period import Quarter

    asked = Quarter.parse(quarter)
    with open_house() as house:
        seq = house.cut(as_of)
        with house.sessions() as session:
            told = coverage.told(session, basis, asked, seq)
    if is_json:
        document(told)
    else:
        listing(map(_line, told["items"]), COVERAGE, is_json=False)


@app.command("participation")
def show_participation(
    first: Annotated[str, typer.Option("--from", help="The first quarter; without it, the first there is.")] = "",
    last: Annotated[str, typer.Option("--to", help="The last; without it, the last that is closed.")] = "",
    by: Annotated[Dimension, typer.Option(help="What to tell it by.")] = Dimension.OWNERSHIP,
    basis: BasisOption = "job-demand",
    as_of: AsOfOption = "",
    is_csv: Annotated[bool, typer.Option("--csv", help="As CSV, every number in a column of its own.")] = False,
    is_json: Json = False,
) -> None:
    """Over closed quarters: how often the reporters of each segment reported, and how many have long been silent."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import coverage
    from ievq_pipeline.domain.participation import flat
    from ievq_pipeline.domain.period import Quarter
    from ievq_pipeline.web.observations import as_csv

    window = (Quarter.parse(first) if first else None, Quarter.parse(last) if last else None)
    with open_house() as house:
        seq = house.cut(as_of)
        with house.sessions() as session:
            told = coverage.participation(session, basis, by, window, seq)
    if is_csv:
        sys.stdout.buffer.write("".join(as_csv(map(flat, told["items"]))).encode())
    elif is_json:
        document(told)
    else:
        listing(map(_line, told["items"]), PARTICIPATION, is_json=False)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """Shares as `12/17`; what is not told as a dash."""
    shown = {name: f"{v['numerator']}/{v['denominator']}" if isinstance(v, dict) else v for name, v in row.items()}
    is_all = "dimension" in row and row["dimension"] is None
    return shown | {"value": "*" if is_all else row["value"] or "–"}
