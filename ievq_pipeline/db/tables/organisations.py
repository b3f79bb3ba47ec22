"""Who hands in and whom the numbers are about. What describes an organisation is dated, and read as of a quarter."""

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base


class Organisation(Base):
    """An enterprise, association, college or authority. Its codes are attributes, and may change; its id does not."""

    __tablename__ = "organisation"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    kind: Mapped[str]
    title: Mapped[str | None]
    is_registered: Mapped[bool]  #: False: a submission named it, and nobody has registered it yet
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OrganisationIdentifier(Base):
    """A code of an organisation, `scheme:value`, for the time that it holds; empty ends are open."""

    __tablename__ = "organisation_identifier"
    __table_args__ = (UniqueConstraint("scheme", "value", "holds_from", postgresql_nulls_not_distinct=True),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), index=True)
    scheme: Mapped[str]
    value: Mapped[str]
    holds_from: Mapped[date | None]
    holds_to: Mapped[date | None]  #: the last day


class OrganisationSegment(Base):
    """Ownership, scale, accreditation, region or industry of an organisation, for the time that it holds."""

    __tablename__ = "organisation_segment"
    __table_args__ = (
        UniqueConstraint("organisation_id", "dimension", "holds_from", postgresql_nulls_not_distinct=True),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    dimension: Mapped[str]
    value: Mapped[str]
    holds_from: Mapped[date | None]
    holds_to: Mapped[date | None]
    source: Mapped[str]


class OrganisationSuccession(Base):
    """After a merger, a split or a new code: whose past is whose, so that matching survives it."""

    __tablename__ = "organisation_succession"
    predecessor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    successor_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    kind: Mapped[str]
    happened_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RosterEntry(Base):
    """A reporter expected in a feed, for the time that it holds; the primary association's filing goes first."""

    __tablename__ = "roster"
    __table_args__ = (
        UniqueConstraint("feed_id", "organisation_id", "holds_from", postgresql_nulls_not_distinct=True),
        Index(None, "organisation_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    feed_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("feed.id"))
    organisation_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("organisation.id"))
    is_primary: Mapped[bool]
    holds_from: Mapped[date | None]
    holds_to: Mapped[date | None]
