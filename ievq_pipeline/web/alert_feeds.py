"""The alert feeds: JSON Feed 1.1 and Atom, made from ALERTs (one entry an alert, its latest notice, newest first).

Readers know an entry by its id, so an alert keeps one, `urn:uuid:<alert_id>`, over all its revisions, and each revision
moves `updated` and says what it changed. Alerts that are provisional or over are marked in title, text and tags, and
those that are over stay. Watch alerts never go out here. `before` gives, by `event_id`, the revision before.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from markupsafe import escape

from ievq_pipeline.web import alert_wording, figures, wording
from ievq_pipeline.web.alert_wording import Alert
from ievq_pipeline.web.wording import TAGS, WORDS, printable

JSON_PATH, ATOM_PATH = "feed.json", "feed.atom"
JSON_TYPE, ATOM_TYPE = "application/feed+json", "application/atom+xml"
ATOM = "http://www.w3.org/2005/Atom"
Before = Mapping[str, Alert]
NONE: Before = {}


def latest_public(alerts: Iterable[Alert]) -> list[Alert]:
    """Each alert's last revision among those given, newest notice first, without those at watch."""
    latest: dict[str, Alert] = {}
    for alert in alerts:
        if (known := latest.get(alert["alert_id"])) is None or known["revision"] < alert["revision"]:
            latest[alert["alert_id"]] = alert
    told = (alert for alert in latest.values() if alert["severity"] != "watch")
    return sorted(told, key=lambda alert: int(alert["feed_seq"]), reverse=True)


def json_feed(
    alerts: Iterable[Alert],
    *,
    public_url: str,
    next_url: str | None = None,
    language: str = "zh",
    before: Before = NONE,
) -> dict[str, Any]:
    """The alerts as JSON Feed 1.1; `next_url` leads to older ones."""
    root = public_url.rstrip("/")
    feed: dict[str, Any] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _feed_title(language),
        "description": WORDS["tagline"][language],
        "home_page_url": f"{root}/",
        "feed_url": f"{root}/{JSON_PATH}",
        "language": TAGS[language],
        "authors": [{"name": WORDS["system"][language], "url": f"{root}/"}],
        "_skill_alert": {"about": f"{root}/openapi.json"},
        "items": [_json_item(alert, before, language) for alert in latest_public(alerts)],
    }
    return feed | ({"next_url": next_url} if next_url else {})


def _json_item(alert: Alert, before: Before, language: str) -> dict[str, Any]:
    return {
        "id": f"urn:uuid:{alert['alert_id']}",
        "url": alert["url"],
        "title": _title(alert, language),
        "content_text": "\n\n".join(" ".join(_sentences(alert, before, each)) for each in _languages(language)),
        "content_html": _html(alert, before, language),
        "date_published": alert["issued_at"],
        "date_modified": alert["updated_at"],
        "language": TAGS[language],
        "tags": list(_tags(alert, language)),
        "_skill_alert": dict(alert),
    }


def atom(
    alerts: Iterable[Alert],
    *,
    public_url: str,
    updated: datetime | str,
    next_url: str | None = None,
    language: str = "zh",
    before: Before = NONE,
) -> bytes:
    """The alerts as Atom. Give `updated` from the data, not the clock, so that the same alerts make the same bytes."""
    root = public_url.rstrip("/")
    feed = Element("feed", {"xmlns": ATOM, "xml:lang": TAGS[language]})
    _add(feed, "id", f"{root}/{ATOM_PATH}")
    _add(feed, "title", _feed_title(language))
    _add(feed, "subtitle", WORDS["tagline"][language])
    _add(feed, "updated", _moment(updated))
    _add(_add(feed, "author"), "name", WORDS["system"][language])
    _add(feed, "link", rel="self", type=ATOM_TYPE, href=f"{root}/{ATOM_PATH}")
    _add(feed, "link", rel="alternate", type="text/html", href=f"{root}/")
    _add(feed, "link", rel="alternate", type=JSON_TYPE, href=f"{root}/{JSON_PATH}")
    if next_url:
        _add(feed, "link", rel="next", type=ATOM_TYPE, href=next_url)
    for alert in latest_public(alerts):
        _add_entry(feed, alert, before, language)
    document: bytes = tostring(feed, encoding="utf-8", xml_declaration=True)
    return document


def _add_entry(feed: Element, alert: Alert, before: Before, language: str) -> None:
    entry = _add(feed, "entry")
    _add(entry, "id", f"urn:uuid:{alert['alert_id']}")
    _add(entry, "title", _title(alert, language))
    _add(entry, "published", _moment(alert["issued_at"]))
    _add(entry, "updated", _moment(alert["updated_at"]))
    _add(entry, "link", rel="alternate", type="text/html", href=alert["url"])
    for term, label in _tags(alert, language).items():
        _add(entry, "category", term=term, label=label)
    _add(entry, "summary", " ".join(_sentences(alert, before, language)), type="text")
    _add(entry, "content", _html(alert, before, language), type="html")


def _feed_title(language: str) -> str:
    return f"{WORDS['system'][language]} · {WORDS['alerts'][language]}"


def _title(alert: Alert, language: str) -> str:
    """The headline; an alert that is provisional or over says so first, since many readers show nothing else."""
    is_plain = alert["state"] == "active" and not alert["provisional"]
    mark = "" if is_plain else WORDS[alert_wording.state_key(alert)][language]
    mark = mark and (f"【{mark}】" if language == "zh" else f"[{mark}] ")
    return mark + alert_wording.headline(alert, language)


def _sentences(alert: Alert, before: Before, language: str) -> list[str]:
    """Whether it holds and is final, what it says, what changed and why, and last how sure the source lets it be."""
    told = [alert_wording.state_note(alert, language, is_beside_sentence=True), alert["sentence"][language]]
    if (changed := alert_wording.changes(alert, before.get(alert["event_id"]), language)) is not None:
        which = WORDS["revision_n"][language].format(n=alert["revision"])
        told.append(f"{which.capitalize()}{WORDS['colon'][language]}{changed}")
    told.append(alert_wording.cause(alert, language))
    if alert_wording.is_unmatched(alert):
        told.append(WORDS["explain_unmatched"][language])
    return [printable(sentence) for sentence in told if sentence]


def _html(alert: Alert, before: Before, language: str) -> str:
    """Both languages as escaped paragraphs, each marked with its own."""
    return "".join(
        f'<p lang="{TAGS[each]}">{escape(sentence)}</p>'
        for each in _languages(language)
        for sentence in _sentences(alert, before, each)
    )


def _languages(first: str) -> Sequence[str]:
    return first, wording.other(first)


def _tags(alert: Alert, language: str) -> Mapping[str, str]:
    """Machine terms with their words: severity, state, quarter, skill or family, and place or industry if any."""
    severity, state, skill = alert["severity"], alert["state"], alert["skill"]
    of = f"skill:{skill['code']}" if skill["code"] else f"family:{skill['family']}"
    tags = {
        f"severity:{severity}": WORDS[f"severity_{severity}"][language],
        f"state:{state}": WORDS[f"state_{state}"][language],
        f"quarter:{alert['quarter']}": figures.quarter(alert["quarter"], language),
        of: alert_wording.skill_title(alert, language),
        f"basis:{alert['basis']}": alert_wording.basis(alert["basis"], language),
    }
    if alert_wording.is_provisional(alert):
        tags["provisional"] = WORDS["state_provisional"][language]
    if alert["region"]:
        tags[f"region:{alert['region']}"] = alert_wording.region_title(alert, language)
    if alert["industry"]:
        tags[f"industry:{alert['industry']}"] = str(alert["industry"])
    return {printable(term): printable(label) for term, label in tags.items()}


def _add(parent: Element, tag: str, text: str | None = None, **attributes: str) -> Element:
    element = SubElement(parent, tag, {name: printable(value) for name, value in attributes.items()})
    element.text = None if text is None else printable(text)
    return element


def _moment(value: datetime | str) -> str:
    """A moment as RFC 3339 in UTC. Raises ValueError where no time zone is named."""
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if moment.tzinfo is None:
        raise ValueError(f"{value} names no time zone")
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
