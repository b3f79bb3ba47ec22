"""The pages say in both languages what an alert says, need no script, and let nothing from outside become markup."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from ievq_pipeline.web import layout, rendering
from ievq_pipeline.web.alert_view import Told
from ievq_pipeline.web.rendering import LookedAt

Make = Callable[..., dict[str, Any]]
OTHER_ID = "7c1a1b2e-93f7-4f0e-8a4e-6d1f0f3b9c22"
HOSTILE = "<script>alert(1)</script>&\"'"
SHARED: dict[str, Any] = {
    "public_url": "https://alerts.example/base/",
    "generated_at": datetime(2020, 8, 1, 20, tzinfo=UTC),
}
VOID = {"meta", "link", "br", "rect", "path", "line", "circle"}


class Page(HTMLParser):
    """A page taken apart: its tags with attributes, its text, and whatever was left open."""

    def __init__(self, written: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(written)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data

    def all(self, name: str) -> list[str]:
        return [attributes[name] for _, attributes in self.tags if name in attributes]


def listed(*items: tuple[dict[str, Any], dict[str, Any]], language: str = "en", **options: Any) -> Page:
    told = [Told(alert, {}, evidence) for alert, evidence in items]
    return Page(rendering.alerts_page(told, language=language, **SHARED, **options))


def alone(alert: dict[str, Any], evidence: dict[str, Any], *revisions: dict[str, Any], language: str = "en") -> Page:
    told = [Told(one, {}, evidence) for one in revisions or [alert]]
    return Page(rendering.alert_page(told, language=language, **SHARED))


@pytest.fixture(params=["zh", "en"])
def both_pages(request: pytest.FixtureRequest, an_alert: Make, evidence: Make) -> list[Page]:
    """List and alert page in each language, with a second alert on the list and a gap in the chart."""
    gapped, other = evidence([1, None, 2, None, None, 4, 3, 9]), an_alert(alert_id=OTHER_ID, state="withdrawn")
    tested = LookedAt(8, 2088, "2020-Q2")
    return [
        listed((an_alert(), evidence()), (other, gapped), language=request.param, tested=tested, older=9),
        alone(other, gapped, an_alert(), other, language=request.param),
    ]


def test_the_pages_are_well_formed(both_pages: list[Page]) -> None:
    for found in both_pages:
        assert found.open == []
        assert len(ids := found.all("id")) == len(set(ids))
        assert [tag for tag, _ in found.tags].count("h1") == 1
        referred = {name for value in found.all("aria-labelledby") for name in value.split()}
        assert referred <= set(ids)


def test_headings_leave_out_no_level(both_pages: list[Page]) -> None:
    for found in both_pages:
        levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch("h[1-6]", tag)]
        assert all(later <= earlier + 1 for earlier, later in pairwise(levels))


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(both_pages: list[Page]) -> None:
    for found in both_pages:
        names = {name for _, attributes in found.tags for name in attributes}
        assert not {name for name in names if name == "style" or name.startswith("on")}
        assert not {tag for tag, _ in found.tags} & {"script", "style", "iframe", "img", "object"}
        assert not [link for link in found.all("href") + found.all("src") if "//" in link or link.startswith("/")]


def test_every_page_names_its_language_and_leads_to_the_other(an_alert: Make, evidence: Make) -> None:
    for language, tag, other in (("zh", "zh-Hans-CN", "en"), ("en", "en", "zh")):
        for found in (listed(language=language), alone(an_alert(), evidence(), language=language)):
            assert found.tags[0] == ("html", {"lang": tag})
            assert f"?lang={other}" in [a["href"] for name, a in found.tags if name == "a"]


def test_an_alert_on_the_list_shows_what_it_rests_on(an_alert: Make, evidence: Make) -> None:
    text = listed((an_alert(), evidence())).text
    for told in (
        "Demand for Remote is 1.62 times what was expected", "×1.62", "95% interval 1.20–2.10", "Strong surge",
        "In force", "In the second quarter it was 1.62 times.", "2020 Q2", "1 quarter", "431", "266", "1.3×10⁻⁶",
        "0.0042", "30 April 2021", "issued 31 July 2020", "Totals source hn", "unmatched, low confidence",
        "In force: 1",
    ):  # fmt: skip
        assert told in text, told


def test_the_list_speaks_chinese(an_alert: Make, evidence: Make) -> None:
    text = listed((an_alert(), evidence()), language="zh").text
    for told in (
        "对「远程办公」的需求是预期的1.62倍",
        "强激增",
        "有效至",
        "2021年4月30日",
        "未匹配，低置信度",
        "新质技术动态数据库",
    ):
        assert told in text, told


def test_the_newest_alert_stands_first_and_leads_to_its_page(an_alert: Make, evidence: Make) -> None:
    old, new = an_alert(feed_seq=3), an_alert(alert_id=OTHER_ID, feed_seq=4)
    links = [link for link in listed((old, evidence()), (new, evidence())).all("href") if link.startswith("alerts/")]
    assert links == [f"alerts/{OTHER_ID}?lang=en", f"alerts/{old['alert_id']}?lang=en"]


def test_watch_alerts_are_not_listed(an_alert: Make, evidence: Make) -> None:
    assert "No alert yet" in listed((an_alert(severity="watch"), evidence())).text


@pytest.mark.parametrize(
    ("state", "word", "note"),
    [
        ("withdrawn", "Withdrawn", "the data were corrected"),
        ("expired", "Expired", "no longer tested"),
        ("superseded", "Superseded", "superseded by another"),
    ],
)
def test_an_alert_that_is_over_says_so(an_alert: Make, evidence: Make, state: str, word: str, note: str) -> None:
    over = an_alert(state=state, notice=state, reason="evidence_revised" if state == "withdrawn" else None)
    for found in (listed((over, evidence())), alone(over, evidence())):
        assert word in found.text
        assert note in found.text
        assert "Demand for Remote was 1.62 times" in found.text
        assert any(f"is-{state}" in classes for classes in found.all("class"))
        assert "chip-active" not in " ".join(found.all("class"))


def test_alerts_in_force_stand_before_those_that_are_over_each_newest_first(an_alert: Make, evidence: Make) -> None:
    ids = [f"0000000{n}-0000-4000-8000-000000000000" for n in range(4)]
    states = ["active", "withdrawn", "active", "expired"]
    items = [
        (an_alert(alert_id=one, state=state, feed_seq=n), evidence())
        for n, (one, state) in enumerate(zip(ids, states, strict=True))
    ]
    found = listed(*items)
    links = [link[7:15] for link in found.all("href") if link.startswith("alerts/")]
    assert links == [ids[n][:8] for n in (2, 0, 3, 1)]
    assert "In force: 2" in found.text
    assert "No longer in force: 2" in found.text
    assert found.all("class").count("chart chart-small") == 2
    assert "No alert is in force now." in listed(items[1]).text


def test_the_list_can_be_kept_to_one_basis_in_both_languages(an_alert: Make, panel_alert: Make, evidence: Make) -> None:
    items = [(an_alert(), evidence()), (panel_alert(alert_id=OTHER_ID), evidence())]
    whole = listed(*items)
    assert "?basis=job-demand&lang=en" in whole.all("href")
    assert "All 2" in whole.text
    kept = listed(*items, basis="job-demand")
    assert [link for link in kept.all("href") if link.startswith("alerts/")] == [f"alerts/{OTHER_ID}?lang=en"]
    assert "?basis=job-demand&lang=zh" in kept.all("href")
    assert "Job demand 1" in kept.text
    assert "No alert yet" in listed(*items, basis=HOSTILE).text
    assert "By basis" not in "".join(listed(items[0]).all("aria-label"))


def test_a_provisional_alert_says_so(an_alert: Make, evidence: Make) -> None:
    assert "Provisional" in listed((an_alert(provisional=True), evidence())).text


def test_a_list_without_alerts_says_what_was_looked_at() -> None:
    tested = listed(tested=LookedAt(8, 2088, "2021-Q2")).text
    assert "8 quarters, 2,088 tests" in tested
    assert "Everything that was tested lies within expectation." in tested
    assert "No quarter has closed yet." in listed().text


def test_the_alert_page_shows_every_quarter_and_what_it_was_used_for(an_alert: Make, evidence: Make) -> None:
    found = alone(an_alert(), evidence([250, None, 240, 270, 265, 255, 262, 431]))
    assert [tag for tag, _ in found.tags].count("tr") == 9
    for told in ("no data", "baseline", "same-season baseline", "surge", "2,000"):
        assert told in found.text, told


def test_the_alert_page_tells_the_evidence_in_words(an_alert: Make, evidence: Make) -> None:
    text = alone(an_alert(), evidence()).text
    assert "431 observed in 2020 Q2" in text
    assert "Against 5 earlier quarters (2018 Q4–2019 Q4) it is 1.71 times" in text
    assert "(2018 Q2, 2019 Q2) 1.62 times" in text
    assert "p = 1.3×10⁻⁶, q = 0.0042; rule totals-1, data as of 2020-Q2." in text


def test_evidence_that_is_not_known_is_left_out(an_alert: Make, evidence: Make) -> None:
    text = alone(an_alert(), evidence(growth_season=None, growth_on_year=None)).text
    assert "both tests have to hold" not in text
    assert "the year before" not in text


def test_every_revision_is_listed_newest_first(an_alert: Make, evidence: Make) -> None:
    second = an_alert(revision=2, notice="updated", growth={"estimate": 1.55, "lower": 1.1, "upper": 2.0})
    text = alone(second, evidence(), an_alert(), second).text
    shown = text[text.rindex("Revisions") :]
    assert shown.index("revision 2 · Updated") < shown.index("×1.55") < shown.index("revision 1 · Issued")


def test_hostile_names_stay_text(an_alert: Make, evidence: Make) -> None:
    name = {"code": HOSTILE, "title": {"zh": HOSTILE, "en": HOSTILE}, "dimension": None, "family": None}
    alert = an_alert(skill=name, sentence={"zh": HOSTILE, "en": HOSTILE}, region=HOSTILE, basis=f"totals:{HOSTILE}")
    for found in (listed((alert, evidence())), alone(alert, evidence())):
        assert "script" not in [tag for tag, _ in found.tags]
        assert HOSTILE in found.text


def test_an_endless_name_is_cut(an_alert: Make, evidence: Make) -> None:
    name: dict[str, Any] = {"code": "x" * 5000, "title": {}, "dimension": None, "family": None}
    assert len(re.findall("x{79}…", listed((an_alert(skill=name), evidence())).text)) >= 1
    assert "x" * 80 not in listed((an_alert(skill=name), evidence())).text


def tokens(css: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z0-9-]+): (#[0-9a-f]{6});", css))


def brightness(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(first: str, second: str) -> float:
    darker, lighter = sorted((brightness(first), brightness(second)))
    return (lighter + 0.05) / (darker + 0.05)


def test_text_and_lines_stand_out_from_every_ground_in_light_and_dark() -> None:
    light_css, dark_css = layout.stylesheet().split("@layer base {")[0].split("prefers-color-scheme: dark")
    light = tokens(light_css)
    for theme in (light, light | tokens(dark_css)):
        for ground in (theme["paper"], theme["surface"]):
            words = ("ink", "ink-2", "ink-3", "act", "act-deep", "late")
            assert all(contrast(theme[text], ground) >= 4.5 for text in words)
            assert all(contrast(theme[line], ground) >= 3 for line in ("edge", "hatch"))
        assert contrast(theme["ink"], theme["band"]) >= 4.5
        assert contrast(theme["act-deep"], theme["act-tint"]) >= 4.5
        assert contrast(theme["act"], theme["band"]) >= 3


def test_the_stylesheet_asks_nothing_from_elsewhere() -> None:
    assert not re.search(r"url\(|@import|@font-face", layout.stylesheet())
