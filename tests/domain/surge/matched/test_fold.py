"""The fold over quarters: blind to the future, one episode at a time, and a family without what is open."""

import numpy as np
import pytest

from ievq_pipeline.domain.surge.episode import Change
from ievq_pipeline.domain.surge.matched import MATCHED_RULE, Level, MatchedLook, replay
from ievq_pipeline.domain.surge.multiplicity import adjusted
from ievq_pipeline.domain.surge.reason import Reason
from tests.domain.surge.matched.made_panels import FIRST, Filed, World, filed

WORLD = World(quarters=18, steps={3: (10, 2.5), 7: (12, 2.5)}, regions=2)


@pytest.fixture(scope="module")
def made() -> Filed:
    return filed(WORLD, 4)


@pytest.fixture(scope="module")
def looks(made: Filed) -> list[MatchedLook]:
    return replay(made.panel())


def test_nothing_is_tested_before_five_quarters(looks: list[MatchedLook]) -> None:
    assert [bool(look.tests) for look in looks[:6]] == [False] * 4 + [True] * 2


def test_later_quarters_change_no_earlier_look(made: Filed, looks: list[MatchedLook]) -> None:
    early = made.panel().until(FIRST.plus(11))
    assert [repr(look) for look in replay(early)] == [repr(look) for look in looks[:12]]


def test_a_shuffle_changes_no_look(made: Filed, looks: list[MatchedLook]) -> None:
    assert [repr(look) for look in replay(made.shuffled(1).panel())] == [repr(look) for look in looks]


def test_a_step_opens_one_episode_that_runs_its_time(looks: list[MatchedLook]) -> None:
    changes = [
        (n, touched.change)
        for n, look in enumerate(looks)
        for touched in look.episodes
        if str(touched.episode.evidence.series) == "skill skill 03"
    ]
    assert changes[0][0] in (10, 11)
    assert changes[0][1] is Change.OPENED
    ended = next(n for n, change in changes if change is Change.ENDED)
    assert ended >= changes[0][0] + MATCHED_RULE.episode_quarters - 1
    assert all(change is not Change.OPENED for n, change in changes[1:] if n <= ended)


def test_a_series_in_an_open_episode_is_tested_but_not_in_the_family_of_its_level(looks: list[MatchedLook]) -> None:
    seen = 0
    for look in looks:
        for level in Level:
            tests = [test for test in look.tests if test.series.level is level]
            family = np.array([not test.is_in_open_episode for test in tests], dtype=bool)
            q = adjusted(np.array([test.p for test in tests]), family)
            for test, expected in zip(tests, q, strict=True):
                assert test.q == (None if test.is_in_open_episode else expected)
                assert not (test.is_in_open_episode and test.is_flagged)
            seen += int((~family).sum())
    assert seen > 3


def test_what_is_flagged_passed_every_gate_and_what_is_not_has_a_reason(looks: list[MatchedLook]) -> None:
    for test in [test for look in looks for test in look.tests]:
        assert test.is_flagged is (test.reason is None)
        assert test.matched >= 5
        assert test.effective >= 2.5
        if test.is_flagged:
            assert test.q is not None
            assert test.q <= 0.10
            assert min(test.step_growth, test.growth) >= 1.2
            assert test.lower >= 1.0
            assert test.growth_on_year >= 1.1
        if test.reason is Reason.FALLING_COUNT:
            assert test.growth_on_year < 1.1


def test_a_region_that_is_no_place_is_never_a_series(looks: list[MatchedLook]) -> None:
    named = {test.series.region for look in looks for test in look.tests}
    assert named == {None, "region 1"}
