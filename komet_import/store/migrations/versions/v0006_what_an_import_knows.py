"""An import knows what it is of, and how many of its rejected rows were left out or held back; changes are of records."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """All that there is are customers; its left out rows were counted among the problems."""
    op.add_column("import", sa.Column("declaration", sa.Text(), nullable=False, server_default="customers"))
    for name in ("skipped", "held_back"):
        op.add_column("import", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    _count_rejected()
    op.execute("ALTER TABLE change RENAME COLUMN customer_id TO record_id")
    op.drop_index("ix_change_customer_id", "change")
    op.create_index("ix_change_record_id", "change", ["record_id"])
    op.add_column("change", sa.Column("texts", sa.JSON()))


def _count_rejected() -> None:
    op.execute(
        "UPDATE import SET skipped = cells FROM import_problem WHERE import_id = id AND code = 'left_out'"
    )
    op.execute(
        "UPDATE import SET held_back = rejected - (SELECT count(*) FROM rejected_row WHERE import_id = id)"
        " WHERE state = 'rejected'"
    )
