"""wordings that no list knows, where they were named, and what was decided of them"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "wording",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("code_list", sa.String(), nullable=False),
        sa.Column("folded", sa.String(), nullable=False),
        sa.Column("spelled", sa.String(), nullable=False),
        sa.Column("state", sa.String(), server_default="pending", nullable=False),
        sa.Column("suggestions", postgresql.JSONB(), nullable=False),
        sa.Column("unsure", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
        sa.UniqueConstraint("code_list", "folded", name=op.f("uq_wording_code_list_folded")),
    )
    op.create_index("ix_wording_pending", "wording", ["id"], postgresql_where="state = 'pending'")
    op.create_table(
        "wording_seen",
        sa.Column("wording_id", sa.BigInteger(), nullable=False),
        sa.Column("submission_id", sa.Uuid(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("reporters", sa.Integer(), nullable=False),
        sa.Column("openings", sa.BigInteger(), nullable=True),
        sa.Column("neighbours", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("wording_id", "submission_id", name=op.f("pk_wording_seen")),
        sa.ForeignKeyConstraint(["wording_id"], ["wording.id"], name=op.f("fk_wording_seen_wording_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_wording_seen_submission_id")),
    )
    op.create_index(op.f("ix_wording_seen_submission_id"), "wording_seen", ["submission_id"])
    op.create_table(
        "wording_decision",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("wording_id", sa.BigInteger(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=True),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=False),
        sa.Column("api_key_id", sa.Uuid(), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
        sa.Column("known_seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording_decision")),
        sa.ForeignKeyConstraint(["wording_id"], ["wording.id"], name=op.f("fk_wording_decision_wording_id")),
        sa.ForeignKeyConstraint(["api_key_id"], ["api_key.id"], name=op.f("fk_wording_decision_api_key_id")),
        sa.ForeignKeyConstraint(["known_seq"], ["known.seq"], name=op.f("fk_wording_decision_known_seq")),
    )
    op.create_index(op.f("ix_wording_decision_wording_id"), "wording_decision", ["wording_id"])
    op.create_index(op.f("ix_wording_decision_known_seq"), "wording_decision", ["known_seq"])


def downgrade() -> None:
    op.drop_table("wording_decision")
    op.drop_table("wording_seen")
    op.drop_table("wording")
