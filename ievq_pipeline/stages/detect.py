"""Detect: closed quarters that nobody has looked at → looks, with every series tested and what became of episodes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import feeds, looks, observations, quarters
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import LookRow
from ievq_pipeline.domain.evidence import evidence, figures
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge import TOTALS_RULE, Change, Look, TotalsPanel, Touched, replay

log = structlog.get_logger()
LEVEL = "skill"


def run_waiting(sessions: sessionmaker[Session], quarter: str | None = None) -> list[str]:
    """Replay each basis up to its latest closed quarter and keep the looks that are new; returns their ids.

    One writer at a time: detection is a fold over quarters. Running twice changes nothing. With `quarter`, later ones
    are left out.
    """
    with sessions() as session:
        bases = feeds.bases(session)
    return [str(look_id) for basis in bases for look_id in _detect(sessions, basis, quarter)]


def _detect(sessions: sessionmaker[Session], basis: str, until: str | None) -> list[int]:
    with sessions.begin() as session:
        hold(session, Lock.FOLD)
        closed = [quarter for quarter in quarters.closed(session) if until is None or quarter <= until]
        is_new = set(closed) - looks.quarters_looked_at(session, basis)
        if not is_new:
            return []
        panel = _panel(session, basis, closed)
        is_new &= {str(quarter) for quarter in panel.quarters}
        if not is_new:  # closed before the basis had its first filing
            return []
        known_seq = observations.latest_known(session)
        made = []
        for look in _at_closings(replay(panel, TOTALS_RULE), closed):
            if str(look.quarter) in is_new:
                made.append(_save(session, basis, panel, look, known_seq))
                log.info("detect.looked", basis=basis, quarter=str(look.quarter), tested=len(look.tests))
        return made


def _at_closings(replayed: list[Look], closed: list[str]) -> Iterator[Look]:
    """The looks of quarters that were closed. What ended in one that was never opened ends with the next of these."""
    ended: list[Touched] = []
    for look in replayed:
        if str(look.quarter) in closed:
            yield replace(look, episodes=(*ended, *look.episodes))
            ended = []
        else:
            ended += [touched for touched in look.episodes if touched.change is Change.ENDED]


def _panel(session: Session, basis: str, closed: list[str]) -> TotalsPanel:
    rows = observations.in_force(session, basis, closed)
    return TotalsPanel.of(
        [(r.quarter, r.term, r.count, r.exposure) for r in rows if r.count is not None and r.exposure is not None],
        [(row.quarter, row.term) for row in rows if row.count is None],
        incomplete=observations.incomplete_quarters(session, basis),
        last=Quarter.parse(closed[-1]),
    )


def _save(session: Session, basis: str, panel: TotalsPanel, look: Look, known_seq: int | None) -> int:
    row = LookRow(
        basis=basis,
        quarter=str(look.quarter),
        kind=looks.CLOSING,
        rule_version=TOTALS_RULE.version,
        known_seq=known_seq,
        tested=len(look.tests),
    )
    surges = [{"level": LEVEL, "skill": test.skill, "severity": test.severity, **_columns(test)} for test in look.tests]
    return looks.add(session, row, surges, _changes(panel, look, basis))


def _columns(test: Any) -> dict[str, Any]:
    return {key: value for key, value in figures(test).items() if key not in ("quarter", "counted")}


def _changes(panel: TotalsPanel, look: Look, basis: str) -> list[dict[str, Any]]:
    """Only what speaks: an episode that just goes on leaves no row."""
    return [
        {
            "level": LEVEL,
            "skill": episode.skill,
            "episode": episode.number,
            "change": str(touched.change),
            "severity": str(episode.severity),
            "opened": str(episode.opened),
            "ends": str(episode.ends),
            "figures": figures(episode.evidence),
            "evidence": evidence(panel, episode.evidence, basis),
        }
        for touched in look.episodes
        if touched.change is not Change.CONTINUED
        for episode in [touched.episode]
    ]
