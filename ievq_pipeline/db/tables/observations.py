"""What filings say, row by row: append-only, one table a feed kind, one partition a quarter (`db/partitions.py`).

Rows are written in the transaction that writes their filing, and never changed; foreign keys would make loading a
million of them several times slower, and guard against nothing that can happen.
"""

import uuid

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base


class Observation(Base):
    """Where a row of any kind belongs."""

    __abstract__ = True
    __table_args__ = {"postgresql_partition_by": "LIST (quarter)"}  # noqa: RUF012 - as SQLAlchemy wants it
    submission_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(BigInteger)


class TotalObservation(Observation):
    """One row of a totals file."""

    __tablename__ = "total_observation"
    term: Mapped[str]
    count: Mapped[int] = mapped_column(BigInteger)
    exposure: Mapped[int] = mapped_column(BigInteger)
    months: Mapped[int]


class JobDemandObservation(Observation):
    """One row of a job demand file: persons wanted for a skill. Zero reports and totals stand on the filing."""

    __tablename__ = "job_demand_observation"
    region: Mapped[str]
    industry: Mapped[str | None]
    occupation: Mapped[str | None]
    skill: Mapped[str]
    openings: Mapped[int]
    applicants: Mapped[int | None]
    post_ref: Mapped[str | None]
    tier: Mapped[int | None] = mapped_column(SmallInteger)
    is_required: Mapped[bool | None]


class TechnologyObservation(Observation):
    """One row of a technology file: how far a technology is in an enterprise, and which skills it needs."""

    __tablename__ = "technology_observation"
    technology: Mapped[str]
    stage: Mapped[str]
    skills: Mapped[list[str]]
    note: Mapped[str | None]
