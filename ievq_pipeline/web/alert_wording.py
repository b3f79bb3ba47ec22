"""What the page and the alert feeds say of one alert, beside its own sentence: headline, state, basis."""

from collections.abc import Mapping
from typing import Any

from ievq_pipeline.web import figures, wording

Alert = Mapping[str, Any]
#: bars of the severity mark that are filled
RANKS = {"watch": 1, "surge": 2, "strong": 3, "critical": 4}
#: characters of a skill's title that are shown
LONGEST_TITLE = 80


def skill_title(alert: Alert, language: str) -> str:
    titles = alert["skill"].get("title") or {}
    title = wording.printable(titles.get(language) or alert["skill"]["code"])
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def headline(alert: Alert, language: str) -> str:
    """The finding in one line; in the past tense once the alert is over."""
    key = "headline_region" if alert["region"] else "headline"
    key += "" if alert["state"] == "active" else "_past"
    named = {"skill": skill_title(alert, language), "ratio": figures.ratio(alert["growth"]["estimate"])}
    return wording.WORDS[key][language].format(region=wording.printable(str(alert["region"])), **named)


def state_key(alert: Alert) -> str:
    """The word for the alert's state: an active alert that is not final yet is provisional."""
    return "state_provisional" if alert["state"] == "active" and alert["provisional"] else f"state_{alert['state']}"


def state_note(alert: Alert, language: str) -> str | None:
    """What it means that an alert is over, with the reason where one is known; None while it is in force."""
    if alert["state"] == "withdrawn":
        if (reason := wording.WORDS.get(f"reason_{alert['reason']}")) is None:
            return wording.WORDS["withdrawn_note_bare"][language]
        return wording.WORDS["withdrawn_note"].format(reason=reason[language])[language]
    return None if alert["state"] == "active" else wording.WORDS[f"{alert['state']}_note"][language]


def basis(alert: Alert, language: str) -> str:
    kind, _, name = str(alert["basis"]).partition(":")
    return wording.WORDS[f"basis_{kind.replace('-', '_')}"][language].format(name=wording.printable(name))


def is_unmatched(alert: Alert) -> bool:
    """Whether the alert rests on a source that knows no reporters."""
    return str(alert["basis"]).startswith("totals:")
