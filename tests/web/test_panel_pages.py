"""The page of an alert on a panel: its figures are those of its body, and what is hidden is nowhere."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from html import unescape
from typing import Any

import pytest

from ievq_pipeline.web import evidence_wording, rendering
from ievq_pipeline.web.alert_view import Told

Make = Callable[..., dict[str, Any]]
SHARED: dict[str, Any] = {
    "public_url": "https://alerts.example/base/",
    "generated_at": datetime(2020, 8, 1, 20, tzinfo=UTC),
}
REASON = {"zh": "此后补报的填报改变了数据。", "en": "what was filed since has changed the figures."}


def text_of(html: str) -> str:
    """What a reader sees, without tags and without the charts, their titles and descriptions."""
    without = re.sub(r"<svg.*?</svg>", " ", html, flags=re.DOTALL)
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", without)))


def rows(html: str) -> list[list[str]]:
    """The cells of the table under the chart, without its head."""
    found = re.findall(r"<tr[^>]*>(<th scope=\"row\">.*?)</tr>", html, re.DOTALL)
    return [[cell.strip() for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)] for row in found]


@pytest.fixture
def told(panel_alert: Make, panel_figures: Make, panel_evidence: Make) -> Callable[..., Told]:
    """Makes one revision; `look` says which it comes from."""

    def make(
        figures: Mapping[str, Any] | None = None,
        evidence: Mapping[str, Any] | None = None,
        look: Mapping[str, Any] | None = None,
        **changes: Any,
    ) -> Told:
        return Told(panel_alert(**changes), panel_figures(**(figures or {})), panel_evidence(**(evidence or {})), look)

    return make


def page(*revisions: Told, language: str = "en") -> str:
    return rendering.alert_page(revisions, language=language, **SHARED)


def test_the_figures_on_the_page_are_those_of_the_body(told: Callable[..., Told]) -> None:
    text = text_of(page(told()))
    for said in (
        "Demand for Kubernetes in California is 4.28 times what was expected",
        "×4.28 95% interval 2.59–9.53", "Observed about 105", "Expected about 20", "Matched reporters about 35",
        "Effective reporters about 30", "Region California", "Vintage seq:225", "Rule matched-1",
        "Matched: about 35 employers reported this quarter and before.", "The figures are those of about 25 of them",
        "In 2020 Q1–2020 Q2 they sought about 105 people", "going by their own record in 2018 Q4–2019 Q4",
        "about 20 were expected.", "About 95% of these employers sought more.",
        "Without the largest one the ratio is 1.6–2.0.", "come to 4.93 times: unmatched, for comparison only.",
        "p = 3.2×10⁻⁴, q = 0.019; rule matched-1, data as of seq:225.",
    ):  # fmt: skip
        assert said in text, said
    assert "low confidence" not in text


def test_the_page_speaks_chinese(told: Callable[..., Told]) -> None:
    text = text_of(page(told(), language="zh"))
    for said in (
        "加利福尼亚州对「Kubernetes」的需求是预期的4.28倍",
        "约35家单位这个季度和此前都报送过（匹配）",
        "2020年1季–2020年2季它们共需要约105人",
        "去掉最大的一家，倍数是1.6–2.0。",
        "实际 约105",
        "可比单位 约35",
    ):
        assert said in text, said


def test_whoever_divides_the_rounded_counts_is_told_why_it_is_another_ratio(told: Callable[..., Told]) -> None:
    weighted = "so it is not the quotient of these two counts"
    assert weighted in page(told())
    assert weighted in page(told(expected=0))
    assert weighted not in page(told(expected=25, growth={"estimate": 4.21, "lower": 2.59, "upper": 9.53}))


def test_counts_that_are_not_shown_are_said_to_be_hidden(told: Callable[..., Told]) -> None:
    text = text_of(page(told(observed=None, expected=None, figures={"raw_growth": None})))
    assert "Observed not shown Expected not shown" in text
    assert "the ratio in 2020 Q1–2020 Q2 is 4.28, 95% interval 2.59–9.53; the counts are not shown." in text
    assert "The sum of all who reported is not shown." in text
    assert "they sought" not in text


def test_a_count_rounded_to_nothing_is_less_than_three(told: Callable[..., Told]) -> None:
    text = text_of(page(told(expected=0)))
    assert "Expected <3" in text
    assert "<3 were expected" in text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_hidden_quarter_stays_hidden_whatever_stands_in_its_evidence(
    told: Callable[..., Told], language: str
) -> None:
    one = told(evidence={"hidden": ("2019-Q1", "2020-Q1")})
    for point in one.evidence["series"]:
        if point["is_hidden"]:
            point |= {"observed": 7777, "expected": 8888, "reporters": 9999}
    for html in (page(one, language=language), rendering.alerts_page([one], language=language, **SHARED)):
        digits = html.replace(",", "")
        assert not re.search("7777|8888|9999", digits)
    hidden = "不公开" if language == "zh" else "not shown"
    table = rows(page(one, language=language))
    assert [cells[1:4] for cells in table if hidden in cells] == [[hidden, hidden, "–"]] * 2
    assert len(table) == 8


def test_the_table_holds_every_point_as_the_body_gives_it(told: Callable[..., Told]) -> None:
    one = told()
    table = rows(page(one))
    last, first = table[-1], table[0]
    assert last == ["2020 Q2", "65", "10", "30", "155", "surge"]
    assert first == ["2018 Q3", "no data", "–", "–", "120", ""]
    assert table[2] == ["2019 Q1", "not shown", "not shown", "–", "130", "baseline"]
    for cells, point in zip(table, one.evidence["series"], strict=True):
        told_numbers = [int(cell) for cell in cells[1:5] if cell.isdigit()]
        assert told_numbers == [
            point[name] for name in ("observed", "expected", "reporters", "raw") if point[name] is not None
        ]


def test_the_revisions_say_what_changed_by_which_look_and_how_many_submissions(told: Callable[..., Told]) -> None:
    def look(kind: str, vintage: str) -> dict[str, Any]:
        return {"kind": kind, "quarter": "2020-Q2", "closes_on": date(2020, 7, 30), "vintage": vintage}

    strong = {"severity": "strong", "growth": {"estimate": 1.8, "lower": 1.25, "upper": 2.6}}
    revisions = [
        told(provisional=True, **strong, look=look("first", "2020-Q2.first")),
        told(revision=2, notice="updated", **strong, look=look("closing", "2020-Q2")),
        told(revision=3, notice="updated", look=look("revision", "2020-Q3"), caused_by=["x", "y"]),
        told(
            revision=4, notice="withdrawn", state="withdrawn", reason=REASON, caused_by=["z"],
            look=look("revision", "2020-Q4"),
        ),
    ]  # fmt: skip
    text = text_of(page(*revisions))
    told_last = text[text.rindex("Revisions") :]
    order = [
        "revision 4 · Withdrawn", "This alert was withdrawn: what was filed since has changed the figures.",
        "Cause: 1 submission changed", "Later look at 2020 Q2, data as of the closing of 2020 Q4",
        "revision 3 · Updated", "Severity from Strong surge to Surge: doubled; ratio from 1.80 to 4.28.",
        "Cause: 2 submissions changed", "Later look at 2020 Q2, data as of the closing of 2020 Q3",
        "revision 2 · Updated", "Confirmed by the closing look; severity and ratio unchanged.",
        "Closing look at 2020 Q2", "revision 1 · Issued", "Provisional", "First look at 2020 Q2",
    ]  # fmt: skip
    places = [told_last.index(said) for said in order]
    assert places == sorted(places)
    assert not re.search(r"\b[xyz]\b", told_last)


def test_a_withdrawn_alert_is_struck_and_says_why(told: Callable[..., Told]) -> None:
    sentence = {"zh": f"撤回：{REASON['zh']}", "en": f"The alert is withdrawn: {REASON['en']}"}
    gone = told(revision=2, state="withdrawn", notice="withdrawn", reason=REASON, sentence=sentence)
    html = page(told(), gone)
    above = text_of(html[: html.index("Evidence</h2>")])
    assert 'class="one is-withdrawn"' in html
    assert 'class="panel is-withdrawn"' in html
    assert "Demand for Kubernetes in California was 4.28 times" in above
    assert "This alert was withdrawn." in above
    assert above.count("what was filed since has changed the figures") == 1
    listed = rendering.alerts_page([gone], language="en", **SHARED)
    assert "This alert was withdrawn: what was filed since has changed the figures." in listed
    assert "alert-over is-withdrawn" in listed
    assert "<svg" not in listed[listed.index("alert-over") : listed.index("</article>")].partition("bars")[2][400:]


def test_a_provisional_alert_says_when_it_is_tested_again(told: Callable[..., Told]) -> None:
    look = {"kind": "first", "quarter": "2020-Q2", "closes_on": date(2020, 7, 30), "vintage": "2020-Q2.first"}
    html = page(told(provisional=True, look=look))
    assert "chip chip-provisional" in html
    assert "About 30 July 2020 the quarter closes, and it is tested again" in html
    assert "chip-provisional" in rendering.alerts_page([told(provisional=True)], language="zh", **SHARED)
    assert "is tested again" not in page(told(look=look))


def test_what_a_source_of_totals_gave_when_tested_again_is_told(an_alert: Make, evidence: Make) -> None:
    again = {"growth": 1.05, "lower": 0.9, "upper": 1.2}
    [*_, retest, _] = evidence_wording.paragraphs(an_alert(), {"retest": again}, evidence(), "en")
    assert retest == "Tested again, the ratio is 1.05, 95% interval 0.90–1.20."
