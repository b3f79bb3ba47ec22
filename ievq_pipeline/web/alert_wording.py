"""What pages and alert feeds say of an alert beside its own sentence: headline, state, basis, what changed."""

from collections.abc import Mapping
from typing import Any

from ievq_pipeline.web import figures, regions, wording
from ievq_pipeline.web.wording import WORDS

Alert = Mapping[str, Any]
#: bars of the severity mark that are filled
RANKS = {"watch": 1, "surge": 2, "strong": 3, "critical": 4}
#: characters of a skill's title that are shown
LONGEST_TITLE = 80


def skill_title(alert: Alert, language: str) -> str:
    """What the skill is called, or the family where the alert is about one."""
    of = alert["skill"]
    title = wording.printable((of.get("title") or {}).get(language) or of["code"] or of["family"] or "–")
    return title if len(title) <= LONGEST_TITLE else f"{title[: LONGEST_TITLE - 1]}…"


def region_title(alert: Alert, language: str) -> str:
    return wording.printable(regions.title(str(alert["region"]), language))


def subject(alert: Alert, language: str) -> str:
    """What it is about, in few words: the skill or family, and the region where there is one."""
    skill = skill_title(alert, language)
    if not alert["region"]:
        return skill
    return WORDS["subject_region"][language].format(skill=skill, region=region_title(alert, language))


def headline(alert: Alert, language: str) -> str:
    """The finding in one line; in the past tense once the alert is over."""
    key = "headline_region" if alert["region"] else "headline"
    if alert["region"] and str(alert["level"]).startswith("family"):
        key = "headline_family_region"
    return WORDS[key][language].format(
        skill=skill_title(alert, language),
        region=region_title(alert, language),
        was=WORDS["is_now" if alert["state"] == "active" else "was_then"][language],
        ratio=figures.ratio(alert["growth"]["estimate"]),
    )


def is_provisional(alert: Alert) -> bool:
    return bool(alert["state"] == "active" and alert["provisional"])


def state_key(alert: Alert) -> str:
    """The word for the alert's state: an active alert that is not final yet is provisional."""
    return "state_provisional" if is_provisional(alert) else f"state_{alert['state']}"


def state_note(alert: Alert, language: str, *, is_beside_sentence: bool = False) -> str | None:
    """What it means that an alert is over, with the reason where one is known; None while it is in force.

    A reason that the alert words itself stands in its sentence too, and is not said twice beside that.
    """
    if alert["state"] == "active":
        return None
    if alert["state"] != "withdrawn":
        return WORDS[f"{alert['state']}_note"][language]
    is_said = is_beside_sentence and isinstance(alert["reason"], Mapping)
    if is_said or (reason := _reason(alert, language)) is None:
        return WORDS["withdrawn_note_bare"][language]
    return WORDS["withdrawn_note"][language].format(reason=reason)


def _reason(alert: Alert, language: str) -> str | None:
    """The reason of a withdrawal, as the alert words it or as a code of ours; without the stop at its end."""
    reason = alert["reason"]
    if isinstance(reason, Mapping):
        return wording.printable(str(reason[language])).rstrip("。. ") or None
    return known[language] if (known := WORDS.get(f"reason_{reason}")) else None


def changes(alert: Alert, before: Alert | None, language: str) -> str | None:
    """What an update changed since the revision before, in one sentence; None for other notices."""
    if alert["notice"] != "updated" or before is None:
        return None
    told = []
    if before["provisional"] and not alert["provisional"]:
        told.append(WORDS["change_confirmed"][language])
    if alert["provisional"] and not before["provisional"]:
        told.append(WORDS["change_provisional"][language])
    severities = [WORDS[f"severity_{one['severity']}"][language] for one in (before, alert)]
    growths = [figures.ratio(one["growth"]["estimate"]) for one in (before, alert)]
    for name, (then, now) in (("severity", severities), ("growth", growths)):
        if then != now:
            told.append(WORDS[f"change_{name}"][language].format(before=then, after=now))
    if severities[0] == severities[1] and growths[0] == growths[1]:
        told.append(WORDS["change_nothing"][language])
    if alert["quarter"] != before["quarter"]:
        quarter = figures.quarter(alert["quarter"], language)
        told.append(WORDS["change_quarter"][language].format(quarter=quarter))
    sentence = WORDS["semicolon"][language].join(told) + WORDS["stop"][language]
    return sentence[0].upper() + sentence[1:]


def cause(alert: Alert, language: str) -> str | None:
    """How many submissions brought this revision about; None where none did."""
    number = len(alert["caused_by"] or ())
    return wording.counted("caused", number, language) if number else None


def basis(name: str, language: str) -> str:
    """A basis in words: what is reported, or which source counts it."""
    kind, _, source = name.partition(":")
    if (known := WORDS.get(f"basis_{kind.replace('-', '_')}")) is None:
        return wording.printable(name)
    return known[language].format(name=wording.printable(source))


def is_unmatched(alert: Alert) -> bool:
    """Whether the alert rests on a source that knows no reporters."""
    return str(alert["basis"]).startswith("totals:")
