"""`ievq alerts list`: what was told, and with `--all` what was not."""

from typing import Annotated, Any

import typer

from ievq_pipeline.cli.output import Json, group, listing

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
        told = [dict(revision.body) for revision in stored.latest(session, limit=None)]
        untold = stored.untold(session) if every else []
    if is_json:
        listing([{**alert, "historical": False} for alert in told] + untold, [], is_json=True)
        return
    rows = [_row(alert) for alert in told] + [_untold_row(episode) for episode in untold]
    listing(rows, ["skill", "quarter", "severity", "growth", "interval", "state", "feed_seq"], is_json=False)


def _row(alert: dict[str, Any]) -> dict[str, Any]:
    growth = alert["growth"]
    return {
        "skill": alert["skill"]["code"],
        "quarter": alert["quarter"],
        "severity": alert["severity"],
        "growth": f"×{growth['estimate']:.2f}",
        "interval": f"{growth['lower']:.2f}–{growth['upper']:.2f}",
        "state": alert["state"],
        "feed_seq": alert["feed_seq"],
    }


def _untold_row(episode: dict[str, Any]) -> dict[str, Any]:
    figures = episode["figures"]
    return {
        "skill": episode["skill"],
        "quarter": episode["quarter"],
        "severity": episode["severity"],
        "growth": f"×{figures['growth']:.2f}",
        "interval": f"{figures['lower']:.2f}–{figures['upper']:.2f}",
        "state": "historical" if episode["historical"] else "watched",
    }
