"""`ievq alerts list`: what was told, and with `--all` what was not."""

from dataclasses import fields
from typing import Annotated, Any

import typer

from ievq_pipeline.cli.output import Json, document, group, listing
from ievq_pipeline.domain import alert

alerts = group("alerts", "Skill alerts.")


@alerts.command("list")
def list_alerts(
    every: Annotated[bool, typer.Option("--all", help="Also those of history and those only watched, marked.")] = False,
    is_json: Json = False,
) -> None:
    """The latest revision of every alert, newest first."""
    from ievq_pipeline.bootstrap import open_house
    from ievq_pipeline.db import alerts as stored

    with open_house() as house, house.sessions() as session:
        shown = [{**revision.body, "historical": False} for revision in stored.latest(session, limit=None)]
        if every:
            shown += [_untold(episode) for episode in stored.untold(session)]
    if is_json:
        document(shown)
        return
    columns = ["skill", "quarter", "severity", "growth", "interval", "state", "feed_seq"]
    listing([_row(alert) for alert in shown], columns, is_json=False)


def _untold(episode: dict[str, Any]) -> dict[str, Any]:
    """An episode without a notice as an ALERT, marked, with the episode's number and the quarter that opened it."""
    step = alert.Step(**{part.name: episode[part.name] for part in fields(alert.Step)})
    said = alert.untold(step, rule_version=episode["rule_version"], expires_on=episode["expires_on"])
    return said | {name: episode[name] for name in ("historical", "episode", "opened")}


def _row(shown: dict[str, Any]) -> dict[str, Any]:
    growth = shown["growth"]
    untold = "historical" if shown["historical"] else "watched"
    return {
        "skill": shown["skill"]["code"],
        "quarter": shown["quarter"],
        "severity": shown["severity"],
        "growth": f"×{growth['estimate']:.2f}",
        "interval": f"{growth['lower']:.2f}–{growth['upper']:.2f}",
        "state": shown["state"] if shown["alert_id"] else untold,
        "feed_seq": shown["feed_seq"],
    }
