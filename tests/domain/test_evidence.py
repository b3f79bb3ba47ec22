"""Evidence: the series as it was known, unknown left empty, and every figure one that JSON can hold."""

import json
import math
from dataclasses import replace

import pytest

from ievq_pipeline.domain.evidence import SHOWN, evidence, figures
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.totals.fold import replay
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from ievq_pipeline.domain.surge.totals.series_test import SeriesTest

FIRST = Quarter(2014, 1)
GAP, HIDDEN, ZERO = 5, 14, 15


def panel(quarters: int = 24) -> TotalsPanel:
    """Go at 40 of 1,000, three times that in the last quarter; one quarter without a filing, one hidden, one zero."""
    rows = []
    for n in range(quarters):
        if n == GAP:
            continue
        count = 120 if n == quarters - 1 else 40
        rows += [(str(FIRST.plus(n)), f"term {k}", 30 + k, 1000) for k in range(5)]
        if n not in (HIDDEN, ZERO):
            rows.append((str(FIRST.plus(n)), "Go", count, 1000))
    return TotalsPanel.of(rows, [(str(FIRST.plus(HIDDEN)), "Go")])


def last_test(of: TotalsPanel, skill: str = "Go") -> SeriesTest:
    return next(test for test in replay(of)[-1].tests if test.skill == skill)


def test_the_series_ends_with_the_alert_s_quarter_and_goes_back_four_years() -> None:
    series = evidence(panel(), last_test(panel()), "totals:hn")["series"]
    assert [point["quarter"] for point in series] == [str(FIRST.plus(n)) for n in range(24 - SHOWN, 24)]
    assert series[-1]["observed"] == 120


def test_a_short_series_is_shown_in_full_and_later_quarters_are_left_out() -> None:
    longer = panel(24)
    test = next(t for t in replay(longer)[12].tests if t.skill == "Go")
    series = evidence(longer, test, "totals:hn")["series"]
    assert [point["quarter"] for point in series] == [str(FIRST.plus(n)) for n in range(13)]


def test_unknown_is_empty_and_zero_is_zero() -> None:
    of = panel(21)
    points = {point["quarter"]: point for point in evidence(of, last_test(of), "totals:hn")["series"]}
    gap, hidden, zero = (points[str(FIRST.plus(n))] for n in (GAP, HIDDEN, ZERO))
    assert gap == {"quarter": gap["quarter"], "observed": None, "expected": None, "exposure": None}
    assert hidden == {"quarter": hidden["quarter"], "observed": None, "expected": None, "exposure": 1000}
    assert zero["observed"] == 0
    assert zero["expected"] > 0


def test_over_the_window_the_series_adds_up_to_the_figures_of_the_alert() -> None:
    of = panel()
    test = last_test(of)
    found = evidence(of, test, "totals:hn")
    points = [point for point in found["series"] if point["quarter"] in found["window"]]
    assert len(points) == figures(test)["window"]
    assert sum(point["observed"] for point in points) == figures(test)["observed"]
    assert sum(point["expected"] for point in points) == pytest.approx(figures(test)["expected"], abs=0.1)


def test_the_quarters_compared_are_named_and_none_of_them_is_unknown() -> None:
    of = panel()
    found = evidence(of, last_test(of), "totals:hn")
    compared = {*found["baseline"], *found["season_baseline"]}
    assert found["window"][-1] == str(FIRST.plus(23))
    assert compared
    assert not compared & {*found["window"], *(str(FIRST.plus(n)) for n in (GAP, HIDDEN))}
    assert {name[-2:] for name in found["season_baseline"]} == {name[-2:] for name in found["window"]}
    assert (found["source"], found["already_public"], found["confidence"]) == ("hn", True, "low")


@pytest.mark.parametrize("skill", ["Go", "term 0"])
def test_every_figure_is_one_that_strict_json_can_hold(skill: str) -> None:
    of = panel()
    test = last_test(of, skill)
    for document in (figures(test), evidence(of, test, "totals:hn")):
        assert json.loads(json.dumps(document, allow_nan=False)) == document


def test_a_year_before_that_is_unknown_leaves_growth_on_year_empty() -> None:
    of = panel()
    test = last_test(of)
    assert evidence(of, test, "totals:hn")["growth_on_year"] == pytest.approx(3, abs=0.1)
    assert evidence(of, replace(test, growth_on_year=math.nan), "totals:hn")["growth_on_year"] is None


def test_figures_are_rounded_as_they_are_shown() -> None:
    found = figures(last_test(panel()))
    for name, digits in (("growth", 4), ("lower", 4), ("upper", 4), ("expected", 1)):
        assert found[name] == round(found[name], digits)
    assert found["p"] == float(f"{found['p']:.6g}")
    assert found["quarter"] == str(FIRST.plus(23))
    assert isinstance(found["counted"], str)
