"""Episodes: how long they run, when they step, and what ends them early."""

from dataclasses import replace

import pytest

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.severity import Severity
from ievq_pipeline.domain.surge.totals.fold import Episode
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE
from ievq_pipeline.domain.surge.totals.series_test import Baseline, SeriesTest

ONSET = Quarter(2020, 1)
TEST = SeriesTest(
    skill="Go",
    quarter=ONSET,
    window=1,
    observed=150,
    expected=100.0,
    expected_share=0.1,
    growth=1.5,
    lower=1.2,
    upper=1.9,
    p=1e-5,
    q=1e-3,
    growth_baseline=1.6,
    growth_season=1.5,
    growth_on_year=1.5,
    counted=Baseline.SEASON,
    window_quarters=(ONSET,),
    baseline_quarters=(),
    season_quarters=(ONSET.plus(-4),),
    severity=Severity.SURGE,
    is_flagged=True,
    is_in_open_episode=False,
    reason=None,
)


def opened() -> Episode:
    return Episode.open(TEST, 1, TOTALS_RULE)


def test_an_episode_runs_four_quarters_its_onset_among_them() -> None:
    episode = opened()
    for n in (1, 2):
        episode = episode.age(ONSET.plus(n), 1.5, TOTALS_RULE)
        assert episode.is_open
    assert episode.age(ONSET.plus(3), 1.5, TOTALS_RULE).ended == ONSET.plus(3) == episode.ends


def test_two_quarters_running_under_the_exit_growth_end_it() -> None:
    once = opened().age(ONSET.plus(1), 1.05, TOTALS_RULE)
    assert once.is_open
    assert once.age(ONSET.plus(2), 1.09, TOTALS_RULE).ended == ONSET.plus(2)
    assert once.age(ONSET.plus(2), 1.10, TOTALS_RULE).is_open


def test_an_unknown_quarter_neither_counts_nor_breaks_the_run() -> None:
    waiting = opened().age(ONSET.plus(1), 1.05, TOTALS_RULE).age(ONSET.plus(2), None, TOTALS_RULE)
    assert waiting.is_open
    assert waiting.quarters_below == 1


def test_a_step_brings_new_evidence_and_four_quarters_from_there() -> None:
    later = replace(TEST, quarter=ONSET.plus(3), growth=2.2, lower=1.5)
    stepped = opened().age(ONSET.plus(1), 1.05, TOTALS_RULE).step(later, Severity.CRITICAL, TOTALS_RULE)
    assert (stepped.severity, stepped.evidence, stepped.opened) == (Severity.CRITICAL, later, ONSET)
    assert stepped.ends == ONSET.plus(6)
    assert stepped.quarters_below == 0


def test_a_test_without_severity_opens_nothing() -> None:
    with pytest.raises(ValueError, match="nothing to open"):
        Episode.open(replace(TEST, severity=None), 1, TOTALS_RULE)
