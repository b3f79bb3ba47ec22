"""`ievq alerts list`: what was told, and with `--all` what was not."""

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
    columns = ["basis", "skill", "region", "quarter", "severity", "growth", "interval", "state", "feed_seq"]
    listing([_row(alert) for alert in shown], columns, is_json=False)


def _untold(episode: dict[str, Any]) -> dict[str, Any]:
    """An episode without a notice as an ALERT, marked, with the episode's number and the quarter that opened it."""
    from ievq_pipeline.adapters import code_lists
    from ievq_pipeline.domain.surge.parts import PARTS

    of, change, look = episode["alert"], episode["change"], episode["look"]
    step = alert.Step(
        basis=of.basis,
        **{name: getattr(of, name) for name in PARTS},
        episode=of.episode,
        quarter=look.quarter,
        change=change.change,
        severity=change.severity,
        figures=change.figures,
    )
    said = alert.untold(
        step,
        skill=code_lists.described(of.basis, of.skill, of.family),
        rule_version=look.rule_version,
        expires_on=episode["expires_on"],
    )
    return said | {"historical": episode["historical"], "episode": of.episode, "opened": change.opened,
                   "withheld": change.withheld}  # fmt: skip


def _row(shown: dict[str, Any]) -> dict[str, Any]:
    growth = shown["growth"]
    untold = "historical" if shown["historical"] else "watched"
    return {
        "basis": shown["basis"],
        "skill": shown["skill"]["code"] or shown["skill"]["family"],
        "region": shown["region"],
        "quarter": shown["quarter"],
        "severity": shown["severity"],
        "growth": f"×{growth['estimate']:.2f}",
        "interval": f"{growth['lower']:.2f}–{growth['upper']:.2f}",
        "state": shown["state"] if shown["alert_id"] else untold,
        "feed_seq": shown["feed_seq"],
    }
