"""Every table of ours, as SQLAlchemy models. `migrations/` builds them; a test holds the two together."""

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    LargeBinary,
    MetaData,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012  # SQLAlchemy reads it, nobody changes it
        datetime: DateTime(timezone=True),
        dict[str, Any]: JSONB,
        list[str]: ARRAY(Text),
    }


class Feed(Base):
    """An organisation's standing contract to report."""

    __tablename__ = "feed"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    code: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    source: Mapped[str]  #: the source that a totals feed counts for
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def basis(self) -> str:
        return f"{self.kind}:{self.source}"


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
    opened_at: Mapped[datetime] = mapped_column(server_default=func.now())
    closed_at: Mapped[datetime | None]


class QuarterMode(Base):
    """`history` for a (basis, quarter) whose surges give no notice; without a row it is live."""

    __tablename__ = "quarter_mode"
    basis: Mapped[str] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"), primary_key=True)
    mode: Mapped[str]


class Submission(Base):
    """One file handed in; numbered within (feed, quarter)."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("feed_id", "quarter", "number"),
        UniqueConstraint("api_key_id", "idempotency_key"),
        Index("ix_submission_on_the_way", "state", postgresql_where="state IN ('received', 'checking', 'accepted')"),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"))
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"))
    number: Mapped[int]
    state: Mapped[str] = mapped_column(server_default="received")
    claimed_until: Mapped[datetime | None]  #: while `checking`: after this moment another worker may take it
    attempts: Mapped[int] = mapped_column(server_default="0")  #: how often a worker has claimed it
    api_key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("api_key.id"))  #: none: the command line
    idempotency_key: Mapped[str | None]
    file_name: Mapped[str]
    sha256: Mapped[str]
    bytes: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    checked_at: Mapped[datetime | None]
    stored_at: Mapped[datetime | None]
    verdict: Mapped[str | None]
    rules_version: Mapped[str | None]
    rows_read: Mapped[int] = mapped_column(server_default="0")
    rows_accepted: Mapped[int] = mapped_column(server_default="0")
    rows_quarantined: Mapped[int] = mapped_column(server_default="0")


class SubmissionFile(Base):
    """The bytes as they came, in a row of their own: they may go one day while digest and receipt stay."""

    __tablename__ = "submission_file"
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class SubmissionAnswer(Base):
    """The outcome of the check, and the accepted rows as an Arrow stream: store never parses again."""

    __tablename__ = "submission_answer"
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    body: Mapped[dict[str, Any]]  #: `file`, `findings` and `normalised`, as codes and places; worded when read
    accepted: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: `[row, name]` of what quarantined rows name: unknown this quarter, never zero
    unknown: Mapped[list[Any]] = mapped_column(JSONB)
    is_complete: Mapped[bool]  #: False: a quarantined row could not even be read, so what is not named is unknown


class Known(Base):
    """The order in which filings came into force; assigned under one lock, so that it is commit order."""

    __tablename__ = "known"
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Filing(Base):
    """One reporter's part of a submission; a totals file is one filing, of its source."""

    __tablename__ = "filing"
    __table_args__ = (UniqueConstraint("submission_id", "reporter"), Index(None, "basis", "quarter"))
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"))
    basis: Mapped[str]
    reporter: Mapped[str]
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"))


class FilingInForce(Base):
    """When a filing counted; `known_to` empty: it counts now."""

    __tablename__ = "filing_in_force"
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), primary_key=True)
    known_from: Mapped[int] = mapped_column(ForeignKey("known.seq"), primary_key=True)
    known_to: Mapped[int | None] = mapped_column(ForeignKey("known.seq"))


class TotalObservation(Base):
    """One row of a totals file; append-only. `count` empty: unknown, since the row naming it was quarantined."""

    __tablename__ = "total_observation"
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    term: Mapped[str]
    count: Mapped[int | None] = mapped_column(BigInteger)
    exposure: Mapped[int | None] = mapped_column(BigInteger)
    months: Mapped[int | None]


class LookRow(Base):
    """One fixed moment of testing of a (basis, quarter), and the cut of knowledge it rests on."""

    __tablename__ = "look"
    __table_args__ = (UniqueConstraint("basis", "quarter", "kind"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    basis: Mapped[str]
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"))
    kind: Mapped[str]
    rule_version: Mapped[str]
    known_seq: Mapped[int | None] = mapped_column(ForeignKey("known.seq"))
    tested: Mapped[int]
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_at: Mapped[datetime | None]


class SurgeRow(Base):
    """One series tested at a look, with its figures."""

    __tablename__ = "surge"
    look_id: Mapped[int] = mapped_column(ForeignKey("look.id"), primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    skill: Mapped[str] = mapped_column(primary_key=True)
    window: Mapped[int]
    growth: Mapped[float]
    lower: Mapped[float]
    upper: Mapped[float]
    p: Mapped[float]
    q: Mapped[float | None]  #: empty: in an open episode, so not in the family
    observed: Mapped[float]
    expected: Mapped[float]
    severity: Mapped[str | None]


class EpisodeChange(Base):
    """What a look did to an episode; publish reads these and decides on notices."""

    __tablename__ = "episode_change"
    look_id: Mapped[int] = mapped_column(ForeignKey("look.id"), primary_key=True)
    level: Mapped[str] = mapped_column(primary_key=True)
    skill: Mapped[str] = mapped_column(primary_key=True)
    episode: Mapped[int] = mapped_column(primary_key=True)
    change: Mapped[str]
    severity: Mapped[str]
    opened: Mapped[str]
    ends: Mapped[str]
    figures: Mapped[dict[str, Any]]  #: the test that the episode rests on
    evidence: Mapped[dict[str, Any]]  #: series and baselines, for people and charts


class Alert(Base):
    """The identity of an episode: random, given once."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint(
            "basis", "level", "skill", "family", "region", "industry", "episode", postgresql_nulls_not_distinct=True
        ),
    )
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    basis: Mapped[str]
    level: Mapped[str]
    skill: Mapped[str | None]
    family: Mapped[str | None]
    region: Mapped[str | None]
    industry: Mapped[str | None]
    episode: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AlertRevision(Base):
    """One notice of an alert, full state. `feed_seq` is given under one lock: a reader that polls misses none."""

    __tablename__ = "alert_revision"
    alert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    revision: Mapped[int] = mapped_column(primary_key=True)
    feed_seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    look_id: Mapped[int] = mapped_column(ForeignKey("look.id"))
    notice: Mapped[str]
    state: Mapped[str]
    severity: Mapped[str]
    skill: Mapped[str | None]
    quarter: Mapped[str]
    body: Mapped[dict[str, Any]]  #: the ALERT of `interfaces.md` §4, without what is added when it is read
    evidence: Mapped[dict[str, Any]]
    published_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Endpoint(Base):
    """Where notices go by webhook; its secret is kept encrypted."""

    __tablename__ = "endpoint"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    name: Mapped[str] = mapped_column(unique=True)
    url: Mapped[str]
    secret: Mapped[bytes]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    disabled_at: Mapped[datetime | None]
    disabled_why: Mapped[str | None]


class Delivery(Base):
    """One notice to one endpoint: a row before anything is sent, and its outcome after."""

    __tablename__ = "delivery"
    __table_args__ = (
        UniqueConstraint("endpoint_id", "alert_id", "revision"),
        Index("ix_delivery_due", "next_at", postgresql_where="state = 'pending'"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    endpoint_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("endpoint.id"))
    alert_id: Mapped[uuid.UUID]
    revision: Mapped[int]
    feed_seq: Mapped[int] = mapped_column(BigInteger)
    prev_feed_seq: Mapped[int | None] = mapped_column(BigInteger)  #: of this endpoint: lets it notice a gap
    state: Mapped[str] = mapped_column(server_default="pending")
    attempts: Mapped[int] = mapped_column(server_default="0")
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    claimed_until: Mapped[datetime | None]
    first_sent_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    status: Mapped[int | None]
    outcome: Mapped[str | None]


class OutboxEvent(Base):
    """Something happened that others wait for; committed with the change it tells of, carried on by the dispatcher."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_waiting", "id", postgresql_where="carried_at IS NULL"),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    carried_at: Mapped[datetime | None]
