"""Alembic's entry: runs on the connection that `ievq_pipeline.db.migrate` hands it."""

from alembic import context

from ievq_pipeline.db.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, compare_server_default=True)
with context.begin_transaction():
    context.run_migrations()
