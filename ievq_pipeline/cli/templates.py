"""`ievq templates …`: an empty file to fill in, of a feed or of a kind alone."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ievq_pipeline.cli.output import Json, group, language, language_asked, outcome
from ievq_pipeline.domain.errors import BadCall
from ievq_pipeline.domain.text import LANGUAGES, Text

if TYPE_CHECKING:
    from ievq_pipeline.domain.period import Quarter

templates = group("templates", "Templates: empty files that an office fills in.")
WHOSE = Text(
    "请给出填报渠道，或用 --feed-kind 给出报送类别，二者取一", "give a feed, or a kind by --feed-kind, and not both"
)
NEEDS_QUARTER = Text("渠道的模板须用 --quarter 给出季度", "the template of a feed needs --quarter")
NEEDS_FEED = Text("只有渠道的模板才能预填", "only the template of a feed can be prefilled")


@templates.command("make")
def make(
    output: Annotated[Path, typer.Option("--output", "-o", help="The file to write.", metavar="FILE")],
    feed: Annotated[str, typer.Argument(help="The feed; without one, --feed-kind.")] = "",
    feed_kind: Annotated[str, typer.Option(help="A kind alone; needs no database.")] = "",
    quarter: Annotated[str, typer.Option(help="The quarter that it is for.")] = "",
    is_csv: Annotated[bool, typer.Option("--csv", help="CSV instead of a workbook.")] = False,
    is_prefilled: Annotated[
        bool, typer.Option("--prefill", help="With the keys that the feed reported the quarter before, never numbers.")
    ] = False,
    lang: Annotated[str, typer.Option(help="zh or en; without it, as `ievq --lang`, the feed, or LANG say.")] = "",
    is_json: Json = False,
) -> None:
    """Write an empty file with drop-downs, code lists and how to fill in."""
    from ievq_pipeline.cli import files
    from ievq_pipeline.domain.period import Quarter

    if lang and lang not in LANGUAGES:
        raise typer.BadParameter("zh or en", param_hint="--lang")
    if bool(feed) == bool(feed_kind):
        raise BadCall(why=WHOSE)
    wanted = Quarter.parse(quarter) if quarter else None
    if feed:
        if wanted is None:
            raise BadCall(why=NEEDS_QUARTER)
        content = _of_feed(feed, wanted, lang or language_asked(), is_csv=is_csv, is_prefilled=is_prefilled)
    else:
        if is_prefilled:
            raise BadCall(why=NEEDS_FEED)
        content = _of_kind(feed_kind, wanted, lang or language(), is_csv=is_csv)
    files.write(output, content)
    made = {"file": str(output), "bytes": len(content), "feed": feed or None, "feed_kind": feed_kind or None}
    outcome({**made, "quarter": str(wanted) if wanted else None}, f"{output}", is_json=is_json)


def _of_feed(feed: str, quarter: "Quarter", spoken: str | None, *, is_csv: bool, is_prefilled: bool) -> bytes:
    from ievq_pipeline.bootstrap import open_house

    with open_house() as house:
        return house.template(feed, quarter, spoken, is_csv=is_csv, is_prefilled=is_prefilled)


def _of_kind(kind: str, quarter: "Quarter | None", spoken: str, *, is_csv: bool) -> bytes:
    from ievq_pipeline.adapters.templates import made
    from ievq_pipeline.domain.contracts import feed_contract
    from ievq_pipeline.domain.template import Order

    order = Order(feed_contract(kind), str(quarter) if quarter else None, spoken)
    return made(order, is_csv=is_csv)
