"""Runs and their findings."""

from alembic import op
import sqlalchemy as sa


revision = "0001"

down_revision = None

branch_labels = None

depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "opencheck_run",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.String(40), nullable=False),
        sa.Column("packs", sa.String(400), nullable=False),
        sa.Column("as_of", sa.Date, nullable=False),
        sa.Column("rules", sa.JSON, nullable=False),
        sa.Column("summary", sa.JSON, nullable=False),
    )
    op.create_table(
        "opencheck_finding",
        sa.Column("run", sa.Integer, sa.ForeignKey("opencheck_run.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("id", sa.String(40), primary_key=True),
        sa.Column("rule", sa.String(80), nullable=False),
        sa.Column("task", sa.String(40), nullable=False),
        sa.Column("unit", sa.String(400)),
        sa.Column("outcome", sa.String(20), nullable=False),
        sa.Column("severity", sa.String(20), nullable=False),
        sa.Column("before_plan", sa.Boolean, nullable=False),
        sa.Column("told", sa.JSON, nullable=False),
    )
    op.create_index("opencheck_finding_id", "opencheck_finding", ["id"])


def downgrade() -> None:
    """Drop the tables."""
    op.drop_table("opencheck_finding")
    op.drop_table("opencheck_run")
