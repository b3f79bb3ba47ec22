"""The fold: deterministic, blind to the future, and deaf to what has nothing to say."""

from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.episode import Change
from ievq_pipeline.domain.surge.reason import Reason
from ievq_pipeline.domain.surge.severity import Severity
from ievq_pipeline.domain.surge.totals.fold import Look, replay
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE

FIRST = Quarter(2010, 1)
Row = tuple[str, str, int, int]


def feed(
    seed: int, quarters: int = 20, skills: int = 40, exposures: Callable[[int], float] = lambda _: 1000.0
) -> list[Row]:
    """Poisson counts of steady shares; every tenth skill doubles at quarter 12."""
    random = np.random.default_rng(seed)
    share = np.exp(random.normal(-3.5, 0.8, skills))
    rows = []
    for q in range(quarters):
        for n in range(skills):
            step = 2.2 if n % 10 == 0 and q >= 12 else 1.0
            count = int(random.poisson(share[n] * exposures(q) * step))
            rows.append((str(FIRST.plus(q)), f"skill {n:02d}", count, round(exposures(q))))
    return rows


def one_skill(counts: list[int], exposures: list[int] | None = None) -> list[Look]:
    given_exposures = exposures or [1000] * len(counts)
    rows = zip(counts, given_exposures, strict=True)
    return replay(TotalsPanel.of((str(FIRST.plus(q)), "Go", count, size) for q, (count, size) in enumerate(rows)))


def changes(looks: list[Look]) -> list[tuple[int, Change]]:
    return [(n, touched.change) for n, look in enumerate(looks) for touched in look.episodes]


@given(st.randoms(use_true_random=False), st.integers(0, 3))
@settings(max_examples=8, deadline=None)
def test_shuffled_rows_give_identical_looks(random: object, seed: int) -> None:
    rows = feed(seed)
    shuffled = list(rows)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert replay(TotalsPanel.of(rows)) == replay(TotalsPanel.of(shuffled))


@given(st.integers(0, 5), st.sampled_from(["aaa", "skill 07b", "zzz"]))
@settings(max_examples=8, deadline=None)
def test_a_skill_of_zeros_changes_no_bit_of_the_others(seed: int, name: str) -> None:
    rows = feed(seed)
    zeros = [(str(FIRST.plus(q)), name, 0, 1000) for q in range(20)]
    assert replay(TotalsPanel.of(rows)) == replay(TotalsPanel.of(rows + zeros))


@given(st.integers(0, 5), st.integers(6, 19))
@settings(max_examples=8, deadline=None)
def test_a_look_never_changes_with_what_comes_later(seed: int, quarters: int) -> None:
    rows = feed(seed)
    early = [row for row in rows if Quarter.parse(row[0]) < FIRST.plus(quarters)]
    assert replay(TotalsPanel.of(early)) == replay(TotalsPanel.of(rows))[:quarters]


def test_doubled_skills_are_found_within_a_quarter_and_few_others() -> None:
    looks = replay(TotalsPanel.of(feed(1, skills=100)))
    opened = [(look.quarter, t.episode) for look in looks for t in look.episodes if t.change is Change.OPENED]
    found = {e.skill for q, e in opened if FIRST.plus(12) <= q <= FIRST.plus(13) and e.skill.endswith("0")}
    assert len(found) >= 8
    assert sum(not e.skill.endswith("0") for _, e in opened) <= 2


def test_a_rise_of_postings_and_counts_alike_is_no_surge() -> None:
    looks = one_skill([100] * 12 + [200] * 4, [1000] * 12 + [2000] * 4)
    assert changes(looks) == []


def test_a_share_that_rises_while_the_count_does_not_is_refused_as_falling_count() -> None:
    looks = one_skill([100] * 12 + [100], [1000] * 12 + [500])
    (test,) = looks[-1].tests
    assert test.growth > 1.9
    assert test.reason is Reason.FALLING_COUNT
    assert not test.is_flagged


def test_a_season_is_no_surge() -> None:
    looks = one_skill([100, 100, 100, 200] * 5)
    assert changes(looks) == []
    assert looks[-1].tests[0].growth_baseline > 1.5


def test_a_series_without_history_is_not_tested() -> None:
    looks = one_skill([50, 50, 50, 50, 50, 50])
    assert [len(look.tests) for look in looks] == [0, 0, 0, 0, 1, 1]


def test_a_series_that_lets_expect_under_four_is_not_tested() -> None:
    assert one_skill([3] * 8)[-1].tests == ()
    assert len(one_skill([4] * 8)[-1].tests) == 1


def test_a_count_under_five_is_not_flagged_whatever_its_growth() -> None:
    looks = one_skill([10] * 8 + [4])
    assert looks[-1].tests[0].reason is Reason.DISCLOSURE


def test_an_unknown_quarter_is_not_tested_and_does_not_end_the_replay() -> None:
    rows = [(str(FIRST.plus(q)), "Go", 50, 1000) for q in range(14) if q != 9]
    looks = replay(TotalsPanel.of(rows, unknown=[(str(FIRST.plus(11)), "Go")]))
    assert [len(look.tests) for look in looks[8:]] == [1, 0, 1, 0, 1, 1]
    assert changes(looks) == []


def test_an_episode_speaks_once_and_ends_after_four_quarters() -> None:
    looks = one_skill([100] * 12 + [170] * 4 + [171])
    assert changes(looks)[:4] == [
        (12, Change.OPENED),
        (13, Change.CONTINUED),
        (14, Change.CONTINUED),
        (15, Change.ENDED),
    ]


def test_a_surge_that_falls_back_ends_after_two_quarters() -> None:
    looks = one_skill([100] * 12 + [170, 100, 100, 100])
    assert changes(looks) == [(12, Change.OPENED), (13, Change.CONTINUED), (14, Change.ENDED)]
    assert looks[14].episodes[0].episode.ended == FIRST.plus(14)


def test_a_rise_in_severity_steps_and_shows_the_new_evidence() -> None:
    looks = one_skill([100] * 12 + [145, 260, 260])
    assert changes(looks)[:2] == [(12, Change.OPENED), (13, Change.STEPPED)]
    before, after = looks[12].episodes[0].episode, looks[13].episodes[0].episode
    assert before.severity < after.severity
    assert after.number == before.number
    assert after.evidence is next(t for t in looks[13].tests)
    assert after.evidence.q is None


def test_episodes_of_a_skill_are_numbered_and_never_overlap() -> None:
    looks = one_skill([40] * 12 + [100] * 5 + [250] * 8)
    numbers = [t.episode for look in looks for t in look.episodes if t.change is Change.OPENED]
    assert [episode.number for episode in numbers] == list(range(1, len(numbers) + 1))
    ended = {t.episode.number: t.episode.ended for look in looks for t in look.episodes}
    assert len(numbers) >= 2
    for one, other in pairwise(numbers):
        assert (over := ended[one.number]) is not None
        assert over < other.opened


def test_the_figures_shown_belong_to_one_comparison() -> None:
    for look in replay(TotalsPanel.of(feed(2, exposures=lambda q: 1000 + 40 * q))):
        for test in look.tests:
            assert test.growth == min(test.growth, test.upper)
            assert test.growth in (test.growth_baseline, test.growth_season)
            assert test.lower <= test.growth
            if test.expected > 20:
                assert test.growth == pytest.approx(test.observed / test.expected, rel=0.05)


def test_the_rule_is_data() -> None:
    panel = TotalsPanel.of(feed(3))
    assert any(touched.episode.severity >= Severity.SURGE for look in replay(panel) for touched in look.episodes)
    assert not any(look.episodes for look in replay(panel, replace(TOTALS_RULE, minimum_effect=5.0)))
    single = replay(panel, replace(TOTALS_RULE, windows=(1,)))
    assert {test.window for look in single for test in look.tests} == {1}


def test_a_margin_asks_for_growth_beyond_it_and_does_not_change_the_growth_shown() -> None:
    panel = TotalsPanel.of((str(FIRST.plus(q)), "Go", 150 if q == 12 else 100, 1000) for q in range(13))
    plain, wary = (replay(panel, replace(TOTALS_RULE, windows=(1,), delta=d))[-1].tests[0] for d in (0.0, 0.3))
    assert wary.p > 10 * plain.p
    assert wary.growth == pytest.approx(plain.growth, abs=0.01)
    assert (wary.lower, wary.upper) == pytest.approx((plain.lower, plain.upper))
