"""Every table of ours, as SQLAlchemy models. `migrations/` builds them; a test holds the two together."""

from ievq_pipeline.db.tables.alerts import Alert, AlertRevision, Delivery, Endpoint, OutboxEvent
from ievq_pipeline.db.tables.base import Base
from ievq_pipeline.db.tables.coverage import CoverageRow
from ievq_pipeline.db.tables.feeds import ApiKey, Feed, FeedDue, FeedPull, QuarterMode, QuarterRow, Reminder, Silence
from ievq_pipeline.db.tables.looks import EpisodeChange, LookRow, SeriesBreak, SurgeRow, Vintage
from ievq_pipeline.db.tables.mails import FeedContact, Mail, WatchedFile
from ievq_pipeline.db.tables.observations import JobDemandObservation, TechnologyObservation, TotalObservation
from ievq_pipeline.db.tables.organisations import (
    Organisation,
    OrganisationIdentifier,
    OrganisationSegment,
    OrganisationSuccession,
    RosterEntry,
)
from ievq_pipeline.db.tables.submissions import (
    Filing,
    FilingInForce,
    FilingUnknown,
    Known,
    Submission,
    SubmissionAnswer,
    SubmissionConfirmation,
    SubmissionFile,
)
from ievq_pipeline.db.tables.wordings import WordingDecision, WordingRow, WordingSeen

__all__ = [
    "Alert",
    "AlertRevision",
    "ApiKey",
    "Base",
    "CoverageRow",
    "Delivery",
    "Endpoint",
    "EpisodeChange",
    "Feed",
    "FeedContact",
    "FeedDue",
    "FeedPull",
    "Filing",
    "FilingInForce",
    "FilingUnknown",
    "JobDemandObservation",
    "Known",
    "LookRow",
    "Mail",
    "Organisation",
    "OrganisationIdentifier",
    "OrganisationSegment",
    "OrganisationSuccession",
    "OutboxEvent",
    "QuarterMode",
    "QuarterRow",
    "Reminder",
    "RosterEntry",
    "SeriesBreak",
    "Silence",
    "Submission",
    "SubmissionAnswer",
    "SubmissionConfirmation",
    "SubmissionFile",
    "SurgeRow",
    "TechnologyObservation",
    "TotalObservation",
    "Vintage",
    "WatchedFile",
    "WordingDecision",
    "WordingRow",
    "WordingSeen",
]
