"""An ALERT and its evidence as the store hands them out, the app over empty tables, and who may call it."""

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from ievq_pipeline.bootstrap import House
from ievq_pipeline.db import alerts, feeds, quarters
from ievq_pipeline.db import keys as api_keys
from ievq_pipeline.db.tables import Alert, AlertRevision, LookRow
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.web.app import create_app

ALERT_ID = "0d3f8a52-4b0e-4c7e-9a35-2f6f5c1f7e11"


def _alert(**changes: Any) -> dict[str, Any]:
    alert: dict[str, Any] = {
        "basis": "totals:hn", "alert_id": ALERT_ID, "revision": 1, "feed_seq": 17, "notice": "issued",
        "state": "active", "provisional": False, "level": "skill", "region": None, "industry": None,
        "quarter": "2020-Q2", "severity": "strong",
        "skill": {"code": "Remote", "title": {"zh": "远程办公", "en": "Remote"}, "dimension": None, "family": None},
        "growth": {"estimate": 1.62, "lower": 1.2, "upper": 2.1}, "observed": 431, "expected": 266.0,
        "matched": None, "n_eff": None, "p": 1.3e-6, "q": 0.0042, "window": 1, "vintage": "2020-Q2",
        "rule_version": "totals-1",
        "sentence": {"zh": "第2季度是预期的1.62倍。", "en": "In the second quarter it was 1.62 times."},
        "reason": None, "caused_by": None, "issued_at": "2020-07-30T18:30:00+00:00",
        "updated_at": "2020-07-30T18:30:00+00:00",
        "expires_on": "2021-04-30",
    }  # fmt: skip
    alert |= changes
    alert.setdefault("event_id", f"{alert['alert_id']}:{alert['revision']}")
    alert.setdefault("url", f"https://alerts.example/base/alerts/{alert['alert_id']}")
    return alert


def _evidence(observed: list[float | None] | None = None, **changes: Any) -> dict[str, Any]:
    """Eight quarters up to 2020-Q2, expected 266 in each."""
    values = observed or [250, 260, 240, 270, 265, 255, 262, 431]
    names = [str(Quarter(2018, 3).plus(i)) for i in range(len(values))]
    series = [
        {"quarter": name, "observed": value, "expected": 266.0, "exposure": 2000}
        for name, value in zip(names, values, strict=True)
    ]
    return {
        "series": series, "window": ["2020-Q2"], "baseline": ["2018-Q4", "2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4"],
        "season_baseline": ["2018-Q2", "2019-Q2"],
        "growth_baseline": 1.71, "growth_season": 1.62, "growth_on_year": 1.43,
        "source": "hn", "already_public": True, "confidence": "low",
    } | changes  # fmt: skip


def _figures(alert: dict[str, Any]) -> dict[str, Any]:
    """What is shown of the test behind an ALERT."""
    growth = alert["growth"]
    shared = {name: alert[name] for name in ("quarter", "window", "observed", "expected", "p", "q")}
    return shared | {"growth": growth["estimate"], "lower": growth["lower"], "upper": growth["upper"]}


def _panel_alert(**changes: Any) -> dict[str, Any]:
    """Kubernetes in California on job demand, 2020-Q2, ×4.28, in force."""
    skill = {"code": "kubernetes", "title": {"zh": "Kubernetes", "en": "Kubernetes"}, "dimension": "digital",
             "family": "infrastructure-and-operations"}  # fmt: skip
    return _alert(**{
        "basis": "job-demand", "level": "skill_region", "region": "iso3166:US-CA", "skill": skill,
        "severity": "critical", "growth": {"estimate": 4.28, "lower": 2.59, "upper": 9.53}, "window": 2,
        "observed": 105, "expected": 20, "matched": 35, "n_eff": 30, "p": 0.00032, "q": 0.019, "vintage": "seq:225",
        "rule_version": "matched-1",
    } | changes)  # fmt: skip


def _panel_figures(**changes: Any) -> dict[str, Any]:
    """What is shown of its test."""
    return {
        "quarter": "2020-Q2", "window": 2, "level": "skill_region", "skill": "kubernetes", "family": None,
        "region": "iso3166:US-CA", "observed": 105, "expected": 20, "growth": 4.28, "lower": 2.59, "upper": 9.53,
        "p": 0.00032, "q": 0.019, "matched": 35, "compared": 25, "n_eff": 30, "portion_up": 0.95, "raw_growth": 4.93,
        "growth_without_top": {"from": 1.6, "below": 2.0},
    } | changes  # fmt: skip


def _panel_evidence(*, hidden: tuple[str, ...] = ("2019-Q1",), **changes: Any) -> dict[str, Any]:
    """Eight quarters up to 2020-Q2, some of them hidden; in 2018-Q3 nobody filed."""
    observed = [None, 15, 20, 10, 25, 20, 40, 65]
    series = []
    for number, value in enumerate(observed):
        quarter = str(Quarter(2018, 3).plus(number))
        is_hidden = quarter in hidden
        known = value is not None and not is_hidden
        series.append({
            "quarter": quarter, "observed": value if known else None, "expected": 10 if known else None,
            "reporters": 30 if known else None, "raw": 120 + 5 * number, "is_hidden": is_hidden,
        })  # fmt: skip
    return {
        "series": series, "window": ["2020-Q1", "2020-Q2"],
        "baseline": ["2018-Q4", "2019-Q1", "2019-Q2", "2019-Q3", "2019-Q4"], "compared": 25, "confidence": "matched",
        "already_public": False,
    } | changes  # fmt: skip


@pytest.fixture
def panel_alert() -> Callable[..., dict[str, Any]]:
    """Makes an ALERT on a panel: Kubernetes in California, ×4.28; changed where the test says so."""
    return _panel_alert


@pytest.fixture
def panel_figures() -> Callable[..., dict[str, Any]]:
    """Makes the figures shown with it."""
    return _panel_figures


@pytest.fixture
def panel_evidence() -> Callable[..., dict[str, Any]]:
    """Makes the evidence beside it; `hidden` names the quarters that are not shown."""
    return _panel_evidence


@pytest.fixture
def an_alert() -> Callable[..., dict[str, Any]]:
    """Makes an ALERT: Remote, 2020-Q2, ×1.62, from a totals source; changed where the test says so."""
    return _alert


@pytest.fixture
def evidence() -> Callable[..., dict[str, Any]]:
    """Makes the evidence beside it."""
    return _evidence


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    """The app over empty tables, with its worker at work; what fails inside it fails the test."""
    with TestClient(create_app(house)) as client:
        yield client


@pytest.fixture
def keys(house: House) -> dict[str, dict[str, str]]:
    """Feeds `hn` and `other`, 2025-Q3 open, and headers for: a submitter of each, an engineer, a revoked key."""
    with house.sessions.begin() as session:
        for feed in ("hn", "other"):
            feeds.add(session, feed, "totals", feed)
        made = {
            "office": api_keys.create(session, "office", "submitter", ["hn"]),
            "stranger": api_keys.create(session, "stranger", "submitter", ["other"]),
            "engineer": api_keys.create(session, "engineer", "engineer", []),
            "revoked": api_keys.create(session, "revoked", "submitter", ["hn"]),
        }
        api_keys.revoke(session, "revoked")
    house.open_quarter(Quarter(2025, 3))
    return {name: {"Authorization": f"Bearer {key}"} for name, key in made.items()}


@pytest.fixture
def tell(house: House) -> Callable[..., dict[str, Any]]:
    """Stores a notice as publish does: the ALERT of `an_alert`, changed as the test says, at the next `feed_seq`."""

    def stored(**changes: Any) -> dict[str, Any]:
        with house.sessions.begin() as session:
            alert = _alert(**{"alert_id": str(uuid4()), **changes, "feed_seq": alerts.next_feed_seq(session)})
            name, basis = alert["quarter"], alert["basis"]
            ends = Quarter.parse(name)
            dates = {"opens_on": ends.first_day, "due_on": ends.due_on, "closes_on": ends.closes_on}
            quarters.open_(session, name, **dates)
            look = session.scalar(select(LookRow).filter_by(quarter=name))
            if look is None:
                look = LookRow(basis=basis, quarter=name, kind="closing", rule_version="totals-1", tested=9)
                session.add(look)
            if session.get(Alert, UUID(alert["alert_id"])) is None:
                identity = {"basis": basis, "level": alert["level"], "skill": alert["skill"]["code"], "opened": name}
                identity |= {"region": alert["region"]}
                session.add(Alert(id=UUID(alert["alert_id"]), **identity, episode=alert["feed_seq"]))
            session.flush()
            columns = {name: alert[name] for name in ("revision", "feed_seq", "notice", "state", "severity", "quarter")}
            row = AlertRevision(
                alert_id=UUID(alert["alert_id"]), look_id=look.id, skill=alert["skill"]["code"], body=alert,
                figures=_figures(alert), evidence=_evidence(), **columns,
            )  # fmt: skip
            session.add(row)
        return alert

    return stored
