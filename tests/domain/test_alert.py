"""When an alert speaks, over every combination that can come, and what it then says."""

import re
from itertools import product
from typing import Any

import pytest

from ievq_pipeline.domain.alert import (
    TOLD,
    AlertState,
    Mode,
    Notice,
    Standing,
    Step,
    document,
    notice_for,
    sentence,
    state_after,
)
from ievq_pipeline.domain.alert_sentence import reason_to_withdraw
from ievq_pipeline.domain.text import Text

FIGURES: dict[str, Any] = {
    "quarter": "2020-Q2", "window": 1, "observed": 431, "expected": 266.4, "growth": 1.6178, "lower": 1.2, "upper": 2.1,
    "p": 1e-6, "q": 1e-4, "counted": "season",
}  # fmt: skip
REMOTE = Text("Remote", "Remote")
CHANGES = ("opened", "stepped", "confirmed", "revised", "found", "ended", "withdrawn")
SEVERITIES = ("watch", "surge", "strong", "critical")
STANDING = Standing(1, AlertState.ACTIVE, "surge", 1.5)


MATCHED: dict[str, Any] = {
    "quarter": "2020-Q2", "window": 1, "observed": 45, "expected": 20, "growth": 2.25, "lower": 1.4, "upper": 3.1,
    "p": 1e-4, "q": 0.01, "matched": 40, "compared": 15, "n_eff": 10, "raw_growth": None,
}  # fmt: skip


def step(
    change: str = "opened", severity: str = "surge", skill: str = "Remote", is_provisional: bool = False, **figures: Any
) -> Step:
    known = FIGURES | {"growth": 1.5} | figures
    of = ("totals:hn", "skill", skill, None, None, None)
    return Step(*of, 1, "2020-Q2", change, severity, known, is_provisional)


def of_panel(region: str | None = None, is_provisional: bool = False, **figures: Any) -> Step:
    of = ("job-demand", "skill_region" if region else "skill", "docker", None, region, None)
    return Step(*of, 1, "2020-Q2", "opened", "critical", MATCHED | figures, is_provisional)


def named(title: str) -> dict[str, Any]:
    return {"code": title, "title": {"zh": title, "en": title}, "dimension": None, "family": None}


@pytest.mark.parametrize(("change", "severity", "mode"), list(product(CHANGES, SEVERITIES, Mode)))
def test_the_first_word_is_issued_live_at_surge_or_above_when_it_opens_or_steps(
    change: str, severity: str, mode: Mode
) -> None:
    speaks = mode is Mode.LIVE and severity in TOLD and change in ("opened", "confirmed", "stepped")
    assert notice_for(None, step(change, severity), mode) == (Notice.ISSUED if speaks else None)


@pytest.mark.parametrize(("severity", "growth"), list(product(TOLD, (1.5, 1.5049, 1.4951, 1.51, 1.49, 3.0))))
def test_a_told_alert_speaks_again_if_severity_or_growth_in_two_digits_changed(severity: str, growth: float) -> None:
    is_other = severity != "surge" or f"{growth:.2f}" != "1.50"
    told = notice_for(STANDING, step("revised", severity, growth=growth), Mode.LIVE)
    assert told == (Notice.UPDATED if is_other else None)


@pytest.mark.parametrize(("severity", "mode"), list(product(SEVERITIES, Mode)))
def test_a_told_alert_always_says_that_it_ended(severity: str, mode: Mode) -> None:
    assert notice_for(STANDING, step("ended", severity), mode) is Notice.EXPIRED


@pytest.mark.parametrize(("change", "severity", "mode"), list(product(CHANGES, SEVERITIES, Mode)))
def test_an_expired_alert_never_speaks_again(change: str, severity: str, mode: Mode) -> None:
    over = Standing(2, AlertState.EXPIRED, "surge", 1.5)
    assert notice_for(over, step(change, severity, growth=3.0), mode) is None


@pytest.mark.parametrize("change", ["ended", "withdrawn", "found", "revised"])
def test_what_was_never_told_ends_or_is_found_in_silence(change: str) -> None:
    """A later look at a past quarter may update or withdraw; it never issues."""
    assert notice_for(None, step(change), Mode.LIVE) is None


@pytest.mark.parametrize(("severity", "mode"), list(product(SEVERITIES, Mode)))
def test_a_told_alert_that_is_not_found_any_more_is_withdrawn(severity: str, mode: Mode) -> None:
    assert notice_for(STANDING, step("withdrawn", severity), mode) is Notice.WITHDRAWN


@pytest.mark.parametrize("change", ["revised", "confirmed", "stepped"])
def test_a_told_alert_that_is_only_watched_now_is_withdrawn(change: str) -> None:
    assert notice_for(STANDING, step(change, "watch", growth=1.25), Mode.LIVE) is Notice.WITHDRAWN
    said = reason_to_withdraw(is_hidden=False, is_late=True, retest=None, is_watched=True)
    assert "watched" in said.en


def test_a_provisional_alert_speaks_again_when_it_is_confirmed_and_then_no_more() -> None:
    first = Standing(1, AlertState.ACTIVE, "surge", 1.5, is_provisional=True)
    assert notice_for(first, step("confirmed"), Mode.LIVE) is Notice.UPDATED
    assert notice_for(first, step("confirmed", is_provisional=True), Mode.LIVE) is None
    assert notice_for(STANDING, step("confirmed"), Mode.LIVE) is None


def test_the_state_follows_from_the_notice() -> None:
    assert {notice: state_after(notice) for notice in Notice} == {
        Notice.ISSUED: AlertState.ACTIVE,
        Notice.UPDATED: AlertState.ACTIVE,
        Notice.WITHDRAWN: AlertState.WITHDRAWN,
        Notice.EXPIRED: AlertState.EXPIRED,
    }


def test_a_document_holds_the_figures_of_one_test() -> None:
    told: dict[str, Any] = {
        "skill": named("Remote"),
        "rule_version": "r",
        "vintage": "seq:7",
        "expires_on": "2021-04-30",
    }
    made = document(step(growth=1.6178), Notice.ISSUED, **told)
    assert made["growth"] == {"estimate": 1.6178, "lower": 1.2, "upper": 2.1}
    assert (made["observed"], made["expected"], made["p"], made["q"]) == (431, 266.4, 1e-6, 1e-4)
    assert (made["notice"], made["state"], made["provisional"]) == ("issued", "active", False)
    assert (made["rule_version"], made["vintage"], made["expires_on"]) == ("r", "seq:7", "2021-04-30")
    assert made["skill"]["title"] == {"zh": "Remote", "en": "Remote"}
    assert (made["matched"], made["reason"], made["caused_by"]) == (None, None, None)
    assert document(step(), Notice.EXPIRED, **told)["state"] == "expired"
    reason = reason_to_withdraw(is_hidden=False, is_late=True, retest={"growth": 1.1, "reason": "chance"})
    gone = document(of_panel(), Notice.WITHDRAWN, reason=reason, caused_by=["s1"], **told)
    assert (gone["state"], gone["reason"], gone["caused_by"]) == ("withdrawn", reason.as_json(), ["s1"])
    assert (gone["matched"], gone["n_eff"], gone["level"]) == (40, 10, "skill")


@pytest.mark.parametrize(
    ("notice", "severity", "window", "counted"), list(product(Notice, TOLD, (1, 4), ("season", "recent")))
)
def test_a_sentence_says_the_figures_in_both_languages_without_a_gap(
    notice: Notice, severity: str, window: int, counted: str
) -> None:
    told = sentence(step("stepped", severity, growth=1.6178, window=window, counted=counted), notice, REMOTE)
    for wording in (told.zh, told.en):
        assert "Remote" in wording
        assert "1.62" in wording
        assert "{" not in wording
        assert ("431" in wording) is (notice in (Notice.ISSUED, Notice.UPDATED))
    assert not re.search("[A-Za-z]{3,}", told.zh.replace("Remote", "")), "no English in the Chinese"
    assert ("2020-Q2" in told.en) is True


def test_the_two_baselines_and_the_severities_read_differently() -> None:
    said = {
        sentence(step("opened", severity, counted=counted), Notice.ISSUED, REMOTE).zh
        for severity, counted in product(TOLD, ("season", "recent"))
    }
    assert len(said) == 6


@pytest.mark.parametrize("skill", ["{growth}", "C{0}", "100% “原生”", "%s"])
def test_a_skill_may_be_named_anything(skill: str) -> None:
    told = sentence(step(skill=skill), Notice.ISSUED, Text(skill, skill))
    assert skill in told.zh
    assert skill in told.en


@pytest.mark.parametrize(
    ("window", "region", "is_provisional"), list(product((1, 3), (None, "us-state:CA"), (False, True)))
)
def test_a_panel_s_sentence_says_who_was_compared_and_what_is_still_open(
    window: int, region: str | None, is_provisional: bool
) -> None:
    told = sentence(of_panel(region, is_provisional, window=window), Notice.ISSUED, Text("容器", "Docker"))
    for wording, provisional in ((told.zh, "初步"), (told.en, "provisional")):
        assert all(figure in wording for figure in ("15", "45", "20", "2.25", "1.40", "3.10"))
        assert ("CA" in wording) is (region is not None)
        assert "us-state" not in wording
        assert (provisional in wording) is is_provisional
        assert "{" not in wording


def test_counts_that_may_not_be_shown_are_left_out_and_a_raw_growth_that_misleads_is_told() -> None:
    hidden = sentence(of_panel(observed=None, expected=None, raw_growth=2.3), Notice.ISSUED, REMOTE)
    assert "None" not in hidden.zh + hidden.en
    assert "2.30" not in hidden.en
    assert "3.40" in sentence(of_panel(raw_growth=3.4), Notice.ISSUED, REMOTE).en
    assert "hardly any" in sentence(of_panel(expected=0), Notice.ISSUED, REMOTE).en


def test_a_growth_that_is_as_high_as_before_is_said_to_be_perhaps_chance() -> None:
    said = {
        reason: reason_to_withdraw(is_hidden=False, is_late=True, retest={"growth": 9.0, "reason": reason}).en
        for reason in ("chance", "wide_interval", "falling_count", "small_growth", "in_episode")
    }
    assert "chance" in said["chance"]
    assert len(set(said.values())) == len(said)


def test_a_withdrawal_names_its_reason_and_the_new_figure() -> None:
    for is_hidden, is_late in product((False, True), (False, True)):
        reason = reason_to_withdraw(is_hidden=is_hidden, is_late=is_late, retest={"growth": 1.1, "reason": "chance"})
        told = sentence(of_panel(), Notice.WITHDRAWN, REMOTE, reason)
        assert reason.zh in told.zh
        assert reason.en in told.en
        assert ("1.10" in told.en) is not is_hidden
