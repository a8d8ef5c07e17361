"""Codes of products as shoppers type them, filled from the products that are there."""

import sqlalchemy as sa
from alembic import op

from snapshelf.catalogue import codes
from snapshelf.types import Product

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the table and fill it."""
    table = op.create_table(
        "codes",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sku", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["sku"], ["products.sku"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("code", "kind", "sku"),
    )
    op.create_index("codes_sku", "codes", ["sku"], unique=False)
    there = op.get_bind().execute(sa.text("SELECT sku, gtin, mpn FROM products")).all()
    for start in range(0, len(there), 1000):
        some = [Product(sku, "", gtin=gtin, mpn=mpn) for sku, gtin, mpn in there[start : start + 1000]]
        op.bulk_insert(table, [row for product in some for row in codes.rows_of(product)])
