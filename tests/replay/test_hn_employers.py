"""All 19 quarters of the Hacker News panel of employers: thin, with doubled threads, missing months and bad places."""

import csv
import gzip
import logging
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge import Change, Severity
from ievq_pipeline.domain.surge.matched import (
    Level,
    MatchedEpisode,
    MatchedLook,
    MatchedPanel,
    Reports,
    Rows,
    Vocabulary,
    coded,
    replay,
)
from ievq_pipeline.domain.surge.memory import kept, restored

SOURCE = Path(__file__).parents[2] / "data" / "hn"
log = logging.getLogger(__name__)
NOWHERE = {"unknown", "remote"}


@dataclass(frozen=True)
class Replayed:
    panel: MatchedPanel
    looks: list[MatchedLook]
    seconds: float

    def spoken(self) -> list[MatchedEpisode]:
        """Episodes as they opened or stepped."""
        return [touched.episode for look in self.looks for touched in look.episodes
                if touched.change in (Change.OPENED, Change.STEPPED)]  # fmt: skip

    def skill_episodes(self, skill: str, quarter: str) -> list[MatchedEpisode]:
        """Episodes of the skill that are open at the end of the quarter's look."""
        look = next(look for look in self.looks if look.quarter == Quarter.parse(quarter))
        return [
            touched.episode
            for touched in look.episodes
            if touched.episode.evidence.series.level is Level.SKILL and touched.episode.is_open
            if touched.episode.evidence.series.skill == skill
        ]


def columns(name: str) -> dict[str, list[str]]:
    with gzip.open(SOURCE / name, "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {column: [row[column] for row in rows] for column in rows[0]}


def quarters(names: list[str]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    index = {name: Quarter.parse(name).index for name in set(names)}
    return np.array([index[name] for name in names], dtype=np.int64)


def hn_panel(first: Quarter | None = None) -> MatchedPanel:
    """A post makes a quarter reported; all posts of the employer are its total, a term not named is a true zero."""
    posts, terms = columns("hn_panel_employers.csv.gz"), columns("hn_panel_terms.csv.gz")
    employers, employer = coded(posts["employer"])
    regions, _ = coded(posts["region"])
    skills, skill = coded(terms["term"])
    quarter = quarters(posts["quarter"])
    keys, row = np.unique(employer * 10_000 + quarter, return_inverse=True)
    total = np.bincount(row, weights=[int(count) for count in posts["postings"]]).astype(np.int64)
    names = Vocabulary(
        enterprises=employers,
        segments=["all"] * len(employers),
        skills=skills,
        families=["technology"] * len(skills),
        regions=regions,
        is_place=[region not in NOWHERE for region in regions],
    )
    rows = Rows(
        enterprise=np.searchsorted(employers, terms["employer"]),
        skill=skill,
        region=np.searchsorted(regions, terms["region"]),
        quarter=quarters(terms["quarter"]),
        openings=np.array([int(count) for count in terms["postings"]]),
    )
    return MatchedPanel.of(names, Reports(keys // 10_000, keys % 10_000, total), rows, first=first)


@pytest.fixture(scope="module")
def hn() -> Replayed:
    panel = hn_panel()
    began = time.process_time()
    looks = replay(panel)
    return Replayed(panel, looks, time.process_time() - began)


def test_the_panel_is_the_one_described(hn: Replayed) -> None:
    assert len(hn.panel.quarters) == len(hn.looks) == 19
    assert hn.panel.totals.sum() == 27_629
    assert hn.panel.totals.shape[0] == 8_767
    assert len(hn.panel.skills) == 218


def test_react_and_kubernetes_are_found_when_history_knows_them(hn: Replayed) -> None:
    for episode in hn.spoken():
        test = episode.evidence
        log.info("%s %s %s ×%.2f [%.2f–%.2f], raw ×%.2f, %d matched, p %.1e", test.quarter, test.series,
                 episode.severity, test.growth, test.lower, test.upper, test.raw_growth, test.matched,
                 test.p)  # fmt: skip
    assert any(hn.skill_episodes("React", quarter) for quarter in ("2016-Q1", "2016-Q2", "2016-Q3"))
    found = [e.opened for e in hn.spoken() if e.evidence.series.skill == "Kubernetes"]
    assert min(found) <= Quarter(2017, 3)


@pytest.mark.parametrize(
    ("skill", "quarter"), [("JavaScript", None), ("AngularJS", "2015-Q3"), ("Blockchain", "2017-Q4")]
)
def test_what_only_joined_raises_nothing(hn: Replayed, skill: str, quarter: str | None) -> None:
    spoken = [e.evidence for e in hn.spoken() if e.evidence.series.skill == skill]
    assert not [test for test in spoken if quarter is None or str(test.quarter) == quarter]


def test_the_doubled_threads_of_2015_raise_next_to_nothing(hn: Replayed) -> None:
    spoken = [e for e in hn.spoken() if e.evidence.quarter == Quarter(2015, 2)]
    assert sum(e.evidence.series.level is Level.SKILL and e.severity >= Severity.SURGE for e in spoken) <= 3


def test_no_region_is_tested_that_is_no_place(hn: Replayed) -> None:
    tested = [test.series for look in hn.looks for test in look.tests]
    assert {series.level for series in tested} == set(Level)
    assert not NOWHERE & {series.region for series in tested}


def test_there_are_few_alerts_a_quarter(hn: Replayed) -> None:
    tested = [look.quarter for look in hn.looks if look.tests]
    starts: dict[tuple[str, int], Quarter] = {}
    for episode in hn.spoken():
        if episode.severity >= Severity.SURGE:
            starts.setdefault((str(episode.evidence.series), episode.number), episode.evidence.quarter)
    alerts = Counter(starts.values())
    log.info("%d alerts in %d quarters, at most %d; %.1f s", len(starts), len(tested), max(alerts.values()), hn.seconds)
    assert len(starts) / len(tested) <= 4
    assert max(alerts.values()) <= 8


def said(look: MatchedLook) -> tuple[str, ...]:
    return repr(look.tests), repr(look.episodes), repr(look.untested), kept(look.memory)


def test_a_replay_goes_on_from_every_stored_memory_to_the_bit(hn: Replayed) -> None:
    """One look further from each; the rest follows, since a look sees nothing but its memory and the panel."""
    assert any(before.memory.running for before in hn.looks)
    for before, look in pairwise(hn.looks):
        memory = restored(kept(before.memory), "matched")
        (again,) = replay(hn.panel.until(look.quarter), since=look.quarter, memory=memory)
        assert said(again) == said(look)


def test_seventeen_quarters_are_as_good_as_all(hn: Replayed) -> None:
    last = hn.panel.quarters[-1]
    recent = hn_panel(first=last.plus(-16))
    assert len(recent.quarters) == 17 < len(hn.panel.quarters)
    (again,) = replay(recent, since=last, memory=hn.looks[-2].memory)
    assert said(again) == said(hn.looks[-1])


def test_the_whole_history_takes_seconds(hn: Replayed) -> None:
    assert hn.seconds < 15
