"""soft findings: what a reason was given about, and from which submission it was carried over"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("submission_confirmation", sa.Column("about", sa.String(), nullable=True))
    op.add_column("submission_confirmation", sa.Column("carried_from", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        "fk_submission_confirmation_carried_from",
        "submission_confirmation",
        "submission",
        ["carried_from"],
        ["id"],
    )


def downgrade() -> None:
    op.drop_column("submission_confirmation", "carried_from")
    op.drop_column("submission_confirmation", "about")
