"""Window against baseline: who is matched and what was expected, by loops; what the season leaves open, by algebra."""

import numpy as np
import pytest

from ievq_pipeline.domain.surge.matched import MATCHED_RULE, Level
from ievq_pipeline.domain.surge.matched.background import Background, kernels_of
from ievq_pipeline.domain.surge.matched.comparison import season_variance, span
from ievq_pipeline.domain.surge.matched.level import LevelLook
from ievq_pipeline.domain.surge.matched.market import market_index
from ievq_pipeline.domain.surge.matched.quarter import QuarterLook
from tests.domain.surge.matched.made_panels import World, filed

PANEL = filed(World(season=0.3, reporting=0.5), 8).panel()


@pytest.fixture(scope="module")
def look() -> LevelLook:
    return QuarterLook.of(PANEL, MATCHED_RULE).levels[Level.SKILL]


def test_matched_expected_and_growth_on_the_year_are_those_of_a_loop(look: LevelLook) -> None:
    units = PANEL.units[Level.SKILL]
    index = market_index(PANEL.totals[:, 3:], PANEL.counted[:, 3:], PANEL.segments, MATCHED_RULE)
    for position, code in enumerate(look.cells.codes):
        matched, expected, now, then = 0, 0.0, 0, 0
        for n in np.flatnonzero(units.series == code):
            v, m = units.openings[3:, n], units.known[3:, n]
            f = index[PANEL.segments[units.enterprise[n]]]
            if v.sum() and m[12] and m[7:12].sum() >= 2:
                matched += 1
                expected += f[12] * v[7:12].sum() / (f * m)[7:12].sum()
            if m[12] and m[8]:
                now, then = now + v[12], then + v[8]
        assert look.matching.matched[position] == matched
        np.testing.assert_allclose(look.matching.expected[position], expected)
        np.testing.assert_allclose(look.matching.on_year[position], now / then)


def test_the_spans_are_the_last_quarters_and_five_before() -> None:
    assert span(0, MATCHED_RULE, 13) == (slice(12, 13), slice(7, 12))
    assert span(3, MATCHED_RULE, 13) == (slice(9, 13), slice(4, 9))
    assert span(3, MATCHED_RULE, 6) == (slice(2, 6), slice(0, 2))


@pytest.mark.parametrize("onset", [0, 3])
def test_what_the_season_leaves_open_is_its_variance_given_the_scores(onset: int) -> None:
    """Brute force: s, the rest of θ and a step of any size are jointly normal, and S = I(θ + e·x) + noise is seen."""
    variances = np.array([0.3**2, 0.01**2, 0.05**2, 0.1**2])
    background = Background(variances, kernels_of(13))
    share = np.random.default_rng(1).dirichlet(np.full(13, 5.0))
    matrix = 200 * (np.diag(share) - np.outer(share, share))
    window, base = span(onset, MATCHED_RULE, 13)
    contrast, step = np.zeros(13), np.zeros(13)
    contrast[window], contrast[base], step[window] = 1 / (onset + 1), -1 / 5, 1
    seen = matrix + matrix @ (background.covariance + 1e4 * np.outer(step, step)) @ matrix
    shared = contrast @ background.season @ matrix
    expected = contrast @ background.season @ contrast - shared @ np.linalg.pinv(seen, rcond=1e-11) @ shared
    resolvent = np.asarray(np.linalg.inv(np.eye(13) + matrix @ background.covariance), dtype=np.float64)
    found = season_variance(matrix[None], resolvent[None], background, onset, MATCHED_RULE)
    np.testing.assert_allclose(found[0], expected, rtol=1e-3)


def test_the_season_is_seen_where_there_is_one_and_not_taken_for_the_step(look: LevelLook) -> None:
    for quarter in range(9):
        np.testing.assert_allclose(look.season[:, quarter], look.season[:, quarter + 4], atol=1e-9)
    np.testing.assert_allclose(look.season[:, :4].sum(axis=1), 0, atol=1e-9)
    assert np.abs(look.season).max() > 0.1
