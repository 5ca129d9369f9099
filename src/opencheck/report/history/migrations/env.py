"""Alembic environment: runs the migrations on the open connection of the history."""

from alembic import context


context.configure(connection=context.config.attributes["connection"], version_table="opencheck_schema", render_as_batch=True)

with context.begin_transaction():
    context.run_migrations()
