"""The growth shown and its interval: against a loop, and over many draws."""

import numpy as np
import pytest

from ievq_pipeline.domain.surge.arrays import FloatArray
from ievq_pipeline.domain.surge.matched import MATCHED_RULE
from ievq_pipeline.domain.surge.matched.shown import Matched, Shown, shown_growth


def drawn(seed: int, growth: float, series: int, units: int, size: float, tau: float) -> Matched:
    random = np.random.default_rng(seed)
    number = series * units
    mean = random.gamma(2, size / 2, number)
    window, past = random.uniform(1, 3, number), random.uniform(3, 5, number)
    lump = random.gamma(1 / tau, tau, (2, number)) if tau else np.ones((2, number))
    return Matched(
        owner=np.repeat(np.arange(series), units),
        observed=random.poisson(mean * window * growth * lump[0]).astype(float),
        window=window,
        base=random.poisson(mean * past * lump[1]).astype(float),
        past=past,
        tau=np.full(number, max(tau, 0.02)),
    )


def shown(units: Matched, series: int) -> Shown:
    return shown_growth(units, np.ones(series), np.zeros(series), MATCHED_RULE)


def slow_score(units: list[tuple[float, ...]], g: float, psi: float, season: float) -> tuple[float, ...]:
    whole = squares = turn = total = 0.0
    for o, f, b, x, tau in units:
        d, n = x + g * f, o + b
        a, pi = n / d, g * f / d
        w = 1 / (1 + tau * a * g * (x + f) / d)
        limit = max(4 * np.sqrt(w * w * a * x * pi), w)
        u = min(max(w * (o - n * pi), -limit), limit)
        total, whole, squares = total + u, whole + w * a * x * pi, squares + u * u
        turn += w * w * n * (2 / w - 1) * pi * (1 - pi) * (1 - 2 * pi)
    noise, j = psi * whole, len(units)
    v = max(noise, (j * min(squares, 4 * noise) + 20 * noise) / (j + 20)) + whole**2 * (season + 1e-4)
    return total, whole, v, min(max(turn / v**1.5, -1.5), 1.5)


def slow_growth(units: list[tuple[float, ...]], psi: float, season: float) -> tuple[float, float, float]:
    g = 1.0
    for _ in range(5):
        u, m, v, _ = slow_score(units, g, psi, season)
        g = min(max(g * np.exp(min(max(u / m, -0.7), 0.7)), 0.02), 50)
    ends = []
    for sign, z in ((1, 1.96), (-1, 1.80)):
        h = min(max(g * np.exp(-sign * z * np.sqrt(v) / m), 0.01), 99)
        for _ in range(4):
            u, mass, variance, skew = slow_score(units, h, psi, season)
            target = sign * np.sqrt(variance) * (z + sign * skew * (z * z - 1) / 6)
            h = min(max(h * np.exp(min(max((u - target) / mass, -0.7), 0.7)), 0.005), 200)
        ends.append(h)
    return g, ends[0], ends[1]


@pytest.mark.parametrize("season", [0.0, 0.02])
def test_the_vectorised_interval_is_the_loop_version(season: float) -> None:
    units = drawn(1, 1.6, 20, 25, 1.5, 0.4)
    found = shown_growth(units, np.full(20, 1.1), np.full(20, season), MATCHED_RULE)
    columns = np.array([units.observed, units.window, units.base, units.past, units.tau]).T
    for series in range(20):
        mine = [tuple(row) for row in columns[(units.owner == series) & (units.observed + units.base > 0)]]
        expected = slow_growth(mine, 1.1, season)
        got = found.growth[series], found.lower[series], found.upper[series]
        np.testing.assert_allclose(got, expected, rtol=1e-10)


def test_openings_that_grew_alike_everywhere_give_that_growth() -> None:
    ones = np.ones(30)
    units = Matched(np.zeros(30, dtype=np.int64), 320 * ones, 2 * ones, 500 * ones, 5 * ones, 0.02 * ones)
    assert shown(units, 1).growth[0] == pytest.approx(1.6, rel=1e-6)


@pytest.mark.parametrize("growth", [1.0, 1.5, 2.5])
def test_the_interval_holds_the_truth_about_as_often_as_it_says(growth: float) -> None:
    found = shown(drawn(2, growth, 800, 40, 1.5, 0.4), 800)
    below, above = np.mean(found.upper < growth), np.mean(found.lower > growth)
    assert below < 0.08
    assert above < 0.05
    assert np.median(found.growth) == pytest.approx(growth, rel=0.05)


def test_a_season_that_is_not_known_well_widens_the_interval() -> None:
    units = drawn(3, 1.5, 10, 40, 1.5, 0.4)
    narrow, wide = (shown_growth(units, np.ones(10), np.full(10, s), MATCHED_RULE) for s in (0.0, 0.05))
    assert (wide.lower < narrow.lower).all()
    assert (wide.upper > narrow.upper).all()
    assert (wide.growth == narrow.growth).all()


def test_with_nobody_to_compare_the_interval_says_nothing() -> None:
    nothing: FloatArray = np.zeros(3)
    units = Matched(np.zeros(3, dtype=np.int64), nothing, nothing + 1, nothing, nothing + 5, nothing + 0.4)
    found = shown(units, 2)
    assert found.growth.tolist() == [1, 1]
    assert found.lower.max() == 0
    assert found.upper.min() == 200
