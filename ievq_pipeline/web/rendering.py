"""The page of alerts and the page of one alert: what was told of them in, HTML out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from ievq_pipeline.web import alert_view, alert_wording, chart, evidence_wording, figures, layout
from ievq_pipeline.web.alert_feeds import latest_public
from ievq_pipeline.web.alert_view import Told
from ievq_pipeline.web.wording import WORDS


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What has been looked at so far, for the line above the list and for a list without alerts."""

    quarters: int = 0
    series: int = 0
    last: str | None = None


def alerts_page(
    items: Sequence[Told],
    *,
    language: str,
    public_url: str,
    generated_at: datetime,
    tested: LookedAt | None = None,
    basis: str | None = None,
    older: int | None = None,
) -> str:
    """The list: alerts in force, then those that are over, each newest notice first. Watch alerts are left out.

    With `basis` only those that rest on it; `older` is the place in the feed before which older ones stand.
    """
    by_event = {told.alert["event_id"]: told for told in items}
    public = [by_event[alert["event_id"]] for alert in latest_public(told.alert for told in items)]
    chosen = [told for told in public if basis in (None, told.alert["basis"])]
    standing = [told for told in chosen if told.alert["state"] == "active"]
    over = [told for told in chosen if told.alert["state"] != "active"]
    asked = {"basis": basis} if basis else {}
    return layout.render(
        "alerts.html",
        language,
        root="",
        place="alerts",
        public_url=public_url,
        generated_at=generated_at,
        asked=asked,
        standing=[
            alert_view.seen(told, language) | {"chart": alert_view.drawn(told, language, chart.SMALL)}
            for told in standing
        ],
        over=[alert_view.seen(told, language) for told in over],
        in_force_title=WORDS["in_force_title"][language].format(n=len(standing)),
        ended_title=WORDS["ended_title"][language].format(n=len(over)),
        legend=chart.legend([told.evidence for told in standing], chart.SMALL),
        bases=_bases(public, basis, language),
        tested=_tested(tested, language),
        older_url=f"?{urlencode({**asked, 'before': older, 'lang': language})}" if older else None,
    )


def _bases(public: Sequence[Told], chosen: str | None, language: str) -> list[dict[str, Any]]:
    """The bases that alerts rest on, each with their number, as links that keep only those; none where there is one."""
    numbers = Counter(str(told.alert["basis"]) for told in public)
    if len(numbers) < 2 and chosen is None:
        return []
    named: list[tuple[str | None, str, int]] = [(None, WORDS["every_basis"][language], len(public))]
    named += [(name, alert_wording.basis(name, language), numbers[name]) for name in sorted(numbers)]
    return [
        {
            "title": title,
            "number": number,
            "url": f"?{urlencode(({'basis': name} if name else {}) | {'lang': language})}",
            "is_here": name == chosen,
        }
        for name, title, number in named
    ]


def alert_page(
    revisions: Sequence[Told],
    *,
    language: str,
    public_url: str,
    generated_at: datetime,
) -> str:
    """One alert by its revisions, oldest first: the finding, the chart, the figures behind it, and every revision."""
    last = revisions[-1]
    growth = last.alert["growth"]
    return layout.render(
        "alert.html",
        language,
        root="../",
        place="alerts",
        public_url=public_url,
        generated_at=generated_at,
        alert=alert_view.seen(last, language),
        origin=alert_view.origin(last, language),
        wide=alert_view.drawn(last, language, chart.WIDE, growth),
        narrow=alert_view.drawn(last, language, chart.NARROW, growth),
        legend=chart.legend([last.evidence], chart.WIDE),
        evidence=evidence_wording.paragraphs(last.alert, last.figures, last.evidence, language),
        table=alert_view.table(last, language),
        revisions=alert_view.history(revisions, language),
        to_come=alert_view.to_come(last, language),
    )


def _tested(tested: LookedAt | None, language: str) -> str | None:
    if tested is None or tested.last is None:
        return None
    return WORDS["tested"][language].format(
        quarters=tested.quarters,
        series=figures.count(tested.series),
        last=figures.quarter(tested.last, language),
    )
