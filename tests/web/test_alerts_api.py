"""`/v1/alerts` and the alert feeds over stored notices: order, pages, filters, and feeds that readers can parse."""

from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID, uuid4

import feedparser
import pytest
from fastapi.testclient import TestClient

from ievq_pipeline.bootstrap import House

Tell = Callable[..., dict[str, Any]]
ALERT = {
    "basis", "alert_id", "revision", "event_id", "feed_seq", "notice", "state", "provisional", "level", "skill",
    "region", "industry", "quarter", "severity", "growth", "observed", "expected", "matched", "n_eff", "p", "q",
    "window", "vintage", "rule_version", "sentence", "reason", "caused_by", "issued_at", "updated_at", "expires_on",
    "url",
}  # fmt: skip


def skill(code: str) -> dict[str, Any]:
    return {"code": code, "title": {"zh": code, "en": code}, "dimension": None, "family": None}


def test_notices_come_in_the_order_of_the_feed_with_every_field(client: TestClient, tell: Tell) -> None:
    told = [tell(skill=skill(f"s{n}")) for n in range(3)]
    answer = client.get("/v1/alerts")
    assert answer.status_code == 200
    assert answer.json() == {"items": told, "next": None}
    assert "link" not in answer.headers
    assert [item["feed_seq"] for item in told] == [1, 2, 3]
    assert all(set(item) == ALERT for item in answer.json()["items"])


def test_pages_lead_on_until_everything_was_told_once(client: TestClient, tell: Tell, house: House) -> None:
    told = [tell(skill=skill(f"s{n}"), severity="surge" if n % 2 else "strong") for n in range(7)]
    collected: list[Any] = []
    address: str | None = "/v1/alerts?limit=2&severity=surge"
    while address:
        answer = client.get(address)
        page = answer.json()
        collected += page["items"]
        link = answer.headers.get("link")
        assert (link is None) == (page["next"] is None)
        address = None
        if link:
            target, _, relation = link.partition(">; ")
            assert relation == 'rel="next"'
            assert target.startswith(f"<{house.settings.public_url}/v1/alerts?")  # whatever `Host` says
            query = parse_qs(urlsplit(target.removeprefix("<")).query)
            assert query == {"limit": ["2"], "severity": ["surge"], "cursor": [page["next"]]}
            address = target.removeprefix("<")
    assert collected == told[1::2]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"skill": "Remote"}, [0, 1, 3]),
        ({"skill": "remote"}, []),
        ({"severity": "critical"}, [1]),
        ({"state": "withdrawn"}, [3]),
        ({"quarter": "2019-Q4"}, [2]),
        ({"skill": "Remote", "state": "active"}, [0, 1]),
        ({"skill": "' OR 1=1 --"}, []),
        ({"skill": "\0"}, []),
        ({"quarter": "x" * 5_000}, []),
        ({"skill": ""}, []),
        ({"region": "gbt2260:350200"}, [2]),
        ({"industry": "gbt4754:65"}, [2]),
        ({"dimension": "digital"}, [1]),
        ({"dimension": "digital", "region": "gbt2260:350200"}, []),
        ({"region": "null"}, []),
    ],
)
def test_filters_keep_what_was_asked_for(
    client: TestClient, tell: Tell, query: dict[str, str], found: list[int]
) -> None:
    one = str(uuid4())
    told = [
        tell(alert_id=one),
        tell(severity="critical", skill=skill("Remote") | {"dimension": "digital"}),
        tell(skill=skill("Docker"), quarter="2019-Q4", region="gbt2260:350200", industry="gbt4754:65"),
        tell(alert_id=one, revision=2, notice="withdrawn", state="withdrawn", reason="evidence_revised"),
    ]
    assert client.get("/v1/alerts", params=query).json()["items"] == [told[n] for n in found]


@pytest.mark.parametrize("cursor", ["0", "nonsense", "v1:1", "djE6LTE", "机器", "x" * 5_000])
def test_a_cursor_that_is_not_ours_is_a_bad_call(client: TestClient, cursor: str) -> None:
    answer = client.get("/v1/alerts", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (400, "bad-call")
    assert len(answer.content) < 1_000


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "many", ""])
def test_a_limit_out_of_range_is_a_bad_call(client: TestClient, limit: str) -> None:
    assert client.get("/v1/alerts", params={"limit": limit}).status_code == 400


def test_one_alert_has_its_latest_state_its_revisions_and_its_evidence(client: TestClient, tell: Tell) -> None:
    one = str(uuid4())
    first = tell(alert_id=one)
    tell()
    second = tell(alert_id=one, revision=2, notice="expired", state="expired")
    assert client.get(f"/v1/alerts/{one}").json() == second
    assert client.get(f"/v1/alerts/{one}/revisions").json() == {"items": [first, second]}
    evidence = client.get(f"/v1/alerts/{one}/evidence").json()
    assert {"series", "window", "baseline", "season_baseline", "source", "already_public"} <= set(evidence)


@pytest.mark.parametrize("name", ["1", str(UUID(int=4)), "%00", "%3Cscript%3E"])
@pytest.mark.parametrize("path", ["/v1/alerts/{}", "/v1/alerts/{}/revisions", "/v1/alerts/{}/evidence", "/alerts/{}"])
def test_an_alert_that_is_not_there_is_404(client: TestClient, name: str, path: str) -> None:
    answer = client.get(path.format(name))
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown-alert")
    assert answer.headers["content-type"] == "application/problem+json"


def test_readers_can_parse_both_feeds_and_find_the_same_alerts(client: TestClient, tell: Tell) -> None:
    one = str(uuid4())
    tell(alert_id=one, skill=skill("<script>alert(1)</script>"))
    tell(skill=skill("机器学习"), notice="withdrawn", state="withdrawn", reason="evidence_revised")
    tell(alert_id=one, revision=2, notice="updated", skill=skill("<script>alert(1)</script>"))
    tell(severity="watch")
    atom = client.get("/feed.atom")
    assert atom.headers["content-type"].startswith("application/atom+xml")
    read = feedparser.parse(atom.content)
    assert not read.bozo
    assert read.version == "atom10"
    feed = client.get("/feed.json")
    assert feed.headers["content-type"].startswith("application/feed+json")
    assert feed.json()["version"] == "https://jsonfeed.org/version/1.1"
    assert [item["id"] for item in feed.json()["items"]] == [entry.id for entry in read.entries]
    assert read.entries[0].id == f"urn:uuid:{one}"
    assert len(read.entries) == 2
    assert read.entries[1].title.startswith("【已撤")
    assert "<script>alert" not in atom.text
    assert "<script>alert" not in "".join(item["content_html"] for item in feed.json()["items"])


def test_the_feeds_speak_the_callers_language(client: TestClient, tell: Tell) -> None:
    tell()
    for language, tag in (("zh", "zh-Hans-CN"), ("en", "en")):
        assert client.get("/feed.json", headers={"Accept-Language": language}).json()["language"] == tag
        assert client.get(f"/feed.json?lang={language}").json()["language"] == tag
        assert f'xml:lang="{tag}"' in client.get("/feed.atom", headers={"Accept-Language": language}).text


def test_empty_feeds_are_feeds_too(client: TestClient) -> None:
    assert client.get("/feed.json").json()["items"] == []
    read = feedparser.parse(client.get("/feed.atom").content)
    assert (read.bozo, read.entries) == (False, [])
    assert client.get("/v1/alerts").json() == {"items": [], "next": None}


def test_the_same_alerts_make_the_same_feed(client: TestClient, tell: Tell) -> None:
    tell()
    assert client.get("/feed.atom").content == client.get("/feed.atom").content
