"""A basis as the detector takes it: the mode that tests it, its panel at any cut, and replays of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import looks, observations, organisations, panels, quarters, series_breaks
from ievq_pipeline.db.panels import JOB_DEMAND, Naming
from ievq_pipeline.domain import evidence
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.succession import Identities
from ievq_pipeline.domain.surge import memory
from ievq_pipeline.domain.surge.look import Look
from ievq_pipeline.domain.surge.matched import MATCHED_RULE, MatchedPanel
from ievq_pipeline.domain.surge.matched import replay as replay_matched
from ievq_pipeline.domain.surge.rule import SharedRule
from ievq_pipeline.domain.surge.totals.fold import replay as replay_totals
from ievq_pipeline.domain.surge.totals.rule import TOTALS_RULE


class Cut(Protocol):
    """What was known at a moment: a vintage, or now."""

    @property
    def seq(self) -> int:
        """The last that was known; 0: nothing."""

    @property
    def made_at(self) -> datetime: ...


@dataclass(frozen=True)
class Mode:
    """How one basis is tested."""

    name: memory.FoldMode
    version: str
    replay: Callable[..., Sequence[Look[Any, Any]]]
    #: quarters before the first one looked at that must be loaded: what a look can see, and what its evidence shows
    reach: int


def _reach(rule: SharedRule, seen: int) -> int:
    """An episode that still runs may rest on a test as many quarters ago as it lasts."""
    return max(seen, evidence.SHOWN - 1 + rule.episode_quarters)


TOTALS = Mode("totals", TOTALS_RULE.version, replay_totals, _reach(TOTALS_RULE, TOTALS_RULE.reach))
MATCHED = Mode("matched", MATCHED_RULE.version, replay_matched, _reach(MATCHED_RULE, MATCHED_RULE.reach))


def mode_of(basis: str) -> Mode | None:
    """None where a basis is kept and not tested yet: technologies."""
    if basis == JOB_DEMAND:
        return MATCHED
    return TOTALS if basis.startswith("totals:") else None


@dataclass
class Basis:
    """One basis at work; quarters that close on the same knowledge share one panel."""

    sessions: sessionmaker[Session]
    name: str
    mode: Mode
    naming: Naming
    loaded: tuple[int, Quarter, Quarter] | None = None
    panel: Any = None
    identities: Identities = field(default_factory=lambda: Identities.of(()))
    earlier: dict[tuple[int, Quarter, Quarter], MatchedPanel] = field(default_factory=dict)
    #: by an earlier cut and what was loaded later: the first quarter whose filings in force changed between them
    changed: dict[tuple[int, int, Quarter, Quarter], str] = field(default_factory=dict)

    def load(self, session: Session, cut: Cut, first: Quarter, last: Quarter) -> Any:
        """What was in force at a cut, from `first` (or before) to `last`."""
        if self.loaded is None or self.loaded[0] != cut.seq or self.loaded[1] > first or self.loaded[2] < last:
            self.panel = self.read(session, cut, first, last)
            self.loaded = cut.seq, first, last
        return self.panel

    def read(self, session: Session, cut: Cut, first: Quarter, last: Quarter) -> Any:
        if self.mode is TOTALS:
            return panels.totals(session, self.name, first, last, cut.seq)
        self.identities = Identities.of(organisations.successions(session, cut.made_at))
        return panels.matched(session, first, last, cut.seq, self.naming, self.identities)

    def panel_at(self, session: Session, seq: int, like: MatchedPanel, until: Quarter) -> MatchedPanel:
        """A panel that says of the quarters to `until` what was in force for them at an earlier cut.

        Where nothing of them has changed since, that is `like`, the present panel: no other need be read.
        """
        if self.loaded is not None and self._earliest_changed(session, seq, *self.loaded) > str(until):
            return like
        key = seq, like.quarters[0], like.quarters[-1]
        if key not in self.earlier:
            self.earlier[key] = panels.matched(session, *key[1:], seq, self.naming, self.identities)
        return self.earlier[key]

    def _earliest_changed(self, session: Session, seq: int, now: int, first: Quarter, last: Quarter) -> str:
        """Of the quarters loaded, the first whose filings in force have changed since a cut; one after all: none."""
        key = seq, now, first, last
        if key not in self.changed:
            names = [str(first.plus(n)) for n in range(last.index - first.index + 1)]
            changed = observations.changed_quarters(session, self.name, seq, now, names)
            self.changed[key] = min(changed, default=str(last.plus(1)))
        return self.changed[key]

    def replay(
        self, session: Session, cut: Cut, since: Quarter, due: Quarter, reaching: Quarter | None = None
    ) -> tuple[Any, list[Look[Any, Any]]]:
        """The panel up to `due` as it was in force at a cut, and the looks at each quarter from `since` on, or before.

        The fold goes on from what the last look before `since` remembered, or begins at the beginning. `reaching` is
        how far other cuts of the same knowledge go: one panel serves them all.
        """
        remembered = looks.remembered(session, self.name, str(since))
        start = first = quarters.first(session)
        if remembered is not None:
            start = Quarter.parse(remembered.quarter).plus(1)
            first = max(first, start.plus(-self.mode.reach))
        panel = self.load(session, cut, first, reaching or due).until(due)
        found = self.mode.replay(
            panel,
            since=start,
            memory=None if remembered is None else memory.restored(str(remembered.memory), self.mode.name),
            breaks=series_breaks.of(session, cut.made_at),
        )
        return panel, list(found)
