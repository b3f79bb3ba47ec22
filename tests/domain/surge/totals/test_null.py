"""Where nothing surges, next to nothing is flagged: false episodes a quarter on simulations without any surge."""

import numpy as np
import pytest

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.episode import Change
from ievq_pipeline.domain.surge.severity import Severity
from ievq_pipeline.domain.surge.totals.fold import replay
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel

SKILLS, QUARTERS = 250, 30


def null_panel(seed: int, lumpiness: float, walk: float, season: float) -> TotalsPanel:
    random = np.random.default_rng(seed)
    exposure = np.round(2000 * np.exp(random.normal(0, 0.15, QUARTERS)))
    share = np.exp(random.normal(3, 1.3, SKILLS))[:, None] / 2000
    share = share * np.exp(np.cumsum(random.normal(0, walk, (SKILLS, QUARTERS)), axis=1))
    phase = random.uniform(0, 2 * np.pi, (SKILLS, 1))
    mean = share * exposure * (1 + season * np.cos(np.pi / 2 * np.arange(QUARTERS) + phase))
    if lumpiness:
        mean = mean * random.gamma(1 / lumpiness, lumpiness, mean.shape)
    quarters = tuple(Quarter(2010, 1).plus(n) for n in range(QUARTERS))
    names = tuple(f"skill {n:03d}" for n in range(SKILLS))
    return TotalsPanel(quarters, names, random.poisson(mean), np.ones(mean.shape, dtype=bool), exposure)


@pytest.mark.parametrize(
    ("lumpiness", "walk", "season"),
    [(0.0, 0.0, 0.0), (0.05, 0.0, 0.0), (0.2, 0.0, 0.0), (0.02, 0.03, 0.0), (0.02, 0.0, 0.4)],
    ids=["poisson", "lumpy", "very lumpy", "wandering", "seasonal"],
)
def test_without_a_surge_there_is_less_than_half_a_false_episode_a_quarter(
    lumpiness: float, walk: float, season: float
) -> None:
    false = tested = 0
    for seed in range(3):
        for look in replay(null_panel(seed, lumpiness, walk, season)):
            tested += bool(look.tests)
            false += sum(t.change is Change.OPENED and t.episode.severity >= Severity.SURGE for t in look.episodes)
    assert tested > 60
    assert false / tested <= 0.5
