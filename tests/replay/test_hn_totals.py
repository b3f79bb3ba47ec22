"""All 53 quarters of the Hacker News totals: what history knows is found, in time, and what is found stands."""

import csv
import logging
import time
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.memory import kept, restored
from ievq_pipeline.domain.surge.severity import Severity
from ievq_pipeline.domain.surge.totals.fold import Look, replay
from ievq_pipeline.domain.surge.totals.panel import TotalsPanel
from ievq_pipeline.domain.surge.totals.series_test import SeriesTest

SOURCE = Path(__file__).parents[2] / "data" / "hn" / "hn_hiring_quarterly_terms.csv"
log = logging.getLogger(__name__)
LIVE = (Quarter(2019, 3), Quarter(2021, 2))


@dataclass(frozen=True)
class Replayed:
    panel: TotalsPanel
    looks: list[Look]
    #: the test with which each episode reached surge or above, by opening or by a step
    starts: list[SeriesTest]
    seconds: float

    def stands(self, start: SeriesTest) -> bool | None:
        """Whether the next quarter's share is still 1.2 times that of the baseline; None where there is no next."""
        column = self.panel.quarters.index(start.quarter) + 1
        if column == len(self.panel.quarters):
            return None
        count = self.panel.counts[self.panel.skills.index(start.skill), column]
        return bool(count / self.panel.exposure[column] >= 1.2 * start.expected_share)


def hn_panel(first: Quarter | None = None, last: Quarter | None = None) -> TotalsPanel:
    with SOURCE.open(encoding="utf-8") as file:
        rows = [
            (row["quarter"], row["term"], int(row["postings_with_term"]), int(row["postings_total"]))
            for row in csv.DictReader(file)
        ]
    return TotalsPanel.of(rows, first=first, last=last)


@pytest.fixture(scope="module")
def hn() -> Replayed:
    panel = hn_panel()
    began = time.process_time()
    looks = replay(panel)
    seconds = time.process_time() - began
    starts: dict[tuple[str, int], SeriesTest] = {}
    for look in looks:
        for touched in look.episodes:
            if touched.episode.severity >= Severity.SURGE:
                starts.setdefault((touched.episode.skill, touched.episode.number), touched.episode.evidence)
    return Replayed(panel, looks, list(starts.values()), seconds)


@pytest.mark.parametrize(
    ("skill", "quarter"), [("Docker", "2014-Q3"), ("Kubernetes", "2016-Q2"), ("Remote", "2020-Q2")]
)
def test_what_history_knows_is_found_within_a_quarter(hn: Replayed, skill: str, quarter: str) -> None:
    when = Quarter.parse(quarter).index
    assert any(start.skill == skill and abs(start.quarter.index - when) <= 1 for start in hn.starts)


def test_there_are_few_episodes_and_they_stand_a_quarter_later(hn: Replayed) -> None:
    judged = [stands for start in hn.starts if (stands := hn.stands(start)) is not None]
    log.info("%d at surge or above, %d of %d stand; %.2f s", len(hn.starts), sum(judged), len(judged), hn.seconds)
    assert 100 <= len(hn.starts) <= 190
    assert sum(judged) >= 0.8 * len(judged)


@pytest.mark.parametrize(("name", "back"), [("quarter", 1), ("year", 4)])
def test_a_threshold_on_shares_fires_far_more_often_and_stands_less(hn: Replayed, name: str, back: int) -> None:
    share = hn.panel.counts / hn.panel.exposure
    before, now = share[:, :-back], share[:, back:]
    tested = before * hn.panel.exposure[back:] >= 4
    fires = tested & (hn.panel.counts[:, back:] >= 5) & (now >= 1.3 * before)
    stands = fires[:, :-1] & (now[:, 1:] >= 1.2 * before[:, :-1])
    portion = stands.sum() / fires[:, :-1].sum()
    log.info("share ≥ 1.3 on the %s: %d times, %.0f %% stand", name, fires.sum(), 100 * portion)
    assert fires.sum() > 4 * len(hn.starts)
    assert portion + 0.1 < np.mean([hn.stands(start) is not False for start in hn.starts])


def test_the_live_quarters_bring_about_a_dozen_and_remote_among_them(hn: Replayed) -> None:
    live = [start for start in hn.starts if LIVE[0] <= start.quarter <= LIVE[1]]
    for start in live:
        log.info("%s %s ×%.2f [%.2f–%.2f]", start.quarter, start.skill, start.growth, start.lower, start.upper)
    assert 8 <= len(live) <= 20
    assert any(start.skill == "Remote" and start.quarter.year == 2020 for start in live)


def test_every_look_tests_a_series_once_and_flags_only_what_passed_every_gate(hn: Replayed) -> None:
    for look in hn.looks:
        assert len({test.skill for test in look.tests}) == len(look.tests)
        for test in look.tests:
            if test.is_flagged:
                assert test.q is not None
                assert test.q <= 0.20
                assert min(test.growth_baseline, test.growth_season) >= 1.2
                assert test.growth_on_year >= 1.1
                assert test.lower >= 1.0


def said(looks: list[Look]) -> list[tuple[str, ...]]:
    return [(repr(look.tests), repr(look.episodes), repr(look.untested), kept(look.memory)) for look in looks]


def test_a_replay_goes_on_from_every_stored_memory_to_the_bit(hn: Replayed) -> None:
    """One look further from each; the rest follows, since a look sees nothing but its memory and the panel."""
    for before, look in pairwise(hn.looks):
        memory = restored(kept(before.memory), "totals")
        assert said(replay(hn.panel.until(look.quarter), since=look.quarter, memory=memory)) == said([look])
    half = len(hn.looks) // 2
    memory = restored(kept(hn.looks[half - 1].memory), "totals")
    assert said(replay(hn.panel, since=hn.looks[half].quarter, memory=memory)) == said(hn.looks[half:])


def test_seventeen_quarters_are_as_good_as_all(hn: Replayed) -> None:
    for before, look in pairwise(hn.looks[15::6]):
        memory = next(one.memory for one in hn.looks if one.quarter == look.quarter.plus(-1))
        recent = hn_panel(look.quarter.plus(-16), look.quarter)
        assert said(replay(recent, since=look.quarter, memory=memory)) == said([look]), before.quarter


def test_the_whole_history_takes_seconds(hn: Replayed) -> None:
    assert hn.seconds < 5
