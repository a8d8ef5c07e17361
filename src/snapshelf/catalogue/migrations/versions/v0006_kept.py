"""What a server keeps: keys of its API, consents of shoppers, the query log, and runs of indexing."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "keys",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("made", sa.Float(), nullable=False),
        *(sa.Column(name, sa.Float(), nullable=True) for name in ("expires", "revoked", "used")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "consents",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("photo", "sound", "video")),
        sa.Column("wording", sa.String(), nullable=False),
        sa.Column("kept_seconds", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        sa.Column("withdrawn", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("consents_at", "consents", ["at"])
    op.create_index("consents_withdrawn", "consents", ["withdrawn"])
    op.create_table(
        "queries",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.Float(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("micros", "hits", "empty")),
        sa.Column("dollars", sa.Float(), nullable=False),
        sa.Column("client", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("seen", "clicked")),
        sa.PrimaryKeyConstraint("id"),
    )
    read = ["hour", "kind", "at", "micros", "empty", "dollars", "seen", "clicked", "text"]
    op.create_index("queries_hour", "queries", read)
    op.create_table(
        "jobs",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("began", sa.Float(), nullable=False),
        sa.Column("beat", sa.Float(), nullable=False),
        sa.Column("ended", sa.Float(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("indexed", "refused", "removed")),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("refusals", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("jobs_began", "jobs", ["began"])
