"""Advisory locks that end with the transaction: where order must be commit order, one writer at a time."""

import uuid
from enum import IntEnum

from sqlalchemy import text
from sqlalchemy.orm import Session

#: "ievq" in ASCII: keeps our locks apart from those of other programs in the same database
SPACE = 0x69657671


class Lock(IntEnum):
    KNOWN = 1  #: filings come into force and go out of it: `known_seq`
    FOLD = 2  #: detection, a fold over quarters
    FEED = 3  #: the alert feed: `feed_seq`
    ORGANISATIONS = 5  #: identifiers are given to organisations: nobody is to be made twice
    CALENDAR = 4  #: quarters open and close: whoever opens one must see which later ones are closed, and the reverse


def hold(session: Session, lock: Lock, *, is_shared: bool = False) -> None:
    """Wait for the lock and keep it until this transaction ends; shared, others may hold it so too."""
    kind = "pg_advisory_xact_lock_shared" if is_shared else "pg_advisory_xact_lock"
    session.execute(text(f"SELECT {kind}(:space, :lock)"), {"space": SPACE, "lock": int(lock)})


def hold_feed(session: Session, feed_id: uuid.UUID, quarter: str) -> None:
    """The same for what a feed has filed of a quarter: whoever changes it holds this first.

    Then its submissions, then `Lock.KNOWN`: in another order two of them would wait for each other.
    """
    of = {"of": f"{feed_id} {quarter}", "space": SPACE}
    session.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:of, :space))"), of)
