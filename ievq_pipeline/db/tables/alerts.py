"""Alerts and their revisions, where notices go and how that went, and the events that others wait for."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base


class Alert(Base):
    """The identity of an episode, random and given once, told or not; and how the episode stands."""

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
    opened: Mapped[str]
    ended: Mapped[str | None]  #: the quarter in which it ended; none: it runs
    is_gone: Mapped[bool] = mapped_column(server_default="false")  #: a later look did not find it any more
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
    figures: Mapped[dict[str, Any]]  #: all that is shown of the test
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
