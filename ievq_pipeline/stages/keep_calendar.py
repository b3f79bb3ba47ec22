"""Keep_calendar: the dates on the quarters' rows, and today → quarters opened, reminders made, quarters closed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

import structlog
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import feeds, quarters, reminders
from ievq_pipeline.db.tables import QuarterRow
from ievq_pipeline.domain.alert import Mode
from ievq_pipeline.domain.errors import EarlierQuarterOpen, LaterQuarterClosed, RoomsNotEmpty
from ievq_pipeline.domain.period import Quarter, calendar_date
from ievq_pipeline.domain.timetable import Timetable

log = structlog.get_logger()
LOADED_BY_HAND = "it is history for every basis: whoever loads it closes it"
OPENED_TODAY = "it was opened today: whoever opened it that late has files to hand in"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that the calendar asked for: `planned`, `opened`, `reminded` or `closed`; or `left`, and why."""

    did: str
    what: str
    why: str | None = None

    def __str__(self) -> str:
        return f"{self.did} {self.what}" + (f": {self.why}" if self.why else "")


def run(sessions: sessionmaker[Session], *, today: date, close: Callable[[str], object]) -> list[Step]:
    """Everything that the calendar asks for on `today`, the date in Asia/Shanghai; again, it asks for nothing.

    `close` closes one quarter. One that it refuses, since submissions are on their way or an earlier one is open, is
    left for the next run. Each step is a transaction of its own: killed in between, the next run does what is missing.
    """
    steps = []
    for step in _all(sessions, today, close):
        tell = log.warning if step.did == "left" else log.info
        tell(f"keep_calendar.{step.did}", what=step.what, why=step.why)
        steps.append(step)
    return steps


def _all(sessions: sessionmaker[Session], today: date, close: Callable[[str], object]) -> Iterator[Step]:
    yield from _plan(sessions, Quarter.of(today))
    with sessions.begin() as session:
        opened = quarters.open_planned(session, today)
    yield from (Step("opened", quarter) for quarter in opened)
    with sessions() as session:
        rows = quarters.open_ones(session)
    for row in rows:
        if not row.timetable.is_closing(today):
            with sessions.begin() as session:
                subjects = reminders.make(session, row, today)
            yield from (Step("reminded", subject) for subject in subjects)
    yield from _close(sessions, today, close)


def _plan(sessions: sessionmaker[Session], quarter: Quarter) -> Iterator[Step]:
    """The row of the quarter in which we are, by its usual dates, where it has none."""
    name, usual = str(quarter), Timetable.usual(quarter)
    try:
        with sessions.begin() as session:
            if quarters.is_there(session, name):
                return
            quarters.plan(session, name, opens_on=usual.opens_on, due_on=usual.due_on, closes_on=usual.closes_on)
    except LaterQuarterClosed as refused:  # somebody has closed a quarter of the future
        yield Step("left", name, refused.text("en"))
    else:
        yield Step("planned", name)


def _close(sessions: sessionmaker[Session], today: date, close: Callable[[str], object]) -> Iterator[Step]:
    with sessions() as session:
        due = [(row.quarter, _why_not(session, row, today)) for row in quarters.to_close_on(session, today)]
    for quarter, why in due:
        if why is not None:
            yield Step("left", quarter, why)
            continue
        try:
            close(quarter)
        except (RoomsNotEmpty, EarlierQuarterOpen) as refused:
            yield Step("left", quarter, refused.text("en"))
        else:
            yield Step("closed", quarter)


def _why_not(session: Session, row: QuarterRow, today: date) -> str | None:
    """Why the calendar leaves a quarter alone although its day has come: a quarter of the past, opened to be loaded."""
    modes, bases = quarters.modes(session), feeds.bases(session)
    if bases and all(modes.get((basis, row.quarter)) == Mode.HISTORY for basis in bases):
        return LOADED_BY_HAND
    return OPENED_TODAY if row.opened_at and calendar_date(row.opened_at) == today else None
