"""What shoppers did, and the counts made of it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "events",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=True),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("session", sa.String(), nullable=False),
        sa.Column("randomised", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("events_query", "events", ["query"])
    op.create_index("events_sku", "events", ["sku"])
    op.create_table(
        "asked",
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("query"),
    )
    op.create_table(
        "counters",
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=False) for name in ("impression", "click", "cart", "purchase", "at")),
        sa.PrimaryKeyConstraint("text", "sku"),
    )
    op.create_table(
        "strangers",
        sa.Column("sku", sa.String(), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("sku"),
    )
