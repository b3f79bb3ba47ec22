"""The life of an alert: issued → updated* → withdrawn | expired | superseded. When it speaks, and what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.text import Text


class Notice(StrEnum):
    ISSUED = "issued"  #: revision 1
    UPDATED = "updated"  #: severity or growth changed
    EXPIRED = "expired"  #: the episode came to its end


class AlertState(StrEnum):
    ACTIVE = "active"
    EXPIRED = "expired"


class Mode(StrEnum):
    """Of a (basis, quarter)."""

    LIVE = "live"
    HISTORY = "history"  #: what begins here gives no notice


#: severities that are told; below them an episode is only watched
TOLD = ("surge", "strong", "critical")
SEVERITY_WORDS = {
    "watch": Text("有所上升", "rose"),
    "surge": Text("激增", "surged"),
    "strong": Text("强激增", "surged strongly"),
    "critical": Text("翻倍激增", "surged to at least double"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """What a look did to one episode; `figures` are those of the test that the episode rests on."""

    basis: str
    level: str
    skill: str
    episode: int
    quarter: str
    change: str
    severity: str
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Standing:
    """An alert's latest revision."""

    revision: int
    state: str
    severity: str
    growth: float


def notice_for(last: Standing | None, step: Step, mode: Mode) -> Notice | None:
    """Whether this step of an episode gives a notice, and which.

    An episode that begins in a history quarter, or is only watched, stays silent until its severity rises in a live
    one: then it is `issued`. A told one speaks again only when severity or the growth in two digits changed.
    """
    if last is not None and last.state != AlertState.ACTIVE:
        return None
    if step.change == "ended":
        return Notice.EXPIRED if last is not None else None
    if step.severity not in TOLD or mode is Mode.HISTORY:
        return None
    if last is None:
        return Notice.ISSUED if step.change in ("opened", "stepped") else None
    is_other = step.severity != last.severity or round(step.figures["growth"], 2) != round(last.growth, 2)
    return Notice.UPDATED if is_other else None


def state_after(notice: Notice) -> AlertState:
    return AlertState.EXPIRED if notice is Notice.EXPIRED else AlertState.ACTIVE


def document(step: Step, notice: Notice, *, rule_version: str, vintage: str, expires_on: str) -> dict[str, Any]:
    """The ALERT of `interfaces.md` §4, without identity and times, which the publisher adds."""
    figures = step.figures
    return {
        "basis": step.basis,
        "notice": str(notice),
        "state": str(state_after(notice)),
        "provisional": False,
        "level": step.level,
        "skill": {
            "code": step.skill,
            "title": Text(step.skill, step.skill).as_json(),
            "dimension": None,
            "family": None,
        },
        "region": None,
        "industry": None,
        "quarter": figures["quarter"],
        "severity": step.severity,
        "growth": {"estimate": figures["growth"], "lower": figures["lower"], "upper": figures["upper"]},
        "observed": figures["observed"],
        "expected": figures["expected"],
        "matched": None,
        "n_eff": None,
        "p": figures["p"],
        "q": figures["q"],
        "window": figures["window"],
        "vintage": vintage,
        "rule_version": rule_version,
        "sentence": sentence(step, notice).as_json(),
        "reason": None,
        "caused_by": None,
        "expires_on": expires_on,
    }


#: what only an alert that was told has
IDENTITY = ("alert_id", "revision", "event_id", "feed_seq", "notice", "vintage", "issued_at", "updated_at", "url")


def untold(step: Step, *, rule_version: str, expires_on: str) -> dict[str, Any]:
    """The ALERT of an episode that gave no notice: all it would say, without identity, vintage and times."""
    notice = Notice.EXPIRED if step.change == "ended" else Notice.ISSUED
    said = document(step, notice, rule_version=rule_version, vintage="", expires_on=expires_on)
    return said | dict.fromkeys(IDENTITY)


def sentence(step: Step, notice: Notice) -> Text:
    """The whole alert in words that a programme director understands."""
    figures = step.figures
    is_season = figures["counted"] == "season"
    places = {
        "skill": step.skill,
        "quarter": figures["quarter"],
        "quarter_zh": Quarter.parse(figures["quarter"]).zh,
        "window": figures["window"],
        "observed": figures["observed"],
        "expected": round(figures["expected"]),
        "growth": f"{figures['growth']:.2f}",
        "lower": f"{figures['lower']:.2f}",
        "upper": f"{figures['upper']:.2f}",
        "against_zh": "往年同季" if is_season else "此前几个季度",
        "against_en": "the same quarters of earlier years" if is_season else "the quarters before",
        "severity_zh": SEVERITY_WORDS[step.severity].zh,
        "severity_en": SEVERITY_WORDS[step.severity].en,
        "ended": step.quarter,
        "ended_zh": Quarter.parse(step.quarter).zh,
    }
    if notice is Notice.EXPIRED:
        return ENDED.format(**places)
    return (ONE_QUARTER if figures["window"] == 1 else SEVERAL_QUARTERS).format(**places)


ENDED = Text(
    "“{skill}”的需求预警（{quarter_zh}，为预期的{growth}倍）随{ended_zh}关闭到期，不再有效。",
    "The alert on “{skill}” ({quarter}, ×{growth} of what was expected) ran out with quarter {ended}.",
)
ONE_QUARTER = Text(
    "“{skill}”需求{severity_zh}：{quarter_zh}有{observed}条招聘提到它，"
    "按{against_zh}预期约{expected}条，为预期的{growth}倍（95%区间{lower}–{upper}）。"
    "该来源只有总量，无法比对同一批单位，可信度较低。",
    "Demand for “{skill}” {severity_en}: {observed} postings named it in {quarter}, about {expected} were"
    " expected from {against_en}: ×{growth} (95 % interval {lower}–{upper}). The source gives totals only, so the same"
    " reporters cannot be compared: low confidence.",
)
SEVERAL_QUARTERS = Text(
    "“{skill}”需求{severity_zh}：截至{quarter_zh}的{window}个季度有{observed}条招聘提到它，"
    "按{against_zh}预期约{expected}条，为预期的{growth}倍（95%区间{lower}–{upper}）。"
    "该来源只有总量，无法比对同一批单位，可信度较低。",
    "Demand for “{skill}” {severity_en}: {observed} postings named it in the {window} quarters up to"
    " {quarter}, about {expected} were expected from {against_en}: ×{growth} (95 % interval {lower}–{upper}). The"
    " source gives totals only, so the same reporters cannot be compared: low confidence.",
)
