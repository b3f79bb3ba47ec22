"""An ALERT and its evidence as the store hands them out, for the tests of this folder to change."""

from collections.abc import Callable
from typing import Any

import pytest

from ievq_pipeline.domain.period import Quarter

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


@pytest.fixture
def an_alert() -> Callable[..., dict[str, Any]]:
    """Makes an ALERT: Remote, 2020-Q2, ×1.62, from a totals source; changed where the test says so."""
    return _alert


@pytest.fixture
def evidence() -> Callable[..., dict[str, Any]]:
    """Makes the evidence beside it."""
    return _evidence
