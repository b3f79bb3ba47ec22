"""Mail: who is written to about a feed, and every mail with its outcome; and what was seen in watched folders."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base


class FeedContact(Base):
    """An address that is written to about a feed, for the time that it holds; an office's, no person is named."""

    __tablename__ = "feed_contact"
    __table_args__ = (UniqueConstraint("feed_id", "address", "holds_from", postgresql_nulls_not_distinct=True),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"))
    address: Mapped[str]
    language: Mapped[str]  #: zh or en
    holds_from: Mapped[date | None]
    holds_to: Mapped[date | None]  #: the last day
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Mail(Base):
    """One mail to one address: a reminder, or word that a file was not taken; the id is in its Message-ID."""

    __tablename__ = "mail"
    __table_args__ = (
        UniqueConstraint("feed_id", "quarter", "kind", "submission_id", "address", postgresql_nulls_not_distinct=True),
        Index("ix_mail_due", "next_at", postgresql_where=text("state = 'pending'")),
        Index(None, "submission_id"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, server_default=func.gen_random_uuid())
    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"))
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"))
    kind: Mapped[str]  #: the sort of reminder, or `answer`
    submission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"))  #: of an answer
    address: Mapped[str]
    language: Mapped[str]
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    claimed_until: Mapped[datetime | None]  #: until then a worker is sending it
    status: Mapped[int | None]  #: what the mail server answered last, such as 250 or 451
    said: Mapped[str | None]  #: in its words, or why it was not sent
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    mailed_at: Mapped[datetime | None]


class WatchedFile(Base):
    """A file seen in a feed's watched folder: as it stood at the last look, and what came of it."""

    __tablename__ = "watched_file"
    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"), primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    stamp: Mapped[str]  #: size, time of change and ETag at the last look, as text to compare
    seen_at: Mapped[datetime]  #: since when it has stood like that
    taken_stamp: Mapped[str | None]  #: how it stood when it was last settled: handed in, or refused
    sha256: Mapped[str | None]  #: of what was handed in last
    submission_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"))
    said: Mapped[str]
    is_there: Mapped[bool] = mapped_column(server_default="true")  #: at the last look
