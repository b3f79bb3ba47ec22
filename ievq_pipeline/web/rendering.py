"""The page of alerts and the page of one alert: ALERTs and their evidence in, HTML out.

Links are relative, so the pages work under any path; `public_url` only names things. No script, no inline style:
the pages stand under CONTENT_SECURITY_POLICY.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from ievq_pipeline.web import alert_wording, chart, figures, wording
from ievq_pipeline.web.alert_feeds import ATOM_PATH, ATOM_TYPE, JSON_PATH, JSON_TYPE, latest_public
from ievq_pipeline.web.alert_wording import Alert
from ievq_pipeline.web.wording import WORDS

Evidence = Mapping[str, Any]
#: where the app serves what `stylesheet()` returns
STYLESHEET_PATH = "static/portal.css"
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What has been looked at so far, for the line above the list and for a list without alerts."""

    quarters: int = 0
    series: int = 0
    last: str | None = None


def alerts_page(
    items: Sequence[Mapping[str, Any]],
    *,
    language: str,
    public_url: str,
    generated_at: datetime,
    tested: LookedAt | None = None,
    older_url: str | None = None,
) -> str:
    """The list, newest notice first; each item holds an `alert` and its `evidence`. Watch alerts are left out."""
    evidence = {item["alert"]["alert_id"]: item["evidence"] for item in items}
    shown = [
        _seen(alert, language) | {"chart": _chart(alert, evidence[alert["alert_id"]], language, chart.SMALL)}
        for alert in latest_public(item["alert"] for item in items)
    ]
    return _render(
        "alerts.html",
        language,
        root="",
        public_url=public_url,
        generated_at=generated_at,
        alerts=shown,
        total=_counted("count", len(shown), language),
        tested=_tested(tested, language),
        older_url=older_url,
    )


def alert_page(
    alert: Alert,
    evidence: Evidence,
    revisions: Sequence[Alert],
    *,
    language: str,
    public_url: str,
    generated_at: datetime,
) -> str:
    """One alert by its latest revision: the finding, the chart, the figures behind it, and every revision."""
    growth = alert["growth"]
    return _render(
        "alert.html",
        language,
        root="../",
        public_url=public_url,
        generated_at=generated_at,
        alert=_seen(alert, language),
        wide=_chart(alert, evidence, language, chart.WIDE, growth),
        narrow=_chart(alert, evidence, language, chart.NARROW, growth),
        evidence=_evidence_in_words(alert, evidence, language),
        series=[_row(point, evidence, language) for point in evidence["series"]],
        revisions=[_seen(each, language) for each in sorted(revisions, key=lambda a: int(a["revision"]), reverse=True)],
    )


@cache
def stylesheet() -> str:
    return (files("ievq_pipeline.web") / STYLESHEET_PATH).read_text("utf-8")


@cache
def _environment() -> Environment:
    loader = PackageLoader("ievq_pipeline.web")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


def _render(template: str, language: str, *, public_url: str, generated_at: datetime, **values: Any) -> str:
    return (
        _environment()
        .get_template(template)
        .render(
            w=wording.words(language),
            language=language,
            tag=wording.TAGS[language],
            other=wording.other(language),
            other_tag=wording.TAGS[wording.other(language)],
            stylesheet=f"{STYLESHEET_PATH}?v={sha256(stylesheet().encode()).hexdigest()[:12]}",
            public_url=public_url.rstrip("/"),
            generated=WORDS["generated"][language].format(time=figures.minute(generated_at, language)),
            feeds={"json": (JSON_PATH, JSON_TYPE), "atom": (ATOM_PATH, ATOM_TYPE)},
            **values,
        )
    )


def _seen(alert: Alert, language: str) -> dict[str, Any]:
    """The alert as words: all that the templates print of it."""
    w = wording.words(language)
    growth = alert["growth"]
    until = {"withdrawn": "was_in_force_until", "superseded": "was_in_force_until", "expired": "expired_on"}
    facts = [
        (w["quarter"], figures.quarter(alert["quarter"], language)),
        (w["window"], _counted("window", alert["window"], language)),
        (w["observed"], figures.count(alert["observed"])),
        (w["expected"], figures.count(alert["expected"])),
        ("p", figures.probability(alert["p"])),
        ("q", figures.probability(alert["q"])),
        (w[until.get(alert["state"], "in_force_until")], figures.day(alert["expires_on"], language)),
        *((w[name], wording.printable(str(alert[name]))) for name in ("region", "industry", "matched") if alert[name]),
    ]
    return {
        "id": alert["alert_id"],
        "skill": alert_wording.skill_title(alert, language),
        "headline": alert_wording.headline(alert, language),
        "sentence": wording.printable(alert["sentence"][language]),
        "severity": w[f"severity_{alert['severity']}"],
        "rank": alert_wording.RANKS[alert["severity"]],
        "state": "provisional" if alert["state"] == "active" and alert["provisional"] else alert["state"],
        "state_word": w[alert_wording.state_key(alert)],
        "notice_word": w[f"notice_{alert['notice']}"],
        "note": alert_wording.state_note(alert, language),
        "quarter": figures.quarter(alert["quarter"], language),
        "issued": w["issued_on"].format(day=figures.day(alert["issued_at"], language)),
        "issued_at": alert["issued_at"],
        "updated": figures.day(alert["updated_at"], language),
        "updated_at": alert["updated_at"],
        "revision": w["revision_n"].format(n=alert["revision"]),
        "ratio": f"×{figures.ratio(growth['estimate'])}",
        "interval": w["interval"].format(lower=figures.ratio(growth["lower"]), upper=figures.ratio(growth["upper"])),
        "facts": facts,
        "basis": alert_wording.basis(alert, language),
        "is_unmatched": alert_wording.is_unmatched(alert),
        "event_id": alert["event_id"],
    }


def _chart(
    alert: Alert, evidence: Evidence, language: str, frame: chart.Frame, growth: Mapping[str, float] | None = None
) -> Markup:
    title = WORDS["chart_title"][language].format(skill=alert_wording.skill_title(alert, language))
    identity = f"chart-{alert['alert_id']}"
    drawn = chart.svg(evidence, language=language, title=title, frame=frame, identity=identity, growth=growth)
    return Markup(drawn)  # noqa: S704 - the chart is built as a tree, which escapes every text


def _evidence_in_words(alert: Alert, evidence: Evidence, language: str) -> list[str]:
    """The evidence as sentences; one that rests on a figure which is not known is left out."""
    growth, ratio = alert["growth"], figures.ratio
    told = [
        WORDS["evidence_counts"].format(
            window=figures.quarter_span(evidence["window"] or [alert["quarter"]], language),
            observed=figures.count(alert["observed"]),
            expected=figures.count(alert["expected"]),
            ratio=ratio(growth["estimate"]),
            lower=ratio(growth["lower"]),
            upper=ratio(growth["upper"]),
        )
    ]
    if evidence.get("growth_baseline") is not None and evidence.get("growth_season") is not None:
        told.append(
            WORDS["evidence_baselines"].format(
                n=len(evidence["baseline"]),
                quarters=figures.quarter_span(evidence["baseline"], language),
                baseline=ratio(evidence["growth_baseline"]),
                seasons=figures.quarter_span(evidence["season_baseline"], language),
                season=ratio(evidence["growth_season"]),
            )
        )
    if evidence.get("growth_on_year") is not None:
        told.append(WORDS["evidence_year"].format(year=ratio(evidence["growth_on_year"])))
    told.append(
        WORDS["evidence_test"].format(
            p=figures.probability(alert["p"]),
            q=figures.probability(alert["q"]),
            rule=alert["rule_version"],
            vintage=alert["vintage"],
        )
    )
    return [sentence[language] for sentence in told]


def _row(point: Mapping[str, Any], evidence: Evidence, language: str) -> dict[str, str]:
    """One quarter of the table under the chart."""
    quarter, w = point["quarter"], wording.words(language)
    roles = {(True, False): w["role_baseline"], (False, True): w["role_season"], (True, True): w["role_both"]}
    kind = (quarter in evidence.get("baseline", ()), quarter in evidence.get("season_baseline", ()))
    is_marked = quarter in evidence["window"]
    return {
        "quarter": figures.quarter(quarter, language),
        "observed": w["no_data"] if point["observed"] is None else figures.count(point["observed"]),
        "expected": figures.count(point["expected"]),
        "exposure": figures.count(point.get("exposure")),
        "role": w["role_window"] if is_marked else roles.get(kind, ""),
        "class": "marked" if is_marked else "",
    }


def _counted(noun: str, number: int, language: str) -> str:
    return WORDS[f"{noun}_one" if number == 1 else f"{noun}_many"][language].format(n=number)


def _tested(tested: LookedAt | None, language: str) -> str | None:
    if tested is None or tested.last is None:
        return None
    return WORDS["tested"][language].format(
        quarters=tested.quarters,
        series=figures.count(tested.series),
        last=figures.quarter(tested.last, language),
    )
