"""Cuts of what was known, the looks made at them, what they tested, and what they did to episodes."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base


class Vintage(Base):
    """A named cut of `known_seq`: at a quarter's closing for all bases, or at the first look of one basis."""

    __tablename__ = "vintage"
    __table_args__ = (UniqueConstraint("quarter", "kind", "basis", postgresql_nulls_not_distinct=True),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"))
    kind: Mapped[str]  #: `closing` or `first`
    basis: Mapped[str | None]
    known_seq: Mapped[int | None] = mapped_column(ForeignKey("known.seq"))  #: none: nothing was known yet
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())

    @property
    def name(self) -> str:
        return self.quarter if self.kind == "closing" else f"{self.quarter}.{self.kind}"

    @property
    def seq(self) -> int:
        """The last that was known; 0: nothing."""
        return self.known_seq or 0


class SeriesBreak(Base):
    """From this quarter on a concept counts something else: windows that cross it are not tested."""

    __tablename__ = "series_break"
    concept: Mapped[str] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LookRow(Base):
    """One fixed moment of testing of a (basis, quarter), and the cut of knowledge it rests on; or a preview."""

    __tablename__ = "look"
    __table_args__ = (UniqueConstraint("basis", "quarter", "kind", "vintage_id", postgresql_nulls_not_distinct=True),)
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    basis: Mapped[str]
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"))
    kind: Mapped[str]  #: `first`, `closing`, `revision` or `preview`
    vintage_id: Mapped[int | None] = mapped_column(ForeignKey("vintage.id"))  #: none: a preview
    rule_version: Mapped[str]
    known_seq: Mapped[int | None] = mapped_column(ForeignKey("known.seq"))
    feeds_expected: Mapped[int] = mapped_column(server_default="0")
    feeds_in_force: Mapped[int] = mapped_column(server_default="0")
    tested: Mapped[int]
    untested: Mapped[list[Any]] = mapped_column(JSONB, server_default="[]")  #: series left out, and why
    memory: Mapped[str | None]  #: what the fold hands to the next quarter
    made_at: Mapped[datetime] = mapped_column(server_default=func.now())
    published_at: Mapped[datetime | None]


class SurgeRow(Base):
    """One series tested at a look, with its figures."""

    __tablename__ = "surge"
    __table_args__ = (
        UniqueConstraint(
            "look_id", "level", "skill", "family", "region", "industry", postgresql_nulls_not_distinct=True
        ),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    look_id: Mapped[int] = mapped_column(ForeignKey("look.id"))
    level: Mapped[str]
    skill: Mapped[str | None]
    family: Mapped[str | None]
    region: Mapped[str | None]
    industry: Mapped[str | None]
    window: Mapped[int]
    growth: Mapped[float]
    lower: Mapped[float]
    upper: Mapped[float]
    p: Mapped[float]
    q: Mapped[float | None]  #: empty: in an open episode, so not in the family
    observed: Mapped[float]
    expected: Mapped[float]
    matched: Mapped[int | None]  #: reporters held against their own past
    n_eff: Mapped[float | None]
    severity: Mapped[str | None]
    reason: Mapped[str | None]  #: why it was not flagged


class EpisodeChange(Base):
    """What a look did to an episode; publish reads these and decides on notices."""

    __tablename__ = "episode_change"
    look_id: Mapped[int] = mapped_column(ForeignKey("look.id"), primary_key=True)
    alert_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("alert.id"), primary_key=True)
    change: Mapped[str]
    severity: Mapped[str]
    opened: Mapped[str]
    ends: Mapped[str]
    figures: Mapped[dict[str, Any]]  #: the test that the episode rests on
    evidence: Mapped[dict[str, Any]]  #: series and baselines, for people and charts
    caused_by: Mapped[list[str] | None]  #: submissions that changed what had been looked at
    #: by quarter: how many reporters' figures are others than when the series was last told of; none: not known
    changed_reporters: Mapped[dict[str, Any] | None]
    test: Mapped[str | None]  #: of a panel: the test in full, to hold later ones against
    withheld: Mapped[str | None]  #: why it may not be shown
