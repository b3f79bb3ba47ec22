"""mail: contacts of feeds, their own due dates, every mail with its outcome; watched folders; coverage at closings"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.add_column("feed", sa.Column("watch_url", sa.String(), nullable=True))
    op.add_column("feed", sa.Column("due_days", sa.Integer(), nullable=True))
    op.add_column("reminder", sa.Column("due_on", sa.Date(), nullable=True))
    op.add_column("reminder", sa.Column("addressed_at", MOMENT, nullable=True))
    op.create_index(
        "ix_submission_not_taken",
        "submission",
        ["checked_at"],
        postgresql_where=sa.text("state IN ('rejected', 'needs_confirmation')"),
    )
    op.create_table(
        "feed_due",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_feed_due_feed_id"),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name="fk_feed_due_quarter"),
        sa.PrimaryKeyConstraint("feed_id", "quarter", name="pk_feed_due"),
    )
    op.create_table(
        "feed_contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("holds_from", sa.Date(), nullable=True),
        sa.Column("holds_to", sa.Date(), nullable=True),
        sa.Column("created_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_feed_contact_feed_id"),
        sa.PrimaryKeyConstraint("id", name="pk_feed_contact"),
        sa.UniqueConstraint(
            "feed_id",
            "address",
            "holds_from",
            name="uq_feed_contact_feed_id_address_holds_from",
            postgresql_nulls_not_distinct=True,
        ),
    )
    _mail()
    op.create_table(
        "watched_file",
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("path", sa.String(), nullable=False),
        sa.Column("stamp", sa.String(), nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False),
        sa.Column("taken_stamp", sa.String(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=True),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("said", sa.String(), nullable=False),
        sa.Column("is_there", sa.Boolean(), server_default="true", nullable=False),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_watched_file_feed_id"),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name="fk_watched_file_quarter"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_watched_file_submission_id"),
        sa.PrimaryKeyConstraint("feed_id", "quarter", "path", name="pk_watched_file"),
    )
    op.create_table(
        "coverage",
        sa.Column("vintage_id", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("body", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(["vintage_id"], ["vintage.id"], name="fk_coverage_vintage_id"),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name="fk_coverage_quarter"),
        sa.PrimaryKeyConstraint("vintage_id", "basis", "quarter", name="pk_coverage"),
    )


def _mail() -> None:
    op.create_table(
        "mail",
        sa.Column("id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("feed_id", sa.Uuid(), nullable=False),
        sa.Column("quarter", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("next_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("said", sa.String(), nullable=True),
        sa.Column("made_at", MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("mailed_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feed.id"], name="fk_mail_feed_id"),
        sa.ForeignKeyConstraint(["quarter"], ["quarter.quarter"], name="fk_mail_quarter"),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name="fk_mail_submission_id"),
        sa.PrimaryKeyConstraint("id", name="pk_mail"),
        sa.UniqueConstraint(
            "feed_id", "quarter", "kind", "submission_id", "address",
            name="uq_mail_feed_id_quarter_kind_submission_id_address", postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    op.create_index("ix_mail_due", "mail", ["next_at"], postgresql_where=sa.text("state = 'pending'"))
    op.create_index("ix_mail_submission_id", "mail", ["submission_id"])


def downgrade() -> None:
    for table in ("coverage", "watched_file", "mail", "feed_contact", "feed_due"):
        op.drop_table(table)
    op.drop_index("ix_submission_not_taken", "submission")
    op.drop_column("reminder", "addressed_at")
    op.drop_column("reminder", "due_on")
    op.drop_column("feed", "due_days")
    op.drop_column("feed", "watch_url")
