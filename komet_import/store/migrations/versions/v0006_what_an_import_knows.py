"""An import knows what it is of, and which of its rejected rows the user left out or others held back."""

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
    op.execute(
        "UPDATE import SET skipped = cells FROM import_problem WHERE import_id = id AND code = 'left_out'"
    )
    op.execute(
        "UPDATE import SET held_back = rejected - (SELECT count(*) FROM rejected_row WHERE import_id = id)"
        " WHERE state = 'rejected'"
    )
