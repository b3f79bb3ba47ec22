"""Close: a quarter → closed, its vintage cut, silence and coverage recorded, and detection told of it.

Files that come later are late: they count from the next vintage on.
"""

from datetime import date

import structlog
from sqlalchemy import func
from sqlalchemy.orm import Session, sessionmaker

from ievq_pipeline.db import coverage, outbox, quarters, silences, vintages
from ievq_pipeline.domain.errors import EarlierQuarterOpen, NotYetDue, RoomsNotEmpty
from ievq_pipeline.domain.period import Quarter
from ievq_pipeline.domain.surge.schedule import Kind

log = structlog.get_logger()


def run(sessions: sessionmaker[Session], quarter: str, *, today: date, is_forced: bool = False) -> list[str]:
    """Close the quarter; returns the feeds that stayed silent. Closing it again changes nothing.

    `today` is the date in Asia/Shanghai, where the calendar is kept. Raises QuarterNotOpen, EarlierQuarterOpen (the
    closing looks go in calendar order), NotYetDue unless `is_forced`, and RoomsNotEmpty while submissions are on
    their way.
    """
    with sessions.begin() as session:
        row = quarters.to_close(session, quarter)
        silent = [feed.code for feed in silences.silent_feeds(session, Quarter.parse(quarter))]
        if row.closed_at is not None:
            return silent
        earliest = quarters.earliest_open(session)
        if earliest is not None and earliest < quarter:
            raise EarlierQuarterOpen(earlier=earliest)
        if today < row.closes_on and not is_forced:
            raise NotYetDue(quarter=quarter, closes_on=row.closes_on)
        if on_the_way := quarters.on_the_way(session, quarter):
            raise RoomsNotEmpty(quarter=quarter, count=on_the_way)
        row.closed_at = func.clock_timestamp()  # later than all that came in time
        vintage = vintages.make(session, quarter, Kind.CLOSING)
        silences.record(session, Quarter.parse(quarter))
        coverage.keep(session, vintage)
        outbox.tell(session, outbox.QUARTER_CLOSED, quarter)
    log.info("close.closed", quarter=quarter, silent=silent)
    return silent
