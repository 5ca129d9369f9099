"""How Alembic runs the migrations: on the connection that the history has opened."""

from alembic import context


context.configure(connection=context.config.attributes["connection"], version_table="opencheck_schema", render_as_batch=True)

with context.begin_transaction():
    context.run_migrations()
