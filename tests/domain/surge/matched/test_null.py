"""Calibration and power on simulations: how often nothing is called a surge, and how often a surge is found."""

from dataclasses import replace

import numpy as np
import pytest

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.matched import MATCHED_RULE, Level, MatchedLook, replay
from ievq_pipeline.domain.surge.matched.quarter import QuarterLook
from ievq_pipeline.domain.surge.severity import Severity
from tests.domain.surge.matched.made_panels import FIRST, World, filed

BIG = World(enterprises=500, skills=40, skills_each=8, regions=1)


def starts_of(looks: list[MatchedLook], level: Level) -> list[tuple[str, Quarter]]:
    """Series and quarter of every episode's way to surge or above, by opening or by a step."""
    starts: dict[tuple[str, int], tuple[str, Quarter]] = {}
    for touched in [touched for look in looks for touched in look.episodes]:
        test, number = touched.episode.evidence, touched.episode.number
        if touched.episode.severity >= Severity.SURGE and test.series.level is level:
            starts.setdefault((str(test.series), number), (test.series.skill or test.series.family or "", test.quarter))
    return list(starts.values())


@pytest.mark.parametrize("season", [0.0, 0.4], ids=["steady", "seasonal"])
def test_without_a_surge_p_values_are_about_what_they_say(season: float) -> None:
    p = []
    for seed in range(12):
        panel = filed(replace(BIG, season=season), seed).panel()
        look = QuarterLook.of(panel, MATCHED_RULE).levels[Level.SKILL]
        p.append(look.test.combined[look.testable])
    found = np.concatenate(p)
    assert found.size > 400
    assert 0.4 < np.mean(found < 0.1) / 0.1 < 1.7
    assert np.mean(found < 0.01) / 0.01 < 3.0


@pytest.mark.parametrize("season", [0.0, 0.4], ids=["steady", "seasonal"])
def test_without_a_surge_there_is_less_than_half_a_false_episode_a_quarter(season: float) -> None:
    false = quarters = 0
    for seed in range(2):
        looks = replay(filed(World(season=season, quarters=18), 50 + seed).panel())
        quarters += sum(bool(look.tests) for look in looks)
        false += sum(len(starts_of(looks, level)) for level in Level)
    assert quarters >= 20
    assert false / quarters <= 0.5


@pytest.mark.parametrize("season", [0.0, 0.4], ids=["steady", "seasonal"])
def test_doublings_are_found_within_a_year_and_little_else(season: float) -> None:
    hits = others = 0
    for seed in range(2):
        steps = {3: (13, 2.0), 11: (13, 2.0), 19: (14, 2.0), 27: (14, 2.0)}
        found = starts_of(
            replay(filed(replace(BIG, season=season, quarters=18, steps=steps), seed).panel()), Level.SKILL
        )
        within = {
            f"skill {skill:02d}": [FIRST.plus(begin + n) for n in range(4)] for skill, (begin, _) in steps.items()
        }
        hits += len({skill for skill, quarter in found if quarter in within.get(skill, [])})
        others += sum(skill not in within for skill, _ in found)
    assert hits >= 7
    assert others <= 3
