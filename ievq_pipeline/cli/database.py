"""`ievq db …` and `ievq settings`: the tables, and what an operator has set."""

from typing import Annotated

import typer

from ievq_pipeline.cli.output import Json, app, group, listing, outcome

db = group("db", "The database's tables.")


@db.command("upgrade")
def upgrade(
    revision: Annotated[str, typer.Argument(help="As far as this revision.")] = "head", is_json: Json = False
) -> None:
    """Bring the tables to this version; doing it twice changes nothing."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import migrate

    with open_house(is_upgraded=False) as house:
        found = migrate.upgrade(house.engine, revision)
    outcome({"revision": found}, f"tables at revision {found}", is_json=is_json)


@db.command("downgrade")
def downgrade(
    revision: Annotated[str, typer.Argument(help="Back to this revision; `base` for none.")],
    discard: Annotated[
        bool, typer.Option("--discard", help="Lose the rows that the older tables have no place for.")
    ] = False,
    is_json: Json = False,
) -> None:
    """Take the tables back; refused where rows would be lost, unless told to discard them."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import migrate

    with open_house(is_upgraded=False) as house:
        found = migrate.downgrade(house.engine, revision, is_discarding=discard)
    outcome({"revision": found}, f"tables at revision {found or 'none'}", is_json=is_json)


@app.command("settings")
def settings(is_json: Json = False) -> None:
    """Every setting with its value (secrets hidden), origin and meaning."""
    from ievq_pipeline import settings as environment

    rows = environment.origins(environment.load())
    listing(rows, ["name", "value", "origin", "meaning"], is_json=is_json)
