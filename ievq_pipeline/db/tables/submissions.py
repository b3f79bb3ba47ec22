"""Files handed in, their answers, and the filings in them: what counts, and when it did."""

import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Identity, Index, LargeBinary, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from ievq_pipeline.db.tables.base import Base


class Submission(Base):
    """One file handed in; numbered within (feed, quarter)."""

    __tablename__ = "submission"
    __table_args__ = (
        UniqueConstraint("feed_id", "quarter", "number"),
        UniqueConstraint("api_key_id", "idempotency_key"),
        Index("ix_submission_on_the_way", "state", postgresql_where="state IN ('received', 'checking', 'accepted')"),
        Index("ix_submission_not_taken", "checked_at", postgresql_where="state IN ('rejected', 'needs_confirmation')"),
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
    mended_from: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"))  #: whose file it is, mended
    #: by the number of a row, what its cells should read, by the contract's codes: all mends up to here
    mends: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    bytes: Mapped[int] = mapped_column(BigInteger)
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    checked_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    examined_at: Mapped[datetime | None]  #: the accepted rows have passed their suite
    held_why: Mapped[str | None]  #: they have not: an engineer must look
    stored_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_why: Mapped[str | None]
    verdict: Mapped[str | None]
    rules_version: Mapped[str | None]
    rows_read: Mapped[int] = mapped_column(server_default="0")
    rows_accepted: Mapped[int] = mapped_column(server_default="0")
    rows_quarantined: Mapped[int] = mapped_column(server_default="0")


class SubmissionFile(Base):
    """The bytes as they came, in parts of their own: they may go one day while digest and receipt stay."""

    __tablename__ = "submission_file"
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    part: Mapped[int] = mapped_column(primary_key=True, server_default="0")
    content: Mapped[bytes] = mapped_column(LargeBinary)


class SubmissionAnswer(Base):
    """The outcome of the check, and the accepted rows as an Arrow stream: store never parses again."""

    __tablename__ = "submission_answer"
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), primary_key=True)
    #: `file`, `counts` (findings by code) and `normalised`
    body: Mapped[dict[str, Any]]
    #: every finding as code, place and parameters, an Arrow stream; worded when read
    findings: Mapped[bytes | None] = mapped_column(LargeBinary)
    accepted: Mapped[bytes | None] = mapped_column(LargeBinary)
    #: `[row, name, …]` of what quarantined rows name: unknown this quarter, never zero
    unknown: Mapped[list[Any]] = mapped_column(JSONB)
    #: `[row, reporter]` of quarantined rows that do not say what they are about; no reporter: not even whose they are
    unnamed: Mapped[list[Any]] = mapped_column(JSONB)


class SubmissionConfirmation(Base):
    """Why a soft finding is as it should be: kept beside the data."""

    __tablename__ = "submission_confirmation"
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    code: Mapped[str]
    row: Mapped[int | None]
    column: Mapped[str | None]
    value: Mapped[str | None]
    #: whose value it is, and of what, whatever row it stands in; said of it once, it is not asked again in the quarter
    about: Mapped[str | None]
    reason: Mapped[str]
    text: Mapped[str]
    #: the earlier submission of which it was said
    carried_from: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("submission.id"))
    api_key_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("api_key.id"))
    confirmed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Known(Base):
    """The order in which filings came into force; assigned under one lock, so that it is commit order."""

    __tablename__ = "known"
    seq: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(server_default=func.now())


class Filing(Base):
    """One reporter's part of a submission; a totals file is one filing, of its source.

    It can be in force from `filed_seq` to `ended_seq`; whether it is, of several for one reporter, says FilingInForce.
    """

    __tablename__ = "filing"
    __table_args__ = (
        UniqueConstraint("submission_id", "organisation_id", "source", postgresql_nulls_not_distinct=True),
        Index(None, "basis", "quarter", "organisation_id"),
    )
    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    submission_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("submission.id"))
    basis: Mapped[str]
    quarter: Mapped[str] = mapped_column(ForeignKey("quarter.quarter"))
    organisation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("organisation.id"))  #: the reporter
    source: Mapped[str | None]  #: or, of totals, the source
    rank: Mapped[int]  #: 0: the reporter's own; 1: its primary association's; 2: another's. The lowest goes first
    total: Mapped[int | None] = mapped_column(BigInteger)  #: all openings of the reporter, where it says so
    is_zero: Mapped[bool]  #: a zero report
    is_complete: Mapped[bool]  #: False: what it does not name is unknown, not zero
    filed_seq: Mapped[int | None] = mapped_column(ForeignKey("known.seq"))
    ended_seq: Mapped[int | None] = mapped_column(ForeignKey("known.seq"))  #: replaced or withdrawn


class FilingUnknown(Base):
    """What a quarantined row of a filing names: unknown in that quarter."""

    __tablename__ = "filing_unknown"
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class FilingInForce(Base):
    """When a filing counted; `known_to` empty: it counts now. It may have several such spells."""

    __tablename__ = "filing_in_force"
    filing_id: Mapped[int] = mapped_column(ForeignKey("filing.id"), primary_key=True)
    known_from: Mapped[int] = mapped_column(ForeignKey("known.seq"), primary_key=True)
    known_to: Mapped[int | None] = mapped_column(ForeignKey("known.seq"))
