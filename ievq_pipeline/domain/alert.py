"""The life of an alert: issued → updated* → withdrawn | expired | superseded. When it speaks, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ievq_pipeline.domain import alert_sentence
from ievq_pipeline.domain.text import Text


class Notice(StrEnum):
    ISSUED = "issued"  #: revision 1
    UPDATED = "updated"  #: severity or growth changed
    WITHDRAWN = "withdrawn"  #: a later look did not find it, or it may not be shown any more
    EXPIRED = "expired"  #: the episode came to its end


class AlertState(StrEnum):
    ACTIVE = "active"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class Mode(StrEnum):
    """Of a (basis, quarter)."""

    LIVE = "live"
    HISTORY = "history"  #: what begins here gives no notice


#: severities that are told; below them an episode is only watched
TOLD = ("surge", "strong", "critical")


@dataclass(frozen=True, slots=True)
class Step:
    """What a look did to one episode; `figures` are those of the test that the episode rests on."""

    basis: str
    level: str
    skill: str | None
    family: str | None
    region: str | None
    industry: str | None
    episode: int
    quarter: str
    change: str
    severity: str
    figures: Mapping[str, Any]
    is_provisional: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert's latest revision."""

    revision: int
    state: str
    severity: str
    growth: float
    is_provisional: bool = False


def notice_for(last: Standing | None, step: Step, mode: Mode) -> Notice | None:
    """Whether this step of an episode gives a notice, and which.

    An episode that begins in a history quarter, is only watched, or is found by a later look at a past quarter, stays
    silent until its severity rises in a live one: then it is `issued`. A told one speaks again only when its state,
    its severity, the growth in two digits, or whether it is provisional changed; one that is
    only watched now is withdrawn, and what was never told is not.
    """
    if last is not None and last.state != AlertState.ACTIVE:
        return None
    is_below = step.severity not in TOLD and step.change != "ended"  # only watched now: nobody is told of those
    if step.change == "withdrawn" or (last is not None and is_below):
        return Notice.WITHDRAWN if last is not None else None
    if step.change == "ended":
        return Notice.EXPIRED if last is not None else None
    if last is None:
        # confirmed without having been told: the first look only watched it, or might not show it
        is_new = step.change in ("opened", "confirmed", "stepped") and step.severity in TOLD and mode is Mode.LIVE
        return Notice.ISSUED if is_new else None
    is_other = (step.severity, round(step.figures["growth"], 2), step.is_provisional) != (
        last.severity,
        round(last.growth, 2),
        last.is_provisional,
    )
    return Notice.UPDATED if is_other else None


def state_after(notice: Notice) -> AlertState:
    after = {Notice.EXPIRED: AlertState.EXPIRED, Notice.WITHDRAWN: AlertState.WITHDRAWN}
    return after.get(notice, AlertState.ACTIVE)


def document(
    step: Step,
    notice: Notice,
    *,
    skill: Mapping[str, Any],
    rule_version: str,
    vintage: str,
    expires_on: str,
    reason: Text | None = None,
    caused_by: list[str] | None = None,
) -> dict[str, Any]:
    """The ALERT of `interfaces.md` §4, without identity and times, which the publisher adds."""
    figures = step.figures
    return {
        "basis": step.basis,
        "notice": str(notice),
        "state": str(state_after(notice)),
        "provisional": step.is_provisional,
        "level": step.level,
        "skill": dict(skill),
        "region": step.region,
        "industry": step.industry,
        "quarter": figures["quarter"],
        "severity": step.severity,
        "growth": {"estimate": figures["growth"], "lower": figures["lower"], "upper": figures["upper"]},
        "observed": figures["observed"],
        "expected": figures["expected"],
        "matched": figures.get("matched"),
        "n_eff": figures.get("n_eff"),
        "p": figures["p"],
        "q": figures["q"],
        "window": figures["window"],
        "vintage": vintage,
        "rule_version": rule_version,
        "sentence": sentence(step, notice, Text(skill["title"]["zh"], skill["title"]["en"]), reason).as_json(),
        "reason": reason.as_json() if reason else None,
        "caused_by": caused_by,
        "expires_on": expires_on,
    }


def sentence(step: Step, notice: Notice, title: Text, reason: Text | None = None) -> Text:
    """The whole alert in words."""
    if notice is Notice.EXPIRED:
        return alert_sentence.ended(step.figures, title, step.quarter)
    if notice is Notice.WITHDRAWN:
        return alert_sentence.withdrawn(step.figures, title, reason or alert_sentence.UNCONFIRMED)
    return alert_sentence.told(step.figures, step.severity, title, step.region, is_provisional=step.is_provisional)


#: what only an alert that was told has
IDENTITY = ("alert_id", "revision", "event_id", "feed_seq", "notice", "vintage", "issued_at", "updated_at", "url")


def untold(step: Step, *, skill: Mapping[str, Any], rule_version: str, expires_on: str) -> dict[str, Any]:
    """The ALERT of an episode that gave no notice: all it would say, without identity, vintage and times."""
    notice = Notice.EXPIRED if step.change == "ended" else Notice.ISSUED
    said = document(step, notice, skill=skill, rule_version=rule_version, vintage="", expires_on=expires_on)
    return said | dict.fromkeys(IDENTITY)
