"""the first tables"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=True),
        sa.Column("family", sa.String(), nullable=True),
        sa.Column("region", sa.String(), nullable=True),
        sa.Column("industry", sa.String(), nullable=True),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint(
            "basis",
            "level",
            "skill",
            "family",
            "region",
            "industry",
            "episode",
            name=op.f("uq_alert_basis_level_skill_family_region_industry_episode"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "api_key",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("feeds", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_key")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_key_digest")),
        sa.UniqueConstraint("name", name=op.f("uq_api_key_name")),
    )
    op.create_table(
        "endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("disabled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_why", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoint")),
        sa.UniqueConstraint("name", name=op.f("uq_endpoint_name")),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
        sa.UniqueConstraint("code", name=op.f("uq_feed_code")),
    )
    op.create_table(
        "known",
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_known")),
    )
    op.create_table(
        "outbox",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("carried_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
    )
    op.create_index("ix_outbox_waiting", "outbox", ["id"], unique=False, postgresql_where="carried_at IS NULL")
    op.create_table(
        "quarter",
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("quarter", name=op.f("pk_quarter")),
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("prev_feed_seq", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("first_sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["endpoint_id"], ["endpoint.id"], name=op.f("fk_delivery_endpoint_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delivery")),
        sa.UniqueConstraint(
            "endpoint_id", "alert_id", "revision", name=op.f("uq_delivery_endpoint_id_alert_id_revision")
        ),
    )
    op.create_index("ix_delivery_due", "delivery", ["next_at"], unique=False, postgresql_where="state = 'pending'")
    op.create_table(
        "look",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("rule_version", sa.String(), nullable=False),
        sa.Column("known_seq", sa.BigInteger(), nullable=True),
        sa.Column("tested", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["known_seq"], ["known.seq"], name=op.f("fk_look_known_seq")),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name=op.f("fk_look_quarter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_look")),
        sa.UniqueConstraint("basis", "quarter", "kind", name=op.f("uq_look_basis_quarter_kind")),
    )
    op.create_table(
        "quarter_mode",
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name=op.f("fk_quarter_mode_quarter")),
        sa.PrimaryKeyConstraint("basis", "quarter", name=op.f("pk_quarter_mode")),
    )
    op.create_table(
        "submission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), server_default="received", nullable=False),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("idempotency_key", sa.String(), nullable=True),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verdict", sa.String(), nullable=True),
        sa.Column("rules_version", sa.String(), nullable=True),
        sa.Column("rows_read", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_accepted", sa.Integer(), server_default="0", nullable=False),
        sa.Column("rows_quarantined", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_key.id"], name=op.f("fk_submission_api_key_id")),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name=op.f("fk_submission_feed_id")),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name=op.f("fk_submission_quarter")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("api_key_id", "idempotency_key", name=op.f("uq_submission_api_key_id_idempotency_key")),
        sa.UniqueConstraint("feed_id", "quarter", "number", name=op.f("uq_submission_feed_id_quarter_number")),
    )
    op.create_index(
        "ix_submission_on_the_way",
        "submission",
        ["state"],
        unique=False,
        postgresql_where="state IN ('received', 'checking', 'accepted')",
    )
    op.create_table(
        "alert_revision",
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("feed_seq", sa.BigInteger(), nullable=False),
        sa.Column("look_id", sa.BigInteger(), nullable=False),
        sa.Column("notice", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=True),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_revision_alert_id")),
        sa.ForeignKeyConstraint(["look_id"], ["look.id"], name=op.f("fk_alert_revision_look_id")),
        sa.PrimaryKeyConstraint("alert_id", "revision", name=op.f("pk_alert_revision")),
        sa.UniqueConstraint("feed_seq", name=op.f("uq_alert_revision_feed_seq")),
    )
    op.create_table(
        "episode_change",
        sa.Column("look_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("episode", sa.Integer(), nullable=False),
        sa.Column("change", sa.String(), nullable=False),
        sa.Column("severity", sa.String(), nullable=False),
        sa.Column("opened", sa.String(), nullable=False),
        sa.Column("ends", sa.String(), nullable=False),
        sa.Column("figures", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("evidence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["look_id"], ["look.id"], name=op.f("fk_episode_change_look_id")),
        sa.PrimaryKeyConstraint("look_id", "level", "skill", "episode", name=op.f("pk_episode_change")),
    )
    op.create_table(
        "filing",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("reporter", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name=op.f("fk_filing_quarter")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_filing_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_filing")),
        sa.UniqueConstraint("submission_id", "reporter", name=op.f("uq_filing_submission_id_reporter")),
    )
    op.create_index(op.f("ix_filing_basis_quarter"), "filing", ["basis", "quarter"], unique=False)
    op.create_table(
        "submission_answer",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("accepted", sa.LargeBinary(), nullable=True),
        sa.Column("unknown", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("is_complete", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_submission_answer_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_answer")),
    )
    op.create_table(
        "submission_file",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_submission_file_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", name=op.f("pk_submission_file")),
    )
    op.create_table(
        "surge",
        sa.Column("look_id", sa.BigInteger(), nullable=False),
        sa.Column("level", sa.String(), nullable=False),
        sa.Column("skill", sa.String(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("growth", sa.Double(), nullable=False),
        sa.Column("lower", sa.Double(), nullable=False),
        sa.Column("upper", sa.Double(), nullable=False),
        sa.Column("p", sa.Double(), nullable=False),
        sa.Column("q", sa.Double(), nullable=True),
        sa.Column("observed", sa.Double(), nullable=False),
        sa.Column("expected", sa.Double(), nullable=False),
        sa.Column("severity", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["look_id"], ["look.id"], name=op.f("fk_surge_look_id")),
        sa.PrimaryKeyConstraint("look_id", "level", "skill", name=op.f("pk_surge")),
    )
    op.create_table(
        "total_observation",
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("term", sa.String(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=True),
        sa.Column("exposure", sa.BigInteger(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_total_observation_submission_id")),
        sa.PrimaryKeyConstraint("submission_id", "row", name=op.f("pk_total_observation")),
    )
    op.create_table(
        "filing_in_force",
        sa.Column("filing_id", sa.BigInteger(), nullable=False),
        sa.Column("known_from", sa.BigInteger(), nullable=False),
        sa.Column("known_to", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["filing_id"], ["filing.id"], name=op.f("fk_filing_in_force_filing_id")),
        sa.ForeignKeyConstraint(["known_from"], ["known.seq"], name=op.f("fk_filing_in_force_known_from")),
        sa.ForeignKeyConstraint(["known_to"], ["known.seq"], name=op.f("fk_filing_in_force_known_to")),
        sa.PrimaryKeyConstraint("filing_id", "known_from", name=op.f("pk_filing_in_force")),
    )


def downgrade() -> None:
    op.drop_table("filing_in_force")
    op.drop_table("total_observation")
    op.drop_table("surge")
    op.drop_table("submission_file")
    op.drop_table("submission_answer")
    op.drop_index(op.f("ix_filing_basis_quarter"), table_name="filing")
    op.drop_table("filing")
    op.drop_table("episode_change")
    op.drop_table("alert_revision")
    op.drop_index(
        "ix_submission_on_the_way",
        table_name="submission",
        postgresql_where="state IN ('received', 'checking', 'accepted')",
    )
    op.drop_table("submission")
    op.drop_table("quarter_mode")
    op.drop_table("look")
    op.drop_index("ix_delivery_due", table_name="delivery", postgresql_where="state = 'pending'")
    op.drop_table("delivery")
    op.drop_table("quarter")
    op.drop_index("ix_outbox_waiting", table_name="outbox", postgresql_where="carried_at IS NULL")
    op.drop_table("outbox")
    op.drop_table("known")
    op.drop_table("feed")
    op.drop_table("endpoint")
    op.drop_table("api_key")
    op.drop_table("alert")
