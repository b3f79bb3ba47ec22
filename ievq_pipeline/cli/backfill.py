"""`ievq backfill`: past quarters through Airflow, in calendar order."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ievq_pipeline.cli.output import Json, app, document, said
from ievq_pipeline.domain.backfill import UNCHANGED, Outcome, Reprocess, span

if TYPE_CHECKING:
    from ievq_pipeline.adapters.airflow_api import AirflowApi
    from ievq_pipeline.domain.period import Quarter

DryRun = Annotated[bool, typer.Option("--dry-run", help="Only name the quarters that would be run.")]


@app.command("backfill")
def backfill(
    first: Annotated[str, typer.Argument(help="Such as 2014-Q1.")],
    last: Annotated[str, typer.Argument(help="Such as 2015-Q4; it is run too.")],
    reprocess: Annotated[
        Reprocess, typer.Option(help="Quarters that had their run: leave them, run the failed ones, or all again.")
    ] = Reprocess.COMPLETED,
    is_dry: DryRun = False,
    is_json: Json = False,
) -> None:
    """Have Airflow run past quarters, one after the other, and wait for them. Doing it again changes nothing."""
    from ievq_pipeline import settings, stack
    from ievq_pipeline.adapters import backfills
    from ievq_pipeline.domain.period import Quarter, calendar_date

    quarters = span(Quarter.parse(first), Quarter.parse(last), calendar_date(datetime.now(UTC)))
    api = stack.airflow_api(settings.load())
    wanted = backfills.planned(api, quarters, reprocess)
    number, outcomes = None, [Outcome(one, "planned" if one in wanted else UNCHANGED) for one in quarters]
    if wanted and not is_dry:
        number, outcomes = _carried_out(api, quarters, reprocess, is_quiet=is_json)
    elif not is_json:
        for outcome in outcomes:
            said(_line(outcome))
    if is_json:
        told: list[dict[str, Any]] = [asdict(one) | {"quarter": str(one.quarter)} for one in outcomes]
        document({"backfill": number, "quarters": told})
    if any(one.state == "failed" for one in outcomes):
        raise typer.Exit(1)


def _carried_out(
    api: "AirflowApi", quarters: list["Quarter"], reprocess: Reprocess, *, is_quiet: bool
) -> tuple[int, list[Outcome]]:
    """The backfill's number in Airflow, and what became of each quarter, told as it ends."""
    from ievq_pipeline.adapters import backfills

    begun = backfills.begin(api, quarters, reprocess)
    outcomes = []
    try:
        for outcome in backfills.outcomes(api, begun):
            outcomes.append(outcome)
            if not is_quiet:
                said(_line(outcome))
    except KeyboardInterrupt:
        said(f"backfill {begun.number} goes on in Airflow; cancel it on its pages")
        raise
    return begun.number, outcomes


def _line(outcome: Outcome) -> str:
    words = [str(outcome.quarter), outcome.state]
    if outcome.seconds is not None:
        words.append(f"{outcome.seconds:.1f} s")
    words += [f"{room} {count}" for room, count in outcome.handled.items()]
    if outcome.failed_in:
        words.append(f"in {outcome.failed_in}: see its log on Airflow's pages, run {outcome.run_id}")
    return "  ".join(words)
