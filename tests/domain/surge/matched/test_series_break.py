"""Breaks in a panel of reporters, and skills that had reporters enough once: not tested, and told of."""

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest

from ievq_pipeline.domain.surge.episode import Change
from ievq_pipeline.domain.surge.look import Untested
from ievq_pipeline.domain.surge.matched import (
    MATCHED_RULE,
    Level,
    MatchedLook,
    MatchedPanel,
    MatchedTest,
    Series,
    replay,
)
from ievq_pipeline.domain.surge.memory import kept
from ievq_pipeline.domain.surge.reason import Reason
from tests.domain.surge.matched.made_panels import FIRST, Filed, World, filed

RENAMED = 14
WORLD = World(enterprises=120, skills=12, quarters=26, regions=2, steps={3: (RENAMED, 2.5)})
SKILL = Series(Level.SKILL, skill="skill 03")
#: quarters after a break in which one of the last nine lies before it
ACROSS = MATCHED_RULE.baseline + MATCHED_RULE.onsets - 1


@pytest.fixture(scope="module")
def panel() -> MatchedPanel:
    return filed(WORLD, 4).panel()


@pytest.fixture(scope="module")
def plain(panel: MatchedPanel) -> list[MatchedLook]:
    return replay(panel)


@pytest.fixture(scope="module")
def known(panel: MatchedPanel) -> list[MatchedLook]:
    return replay(panel, breaks={"skill 03": [FIRST.plus(RENAMED)], "never named": [FIRST.plus(12)]})


def of_skill(look: MatchedLook) -> list[MatchedTest]:
    return [test for test in look.tests if test.series.skill == "skill 03"]


def across(looks: Iterable[MatchedLook], reason: Reason = Reason.CROSSES_BREAK) -> dict[int, set[str]]:
    found = {
        look.quarter.index - FIRST.index: {str(one.series) for one in look.untested if one.reason is reason}
        for look in looks
    }
    return {n: names for n, names in found.items() if names}


def test_a_renamed_wording_surges_unless_its_break_is_known(plain: list[MatchedLook], known: list[MatchedLook]) -> None:
    assert any(t.episode.evidence.series == SKILL for look in plain[RENAMED:] for t in look.episodes)
    assert not any(t.episode.evidence.series == SKILL for look in known[RENAMED:] for t in look.episodes)
    tested = [n for n, look in enumerate(known) if of_skill(look)]
    assert tested == [*range(4, RENAMED), *range(RENAMED + ACROSS, WORLD.quarters)]


def test_what_is_not_tested_for_a_break_is_told_at_every_level(known: list[MatchedLook]) -> None:
    told = across(known)
    assert list(told) == list(range(RENAMED, RENAMED + ACROSS))
    families = "family_region family 3 region 1"
    for names in told.values():
        assert names == {"skill skill 03", "skill_region skill 03 region 1", families}
    assert not any(one.series == SKILL for look in known[:RENAMED] for one in look.untested)


def test_the_family_of_a_broken_skill_is_not_tested_and_the_others_are(known: list[MatchedLook]) -> None:
    regions = {test.series.family for test in known[RENAMED].tests if test.series.level is Level.FAMILY_REGION}
    assert regions == {"family 0", "family 1", "family 2"}


def test_a_break_changes_no_look_before_it(plain: list[MatchedLook], known: list[MatchedLook]) -> None:
    for one, other in zip(plain[:RENAMED], known[:RENAMED], strict=True):
        assert repr((one.tests, one.episodes, one.untested)) == repr((other.tests, other.episodes, other.untested))
        assert kept(one.memory) == kept(other.memory)


def test_a_broken_series_is_in_no_pool_of_its_level(panel: MatchedPanel) -> None:
    """The others are tested as if nobody had ever named it: its step is in no variance and in no centre."""
    made = filed(WORLD, 4)
    rows = made.rows.openings * (made.rows.skill != 3)
    sums = np.zeros((len(made.names.enterprises), WORLD.quarters), dtype=np.int64)
    np.add.at(sums, (made.rows.enterprise, made.rows.quarter - FIRST.index), made.rows.openings)
    total = sums[made.reports.enterprise, made.reports.quarter - FIRST.index]
    without = Filed(made.names, replace(made.reports, total=total), replace(made.rows, openings=rows)).panel()
    until = FIRST.plus(RENAMED + 1)
    broken = replay(panel.until(until), since=until, breaks={"skill 03": [FIRST.plus(RENAMED)]})[0].tests
    gone = replay(without.until(until), since=until)[0].tests
    for level in (Level.SKILL, Level.SKILL_REGION):
        one, other = ([test for test in tests if test.series.level is level] for tests in (broken, gone))
        assert repr(one) == repr(other)
        assert one


@pytest.mark.parametrize("at", [RENAMED + 1, RENAMED + 2])
def test_a_running_episode_over_a_break_ages_and_is_told_of(
    panel: MatchedPanel, plain: list[MatchedLook], at: int
) -> None:
    opened = next(look for look in plain if SKILL in look.memory.running and look.quarter >= FIRST.plus(RENAMED))
    assert opened.quarter < FIRST.plus(at)
    found = replay(panel, since=opened.quarter.plus(1), memory=opened.memory, breaks={"skill 03": [FIRST.plus(at)]})
    changes = [(look.quarter, t) for look in found for t in look.episodes if t.episode.evidence.series == SKILL]
    assert changes[-1][1].change is Change.ENDED
    assert changes[-1][0] == changes[-1][1].episode.ends
    assert changes[-1][1].episode.quarters_below == 0
    for look in found:
        if FIRST.plus(at) <= look.quarter <= changes[-1][0]:
            assert Untested(SKILL, Reason.CROSSES_BREAK) in look.untested


def test_a_skill_that_lost_its_reporters_is_told_of_as_long_as_it_is_named() -> None:
    """All but three of its enterprises leave after quarter 16: too few to test, and forgotten when its window is."""
    made = filed(replace(WORLD, quarters=32), 4)
    named = np.unique(made.rows.enterprise[made.rows.skill == 5])[3:]
    gone = np.isin(made.reports.enterprise, named) & (made.reports.quarter > FIRST.index + 16)
    left = np.isin(made.rows.enterprise, named) & (made.rows.quarter > FIRST.index + 16)
    last = (made.rows.skill == 5) & (made.rows.quarter > FIRST.index + 18)
    reports = replace(made.reports, **{name: getattr(made.reports, name)[~gone] for name in made.reports.__slots__})
    rows = replace(made.rows, **{name: getattr(made.rows, name)[~(left | last)] for name in made.rows.__slots__})
    looks = replay(Filed(made.names, reports, rows).panel())
    told = {n for n, names in across(looks, Reason.FEW_MATCHED).items() if "skill skill 05" in names}
    assert told == set(range(17, 31))
    assert not {n for n in told if any(test.series.skill == "skill 05" and test.series.region is None
                                       for test in looks[n].tests)}  # fmt: skip


def test_a_skill_never_tested_is_not_missed(plain: list[MatchedLook]) -> None:
    assert not any(one.reason is Reason.FEW_MATCHED for look in plain for one in look.untested)
