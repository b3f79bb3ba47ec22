"""Who has promised to hand in what, who may call, and the calendar of quarters."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base
from ievq_pipeline.domain.timetable import Timetable


class Feed(Base):
    """An organisation's standing contract to report."""

    __tablename__ = "feed"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    source: Mapped[str | None]  #: of a totals feed: the source that it counts for
    submitter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
    #: by column, the scheme of bare codes, or `not-stated`, where it is another than the contract's
    schemes: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    #: where the submitter hosts its files; `{quarter}` stands for the quarter
    pull_url: Mapped[str | None]
    #: or the files of a folder that we look into, such as `s3://inbox/robots/{quarter}/*.xlsx`
    watch_url: Mapped[str | None]
    #: when its file is due, in days after the quarter's end; empty: as the quarter's row says
    due_days: Mapped[int | None]
    #: of totals: whether the source publishes its figures itself; those of one that does not are not told
    already_public: Mapped[bool] = mapped_column(server_default="true")
    #: zh or en: what answers, templates and mails are written in where nobody asks otherwise
    language: Mapped[str] = mapped_column(server_default="zh")
    ended_on: Mapped[date | None]  #: from this day on nothing is expected any more
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def basis(self) -> str:
        return f"{self.kind}:{self.source}" if self.source else self.kind


class FeedPull(Base):
    """How far we are with fetching a feed's file of a quarter from where it is hosted."""

    __tablename__ = "feed_pull"
    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"), primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"), primary_key=True)
    url: Mapped[str | None]  #: where the last file came from; the next three are what it came with
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    sha256: Mapped[str | None]
    failures: Mapped[int] = mapped_column(server_default="0")  #: in a row
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    claimed_until: Mapped[datetime | None]  #: until then a worker is fetching it
    pulled_at: Mapped[datetime | None]  #: when a file last came
    said: Mapped[str | None]  #: how the last try went


class ApiKey(Base):
    """Who may call: 256 random bits, kept as their SHA-256."""

    __tablename__ = "api_key"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    role: Mapped[str]
    prefix: Mapped[str]
    digest: Mapped[bytes] = mapped_column(unique=True)
    feeds: Mapped[list[str]]  #: codes of the feeds it may hand in for
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]


class QuarterRow(Base):
    """A quarter's calendar: the dates stand here, and what acts on them looks here alone."""

    __tablename__ = "quarter"
    quarter: Mapped[str] = mapped_column(primary_key=True)
    opens_on: Mapped[date]
    due_on: Mapped[date]
    closes_on: Mapped[date]
    opened_at: Mapped[datetime | None]  #: empty: planned
    closed_at: Mapped[datetime | None]

    @property
    def timetable(self) -> Timetable:
        return Timetable(self.opens_on, self.due_on, self.closes_on)


class QuarterMode(Base):
    """`history` for a (basis, quarter) whose surges give no notice; without a row it is live."""

    __tablename__ = "quarter_mode"
    basis: Mapped[str] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"), primary_key=True)
    mode: Mapped[str]


class FeedDue(Base):
    """A feed's own due date for one quarter; it goes before `feed.due_days` and the quarter's own."""

    __tablename__ = "feed_due"
    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"), primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"), primary_key=True)
    due_on: Mapped[date]


class Reminder(Base):
    """A feed was reminded of a quarter, once for each sort of reminder."""

    __tablename__ = "reminder"
    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"), primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    due_on: Mapped[date | None]  #: the due date that it tells
    addressed_at: Mapped[datetime | None]  #: it has become mails, one for each contact of the feed


class Silence(Base):
    """Whoever was expected and had nothing in force when the quarter closed: a feed, or a member on its roster."""

    __tablename__ = "silence"
    __table_args__ = (UniqueConstraint("quarter", "feed_id", "organisation_id", postgresql_nulls_not_distinct=True),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"))
    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))
