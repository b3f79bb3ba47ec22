"""Wordings that no list knows: where they were named, and what was decided of them."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base


class WordingRow(Base):
    """A wording that was no certain name of anything in its list when it was first named."""

    __tablename__ = "wording"
    __table_args__ = (
        UniqueConstraint("code_list", "folded"),
        Index("ix_wording_pending", "id", postgresql_where="state = 'pending'"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    code_list: Mapped[str]  #: such as `skills`
    folded: Mapped[str]  #: without regard to case, width and blanks: what makes two wordings the same
    spelled: Mapped[str]  #: as it was first named
    state: Mapped[str] = mapped_column(server_default="pending")  #: or `decided`
    suggestions: Mapped[list[Any]] = mapped_column(JSONB)  #: `{code, score}`, best first, as they were at first sight
    #: codes that it may well mean: unknown for whoever names it, until it is decided
    unsure: Mapped[list[str]]
    first_seen_at: Mapped[datetime] = mapped_column(server_default=func.now())


class WordingSeen(Base):
    """A submission that names a wording in its accepted rows, and what stands around it."""

    __tablename__ = "wording_seen"
    wording_id: Mapped[int] = mapped_column(ForeignKey("wording.id"), primary_key=True)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True, index=True)
    rows: Mapped[int]
    reporters: Mapped[int]
    openings: Mapped[int | None] = mapped_column(BigInteger)  #: none: the kind counts none
    neighbours: Mapped[list[str]]  #: codes that the same reporters name most, beside it


class WordingDecision(Base):
    """What somebody decided of a wording; the latest holds, and none is ever changed."""

    __tablename__ = "wording_decision"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    wording_id: Mapped[int] = mapped_column(ForeignKey("wording.id"), index=True)
    what: Mapped[str]  #: `alias`, `new`, `ignore` or `undo`
    code: Mapped[str | None]  #: of an alias: the listed skill that it names
    note: Mapped[str]
    decided_by: Mapped[str]  #: the key's name, the user of the command line, or `matching`
    api_key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("api_key.id"))
    decided_at: Mapped[datetime] = mapped_column(server_default=func.now())
    known_seq: Mapped[int] = mapped_column(ForeignKey("known.seq"), index=True)  #: earlier cuts read as before
