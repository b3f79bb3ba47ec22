"""organisations, rosters, panels by quarter, the calendar's plans, confirmations and withdrawals"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.create_table(
        "job_demand_observation",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.BigInteger(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("occupation", sa.String(), nullable=True),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("openings", sa.Integer(), nullable=False),
        sa.Column("applicants", sa.Integer(), nullable=True),
        sa.Column("post_ref", sa.String(), nullable=True),
        sa.Column("tier", sa.SmallInteger(), nullable=True),
        sa.Column("is_required", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("submission_id", "quarter", "row", name=op.f("pk_job_demand_observation")),
        postgresql_partition_by="LIST (quarter)",
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("is_registered", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
    )
    op.create_table(
        "series_break",
        sa.Column("concept", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("concept", "quarter", name=op.f("pk_series_break")),
    )
    op.create_table(
        "technology_observation",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("filing_id", sa.BigInteger(), nullable=False),
        sa.Column("technology", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("skills", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("submission_id", "quarter", "row", name=op.f("pk_technology_observation")),
        postgresql_partition_by="LIST (quarter)",
    )
    op.create_table(
        "feed_pull",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("etag", sa.String(), nullable=True),
        sa.Column("last_modified", sa.String(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("pulled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_feed_pull_feed_id")),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name=op.f("fk_feed_pull_quarter")),
        sa.PrimaryKeyConstraint("feed_id", "quarter", name=op.f("pk_feed_pull")),
    )
    op.create_table(
        "organisation_identifier",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("scheme", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=True),
        sa.Column("holds_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_identifier_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_identifier")),
        sa.UniqueConstraint(
            "scheme",
            "value",
            "holds_from",
            name=op.f("uq_organisation_identifier_scheme_value_holds_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(
        op.f("ix_organisation_identifier_organisation_id"), "organisation_identifier", ["organisation_id"], unique=False
    )
    op.create_table(
        "organisation_segment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=True),
        sa.Column("holds_to", sa.Date(), nullable=True),
        sa.Column("source", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_organisation_segment_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation_segment")),
        sa.UniqueConstraint(
            "organisation_id",
            "dimension",
            "holds_from",
            name=op.f("uq_organisation_segment_organisation_id_dimension_holds_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "organisation_succession",
        sa.Column("predecessor_id", sa.Uuid(), nullable=False),
        sa.Column("successor_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["predecessor_id"], ["organisation.id"], name=op.f("fk_organisation_succession_predecessor_id")
        ),
        sa.ForeignKeyConstraint(
            ["successor_id"], ["organisation.id"], name=op.f("fk_organisation_succession_successor_id")
        ),
        sa.PrimaryKeyConstraint("predecessor_id", "successor_id", name=op.f("pk_organisation_succession")),
    )
    op.create_table(
        "reminder",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_reminder_feed_id")),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name=op.f("fk_reminder_quarter")),
        sa.PrimaryKeyConstraint("feed_id", "quarter", "kind", name=op.f("pk_reminder")),
    )
    op.create_table(
        "roster",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("is_primary", sa.Boolean(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=True),
        sa.Column("holds_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_roster_feed_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_roster_organisation_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roster")),
        sa.UniqueConstraint(
            "feed_id",
            "organisation_id",
            "holds_from",
            name=op.f("uq_roster_feed_id_organisation_id_holds_from"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_index(op.f("ix_roster_organisation_id"), "roster", ["organisation_id"], unique=False)
    op.create_table(
        "silence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_silence_feed_id")),
        sa.ForeignKeyConstraint(["organisation_id"], ["organisation.id"], name=op.f("fk_silence_organisation_id")),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name=op.f("fk_silence_quarter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_silence")),
        sa.UniqueConstraint(
            "quarter",
            "feed_id",
            "organisation_id",
            name=op.f("uq_silence_quarter_feed_id_organisation_id"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "submission_confirmation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("column", sa.String(), nullable=True),
        sa.Column("value", sa.String(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_key.id"], name=op.f("fk_submission_confirmation_api_key_id")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_confirmation_submission_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_confirmation")),
    )
    op.create_index(
        op.f("ix_submission_confirmation_submission_id"), "submission_confirmation", ["submission_id"], unique=False
    )
    op.create_table(
        "vintage",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("basis", sa.String(), nullable=True),
        sa.Column("known_seq", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["known_seq"], ["known.seq"], name=op.f("fk_vintage_known_seq")),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name=op.f("fk_vintage_quarter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vintage")),
        sa.UniqueConstraint(
            "quarter", "kind", "basis", name=op.f("uq_vintage_quarter_kind_basis"), postgresql_nulls_not_distinct=True
        ),
    )
    op.create_table(
        "filing_unknown",
        sa.Column("filing_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_unknown_filing_id")),
        sa.PrimaryKeyConstraint("filing_id", "row", name=op.f("pk_filing_unknown")),
    )
    op.add_column("feed", sa.Column("submitter_id", sa.Uuid(), nullable=True))
    op.add_column("feed", sa.Column("schemes", postgresql.JSONB(), server_default="{}", nullable=False))
    op.add_column("feed", sa.Column("pull_url", sa.String(), nullable=True))
    op.add_column("feed", sa.Column("already_public", sa.Boolean(), server_default="true", nullable=False))
    op.add_column("feed", sa.Column("ended_on", sa.Date(), nullable=True))
    op.alter_column("feed", "source", existing_type=sa.VARCHAR(), nullable=True)
    op.create_foreign_key(op.f("fk_feed_submitter_id"), "feed", "organisation", ["submitter_id"], ["id"])
    op.alter_column(
        "quarter", "opened_at", existing_type=postgresql.TIMESTAMP(timezone=True), server_default=None, nullable=True
    )
    op.add_column("submission", sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("submission", sa.Column("examined_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("submission", sa.Column("held_why", sa.String(), nullable=True))
    op.add_column("submission", sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("submission", sa.Column("withdrawn_why", sa.String(), nullable=True))


def downgrade() -> None:
    op.execute("UPDATE quarter SET opened_at = now() WHERE opened_at IS NULL")
    op.execute("UPDATE feed SET source = '' WHERE source IS NULL")
    op.drop_column("submission", "withdrawn_why")
    op.drop_column("submission", "withdrawn_at")
    op.drop_column("submission", "held_why")
    op.drop_column("submission", "examined_at")
    op.drop_column("submission", "confirmed_at")
    op.alter_column(
        "quarter",
        "opened_at",
        existing_type=postgresql.TIMESTAMP(timezone=True),
        server_default=sa.text("now()"),
        nullable=False,
    )
    op.drop_constraint(op.f("fk_feed_submitter_id"), "feed", type_="foreignkey")
    op.alter_column("feed", "source", existing_type=sa.VARCHAR(), nullable=False)
    op.drop_column("feed", "ended_on")
    op.drop_column("feed", "already_public")
    op.drop_column("feed", "pull_url")
    op.drop_column("feed", "schemes")
    op.drop_column("feed", "submitter_id")
    op.drop_index(op.f("ix_submission_confirmation_submission_id"), table_name="submission_confirmation")
    op.drop_index(op.f("ix_roster_organisation_id"), table_name="roster")
    op.drop_index(op.f("ix_organisation_identifier_organisation_id"), table_name="organisation_identifier")
    op.drop_table("filing_unknown")
    op.drop_table("vintage")
    op.drop_table("submission_confirmation")
    op.drop_table("silence")
    op.drop_table("roster")
    op.drop_table("reminder")
    op.drop_table("organisation_succession")
    op.drop_table("organisation_segment")
    op.drop_table("organisation_identifier")
    op.drop_table("feed_pull")
    op.drop_table("technology_observation")
    op.drop_table("series_break")
    op.drop_table("organisation")
    op.drop_table("job_demand_observation")
