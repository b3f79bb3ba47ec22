"""What may be shown: five reporters, none with more than 70 %, rounded always alike, and nothing to subtract."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ievq_pipeline.domain.disclosure import (
    LARGEST_SHARE,
    MINIMUM_REPORTERS,
    Changed,
    Shown,
    is_shown,
    rounded,
    shown,
    shown_evidence,
    shown_figures,
)
from ievq_pipeline.domain.evidence import evidence, figures
from ievq_pipeline.domain.surge.matched import Level, replay
from tests.domain.surge.matched.made_panels import World, filed
from tests.domain.test_evidence import last_test, panel

FIGURES: dict[str, Any] = {
    "quarter": "2020-Q2", "window": 2, "level": "skill", "skill": "welding", "family": None, "region": None,
    "observed": 432, "expected": 197.6, "growth": 2.1738, "lower": 1.7449, "upper": 2.6651, "p": 8.1234e-6,
    "q": 0.012345, "matched": 36, "compared": 33, "n_eff": 27.5, "step_growth": 2.3, "growth_without_top": 1.5512,
    "growth_on_year": 1.8, "raw_growth": 2.9534, "portion_up": 0.6061, "top_portion": 0.21,
    "expected_top_portion": 0.3, "others": 12, "others_top_portion": 0.4,
}  # fmt: skip
QUARTERS = [f"{year}-Q{n}" for year in (2018, 2019, 2020) for n in (1, 2, 3, 4)][:10]


def point(quarter: str, **others: Any) -> dict[str, Any]:
    return {
        "quarter": quarter, "observed": 61, "expected": 58.4, "reporters": 20, "top_portion": 0.2, "raw": 118,
        "raw_reporters": 40, "raw_top_portion": 0.1, "others": 20, "others_top_portion": 0.3,
    } | others  # fmt: skip


def course(**changed: dict[str, Any]) -> dict[str, Any]:
    """Ten quarters, the last two the window and the five before it the baseline; `q7` changes the eighth point."""
    return {
        "series": [point(quarter, **changed.get(f"q{n}", {})) for n, quarter in enumerate(QUARTERS)],
        "window": QUARTERS[-2:], "baseline": QUARTERS[3:8], "compared": 33, "top_portion": 0.2,
        "expected_top_portion": 0.3, "already_public": False, "confidence": "matched", "coverage": {"reported": 1},
    }  # fmt: skip


def hidden(said: dict[str, Any] | None) -> list[int]:
    assert said is not None
    return [n for n, one in enumerate(said["series"]) if one["is_hidden"]]


@given(st.integers(0, 50), st.floats(0, 1))
def test_a_figure_needs_five_and_none_above_seventy_hundredths(reporters: int, share: float) -> None:
    assert (MINIMUM_REPORTERS, LARGEST_SHARE) == (5, 0.70)
    assert is_shown(reporters, share) is (reporters >= 5 and share <= 0.7)


@given(st.floats(0, 1e9))
def test_counts_are_rounded_to_the_nearest_five_always_alike(count: float) -> None:
    assert rounded(count) % 5 == 0
    assert abs(rounded(count) - count) <= 2.5
    assert rounded(rounded(count)) == rounded(count)


def test_a_tie_goes_up() -> None:
    assert [rounded(n) for n in (0, 2, 2.5, 7.5, 12.5, 12.4)] == [0, 0, 5, 10, 15, 10]


def test_figures_of_a_panel_are_rounded_and_the_telling_ones_left_out() -> None:
    assert shown_figures(FIGURES) == {
        "quarter": "2020-Q2", "window": 2, "level": "skill", "skill": "welding", "family": None, "region": None,
        "observed": 430, "expected": 200, "growth": 2.17, "lower": 1.74, "upper": 2.67, "p": 8.1e-6, "q": 0.012,
        "matched": 35, "compared": 35, "n_eff": 30, "portion_up": 0.6, "raw_growth": 2.95,
        "growth_without_top": {"from": 1.3, "below": 1.6},
    }  # fmt: skip


@pytest.mark.parametrize("change", [{"compared": 4}, {"matched": 4}, {"top_portion": 0.7001}])
def test_figures_that_fail_the_rule_are_not_shown(change: dict[str, Any]) -> None:
    assert shown_figures(FIGURES | change) is None
    assert shown(FIGURES | change, course()) is None


def test_five_and_seventy_hundredths_are_enough() -> None:
    assert shown_figures(FIGURES | {"compared": 5, "matched": 5, "top_portion": 0.7}) is not None


def test_counts_go_where_the_expectation_is_one_reporter_s() -> None:
    said = shown_figures(FIGURES | {"expected_top_portion": 0.71})
    assert said is not None
    assert (said["observed"], said["expected"], said["growth"]) == (None, None, 2.17)


@pytest.mark.parametrize(
    ("others", "top", "is_told"), [(0, 0.0, True), (1, 1.0, False), (4, 0.3, False), (5, 0.7, True), (9, 0.8, False)]
)
def test_the_raw_growth_goes_where_few_make_the_difference(others: int, top: float, is_told: bool) -> None:
    said = shown_figures(FIGURES | {"others": others, "others_top_portion": top})
    assert said is not None
    assert said["raw_growth"] == (2.95 if is_told else None)


@pytest.mark.parametrize(
    ("growth", "band"),
    [(0.4, (None, 1.0)), (1.0, (1.0, 1.2)), (1.2999, (1.2, 1.3)), (2.0, (2.0, None)), (9.0, (2.0, None))],
)
def test_growth_without_the_top_is_a_band(growth: float, band: tuple[float | None, float | None]) -> None:
    said = shown_figures(FIGURES | {"growth_without_top": growth})
    assert said is not None
    assert tuple(said["growth_without_top"].values()) == band


REVISED = FIGURES | {"observed": 471, "matched": 39, "growth": 2.31, "p": 2e-6, "portion_up": 0.7}


@pytest.mark.parametrize(
    ("changed", "is_new"),
    [(None, False), (0, False), (4, False), (5, True), ({"2020-Q2": 5}, True), ({"2020-Q2": 5, "2019-Q1": 3}, False),
     ({"2020-Q2": 4}, False), ({"2020-Q2": 5, "2015-Q1": 3}, True), ({"2015-Q1": 9}, False)],
)  # fmt: skip
def test_counts_stay_until_five_reporters_changed_and_growth_does_not(changed: Changed, is_new: bool) -> None:
    before, fresh = shown_figures(FIGURES), shown_figures(REVISED)
    said = shown_figures(REVISED, before, changed)
    assert said is not None
    assert before is not None
    assert fresh is not None
    assert (said["growth"], said["p"]) == (2.31, 2e-6)
    for name in ("observed", "expected", "matched", "portion_up", "raw_growth"):
        assert said[name] == (fresh if is_new else before)[name]


@pytest.mark.parametrize("change", [{"quarter": "2020-Q3"}, {"window": 3}])
def test_figures_of_another_quarter_or_window_are_figures_of_their_own(change: dict[str, Any]) -> None:
    said = shown_figures(REVISED | change, shown_figures(FIGURES))
    assert said is not None
    assert said["observed"] == 470


def test_totals_are_shown_as_they_are_from_five_on() -> None:
    said = figures(last_test(panel()))
    assert shown_figures(said) == said
    assert shown_figures(said | {"observed": 5}) is not None
    assert shown_figures(said | {"observed": 4}) is None


def test_totals_points_under_five_are_hidden_and_unknown_ones_are_not_hidden() -> None:
    exact = evidence(panel(21), last_test(panel(21)), "totals:hn")
    said = shown_evidence(exact)
    assert said is not None
    for one, other in zip(exact["series"], said["series"], strict=True):
        is_small = one["observed"] is not None and one["observed"] < 5
        assert other == one | {"is_hidden": is_small} | ({"observed": None, "expected": None} if is_small else {})
    assert len(hidden(said)) == 1
    assert shown_evidence(exact | {"already_public": False}) is None


def test_a_point_that_passes_is_rounded_and_says_no_more_than_its_reporters() -> None:
    said = shown_evidence(course())
    assert said is not None
    assert said["series"][0] == {
        "quarter": "2018-Q1", "observed": 60, "expected": 60, "reporters": 20, "raw": 120, "is_hidden": False,
    }  # fmt: skip
    assert (said["coverage"], said["window"]) == ({"reported": 1}, QUARTERS[-2:])
    assert not {"top_portion", "expected_top_portion"} & said.keys()


@pytest.mark.parametrize("change", [{"reporters": 4}, {"top_portion": 0.71}])
def test_a_point_that_fails_is_empty(change: dict[str, Any]) -> None:
    said = shown_evidence(course(q0=change))
    assert hidden(said) == [0]
    assert said is not None
    assert [said["series"][0][name] for name in ("observed", "expected", "reporters")] == [None] * 3


def test_a_quarter_nobody_filed_is_empty_and_not_hidden() -> None:
    nothing = {"observed": None, "expected": None, "reporters": 0, "top_portion": 0.0, "raw": None, "raw_reporters": 0}
    said = shown_evidence(course(q0=nothing | {"others": 0, "others_top_portion": 0.0, "raw_top_portion": 0.0}))
    assert hidden(said) == []


def test_a_hidden_point_of_a_sum_takes_a_second_one_with_it() -> None:
    """Of the window, of two quarters; of the baseline the one with the fewest reporters."""
    assert hidden(shown_evidence(course(q8={"reporters": 4}))) == [8, 9]
    assert hidden(shown_evidence(course(q4={"reporters": 4}, q6={"reporters": 7}))) == [4, 6]
    assert hidden(shown_evidence(course(q4={"reporters": 4}, q6={"reporters": 3}))) == [4, 6]
    assert hidden(shown_evidence(course(q1={"reporters": 4}))) == [1]
    nobody = {"observed": None, "expected": None, "reporters": 0, "raw": None, "raw_reporters": 0, "others": 0}
    assert hidden(shown_evidence(course(q3=nobody, q4={"reporters": 4}, q6={"reporters": 7}))) == [4, 6]
    assert hidden(shown_evidence(course(q3={"observed": 0}, q4={"reporters": 4}, q6={"reporters": 7}))) == [4, 6]


def test_the_window_is_hidden_where_the_alert_has_no_counts() -> None:
    assert hidden(shown_evidence(course() | {"expected_top_portion": 0.8})) == [8, 9]


@pytest.mark.parametrize(
    ("change", "is_told"),
    [({}, True), ({"others": 4}, False), ({"others_top_portion": 0.8}, False),
     ({"others": 0, "others_top_portion": 0.0}, True), ({"raw_top_portion": 0.8}, False),
     ({"reporters": 4}, False), ({"raw_reporters": 4}, False)],
)  # fmt: skip
def test_a_raw_sum_is_told_only_if_its_difference_is_no_secret(change: dict[str, Any], is_told: bool) -> None:
    said = shown_evidence(course(q0=change))
    assert said is not None
    assert (said["series"][0]["raw"] is not None) is is_told


def test_quarters_shown_before_stay_and_new_ones_join_them() -> None:
    before = shown_evidence(course())
    later = course(**{f"q{n}": {"observed": 90, "expected": 80.0} for n in range(10)})
    later["series"] = [*later["series"][1:], point("2020-Q3", observed=120)]
    said = shown_evidence(later, before, None)
    assert said is not None
    assert [one["observed"] for one in said["series"]] == [60] * 9 + [120]
    redrawn = shown_evidence(later, before, {QUARTERS[4]: 5, QUARTERS[5]: 4})
    assert redrawn is not None
    assert [one["observed"] for one in redrawn["series"]] == [60] * 3 + [90] + [60] * 5 + [120]


def test_what_was_hidden_once_stays_hidden() -> None:
    before = shown_evidence(course(q0={"reporters": 4}))
    assert hidden(shown_evidence(course(), before, 9)) == [0]


def test_counts_go_where_the_window_reaches_into_quarters_that_look_different_now() -> None:
    """The window's counts less its quarters as shown would be those who came and went."""
    first = shown(FIGURES, course())
    later = FIGURES | {"quarter": "2020-Q3"}
    moved = course(q9={"observed": 90})
    moved["series"] = [*moved["series"][1:], point("2020-Q3")]
    moved["window"], moved["baseline"] = [QUARTERS[9], "2020-Q3"], QUARTERS[4:9]
    said = shown(later, moved, first)
    assert said is not None
    assert (said.figures["observed"], said.figures["expected"], said.figures["raw_growth"]) == (None, None, 2.95)
    assert [one["observed"] for one in said.evidence["series"]][-2:] == [60, 60]
    alone = shown(later | {"window": 1}, moved | {"window": ["2020-Q3"]}, first)
    assert alone is not None
    assert alone.figures["observed"] == 430


def test_the_same_again_is_shown_as_it_was() -> None:
    first = shown(FIGURES, course())
    assert isinstance(first, Shown)
    assert shown(REVISED, course(q9={"observed": 99}), first, 3) == Shown(
        first.figures | {"growth": 2.31, "p": 2e-6}, first.evidence
    )


@pytest.mark.parametrize("level", ["skill_region", "family_region"])
def test_counts_are_told_of_whole_skills_alone(level: str) -> None:
    whole, part = shown(FIGURES, course()), shown(FIGURES | {"level": level}, course())
    assert whole is not None
    assert part is not None
    nothing = {"observed": None, "expected": None, "raw_growth": None}
    assert part.figures == whole.figures | nothing | {"level": level}
    counts = [{one[name] for name in ("observed", "expected", "reporters", "raw")} for one in part.evidence["series"]]
    assert counts == [{None}] * len(QUARTERS)
    assert all(one["is_hidden"] for one in part.evidence["series"])


def test_what_a_real_test_shows_is_json_and_hides_nothing_needlessly() -> None:
    made = filed(World(skills=8, quarters=20, steps={3: (18, 2.5)}), 1).panel()
    (look,) = replay(made, since=made.quarters[-1])
    for test in look.tests:
        said = shown(figures(test), evidence(made, test, "job-demand"))
        if test.series.level is Level.SKILL:
            assert said is not None
            assert said.figures["observed"] == rounded(test.observed)
            assert not any(one["is_hidden"] for one in said.evidence["series"])
            for document in (said.figures, said.evidence):
                assert json.loads(json.dumps(document, allow_nan=False)) == document
