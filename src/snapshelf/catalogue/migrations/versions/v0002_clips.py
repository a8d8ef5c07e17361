"""Products have sounds and videos; a medium has a kind, and a part of one its seconds."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add the columns; what was there before are pictures."""
    for name in ("audios", "videos"):
        op.add_column("products", sa.Column(name, sa.JSON(), server_default="[]", nullable=False))
    op.add_column("media", sa.Column("kind", sa.String(), server_default="image", nullable=False))
    op.add_column("media", sa.Column("start", sa.Float(), nullable=True))
    op.add_column("media", sa.Column("end", sa.Float(), nullable=True))
