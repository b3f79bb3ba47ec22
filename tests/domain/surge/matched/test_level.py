"""A level as a whole, against the loop version, and what must not change a bit of it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ievq_pipeline.domain.surge.matched import MATCHED_RULE, Level, MatchedRule, MatchedTest, Unknown
from ievq_pipeline.domain.surge.matched.level import LevelLook
from ievq_pipeline.domain.surge.matched.market import market_index
from ievq_pipeline.domain.surge.matched.panel import MatchedPanel
from ievq_pipeline.domain.surge.matched.quarter import QuarterLook
from tests.domain.surge.matched import slow_reference as slow
from tests.domain.surge.matched.made_panels import FIRST, Filed, World, filed

WORLD = World(steps={3: (14, 2.5)}, season=0.2)


def looked(panel: MatchedPanel, rule: MatchedRule = MATCHED_RULE) -> dict[Level, LevelLook]:
    return QuarterLook.of(panel, rule).levels


def by_series(panel: MatchedPanel, level: Level) -> list[list[slow.Unit]]:
    first = len(panel.quarters) - 13
    index = market_index(panel.totals[:, first:], panel.counted[:, first:], panel.segments, MATCHED_RULE)
    units = panel.units[level]
    made: dict[int, list[slow.Unit]] = {}
    for n in range(units.series.size):
        v, m = units.openings[first:, n].astype(float), units.known[first:, n].astype(float)
        if m.sum() >= 2 and v.sum() > 0:
            unit = slow.Unit(int(units.series[n]), v, m, index[panel.segments[units.enterprise[n]]])
            made.setdefault(unit.series, []).append(unit)
    kept = [made[series] for series in sorted(made) if len(made[series]) >= 5]
    for mine in kept:
        for unit in mine:
            unit.prepare()
    slow.take_tau([unit for mine in kept for unit in mine])
    return kept


@pytest.mark.parametrize("level", [Level.SKILL, Level.SKILL_REGION])
def test_the_vectorised_test_is_the_loop_version(level: Level) -> None:
    panel = filed(WORLD, 1).panel()
    look = looked(panel)[level]
    reference = by_series(panel, level)
    variances = slow.learn_sigma(reference)
    p, growth, spread = slow.step_p_values(reference, variances)
    assert list(look.cells.codes) == [mine[0].series for mine in reference]
    np.testing.assert_allclose(look.background.variances, variances, rtol=1e-7)
    np.testing.assert_allclose(look.test.spread, spread, rtol=1e-9)
    np.testing.assert_allclose(look.test.p, p, rtol=1e-8, atol=1e-15)
    np.testing.assert_allclose(look.test.growth, growth, rtol=1e-7)


def figures(panel: MatchedPanel, rule: MatchedRule = MATCHED_RULE) -> list[tuple[object, ...]]:
    """All that joiners must not touch: everything but what is said of all who reported."""
    names = [name for name in MatchedTest.__slots__ if name not in ("raw_growth", "others", "others_top_portion")]
    tests = QuarterLook.of(panel, rule).tests(())
    assert any(test.series.level is Level.SKILL_REGION for test in tests)
    return [tuple(repr(getattr(test, name)) for name in names) for test in tests]


@pytest.fixture(scope="module")
def base() -> Filed:
    return filed(WORLD, 2)


@given(seed=st.integers(0, 2**32 - 1), number=st.integers(1, 600))
@settings(max_examples=10, deadline=None)
def test_joiners_without_history_change_no_bit(base: Filed, seed: int, number: int) -> None:
    assert figures(base.with_joiners(number, 300, seed).panel()) == figures(base.panel())


@given(seed=st.integers(0, 2**32 - 1))
@settings(max_examples=6, deadline=None)
def test_the_order_of_rows_and_names_changes_no_bit(base: Filed, seed: int) -> None:
    assert figures(base.shuffled(seed).panel()) == figures(base.panel())


@pytest.mark.parametrize("shard", [1, 100, 777])
def test_the_size_of_shards_changes_no_bit(base: Filed, shard: int) -> None:
    assert figures(base.panel(), MatchedRule(shard=shard)) == figures(base.panel())


def test_unknown_is_not_zero(base: Filed) -> None:
    """One quarter of one skill hidden at every enterprise: nothing is tested then, where zeros would read as a fall."""
    number = len(base.names.enterprises)
    every, last = np.arange(number), np.full(number, FIRST.index + WORLD.quarters - 1)
    hidden = looked(base.panel(Unknown(every, np.zeros(number, dtype=np.int64), last)))[Level.SKILL]
    zero = base.rows.openings * ~((base.rows.skill == 0) & (base.rows.quarter == last[0]))
    rows = type(base.rows)(base.rows.enterprise, base.rows.skill, base.rows.region, base.rows.quarter, zero)
    zeros = looked(Filed(base.names, base.reports, rows).panel())[Level.SKILL]
    assert hidden.matching.matched[0] == 0
    assert not hidden.testable[0]
    assert zeros.testable[0]
    assert zeros.test.level[0, 0] < -1
    assert abs(hidden.test.level[0, 0]) < 0.5


def test_a_step_is_found_with_its_size_and_its_onset(base: Filed) -> None:
    tests = {test.series.skill: test for test in QuarterLook.of(base.panel(), MATCHED_RULE).tests(())
             if test.series.level is Level.SKILL}  # fmt: skip
    found = tests["skill 03"]
    assert found.is_flagged
    assert found.window == 2
    assert found.lower < 2.5 < found.upper
    assert 1.8 < found.growth_without_top < 3.3
    assert found.portion_up > 0.5 > found.top_portion
    assert found.observed / found.expected == pytest.approx(found.growth, rel=0.2)
