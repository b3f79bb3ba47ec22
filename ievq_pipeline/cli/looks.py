"""`ievq looks …` and `ievq breaks …`: when quarters were looked at, and where series break."""

from typing import Annotated

import typer

from ievq_pipeline.cli.output import Json, group, listing, outcome

looks = group("looks", "When quarters were looked at, and what was tested.")
breaks = group("breaks", "Where a concept begins to count something else.")
COLUMNS = ["look", "basis", "quarter", "kind", "vintage", "feeds_in_force", "tested", "changes", "notices", "made_at"]


@looks.command("list")
def list_looks(
    quarter: Annotated[str, typer.Option(help="Only those at this quarter.")] = "", is_json: Json = False
) -> None:
    """Every look, oldest first: first, closing and revision looks, and previews, which are never published."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import looks as stored
    from ievq_pipeline.domain.period import Quarter

    name = str(Quarter.parse(quarter)) if quarter else None
    with open_house() as house, house.sessions() as session:
        rows = stored.every(session, name)
    listing(rows, COLUMNS, is_json=is_json)


@breaks.command("add")
def add_break(
    concept: Annotated[str, typer.Argument(help="The code of a skill, or a term of a totals source.")],
    quarter: Annotated[str, typer.Argument(help="The first quarter in which it counts something else.")],
    reason: Annotated[str, typer.Option(help="Why, such as a list that was recoded.")],
    is_json: Json = False,
) -> None:
    """From a quarter on a concept counts something else: windows that cross it are not tested any more."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import series_breaks
    from ievq_pipeline.domain.period import Quarter

    name = str(Quarter.parse(quarter))
    with open_house() as house, house.sessions.begin() as session:
        series_breaks.add(session, concept, name, reason)
    outcome({"concept": concept, "quarter": name, "reason": reason}, f"{concept} breaks at {name}", is_json=is_json)


@breaks.command("list")
def list_breaks(is_json: Json = False) -> None:
    """Every break, with its reason."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import series_breaks

    with open_house() as house, house.sessions() as session:
        rows = [
            {"concept": row.concept, "quarter": row.quarter, "reason": row.reason, "recorded_at": row.recorded_at}
            for row in series_breaks.every(session)
        ]
    listing(rows, ["concept", "quarter", "reason", "recorded_at"], is_json=is_json)
