"""What filings say, row by row: append-only, one table a feed kind, one partition a quarter (`db/partitions.py`).

Rows are written in the transaction that writes their filing, and never changed; foreign keys would make loading a
million of them several times slower, and guard against nothing that can happen.
"""

import uuid

from sqlalchemy import BigInteger, SmallInteger
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base

BY_QUARTER = {"postgresql_partition_by": "LIST (quarter)"}


class TotalObservation(Base):
    """One row of a totals file."""

    __tablename__ = "total_observation"
    __table_args__ = BY_QUARTER
    submission_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(BigInteger)
    term: Mapped[str]
    count: Mapped[int] = mapped_column(BigInteger)
    exposure: Mapped[int] = mapped_column(BigInteger)
    months: Mapped[int]


class JobDemandObservation(Base):
    """One row of a job demand file: persons wanted for a skill. Zero reports and totals stand on the filing."""

    __tablename__ = "job_demand_observation"
    __table_args__ = BY_QUARTER
    submission_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(BigInteger)
    region: Mapped[str]
    industry: Mapped[str | None]
    occupation: Mapped[str | None]
    skill: Mapped[str]
    openings: Mapped[int]
    applicants: Mapped[int | None]
    post_ref: Mapped[str | None]
    tier: Mapped[int | None] = mapped_column(SmallInteger)
    is_required: Mapped[bool | None]


class TechnologyObservation(Base):
    """One row of a technology file: how far a technology is in an enterprise, and which skills it needs."""

    __tablename__ = "technology_observation"
    __table_args__ = BY_QUARTER
    submission_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    filing_id: Mapped[int] = mapped_column(BigInteger)
    technology: Mapped[str]
    stage: Mapped[str]
    skills: Mapped[list[str]]
    note: Mapped[str | None]
