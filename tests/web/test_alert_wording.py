"""What is said around an alert: its headline, whether it holds and why not, what a revision changed and by whom."""

from collections.abc import Callable
from typing import Any

import pytest

from ievq_pipeline.web import alert_wording

Make = Callable[..., dict[str, Any]]
FAMILY = {"code": None, "title": {"zh": "云服务", "en": "Cloud services"}, "dimension": None, "family": "cloud"}


def test_the_headline_names_skill_family_and_region(an_alert: Make, panel_alert: Make) -> None:
    assert alert_wording.headline(an_alert(), "zh") == "对「远程办公」的需求是预期的1.62倍"
    assert alert_wording.headline(panel_alert(), "en") == (
        "Demand for Kubernetes in California is 4.28 times what was expected"
    )
    assert alert_wording.headline(panel_alert(state="expired"), "zh") == (
        "加利福尼亚州对「Kubernetes」的需求曾是预期的4.28倍"
    )
    family = panel_alert(level="family_region", skill=FAMILY)
    assert alert_wording.headline(family, "en") == (
        "Demand for skills of the family Cloud services in California is 4.28 times what was expected"
    )
    assert alert_wording.headline(family, "zh") == "加利福尼亚州对「云服务」一类技能的需求是预期的4.28倍"
    assert alert_wording.skill_title(family | {"skill": FAMILY | {"title": {}}}, "en") == "cloud"


def test_what_an_alert_is_about_in_few_words(an_alert: Make, panel_alert: Make) -> None:
    assert alert_wording.subject(an_alert(), "en") == "Remote"
    assert alert_wording.subject(panel_alert(), "zh") == "Kubernetes（加利福尼亚州）"
    assert alert_wording.subject(panel_alert(region="unheard:of"), "en") == "Kubernetes (unheard:of)"


def test_a_withdrawn_alert_says_why_and_says_it_once(panel_alert: Make) -> None:
    reason = {"zh": "此后补报的填报改变了数据。", "en": "what was filed since has changed the figures."}
    gone = panel_alert(state="withdrawn", notice="withdrawn", reason=reason)
    note = alert_wording.state_note
    assert note(gone, "zh") == "这条预警已撤回：此后补报的填报改变了数据。"
    assert note(gone, "en") == "This alert was withdrawn: what was filed since has changed the figures."
    assert note(gone, "en", is_beside_sentence=True) == "This alert was withdrawn."
    coded = panel_alert(state="withdrawn", reason="evidence_removed")
    assert note(coded, "en", is_beside_sentence=True) == note(coded, "en")
    assert note(panel_alert(state="withdrawn", reason=None), "en") == "This alert was withdrawn."
    assert note(panel_alert(), "en") is None


def test_provisional_is_a_word_only_while_the_alert_is_active(panel_alert: Make) -> None:
    assert alert_wording.state_key(panel_alert(provisional=True)) == "state_provisional"
    assert alert_wording.state_key(panel_alert(provisional=True, state="withdrawn")) == "state_withdrawn"


@pytest.mark.parametrize(
    ("then", "now", "told"),
    [
        ({"provisional": True}, {}, "Confirmed by the closing look; severity and ratio unchanged."),
        (
            {"provisional": True, "growth": {"estimate": 3.9, "lower": 2.0, "upper": 7.0}},
            {},
            "Confirmed by the closing look; ratio from 3.90 to 4.28.",
        ),
        ({"severity": "surge"}, {}, "Severity from Surge to Surge: doubled."),
        (
            {},
            {"provisional": True, "quarter": "2020-Q3", "severity": "strong"},
            (
                "A first look found something new, to be confirmed by the closing look; severity from Surge: doubled to"
                " Strong surge; now rests on the test of 2020 Q3."
            ),
        ),
        ({}, {}, "Severity and ratio unchanged."),
    ],
)
def test_an_update_says_what_it_changed(
    panel_alert: Make, then: dict[str, Any], now: dict[str, Any], told: str
) -> None:
    assert alert_wording.changes(panel_alert(notice="updated", **now), panel_alert(**then), "en") == told


def test_only_an_update_with_something_before_it_changes(panel_alert: Make) -> None:
    assert alert_wording.changes(panel_alert(), panel_alert(), "en") is None
    assert alert_wording.changes(panel_alert(notice="updated"), None, "en") is None
    assert alert_wording.changes(panel_alert(notice="withdrawn"), panel_alert(), "en") is None


def test_the_cause_is_told_by_number_and_not_by_name(panel_alert: Make) -> None:
    one, many = panel_alert(caused_by=["a-name"]), panel_alert(caused_by=["a-name", "another"])
    assert alert_wording.cause(one, "en") == "Cause: 1 submission changed the data since the look before."
    assert alert_wording.cause(many, "zh") == "起因：上次检验之后有2次报送改变了数据。"
    assert alert_wording.cause(panel_alert(), "en") is None
    assert alert_wording.cause(panel_alert(caused_by=[]), "en") is None


def test_a_basis_that_nobody_knows_stays_its_name() -> None:
    assert alert_wording.basis("job-demand", "zh") == "岗位需求"
    assert alert_wording.basis("totals:hn", "en") == "Totals source hn"
    assert alert_wording.basis("rumours:<b>", "en") == "rumours:<b>"
