"""What a submission changed against the one in force before it, on its page: one sentence, and the first cells."""

from collections.abc import Mapping, Sequence
from typing import Any

from ievq_pipeline.adapters.catalogues import Catalogue
from ievq_pipeline.domain.contracts.model import Contract
from ievq_pipeline.web import figures, wording

#: cells that are shown, characters of each, and alerts that are named
MOST_CELLS, LONGEST, MOST_ALERTS = 20, 80, 3


def seen(
    told: Mapping[str, Any], cells: Sequence[Mapping[str, Any]], contract: Contract, language: str, c: Catalogue
) -> dict[str, Any]:
    """`told` and `cells` are those of `House.difference`."""
    titles = {field.code: field.title[language] for field in contract.fields}
    return {
        "sentence": _sentence(told, language, c),
        "cells": [
            {
                "entry": " · ".join(_shown(part) for part in cell["key"].values() if part),
                "row": cell["row"],
                "column": titles.get(cell["column"], cell["column"]),
                "before": _shown(cell["before"]),
                "after": _shown(cell["after"]),
            }
            for cell in cells[:MOST_CELLS]
        ],
        "more": c.ngettext("{n} more cell changed.", "{n} more cells changed.", len(cells) - MOST_CELLS).format(
            n=figures.count(len(cells) - MOST_CELLS)
        )
        if len(cells) > MOST_CELLS
        else None,
    }


def _sentence(told: Mapping[str, Any], language: str, c: Catalogue) -> str:
    """Such as “14 cells changed, 2 rows added; alert Kubernetes updated.”"""
    cells, added, removed = told["cells_changed"], told["rows_added"], told["rows_removed"]
    parts = [
        said.format(n=figures.count(number))
        for said, number in (
            (c.ngettext("{n} cell changed", "{n} cells changed", cells), cells),
            (c.ngettext("{n} row added", "{n} rows added", added), added),
            (c.ngettext("{n} row removed", "{n} rows removed", removed), removed),
        )
        if number
    ]
    comma, semicolon, stop = ("，", "；", "。") if language == "zh" else (", ", "; ", ".")
    changed = comma.join(parts) if parts else c.gettext("Nothing changed")
    alerts = [_alert(alert, language, c) for alert in told["alerts"][:MOST_ALERTS]]
    if len(told["alerts"]) > MOST_ALERTS:
        more = len(told["alerts"]) - MOST_ALERTS
        alerts.append(c.ngettext("{n} more alert changed", "{n} more alerts changed", more).format(n=more))
    return semicolon.join([changed, *alerts]) + stop


def _alert(alert: Mapping[str, Any], language: str, c: Catalogue) -> str:
    skill = alert["skill"] or {}
    name = wording.printable(str((skill.get("title") or {}).get(language) or skill.get("code") or "–"))
    said = {
        "issued": c.gettext("alert “{name}” issued"),
        "withdrawn": c.gettext("alert “{name}” withdrawn"),
    }.get(alert["notice"], c.gettext("alert “{name}” updated"))
    return said.format(name=name)


def _shown(value: object) -> str:
    text = "–" if value is None or value == "" else str(value)
    return wording.printable(f"{text[:LONGEST]}…" if len(text) > LONGEST else text)
