"""pulled feeds: who is fetching, and what came last, so that nothing is handed in twice"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("feed_pull", sa.Column("url", sa.String(), nullable=True))
    op.add_column("feed_pull", sa.Column("sha256", sa.String(), nullable=True))
    op.add_column("feed_pull", sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("feed_pull", "claimed_until")
    op.drop_column("feed_pull", "sha256")
    op.drop_column("feed_pull", "url")
