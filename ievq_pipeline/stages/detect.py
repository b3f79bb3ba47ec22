"""Detect: a cut of what is known → looks, with every series tested and what became of episodes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import alerts, feeds, looks, observations, panels, quarters, series_breaks, vintages
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.panels import JOB_DEMAND, Naming
from ievq_pipeline.db.tables import LookRow, Vintage
from ievq_pipeline.domain import evidence
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge import TOTALS_RULE, memory
from ievq_pipeline.domain.surge import replay as replay_totals
from ievq_pipeline.domain.surge.look import Look
from ievq_pipeline.domain.surge.matched import MATCHED_RULE
from ievq_pipeline.domain.surge.matched import replay as replay_matched
from ievq_pipeline.domain.surge.outcome import Became, Kind, Outcome, Told, outcome
from ievq_pipeline.domain.surge.parts import changed_reporters, parts
from ievq_pipeline.domain.surge.rule import SharedRule

log = structlog.get_logger()
#: after its own closing a quarter is looked at again at so many, if its input changed
LATER_CLOSINGS = 3


@dataclass(frozen=True)
class Mode:
    """How one basis is tested."""

    rule: SharedRule
    version: str
    name: str
    replay: Callable[..., Sequence[Look[Any, Any]]]
    #: quarters before the one looked at that are needed; None: all there are
    reach: int | None


TOTALS = Mode(TOTALS_RULE, TOTALS_RULE.version, "totals", replay_totals, None)
MATCHED = Mode(MATCHED_RULE, MATCHED_RULE.version, "matched", replay_matched, evidence.SHOWN - 1)


def mode_of(basis: str) -> Mode | None:
    """None where a basis is kept and not tested yet: technologies."""
    if basis == JOB_DEMAND:
        return MATCHED
    return TOTALS if basis.startswith("totals:") else None


@dataclass
class _Basis:
    """One basis at work; panels of one cut are loaded once."""

    sessions: sessionmaker[Session]
    basis: str
    mode: Mode
    naming: Naming
    loaded: dict[tuple[int, str], Any] = field(default_factory=dict)

    def panel(self, session: Session, seq: int, first: Quarter, last: Quarter) -> Any:
        """What was in force at a cut; None where nobody had filed."""
        key = seq, str(last)
        if key not in self.loaded:
            begin = quarters.first(session) if self.mode.reach is None else first.plus(-self.mode.reach)
            names = [str(begin.plus(n)) for n in range(last.index - begin.index + 1)]
            self.loaded.clear()
            if self.mode is MATCHED:
                self.loaded[key] = panels.matched(session, names, seq, self.naming)
            else:
                panel = panels.totals(session, self.basis, names, seq)
                self.loaded[key] = panel if panel.quarters else None
        return self.loaded[key]


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
    for basis in bases:
        mode = mode_of(basis)
        if mode is not None:
            made += _look_at_cuts(_Basis(sessions, basis, mode, naming), quarter)
    return [str(look_id) for look_id in made]


def _cut_first_looks(session: Session, basis: str, today: date) -> None:
    for row in quarters.every(session):
        if vintages.is_first_look_due(session, basis, row.quarter, today):
            hold(session, Lock.KNOWN)
            if vintages.named(session, row.quarter, vintages.FIRST, basis) is None:
                vintages.make(session, row.quarter, vintages.FIRST, basis)
                log.info("detect.cut", basis=basis, quarter=row.quarter)


def _look_at_cuts(of: _Basis, until: str | None) -> list[int]:
    made: list[int] = []
    while True:
        with of.sessions.begin() as session:
            hold(session, Lock.FOLD)
            waiting = [one for one in vintages.without_look(session, of.basis) if until is None or one.quarter <= until]
            waiting = [
                one for one in waiting if observations.has_any(session, of.basis, one.quarter, one.known_seq or 0)
            ]
            if not waiting:
                return made
            same = [one for one in waiting if one.known_seq == waiting[0].known_seq]
            made += _look_at(session, of, waiting[0], Quarter.parse(max(one.quarter for one in same)))


def _look_at(session: Session, of: _Basis, cut: Vintage, last: Quarter) -> list[int]:
    """The look that is due at a cut, and those at earlier quarters whose input changed since the closing before."""
    due, seq = Quarter.parse(cut.quarter), cut.known_seq or 0
    before = vintages.closing_before(session, cut.quarter)
    since = due if cut.kind == vintages.FIRST or before is None else _earliest_changed(session, of.basis, before, cut)
    remembered = looks.remembered(session, of.basis, str(since))
    loaded = of.panel(session, seq, since if remembered is None else Quarter.parse(remembered.quarter), last)
    panel = loaded.until(due)
    start = panel.quarters[0] if remembered is None else Quarter.parse(remembered.quarter).plus(1)
    replayed = of.mode.replay(
        panel,
        of.mode.rule,
        since=start,
        memory=None if remembered is None else memory.restored(remembered.memory, of.mode.name),
        breaks=series_breaks.of(session, cut.made_at),
    )
    first_cut = vintages.named(session, cut.quarter, vintages.FIRST, of.basis)
    closed = {Quarter.parse(name) for name in quarters.closed(session)}
    saved = [look.quarter for look in replayed if look.quarter == due or since <= look.quarter in closed]
    found = outcome(
        replayed,
        alerts.episodes(session, of.basis),
        saved=saved,
        highest=alerts.highest(session, of.basis),
        kind=Kind(cut.kind),
        is_second=cut.kind == vintages.CLOSING and first_cut is not None,
    )
    return _Keeping(session, of, cut, panel, found, before, first_cut).keep(
        [look for look in replayed if look.quarter in saved]
    )


def _earliest_changed(session: Session, basis: str, before: Vintage, cut: Vintage) -> Quarter:
    due = Quarter.parse(cut.quarter)
    past = [str(due.plus(-n)) for n in range(1, LATER_CLOSINGS + 1)]
    changed = observations.changed_quarters(session, basis, before.known_seq or 0, cut.known_seq or 0, past)
    looked = looks.quarters_looked_at(session, basis)
    return Quarter.parse(min((one for one in changed if one in looked), default=cut.quarter))


@dataclass
class _Keeping:
    """Writes down the looks of one cut."""

    session: Session
    of: _Basis
    cut: Vintage
    panel: Any
    found: Outcome
    before: Vintage | None
    first_cut: Vintage | None

    def keep(self, replayed: Sequence[Look[Any, Any]]) -> list[int]:
        expected, in_force = vintages.coverage(self.session, self.of.basis, self.cut.quarter)
        ids = alerts.keep_episodes(self.session, self.of.basis, self.found, is_final=self.cut.kind == vintages.CLOSING)
        made = []
        for look in replayed:
            is_due = str(look.quarter) == self.cut.quarter
            kind = Kind(self.cut.kind) if is_due else Kind.REVISION
            remembered = look.memory.renumbered(self.found.identities.mapping)
            row = LookRow(
                basis=self.of.basis,
                quarter=str(look.quarter),
                kind=kind,
                vintage_id=self.cut.id,
                rule_version=self.of.mode.version,
                known_seq=self.cut.known_seq,
                feeds_expected=expected,
                feeds_in_force=in_force,
                tested=len(look.tests),
                untested=[{**parts(one.series), "reason": str(one.reason)} for one in look.untested],
                memory=None if kind is Kind.FIRST else memory.kept(remembered),
            )
            changes = [
                self._change(told, look, ids[told.series, told.number])
                for told in self.found.told
                if told.quarter == look.quarter
            ]
            made.append(looks.add(self.session, row, [_tested(test) for test in look.tests], changes))
            log.info("detect.looked", basis=self.of.basis, quarter=row.quarter, kind=str(kind), tested=row.tested)
        return made

    def _change(self, told: Told, look: Look[Any, Any], alert_id: Any) -> dict[str, Any]:
        again = told.became in (Became.REVISED, Became.CONFIRMED, Became.WITHDRAWN, Became.FOUND)
        causes, reporters = self._since(told, look) if again else (None, None)
        said = {"alert_id": alert_id, "change": told.became, "caused_by": causes, "changed_reporters": reporters}
        episode = told.episode
        if episode is None:
            retest = next((test for test in look.tests if test.key == told.series), None)
            last = looks.last_change(self.session, alert_id)
            figures = {**last.figures, "retest": None if retest is None else evidence.figures(retest)}
            kept = {"severity": last.severity, "opened": last.opened, "ends": last.ends, "evidence": last.evidence}
            return said | kept | {"figures": figures}
        shown = self.panel.until(episode.evidence.quarter)
        return said | {
            "severity": str(episode.severity),
            "opened": str(episode.opened),
            "ends": str(episode.ends),
            "figures": evidence.figures(episode.evidence),
            "evidence": evidence.evidence(shown, episode.evidence, self.of.basis),
        }

    def _since(self, told: Told, look: Look[Any, Any]) -> tuple[list[str], int | None]:
        """The submissions that changed the input since the look before, and how many reporters of the series did."""
        is_due = str(look.quarter) == self.cut.quarter
        earlier = self.first_cut if is_due and self.first_cut else self.before
        after, until = (earlier.known_seq or 0 if earlier else 0), self.cut.known_seq or 0
        names = [str(quarter) for quarter in self.panel.quarters]
        causes = observations.causes(self.session, self.of.basis, after, until, names)
        reporters = None
        if self.of.basis == JOB_DEMAND:
            changed = observations.changed_reporters(self.session, self.of.basis, after, until, names)
            reporters = changed_reporters(told.series, changed, self.of.naming.family)
        return [str(one) for one in causes], reporters


#: figures of a test that have a column of their own
COLUMNS = ("window", "growth", "lower", "upper", "p", "q", "observed", "expected")


def _tested(test: Any) -> dict[str, Any]:
    shown = evidence.figures(test)
    return {
        **parts(test.key),
        **{name: shown[name] for name in COLUMNS},
        "matched": shown.get("matched"),
        "n_eff": shown.get("n_eff"),
        "severity": test.severity,
        "reason": test.reason,
    }
