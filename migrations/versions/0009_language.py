"""the language in which a feed is answered where nothing else is asked"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("feed", sa.Column("language", sa.String(), server_default="zh", nullable=False))


def downgrade() -> None:
    op.drop_column("feed", "language")
