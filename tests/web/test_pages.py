"""The pages over stored notices: the look behind each revision, older alerts, feeds that know what was before."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

from ievq_pipeline.bootstrap import House
from ievq_pipeline.web import alerts as alert_routes
from ievq_pipeline.web import pages
from tests.web.test_rendering import Page

Tell = Callable[..., dict[str, Any]]


def listed(html: str) -> list[str]:
    """The ids of the alerts that a list leads to, in its order."""
    links = [attributes["href"] for tag, attributes in Page(html).tags if tag == "a" and "href" in attributes]
    return [link.split("/")[1].partition("?")[0] for link in links if link.startswith("alerts/")]


def test_the_page_says_which_look_a_revision_comes_from(client: TestClient, tell: Tell, house: House) -> None:
    alert = tell()
    tell(alert_id=alert["alert_id"], revision=2, notice="expired", state="expired")
    with house.sessions.begin() as session:
        session.execute(text("INSERT INTO vintage (quarter, kind) VALUES ('2020-Q2', 'closing')"))
        session.execute(text("UPDATE look SET vintage_id = (SELECT id FROM vintage)"))
    html = client.get(f"/alerts/{alert['alert_id']}?lang=en").text
    assert html.count("Closing look at 2020 Q2") == 2
    assert "2020-Q2 · 2020-Q2" in html


def test_older_alerts_are_on_further_pages_and_each_on_one(
    client: TestClient, tell: Tell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "PAGE", 2)
    told = [tell()["alert_id"] for _ in range(5)]
    found, address = [], "/?lang=en"
    while address:
        html = client.get(address).text
        found.append(listed(html))
        older = [attributes["href"] for tag, attributes in Page(html).tags if "before=" in attributes.get("href", "")]
        address = older[0] if older else ""
    assert found == [told[:2:-1], told[2:0:-1], told[:1]]


def test_older_entries_of_the_feeds_are_reached_through_next(
    client: TestClient, tell: Tell, monkeypatch: pytest.MonkeyPatch, house: House
) -> None:
    monkeypatch.setattr(alert_routes, "FEED_LENGTH", 2)
    told = [tell()["alert_id"] for _ in range(3)]
    first = client.get("/feed.json").json()
    assert [item["_skill_alert"]["alert_id"] for item in first["items"]] == told[:0:-1]
    assert first["next_url"].startswith(f"{house.settings.public_url}/feed.json?before=")
    query = first["next_url"].partition("?")[2]
    last = client.get(f"/feed.json?{query}").json()
    assert [item["_skill_alert"]["alert_id"] for item in last["items"]] == told[:1]
    assert "next_url" not in last
    assert 'rel="next"' in client.get("/feed.atom").text
    assert 'rel="next"' not in client.get(f"/feed.atom?{query}").text


@pytest.mark.parametrize("before", ["0", "-1", "x", "9" * 30])
@pytest.mark.parametrize("path", ["/", "/feed.json", "/feed.atom"])
def test_a_place_that_cannot_be_is_a_bad_call(client: TestClient, path: str, before: str) -> None:
    assert client.get(path, params={"before": before}).status_code == 400


def test_the_feeds_say_what_an_update_changed(client: TestClient, tell: Tell) -> None:
    one = str(uuid4())
    tell(alert_id=one, provisional=True, severity="surge", growth={"estimate": 1.4, "lower": 1.1, "upper": 1.9})
    tell(alert_id=one, revision=2, notice="updated")
    [item] = client.get("/feed.json?lang=en").json()["items"]
    assert (
        "Revision 2: Confirmed by the closing look; severity from Surge to Strong surge; ratio from 1.40 to 1.62."
        in (item["content_text"])
    )
    assert "关闭检验确认；级别由激增变为强激增；倍数由1.40变为1.62。" in client.get("/feed.atom").text


def test_the_basis_that_was_asked_for_stays_in_the_other_language(client: TestClient, tell: Tell) -> None:
    tell()
    tell(basis="job-demand", matched=20)
    html = client.get("/?lang=en&basis=totals:hn").text
    assert len(listed(html)) == 1
    assert "?basis=totals%3Ahn&lang=zh" in Page(html).all("href")
