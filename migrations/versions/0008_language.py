"""the language in which a feed is answered where nothing else is asked"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("feed", sa.Column("language", sa.String(), server_default="zh", nullable=False))


def downgrade() -> None:
    op.drop_column("feed", "language")
