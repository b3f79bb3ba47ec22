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

FIGURES: dict[str, Any] = {
    "quarter": "2020-Q2", "window": 1, "observed": 431, "expected": 266.4, "growth": 1.6178, "lower": 1.2, "upper": 2.1,
    "p": 1e-6, "q": 1e-4, "counted": "season",
}  # fmt: skip
CHANGES = ("opened", "stepped", "continued", "ended")
SEVERITIES = ("watch", "surge", "strong", "critical")
STANDING = Standing(1, AlertState.ACTIVE, "surge", 1.5)


def step(change: str = "opened", severity: str = "surge", skill: str = "Remote", **figures: Any) -> Step:
    return Step("totals:hn", "skill", skill, 1, "2020-Q2", change, severity, FIGURES | {"growth": 1.5} | figures)


@pytest.mark.parametrize(("change", "severity", "mode"), list(product(CHANGES, SEVERITIES, Mode)))
def test_the_first_word_is_issued_live_at_surge_or_above_when_it_opens_or_steps(
    change: str, severity: str, mode: Mode
) -> None:
    speaks = mode is Mode.LIVE and severity in TOLD and change in ("opened", "stepped")
    assert notice_for(None, step(change, severity), mode) == (Notice.ISSUED if speaks else None)


@pytest.mark.parametrize(("severity", "growth"), list(product(TOLD, (1.5, 1.5049, 1.4951, 1.51, 1.49, 3.0))))
def test_a_told_alert_speaks_again_if_severity_or_growth_in_two_digits_changed(severity: str, growth: float) -> None:
    is_other = severity != "surge" or f"{growth:.2f}" != "1.50"
    told = notice_for(STANDING, step("continued", severity, growth=growth), Mode.LIVE)
    assert told == (Notice.UPDATED if is_other else None)


@pytest.mark.parametrize(("severity", "mode"), list(product(SEVERITIES, Mode)))
def test_a_told_alert_always_says_that_it_ended(severity: str, mode: Mode) -> None:
    assert notice_for(STANDING, step("ended", severity), mode) is Notice.EXPIRED


@pytest.mark.parametrize(("change", "severity", "mode"), list(product(CHANGES, SEVERITIES, Mode)))
def test_an_expired_alert_never_speaks_again(change: str, severity: str, mode: Mode) -> None:
    over = Standing(2, AlertState.EXPIRED, "surge", 1.5)
    assert notice_for(over, step(change, severity, growth=3.0), mode) is None


def test_what_was_never_told_ends_in_silence() -> None:
    assert notice_for(None, step("ended"), Mode.LIVE) is None


def test_the_state_follows_from_the_notice() -> None:
    assert {notice: state_after(notice) for notice in Notice} == {
        Notice.ISSUED: AlertState.ACTIVE,
        Notice.UPDATED: AlertState.ACTIVE,
        Notice.EXPIRED: AlertState.EXPIRED,
    }


def test_a_document_holds_the_figures_of_one_test() -> None:
    made = document(step(growth=1.6178), Notice.ISSUED, rule_version="r", vintage="seq:7", expires_on="2021-04-30")
    assert made["growth"] == {"estimate": 1.6178, "lower": 1.2, "upper": 2.1}
    assert (made["observed"], made["expected"], made["p"], made["q"]) == (431, 266.4, 1e-6, 1e-4)
    assert (made["notice"], made["state"], made["provisional"]) == ("issued", "active", False)
    assert (made["rule_version"], made["vintage"], made["expires_on"]) == ("r", "seq:7", "2021-04-30")
    assert made["skill"]["title"] == {"zh": "Remote", "en": "Remote"}
    assert document(step(), Notice.EXPIRED, rule_version="r", vintage="v", expires_on="x")["state"] == "expired"


@pytest.mark.parametrize(
    ("notice", "severity", "window", "counted"), list(product(Notice, TOLD, (1, 4), ("season", "recent")))
)
def test_a_sentence_says_the_figures_in_both_languages_without_a_gap(
    notice: Notice, severity: str, window: int, counted: str
) -> None:
    told = sentence(step("stepped", severity, growth=1.6178, window=window, counted=counted), notice)
    for wording in (told.zh, told.en):
        assert "Remote" in wording
        assert "1.62" in wording
        assert "{" not in wording
        assert ("431" in wording) is (notice is not Notice.EXPIRED)
    assert not re.search("[A-Za-z]{3,}", told.zh.replace("Remote", "")), "no English in the Chinese"
    assert ("2020-Q2" in told.en) is True


def test_the_two_baselines_and_the_severities_read_differently() -> None:
    said = {
        sentence(step("opened", severity, counted=counted), Notice.ISSUED).zh
        for severity, counted in product(TOLD, ("season", "recent"))
    }
    assert len(said) == 6


@pytest.mark.parametrize("skill", ["{growth}", "C{0}", "100% “原生”", "%s"])
def test_a_skill_may_be_named_anything(skill: str) -> None:
    told = sentence(step(skill=skill), Notice.ISSUED)
    assert skill in told.zh
    assert skill in told.en
