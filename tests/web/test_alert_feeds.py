"""The alert feeds keep one entry an alert through all its revisions, and any reader can read them."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from xml.etree.ElementTree import fromstring

import feedparser
import pytest

from ievq_pipeline.web import alert_feeds

Make = Callable[..., dict[str, Any]]
OTHER_ID = "7c1a1b2e-93f7-4f0e-8a4e-6d1f0f3b9c22"
HOSTILE = "<script>alert(1)</script>&\"'\x0b"
URL = "https://alerts.example/base"
AT = datetime(2020, 7, 31, 2, 30, tzinfo=timezone(timedelta(hours=8)))


def read(alerts: list[dict[str, Any]], **options: Any) -> Any:
    """The Atom feed as a common reader understands it, which must find nothing to complain of."""
    found = feedparser.parse(alert_feeds.atom(alerts, public_url=URL, updated=AT, **options))
    assert found.bozo == 0, found.get("bozo_exception")
    assert found.version == "atom10"
    return found


def test_atom_says_who_speaks_and_where(an_alert: Make) -> None:
    feed = read([an_alert()], next_url=f"{URL}/feed.atom?before=17").feed
    assert feed.title == "新质技术动态数据库 · 技能预警"
    assert feed.author == "新质技术动态数据库"
    assert feed.updated == "2020-07-30T18:30:00Z"
    assert {(link.rel, link.href) for link in feed.links} == {
        ("self", f"{URL}/feed.atom"),
        ("alternate", f"{URL}/"),
        ("alternate", f"{URL}/feed.json"),
        ("next", f"{URL}/feed.atom?before=17"),
    }


def test_an_atom_entry_holds_the_finding_in_both_languages(an_alert: Make) -> None:
    alert = an_alert()
    [entry] = read([alert], language="en").entries
    assert entry.id == f"urn:uuid:{alert['alert_id']}"
    assert entry.title == "Demand for Remote is 1.62 times what was expected"
    assert entry.link == alert["url"]
    assert entry.published == "2020-07-30T18:30:00Z"
    [content] = entry.content
    assert content.type == "text/html"
    assert alert["sentence"]["zh"] in content.value
    assert alert["sentence"]["en"] in content.value
    assert {(tag.term, tag.label) for tag in entry.tags} >= {
        ("severity:strong", "Strong surge"),
        ("state:active", "In force"),
        ("quarter:2020-Q2", "2020 Q2"),
        ("skill:Remote", "Remote"),
    }


def test_the_same_alerts_make_the_same_bytes(an_alert: Make) -> None:
    assert alert_feeds.atom([an_alert()], public_url=URL, updated=AT) == alert_feeds.atom(
        [an_alert()], public_url=f"{URL}/", updated=AT
    )


def test_a_revision_keeps_the_id_and_moves_updated(an_alert: Make) -> None:
    later = an_alert(revision=2, feed_seq=30, notice="updated", updated_at="2020-08-02T00:00:00+08:00")
    [entry] = read([later, an_alert()]).entries
    assert (entry.id, entry.updated) == (f"urn:uuid:{later['alert_id']}", "2020-08-01T16:00:00Z")
    [item] = alert_feeds.json_feed([an_alert(), later], public_url=URL, next_url=None)["items"]
    assert item["id"] == entry.id
    assert item["date_published"] == later["issued_at"]
    assert item["date_modified"] == later["updated_at"]
    assert item["_skill_alert"]["revision"] == 2


def test_a_withdrawn_alert_stays_and_says_why(an_alert: Make) -> None:
    gone = an_alert(revision=2, state="withdrawn", notice="withdrawn", reason="evidence_revised")
    [entry] = read([gone], language="en").entries
    assert entry.title.startswith("[Withdrawn] ")
    assert "the data were corrected" in entry.summary
    assert "数据被更正" in entry.content[0].value
    [item] = alert_feeds.json_feed([gone], public_url=URL, next_url=None)["items"]
    assert item["title"].startswith("【已撤回】")
    assert "state:withdrawn" in item["tags"]


def test_a_provisional_alert_is_marked_in_title_and_tags(panel_alert: Make) -> None:
    [entry] = read([panel_alert(provisional=True)], language="en").entries
    assert entry.title == "[Provisional] Demand for Kubernetes in California is 4.28 times what was expected"
    assert {"provisional", "state:active", "region:iso3166:US-CA"} <= {tag.term for tag in entry.tags}
    assert "California" in {tag.label for tag in entry.tags}
    [item] = alert_feeds.json_feed([panel_alert(provisional=True)], public_url=URL)["items"]
    assert item["title"].startswith("【暂定】")
    assert "provisional" not in alert_feeds.json_feed([panel_alert()], public_url=URL)["items"][0]["tags"]


def test_an_update_says_what_it_changed_and_by_how_many_submissions(panel_alert: Make) -> None:
    then = panel_alert(provisional=True, severity="strong", growth={"estimate": 1.8, "lower": 1.2, "upper": 2.9})
    now = panel_alert(revision=2, notice="updated", caused_by=["a", "b", "c"])
    before = {now["event_id"]: then}
    [entry] = read([now], language="en", before=before).entries
    assert (
        "Revision 2: Confirmed by the closing look; severity from Strong surge to Surge: doubled; ratio from 1.80 to"
        " 4.28. Cause: 3 submissions changed the data since the look before."
    ) in entry.summary
    [item] = alert_feeds.json_feed([now], public_url=URL, before=before)["items"]
    assert "第2版：关闭检验确认；级别由强激增变为翻倍激增；倍数由1.80变为4.28。" in item["content_html"]
    assert "起因：上次检验之后有3次报送改变了数据。" in item["content_text"]
    assert "low confidence" not in item["content_text"]


def test_a_withdrawal_gives_the_reason_of_the_alert_itself_once(panel_alert: Make) -> None:
    reason = {"zh": "补报改变了数据。", "en": "late files changed the figures."}
    sentence = {"zh": f"撤回：{reason['zh']}", "en": f"It is withdrawn: {reason['en']}"}
    gone = panel_alert(state="withdrawn", notice="withdrawn", reason=reason, sentence=sentence)
    [entry] = read([gone], language="en").entries
    assert entry.title.startswith("[Withdrawn] ")
    assert entry.summary == "This alert was withdrawn. It is withdrawn: late files changed the figures."


def test_a_family_has_a_tag_of_its_own(panel_alert: Make) -> None:
    of = {"code": None, "title": {"zh": "云服务", "en": "Cloud services"}, "dimension": None, "family": "cloud"}
    [entry] = read([panel_alert(skill=of, level="family_region")], language="en").entries
    assert ("family:cloud", "Cloud services") in {(tag.term, tag.label) for tag in entry.tags}
    assert not [tag for tag in entry.tags if tag.term.startswith("skill:")]


def test_the_newest_notice_stands_first(an_alert: Make) -> None:
    alerts = [an_alert(feed_seq=9), an_alert(alert_id=OTHER_ID, feed_seq=10)]
    assert [entry.id for entry in read(alerts).entries] == [f"urn:uuid:{a['alert_id']}" for a in reversed(alerts)]


def test_watch_alerts_never_go_out(an_alert: Make) -> None:
    alerts = [an_alert(severity="watch"), an_alert(alert_id=OTHER_ID)]
    assert [entry.id for entry in read(alerts).entries] == [f"urn:uuid:{OTHER_ID}"]
    feed = alert_feeds.json_feed(alerts, public_url=URL, next_url=None)
    assert [item["id"] for item in feed["items"]] == [f"urn:uuid:{OTHER_ID}"]


def test_an_alert_that_fell_to_watch_does_not_live_on_as_the_surge_it_was(an_alert: Make) -> None:
    assert read([an_alert(), an_alert(revision=2, severity="watch")]).entries == []


def test_a_hostile_skill_name_stays_text_and_breaks_no_reader(an_alert: Make) -> None:
    name = {"code": HOSTILE, "title": {"zh": HOSTILE, "en": HOSTILE}, "dimension": None, "family": None}
    alert = an_alert(skill=name, sentence={"zh": HOSTILE, "en": HOSTILE})
    document = alert_feeds.atom([alert], public_url=URL, updated=AT)
    assert b"<script" not in document
    content = fromstring(document).findtext(f"{{{alert_feeds.ATOM}}}entry/{{{alert_feeds.ATOM}}}content") or ""
    assert "<script" not in content
    assert "&lt;script&gt;alert(1)" in content
    assert read([alert]).entries[0].summary_detail.type == "text/plain"
    [item] = alert_feeds.json_feed([alert], public_url=URL, next_url=None)["items"]
    assert "<script" not in item["content_html"]
    assert item["_skill_alert"]["skill"]["code"] == HOSTILE


def test_the_json_feed_is_whole_and_survives_json(an_alert: Make) -> None:
    alert = an_alert()
    feed = alert_feeds.json_feed([alert], public_url=URL, next_url=f"{URL}/feed.json?before=17", language="en")
    again = json.loads(json.dumps(feed))
    assert again == feed
    assert again["version"] == "https://jsonfeed.org/version/1.1"
    assert (again["feed_url"], again["home_page_url"]) == (f"{URL}/feed.json", f"{URL}/")
    assert again["next_url"] == f"{URL}/feed.json?before=17"
    [item] = again["items"]
    assert item["_skill_alert"] == alert
    assert item["content_text"].index(alert["sentence"]["en"]) < item["content_text"].index(alert["sentence"]["zh"])
    assert "unmatched" in item["content_text"]


def test_the_last_page_of_the_json_feed_names_no_next(an_alert: Make) -> None:
    assert "next_url" not in alert_feeds.json_feed([an_alert()], public_url=URL, next_url=None)


def test_a_moment_without_a_time_zone_is_refused(an_alert: Make) -> None:
    with pytest.raises(ValueError, match="no time zone"):
        alert_feeds.atom([], public_url=URL, updated=datetime(2020, 1, 1))  # noqa: DTZ001 - what is tested


def test_a_feed_without_alerts_is_still_a_feed() -> None:
    found = feedparser.parse(alert_feeds.atom([], public_url=URL, updated=datetime(2020, 1, 1, tzinfo=UTC)))
    assert (found.bozo, found.entries, found.feed.updated) == (0, [], "2020-01-01T00:00:00Z")
