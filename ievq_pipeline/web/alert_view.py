"""One alert as the pages print it: its words and figures, its chart, the evidence in sentences, its revisions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from ievq_pipeline.web import alert_wording, chart, figures, wording
from ievq_pipeline.web.alert_wording import Alert
from ievq_pipeline.web.wording import WORDS

Evidence = Mapping[str, Any]
#: by state, what the day is called on which an alert comes to its end
UNTIL = {"withdrawn": "was_in_force_until", "superseded": "was_in_force_until", "expired": "expired_on"}


@dataclass(frozen=True, slots=True)
class Told:
    """One revision: the ALERT, the figures and the evidence shown with it, and the look that it comes from, if known.

    `look` holds kind, quarter, closes_on and the name of its vintage, as `db.looks.behind` tells it.
    """

    alert: Alert
    figures: Mapping[str, Any]
    evidence: Evidence
    look: Mapping[str, Any] | None = None


def seen(told: Told, language: str) -> dict[str, Any]:
    """All that the templates print of an alert beside chart and evidence."""
    w, alert = wording.words(language), told.alert
    growth = alert["growth"]
    return {
        "id": alert["alert_id"],
        "headline": alert_wording.headline(alert, language),
        "sentence": wording.printable(alert["sentence"][language]),
        "severity": w[f"severity_{alert['severity']}"],
        "rank": alert_wording.RANKS[alert["severity"]],
        "state": "provisional" if alert_wording.is_provisional(alert) else alert["state"],
        "state_word": w[alert_wording.state_key(alert)],
        "notice_word": w[f"notice_{alert['notice']}"],
        "note": alert_wording.state_note(alert, language, is_beside_sentence=True),
        "why": alert_wording.state_note(alert, language),
        "quarter": figures.quarter(alert["quarter"], language),
        "issued": w["issued_on"].format(day=figures.day(alert["issued_at"], language)),
        "issued_at": alert["issued_at"],
        "updated": figures.day(alert["updated_at"], language),
        "updated_at": alert["updated_at"],
        "revision": w["revision_n"].format(n=alert["revision"]),
        "ratio": f"×{figures.ratio(growth['estimate'])}",
        "interval": w["interval"].format(lower=figures.ratio(growth["lower"]), upper=figures.ratio(growth["upper"])),
        "facts": _facts(alert, language),
        "basis": alert_wording.basis(alert["basis"], language),
        "is_unmatched": alert_wording.is_unmatched(alert),
    }


def _facts(alert: Alert, language: str) -> list[tuple[str, str]]:
    """What stands in the list of figures, by name."""
    w = wording.words(language)
    facts = [
        (w["window"], wording.counted("window", alert["window"], language)),
        (w["observed"], _number(alert, "observed", language)),
        (w["expected"], _number(alert, "expected", language)),
    ]
    if alert["matched"] is not None:
        facts.append((w["matched"], figures.about(alert["matched"], language)))
    facts += [
        ("p", figures.probability(alert["p"])),
        ("q", figures.probability(alert["q"])),
        (w[UNTIL.get(alert["state"], "in_force_until")], figures.day(alert["expires_on"], language)),
    ]
    if alert["region"]:
        facts.append((w["region"], alert_wording.region_title(alert, language)))
    if alert["industry"]:
        facts.append((w["industry"], wording.printable(str(alert["industry"]))))
    return facts


def _number(alert: Alert, name: str, language: str) -> str:
    """A count of the alert: of totals as it is; of a panel rounded, or not shown."""
    if alert_wording.is_unmatched(alert):
        return figures.count(alert[name])
    return WORDS["hidden"][language] if alert[name] is None else figures.about(alert[name], language)


def origin(told: Told, language: str) -> list[tuple[str, str]]:
    """The facts that say by which rule and on what knowledge a revision rests."""
    w, alert = wording.words(language), told.alert
    vintage = wording.printable(str(alert["vintage"]))
    if told.look and told.look["vintage"]:
        vintage = f"{told.look['vintage']} · {vintage}"
    rule = wording.printable(str(alert["rule_version"]))
    facts = [(w["vintage"], vintage), (w["rule"], rule)]
    if alert["n_eff"] is not None:
        facts.insert(0, (w["effective"], figures.about(alert["n_eff"], language)))
    return facts


def drawn(told: Told, language: str, frame: chart.Frame, growth: Mapping[str, float] | None = None) -> Markup:
    """The chart; `growth` is written above the surge where given."""
    title = WORDS["chart_title"][language].format(skill=alert_wording.subject(told.alert, language))
    identity = f"chart-{told.alert['alert_id']}"
    svg = chart.svg(told.evidence, language=language, title=title, frame=frame, identity=identity, growth=growth)
    return Markup(svg)  # noqa: S704 - the chart is built as a tree, which escapes every text


def table(told: Told, language: str) -> dict[str, Any]:
    """The series under the chart: its headings, and a row a quarter. Of a hidden quarter nothing is written."""
    w, evidence = wording.words(language), told.evidence
    is_panel = not alert_wording.is_unmatched(told.alert)
    more = ("compared", "raw_column") if is_panel else ("exposure",)
    rows = [_row(point, evidence, is_panel=is_panel, language=language) for point in evidence["series"]]
    return {"headings": [w[name] for name in ("observed", "expected", *more)], "rows": rows}


def _row(point: Mapping[str, Any], evidence: Evidence, *, is_panel: bool, language: str) -> dict[str, Any]:
    quarter, w = point["quarter"], wording.words(language)
    is_hidden = point.get("is_hidden", False)

    def cell(name: str, *, is_shown: bool = True) -> str:
        value = point.get(name) if is_shown else None
        if value is None:
            return "–"
        return figures.rounded(value) if is_panel else figures.count(value)

    if is_hidden:
        cells = [w["hidden"], w["hidden"]]
    else:
        cells = [w["no_data"] if point["observed"] is None else cell("observed"), cell("expected")]
    cells += [cell("reporters", is_shown=not is_hidden), cell("raw")] if is_panel else [cell("exposure")]
    return {
        "quarter": figures.quarter(quarter, language),
        "cells": cells,
        "role": _role(quarter, evidence, language),
        "class": "marked" if quarter in evidence["window"] else "",
    }


def _role(quarter: str, evidence: Evidence, language: str) -> str:
    """What a quarter was used for."""
    if quarter in evidence["window"]:
        return WORDS["role_window"][language]
    kind = (quarter in evidence.get("baseline", ()), quarter in evidence.get("season_baseline", ()))
    roles = {(True, False): "role_baseline", (False, True): "role_season", (True, True): "role_both"}
    return WORDS[roles[kind]][language] if kind in roles else ""


def history(revisions: Sequence[Told], language: str) -> list[dict[str, Any]]:
    """Every revision, newest first: what it says, what it changed, and the look that it comes from."""
    ordered = sorted(revisions, key=lambda told: int(told.alert["revision"]))
    rows = []
    for number, told in enumerate(ordered):
        before = ordered[number - 1].alert if number else None
        rows.append(
            seen(told, language)
            | {
                "changes": alert_wording.changes(told.alert, before, language),
                "cause": alert_wording.cause(told.alert, language),
                "look": _look(told, language),
            }
        )
    return rows[::-1]


def _look(told: Told, language: str) -> str | None:
    """The look that a revision comes from, with the vintage where it is another quarter's."""
    if (look := told.look) is None:
        return None
    named = look_title(look["kind"], look["quarter"], language)
    vintage = vintage_title(look["vintage"], language) if look["vintage"] else None
    return f"{named}{WORDS['comma'][language]}{vintage}" if vintage and look["kind"] == "revision" else named


def look_title(kind: str, quarter: str, language: str) -> str:
    return WORDS[f"look_{kind}"][language].format(quarter=figures.quarter(quarter, language))


def vintage_title(name: str, language: str) -> str:
    """A vintage in words, by its name: `2017-Q3`, or `2017-Q3.first`."""
    quarter, _, kind = name.partition(".")
    return WORDS[f"vintage_{kind or 'closing'}"][language].format(quarter=figures.quarter(quarter, language))


def to_come(told: Told, language: str) -> str | None:
    """What happens next to a provisional alert, and when."""
    if not alert_wording.is_provisional(told.alert) or told.look is None:
        return None
    return WORDS["next_closing"][language].format(day=figures.day(told.look["closes_on"], language))
