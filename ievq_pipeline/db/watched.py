"""Watched folders: what was seen of each file at the last look, and what came of it."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from ievq_pipeline.db.tables import Feed, WatchedFile

WRITING = "seen; it is taken when it stands unchanged at the next look"


def note(session: Session, feed_id: uuid.UUID, quarter: str, stamps: dict[str, str], now: datetime) -> None:
    """Write down how each file stands, by path; of those that have changed, that they did so now."""
    table = WatchedFile
    mine = (table.feed_id == feed_id) & (table.quarter == quarter)
    session.execute(update(table).where(mine).values(is_there=table.path.in_(list(stamps))))
    of = {"feed_id": feed_id, "quarter": quarter, "seen_at": now, "said": WRITING}
    if not stamps:
        return
    fresh = insert(table).values([of | {"path": path, "stamp": stamp} for path, stamp in stamps.items()])
    changed = table.stamp != fresh.excluded.stamp
    session.execute(
        fresh.on_conflict_do_update(
            index_elements=["feed_id", "quarter", "path"],
            set_={"stamp": fresh.excluded.stamp, "seen_at": now, "said": WRITING},
            where=changed,
        )
    )


def settled(session: Session, feed_id: uuid.UUID, quarter: str, since: datetime) -> list[WatchedFile]:
    """Files that have stood unchanged since then and whose present state nothing has come of yet."""
    table = WatchedFile
    mine = (table.feed_id == feed_id) & (table.quarter == quarter) & table.is_there
    query = select(table).where(mine, table.seen_at <= since, table.taken_stamp.is_distinct_from(table.stamp))
    return list(session.scalars(query))


def unsettled(session: Session, feed_id: uuid.UUID, quarter: str) -> int:
    """How many files are there whose present state nothing has come of yet."""
    table = WatchedFile
    mine = (table.feed_id == feed_id) & (table.quarter == quarter) & table.is_there
    query = select(func.count()).where(mine, table.taken_stamp.is_distinct_from(table.stamp))
    return session.scalar(query.select_from(table)) or 0


def forget(session: Session, feed_id: uuid.UUID, quarter: str) -> None:
    """As if nothing had ever come of its files; they are seen already."""
    table = WatchedFile
    mine = (table.feed_id == feed_id) & (table.quarter == quarter)
    session.execute(update(table).where(mine).values(taken_stamp=None, sha256=None))


def every(session: Session) -> Sequence[tuple[str, WatchedFile]]:
    """Every file that was seen, with the feed's code."""
    query = select(Feed.code, WatchedFile).join(Feed, Feed.id == WatchedFile.feed_id)
    query = query.order_by(Feed.code, WatchedFile.quarter.desc(), WatchedFile.path)
    return [(code, row) for code, row in session.execute(query)]


def ago(session: Session, while_: timedelta) -> tuple[datetime, datetime]:
    """The database's clock now, and so long before."""
    now = session.scalars(select(func.clock_timestamp())).one()
    return now, now - while_
