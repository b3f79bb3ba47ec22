"""Publish: the looks of a quarter → alert revisions, feed entries and pending deliveries, in one transaction each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import alerts, deliveries, endpoints, looks, outbox, quarters
from ievq_pipeline.db.locks import Lock, hold
from ievq_pipeline.db.tables import Alert, AlertRevision, EpisodeChange, LookRow, QuarterRow
from ievq_pipeline.domain import alert, disclosure
from ievq_pipeline.domain.alert import TOLD, Mode, Notice, Step
from ievq_pipeline.domain.alert_sentence import reason_to_withdraw
from ievq_pipeline.domain.disclosure import Shown
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.outcome import Became
from ievq_pipeline.domain.surge.parts import PARTS
from ievq_pipeline.domain.surge.schedule import Kind
from ievq_pipeline.domain.text import Text

log = structlog.get_logger()
#: why a figure may not be told
DISCLOSURE = "disclosure"


@dataclass(frozen=True)
class Publisher:
    """What publishing needs to know: the root of all addresses, and what a skill or family is called."""

    public_url: str
    #: of (basis, skill, family): the `skill` of an ALERT
    described: Callable[[str, str | None, str | None], Mapping[str, Any]]


def run_waiting(sessions: sessionmaker[Session], publisher: Publisher, quarter: str | None = None) -> list[str]:
    """Decide on the notices of every look that waits, oldest first; returns event ids. Twice changes nothing."""
    with sessions() as session:
        waiting = looks.unpublished(session, quarter)
    return [event_id for look_id in waiting for event_id in _publish(sessions, look_id, publisher)]


def _publish(sessions: sessionmaker[Session], look_id: int, publisher: Publisher) -> list[str]:
    with sessions.begin() as session:
        hold(session, Lock.FEED)
        look = session.get_one(LookRow, look_id, with_for_update=True)
        if look.published_at is not None:
            return []
        mode = Mode(quarters.modes(session).get((look.basis, look.quarter), Mode.LIVE))
        changes = looks.changes(session, look_id)
        told = [_Telling(session, look, of, change, mode, publisher).tell() for change, of in changes]
        event_ids = [event_id for event_id in told if event_id]
        look.published_at = func.now()
        if event_ids:
            outbox.tell(session, outbox.ALERTS_PUBLISHED, look.quarter)
        log.info("publish.published", basis=look.basis, quarter=look.quarter, kind=look.kind, notices=len(event_ids))
    return event_ids


@dataclass
class _Telling:
    """What becomes of one change of an episode."""

    session: Session
    look: LookRow
    of: Alert
    change: EpisodeChange
    mode: Mode
    publisher: Publisher

    def tell(self) -> str | None:
        found = alerts.standing(self.session, self.of.id)
        last = found[1] if found else None
        shown = self._shown()
        if shown is None:
            self.change.withheld = DISCLOSURE
            if last is None:
                return None
            shown = Shown(last.figures, last.evidence)
        step = self._step(shown.figures, is_withheld=self.change.withheld is not None)
        notice = alert.notice_for(found[0] if found else None, step, self.mode)
        return None if notice is None else self._write(step, notice, shown, last)

    def _shown(self) -> Shown | None:
        """What may be told of the test, beside what was told before of its series."""
        told = alerts.last_shown(self.session, self.of)
        before = Shown(told.figures, told.evidence) if told else None
        return disclosure.shown(self.change.figures, self.change.evidence, before, self.change.changed_reporters)

    def _step(self, figures: Mapping[str, Any], *, is_withheld: bool) -> Step:
        return Step(
            basis=self.look.basis,
            **{name: getattr(self.of, name) for name in PARTS},
            episode=self.of.episode,
            quarter=self.look.quarter,
            change="withdrawn" if is_withheld else self.change.change,
            severity=self.change.severity,
            figures=figures,
            is_provisional=self.look.kind == Kind.FIRST,
        )

    def _write(self, step: Step, notice: Notice, shown: Shown, last: AlertRevision | None) -> str:
        body = self._identity(last) | self._document(step, notice)
        row = AlertRevision(
            alert_id=self.of.id,
            revision=body["revision"],
            feed_seq=body["feed_seq"],
            look_id=self.look.id,
            notice=notice,
            state=body["state"],
            severity=self.change.severity,
            skill=self.of.skill,
            quarter=body["quarter"],
            body=body,
            figures=shown.figures,
            evidence=shown.evidence,
        )
        self.session.add(row)
        self.session.flush()
        deliveries.prepare(self.session, row, endpoints.active(self.session))
        return str(body["event_id"])

    def _identity(self, last: AlertRevision | None) -> dict[str, Any]:
        """Which revision of which alert it is, its place in the alert feed, and its times."""
        revision = last.revision + 1 if last else 1
        now = self.session.scalars(select(func.now())).one().isoformat().replace("+00:00", "Z")
        return {
            "alert_id": str(self.of.id),
            "revision": revision,
            "event_id": f"{self.of.id}:{revision}",
            "feed_seq": alerts.next_feed_seq(self.session),
            "issued_at": last.body["issued_at"] if last else now,
            "updated_at": now,
            "url": f"{self.publisher.public_url}/alerts/{self.of.id}",
        }

    def _document(self, step: Step, notice: Notice) -> dict[str, Any]:
        """`expires_on` is the closing of the episode's last quarter: as its row says, or as the calendar will say."""
        row = self.session.get(QuarterRow, self.change.ends)
        closes_on = row.closes_on if row else Quarter.parse(self.change.ends).closes_on
        return alert.document(
            step,
            notice,
            skill=self.publisher.described(self.look.basis, self.of.skill, self.of.family),
            rule_version=self.look.rule_version,
            vintage=f"seq:{self.look.known_seq}",
            expires_on=closes_on.isoformat(),
            reason=self._reason() if notice is Notice.WITHDRAWN else None,
            caused_by=self.change.caused_by or None,
        )

    def _reason(self) -> Text:
        return reason_to_withdraw(
            is_hidden=self.change.withheld is not None,
            is_late=self.look.kind == Kind.REVISION,
            retest=self._shown_retest(),
            is_watched=self.change.severity not in TOLD and self.change.change != Became.WITHDRAWN,
        )

    def _shown_retest(self) -> Mapping[str, Any] | None:
        """The test that did not find the surge any more, as far as it may be shown."""
        retest = self.change.figures.get("retest")
        if retest is None:
            return None
        shown = disclosure.shown_figures(retest)
        return {**shown, "reason": retest["reason"]} if shown else None
