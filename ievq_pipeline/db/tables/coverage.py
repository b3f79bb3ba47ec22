"""Coverage as it stood when a quarter closed: kept, since what is known of organisations may be told anew later."""

from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base


class CoverageRow(Base):
    """How much of a quarter a vintage knows, for one basis: the numbers by segment (`domain/coverage.py`)."""

    __tablename__ = "coverage"
    vintage_id: Mapped[int] = mapped_column(ForeignKey("vintage.id"), primary_key=True)
    basis: Mapped[str] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"), primary_key=True)
    body: Mapped[list[Any]] = mapped_column(JSONB)
