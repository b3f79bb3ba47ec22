"""All 19 quarters of the Hacker News panel of employers: thin, with doubled threads, missing months and bad places."""

import csv
import gzip
import io
import logging
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from ievq_pipeline.adapters import code_lists
from ievq_pipeline.adapters.checks import Answer, check
from ievq_pipeline.domain.contracts import contract
from ievq_pipeline.domain.contracts.model import NOT_STATED
from ievq_pipeline.domain.contracts.panel import TOTAL
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.region import is_place
from ievq_pipeline.domain.submission import Verdict
from ievq_pipeline.domain.surge.episode import Change
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
from ievq_pipeline.domain.surge.severity import Severity

SOURCE = Path(__file__).parents[2] / "data" / "hn"
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Replayed:
    answer: Answer
    panel: MatchedPanel
    looks: list[MatchedLook]
    seconds: float

    def spoken(self) -> list[MatchedEpisode]:
        """Episodes as they opened or stepped."""
        return [touched.episode for look in self.looks for touched in look.episodes
                if touched.change in (Change.OPENED, Change.STEPPED)]  # fmt: skip

    def skill_episodes(self, wording: str, quarter: str) -> list[MatchedEpisode]:
        """Episodes of the skill that are open at the end of the quarter's look."""
        skill = code_of(wording)
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


def job_demand_file() -> bytes:
    """All quarters as one job demand file: a row for each term named, and the total of each employer that posted."""
    posts, terms = columns("hn_panel_employers.csv.gz"), columns("hn_panel_terms.csv.gz")
    totals: Counter[tuple[str, str]] = Counter()
    for employer, quarter, count in zip(posts["employer"], posts["quarter"], posts["postings"], strict=True):
        totals[employer, quarter] += int(count)
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(("enterprise", "quarter", "region", "skill", "openings"))
    writer.writerows(zip(*(terms[name] for name in ("employer", "quarter", "region", "term", "postings")), strict=True))
    writer.writerows((employer, quarter, "", "合计", count) for (employer, quarter), count in totals.items())
    return text.getvalue().encode()


def checked() -> Answer:
    """The file's rows as the check leaves them: terms as codes of the list, quarters in their one spelling."""
    schemes = {"enterprise": "hn-employer", "region": "hn-region", "industry": NOT_STATED}
    return check(job_demand_file(), contract("job-demand").with_schemes(schemes))


def code_of(wording: str) -> str:
    return code_lists.skills().named(wording).code


def index_of(quarters: pl.Series) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    index = {name: Quarter.parse(name).index for name in quarters.unique()}
    return quarters.replace_strict(index, return_dtype=pl.Int64).to_numpy()


def hn_panel(accepted: pl.DataFrame, first: Quarter | None = None) -> MatchedPanel:
    """A post makes a quarter reported; all posts of the employer are its total, a term not named is a true zero."""
    totals, named = (accepted.filter(is_total) for is_total in (pl.col("skill") == TOTAL, pl.col("skill") != TOTAL))
    employers, employer = coded(totals["enterprise"].to_list())
    skills, skill = coded(named["skill"].to_list())
    regions, region = coded(named["region"].to_list())
    listed = [code_lists.skills().find(code) for code in skills]
    names = Vocabulary(
        enterprises=employers,
        segments=["all"] * len(employers),
        skills=skills,
        families=[one.family or "" for one in listed if one],
        regions=regions,
        is_place=[is_place(code) for code in regions],
    )
    reports = Reports(employer, index_of(totals["quarter"]), totals["openings"].to_numpy())
    rows = Rows(
        enterprise=np.searchsorted(employers, named["enterprise"].to_list()),
        skill=skill,
        region=region,
        quarter=index_of(named["quarter"]),
        openings=named["openings"].to_numpy(),
    )
    return MatchedPanel.of(names, reports, rows, first=first)


@pytest.fixture(scope="module")
def hn() -> Replayed:
    answer = checked()
    panel = hn_panel(answer.accepted)
    began = time.process_time()
    looks = replay(panel)
    return Replayed(answer, panel, looks, time.process_time() - began)


def test_the_panel_is_the_one_described(hn: Replayed) -> None:
    assert (hn.answer.verdict, [*hn.answer.findings], hn.answer.rows_accepted) == (
        Verdict.ACCEPTED,
        [],
        113_159 + 19_015,
    )
    assert len(hn.panel.quarters) == len(hn.looks) == 19
    assert hn.panel.totals.sum() == 27_629
    assert hn.panel.totals.shape[0] == 8_767
    assert len(hn.panel.skills) == 218
    assert all(code_lists.skills().named(code).family for code in hn.panel.skills)
    assert len(hn.panel.families) == 15


def test_react_and_kubernetes_are_found_when_history_knows_them(hn: Replayed) -> None:
    for episode in hn.spoken():
        test = episode.evidence
        log.info("%s %s %s ×%.2f [%.2f–%.2f], raw ×%.2f, %d matched, p %.1e", test.quarter, test.series,
                 episode.severity, test.growth, test.lower, test.upper, test.raw_growth, test.matched,
                 test.p)  # fmt: skip
    assert any(hn.skill_episodes("React", quarter) for quarter in ("2016-Q1", "2016-Q2", "2016-Q3"))
    found = [e.opened for e in hn.spoken() if e.evidence.series.skill == code_of("Kubernetes")]
    assert min(found) <= Quarter(2017, 3)


@pytest.mark.parametrize(
    ("wording", "quarter"), [("JavaScript", None), ("AngularJS", "2015-Q3"), ("Blockchain", "2017-Q4")]
)
def test_what_only_joined_raises_nothing(hn: Replayed, wording: str, quarter: str | None) -> None:
    spoken = [e.evidence for e in hn.spoken() if e.evidence.series.skill == code_of(wording)]
    assert not [test for test in spoken if quarter is None or str(test.quarter) == quarter]


def test_the_doubled_threads_of_2015_raise_next_to_nothing(hn: Replayed) -> None:
    spoken = [e for e in hn.spoken() if e.evidence.quarter == Quarter(2015, 2)]
    assert sum(e.evidence.series.level is Level.SKILL and e.severity >= Severity.SURGE for e in spoken) <= 3


def test_no_region_is_tested_that_is_no_place(hn: Replayed) -> None:
    tested = [test.series for look in hn.looks for test in look.tests]
    assert {series.level for series in tested} == set(Level)
    assert {region for region in hn.panel.regions if not is_place(region)} == {"unknown", "remote"}
    assert all(is_place(series.region) for series in tested if series.region)


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
    recent = hn_panel(hn.answer.accepted, first=last.plus(-16))
    assert len(recent.quarters) == 17 < len(hn.panel.quarters)
    (again,) = replay(recent, since=last, memory=hn.looks[-2].memory)
    assert said(again) == said(hn.looks[-1])


def test_the_whole_history_takes_seconds(hn: Replayed) -> None:
    assert hn.seconds < 15
