"""Detect: a cut of what is known → looks, with every series tested and what became of episodes."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import (
    alerts,
    feeds,
    looks,
    observations,
    organisations,
    quarters,
    series_breaks,
    vintages,
)
from ievq_pipeline.db.bases import Basis, mode_of
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.panels import Naming
from ievq_pipeline.db.tables import Vintage
from ievq_pipeline.domain import evidence
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge import memory
from ievq_pipeline.domain.surge.look import Look
from ievq_pipeline.domain.surge.matched import MatchedTest
from ievq_pipeline.domain.surge.matched.course import changed_reporters
from ievq_pipeline.domain.surge.outcome import Became, Outcome, Told, outcome
from ievq_pipeline.domain.surge.parts import parts, tested
from ievq_pipeline.domain.surge.schedule import Kind, revisable

log = structlog.get_logger()


def run_waiting(
    sessions: sessionmaker[Session], quarter: str | None = None, *, today: date, naming: Naming
) -> list[str]:
    """Make the first looks that are due, then look at every cut that a basis has not been looked at; returns ids.

    One writer at a time: detection is a fold over quarters. Running twice changes nothing. With `quarter`, later ones
    are left out. `today` is the calendar's date.
    """
    with sessions.begin() as session:
        bases = [basis for basis in feeds.bases(session) if mode_of(basis) is not None]
        for basis in bases:
            _cut_first_looks(session, basis, today)
    made = []
    failures = []
    for basis in bases:
        mode = mode_of(basis)
        if mode is not None:
            try:
                made += _look_at_cuts(Basis(sessions, basis, mode, naming), quarter)
            except Exception as error:  # one basis does not keep the others waiting
                log.exception("detect.failed", basis=basis)
                failures.append(error)
    if failures:
        raise failures[0]
    return [str(look_id) for look_id in made]


def _cut_first_looks(session: Session, basis: str, today: date) -> None:
    quarter = quarters.earliest_open(session)
    if quarter is None or not vintages.is_first_look_due(session, basis, quarter, today):
        return
    hold(session, Lock.KNOWN)
    session.expire_all()  # the quarter may have been closed, or another have made the cut, before the lock was ours
    if vintages.is_first_look_due(session, basis, quarter, today):
        vintages.make(session, quarter, Kind.FIRST, basis)
        log.info("detect.cut", basis=basis, quarter=quarter)


def _look_at_cuts(of: Basis, until: str | None) -> list[int]:
    made: list[int] = []
    while True:
        with of.sessions.begin() as session:
            hold(session, Lock.FOLD)
            waiting = [
                cut
                for cut in vintages.without_look(session, of.name)
                if (until is None or cut.quarter <= until)
                and observations.has_any(session, of.name, cut.quarter, cut.seq)
            ]
            if not waiting:
                return made
            last = max(cut.quarter for cut in waiting if cut.seq == waiting[0].seq)
            made += _look_at(session, of, waiting[0], Quarter.parse(last))


def _look_at(session: Session, of: Basis, cut: Vintage, last: Quarter) -> list[int]:
    """The look that is due at a cut, and those at earlier quarters whose input changed since the closing before.

    `last` is how far other cuts of the same knowledge reach: one panel serves them all.
    """
    due, before = Quarter.parse(cut.quarter), vintages.closing_before(session, cut.quarter)
    since = due if cut.kind == Kind.FIRST or before is None else _earliest_changed(session, of.name, before, cut)
    panel, replayed = of.replay(session, cut, since, due, last)
    first_cut = vintages.named(session, cut.quarter, Kind.FIRST, of.name)
    closed = {Quarter.parse(name) for name in quarters.closed(session)}
    saved = [look for look in replayed if look.quarter == due or since <= look.quarter in closed]
    found = outcome(
        replayed,
        alerts.episodes(session, of.name),
        saved=[look.quarter for look in saved],
        highest=alerts.highest(session, of.name),
        kind=Kind(cut.kind),
        is_second=cut.kind == Kind.CLOSING and first_cut is not None,
    )
    is_behind = looks.is_any_unpublished(session, of.name)
    return _Keeping(session, of, cut, panel, found, before, first_cut, is_behind).keep(saved)


def _earliest_changed(session: Session, basis: str, before: Vintage, cut: Vintage) -> Quarter:
    past = [str(quarter) for quarter in revisable(Quarter.parse(cut.quarter))]
    changed = observations.changed_quarters(session, basis, before.seq, cut.seq, past)
    since = before.made_at, cut.made_at
    if series_breaks.is_any_between(session, *since) or organisations.is_any_succession_between(session, *since):
        changed = past  # whose past is whose, or what a series counts, may be another in all of them
    looked = looks.quarters_looked_at(session, basis)
    return Quarter.parse(min((one for one in changed if one in looked), default=cut.quarter))


@dataclass
class _Keeping:
    """Writes down the looks of one cut."""

    session: Session
    of: Basis
    cut: Vintage
    panel: Any
    found: Outcome
    before: Vintage | None
    first_cut: Vintage | None
    #: whether earlier looks wait to be told: then nobody knows yet what will have been told before
    is_behind: bool
    changed: set[Hashable] = field(default_factory=set)

    def keep(self, replayed: Sequence[Look[Any, Any]]) -> list[int]:
        expected, in_force = vintages.coverage(self.session, self.of.name, self.cut.quarter, self.cut.seq)
        ids = alerts.keep_episodes(self.session, self.of.name, self.found, is_final=self.cut.kind == Kind.CLOSING)
        made = []
        for look in replayed:
            is_due = str(look.quarter) == self.cut.quarter
            kind = Kind(self.cut.kind) if is_due else Kind.REVISION
            remembered = look.memory.renumbered(self.found.identities.mapping, self.found.identities.highest)
            row = looks.row_of(
                look,
                basis=self.of.name,
                kind=kind,
                vintage_id=self.cut.id,
                rule_version=self.of.mode.version,
                known_seq=self.cut.known_seq,
                feeds_expected=expected,
                feeds_in_force=in_force,
                memory=None if kind is Kind.FIRST else memory.kept(remembered),
            )
            changes = [
                self._change(told, look, ids[told.series, told.number])
                for told in self.found.told
                if told.quarter == look.quarter
            ]
            made.append(looks.add(self.session, row, [tested(test) for test in look.tests], changes))
            log.info("detect.looked", basis=self.of.name, quarter=row.quarter, kind=str(kind), tested=row.tested)
        return made

    def _change(self, told: Told, look: Look[Any, Any], alert_id: Any) -> dict[str, Any]:
        is_second_word = told.became in (Became.REVISED, Became.CONFIRMED, Became.WITHDRAWN, Became.FOUND)
        said = {
            "alert_id": alert_id,
            "change": told.became,
            "caused_by": self._causes(look) if is_second_word else None,
            "changed_reporters": None,
            "test": None,
        }
        if told.episode is None:
            retest = next((test for test in look.tests if test.key == told.series), None)
            last = looks.last_change(self.session, alert_id)
            again = None if retest is None else {**evidence.figures(retest), "reason": str(retest.reason)}
            figures = {**last.figures, "retest": again}
            kept = {"severity": last.severity, "opened": last.opened, "ends": last.ends, "evidence": last.evidence}
            return said | kept | {"figures": figures}
        test = told.episode.evidence
        if isinstance(test, MatchedTest):
            said |= {"test": memory.kept_test(test), "changed_reporters": self._changed_reporters(test)}
        return said | {
            "severity": str(told.episode.severity),
            "opened": str(told.episode.opened),
            "ends": str(told.episode.ends),
            "figures": evidence.figures(test),
            "evidence": self._evidence(test),
        }

    def _evidence(self, test: Any) -> dict[str, Any]:
        made = evidence.evidence(self.panel.until(test.quarter), test, self.of.name)
        if isinstance(test, MatchedTest):
            return made
        return {**made, "already_public": feeds.is_public(self.session, self.of.name)}

    def _causes(self, look: Look[Any, Any]) -> list[str]:
        """The submissions that changed what had been looked at before."""
        is_due = str(look.quarter) == self.cut.quarter
        earlier = self.first_cut if is_due and self.first_cut else self.before
        after, until = (earlier.seq if earlier else 0), self.cut.seq
        is_again = not is_due or self.first_cut is not None  # else its own files are not what changed
        names = [str(q) for q in self.panel.quarters if q < look.quarter or (is_again and q == look.quarter)]
        return [str(one) for one in observations.causes(self.session, self.of.name, after, until, names)]

    def _changed_reporters(self, test: MatchedTest) -> dict[str, int] | None:
        """By quarter, how many reporters' figures are others than in all that was told of the series; None: unknown."""
        is_told_twice = test.series in self.changed  # by another look of this cut, which nobody has seen yet
        self.changed.add(test.series)
        if self.is_behind or is_told_twice:
            return None
        told = alerts.told_before(self.session, self.of.name, parts(test.series))
        tests = [(seq, memory.restored_test(text)) for seq, text in told]
        before = [(self.of.panel_at(self.session, seq, self.panel, one.quarter), one) for seq, one in tests]
        return changed_reporters(before, (self.panel, test)) if before else {}
