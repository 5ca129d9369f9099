"""Migrations of the history's schema, as Alembic runs them."""
