"""Evidence of a matched test: a series that adds up to the figures of the alert, and what disclosure has to know."""

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from ievq_pipeline.domain.evidence import SHOWN, evidence, figures
from ievq_pipeline.domain.surge.matched import Level, MatchedPanel, MatchedTest, Unknown, replay
from ievq_pipeline.domain.surge.totals.fold import replay as replay_totals
from ievq_pipeline.domain.surge.totals.series_test import SeriesTest
from tests.domain.surge.matched.made_panels import FIRST, Filed, World, filed
from tests.domain.test_evidence import panel as totals_panel

WORLD = World(enterprises=90, skills=12, quarters=22, regions=3, season=0.3, steps={3: (19, 2.5)})
HIDDEN = 15


@pytest.fixture(scope="module")
def made() -> Filed:
    return filed(WORLD, 4)


@pytest.fixture(scope="module")
def panel(made: Filed) -> MatchedPanel:
    """One enterprise's figures of one quarter hidden; and nobody filed for quarter 10."""
    everywhere = np.arange(40)
    hidden = Unknown(everywhere, np.full(40, 3), np.full(40, FIRST.index + HIDDEN))
    silent = made.without([FIRST.index + 10])
    return silent.panel(hidden)


@pytest.fixture(scope="module")
def tests(panel: MatchedPanel) -> list[MatchedTest]:
    found = [test for look in replay(panel)[12:] for test in look.tests]
    assert {test.window for test in found} == {1, 2, 3, 4}
    assert {test.series.level for test in found} == set(Level)
    return found


def points(panel: MatchedPanel, test: MatchedTest) -> dict[str, dict[str, Any]]:
    return {point["quarter"]: point for point in evidence(panel, test, "job-demand")["series"]}


def sums(found: dict[str, dict[str, Any]], quarters: list[str], name: str) -> float:
    return sum(found[quarter][name] or 0 for quarter in quarters)


def test_window_and_baseline_add_up_to_what_the_alert_says(panel: MatchedPanel, tests: list[MatchedTest]) -> None:
    for test in tests:
        found, said = evidence(panel, test, "job-demand"), figures(test)
        series = {point["quarter"]: point for point in found["series"]}
        assert sums(series, found["window"], "observed") == said["observed"]
        assert sums(series, found["window"], "expected") == pytest.approx(said["expected"], abs=0.3)
        past = sums(series, found["baseline"], "observed")
        assert sums(series, found["baseline"], "expected") == pytest.approx(past, abs=0.4)
        assert len(found["window"]) == said["window"]


def test_everybody_is_those_compared_and_the_others(panel: MatchedPanel, tests: list[MatchedTest]) -> None:
    for test in tests:
        units = panel.units[test.series.level]
        mine = units.series == panel.code(test.series)
        for name, point in points(panel, test).items():
            column = [str(quarter) for quarter in panel.quarters].index(name)
            known = units.known[column, mine]
            assert (point["raw"] or 0) == units.openings[column, mine].sum()
            assert point["raw_reporters"] == known.sum() == point["reporters"] + point["others"]
            assert point["raw"] is None if not known.any() else point["raw"] >= point["observed"]
            if point["raw"]:
                largest = units.openings[column, mine].max()
                assert point["raw_top_portion"] == round(float(largest / point["raw"]), 4)


def test_those_compared_are_as_many_as_the_figures_say(panel: MatchedPanel, tests: list[MatchedTest]) -> None:
    for test in tests:
        assert points(panel, test)[str(test.quarter)]["reporters"] == figures(test)["compared"]


def test_the_others_of_the_raw_growth_are_counted_one_by_one(panel: MatchedPanel, tests: list[MatchedTest]) -> None:
    seen = set()
    for test in tests:
        units = panel.units[test.series.level]
        window, base = ([panel.quarters.index(q) for q in of] for of in (test.window_quarters, test.baseline_quarters))
        others = 0
        most, whole = [0, 0], [0, 0]
        for n in np.flatnonzero(units.series == panel.code(test.series)):
            now, then = (int(units.openings[span, n].sum()) for span in (window, base))
            if not (units.known[window[-1], n] and units.known[base, n].sum() >= 2) and now + then > 0:
                others += 1
                most = [max(most[0], now), max(most[1], then)]
                whole = [whole[0] + now, whole[1] + then]
        top = max(one / other if other else 0 for one, other in zip(most, whole, strict=True))
        assert test.others == others
        assert test.others_top_portion == pytest.approx(top)
        seen.add(others > 0)
        whole_now, whole_then = (units.openings[span][:, units.series == panel.code(test.series)].sum()
                                 for span in (window, base))  # fmt: skip
        assert test.raw_growth == pytest.approx(whole_now / len(window) / (whole_then / len(base)))
    assert True in seen


def test_the_largest_has_the_part_that_the_figures_say(panel: MatchedPanel, tests: list[MatchedTest]) -> None:
    """With a window of one quarter the point of that quarter is the comparison itself."""
    alone = [test for test in tests if test.window == 1]
    assert alone
    for test in alone:
        point, said = points(panel, test)[str(test.quarter)], figures(test)
        assert point["top_portion"] == max(said["top_portion"], said["expected_top_portion"])


def test_what_is_hidden_and_what_nobody_filed_is_empty(panel: MatchedPanel, tests: list[MatchedTest]) -> None:
    test = next(t for t in tests if t.series.skill == "skill 03" and t.series.level is Level.SKILL
                and t.quarter == FIRST.plus(21))  # fmt: skip
    found = points(panel, test)
    silent, hidden = found[str(FIRST.plus(10))], found[str(FIRST.plus(HIDDEN))]
    assert (silent["observed"], silent["expected"], silent["raw"], silent["reporters"]) == (None, None, None, 0)
    assert 0 < hidden["reporters"] < found[str(FIRST.plus(HIDDEN + 1))]["reporters"]


def test_the_series_goes_back_four_years_and_is_expected_as_far_as_it_was_tested(
    panel: MatchedPanel, tests: list[MatchedTest]
) -> None:
    test = tests[-1]
    series = evidence(panel, test, "job-demand")["series"]
    assert [point["quarter"] for point in series] == [str(FIRST.plus(n)) for n in range(22 - SHOWN, 22)]
    assert [n for n, point in enumerate(series) if point["expected"] is not None] == [
        n for n in range(4, SHOWN) if n != 10 - 5
    ]


def test_seventeen_quarters_give_the_same_evidence(made: Filed) -> None:
    whole = made.panel()
    recent = MatchedPanel.of(made.names, made.reports, made.rows, first=FIRST.plus(5))
    (look,) = replay(whole, since=FIRST.plus(21))
    for test in look.tests:
        one, other = ([{name: point[name] for name in ("quarter", "observed", "expected", "reporters", "top_portion")}
                       for point in evidence(of, test, "job-demand")["series"]] for of in (whole, recent))  # fmt: skip
        assert one == other


def test_a_panel_that_begins_too_late_is_refused(made: Filed) -> None:
    (look,) = replay(made.panel(), since=FIRST.plus(21))
    short = MatchedPanel.of(made.names, made.reports, made.rows, first=FIRST.plus(12))
    with pytest.raises(ValueError, match="begins after"):
        evidence(short, look.tests[0], "job-demand")


def test_figures_name_the_series_and_are_what_strict_json_can_hold(
    panel: MatchedPanel, tests: list[MatchedTest]
) -> None:
    for test in tests[:: len(tests) // 40]:
        said = figures(replace(test, growth_on_year=math.nan, raw_growth=math.nan))
        assert (said["level"], said["skill"], said["region"]) == (
            str(test.series.level), test.series.skill, test.series.region,
        )  # fmt: skip
        assert (said["growth_on_year"], said["raw_growth"]) == (None, None)
        for document in (said, figures(test), evidence(panel, test, "job-demand")):
            assert json.loads(json.dumps(document, allow_nan=False)) == document
        assert (figures(test)["matched"], figures(test)["n_eff"]) == (test.matched, round(test.effective, 1))


def test_panel_and_test_must_be_of_one_mode(panel: MatchedPanel, tests: list[MatchedTest]) -> None:
    other: SeriesTest = replay_totals(totals_panel())[-1].tests[0]
    with pytest.raises(TypeError, match="one mode"):
        evidence(panel, other, "job-demand")
    with pytest.raises(TypeError, match="one mode"):
        evidence(totals_panel(), tests[0], "totals:hn")
