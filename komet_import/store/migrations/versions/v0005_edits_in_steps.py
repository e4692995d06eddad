"""Edits are made and undone in steps, each by the person who made it; a draft has a version, and counts skipped rows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Each edit that there is becomes a step; those that one cursor had left behind are undone."""
    op.add_column("edit", sa.Column("step", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("edit", sa.Column("undone", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("draft", sa.Column("version", sa.Integer(), nullable=False, server_default=sa.text("1")))
    op.add_column("draft", sa.Column("rows_skipped", sa.Integer()))
    op.execute(
        "UPDATE edit SET step = sequence, undone ="
        " sequence > (SELECT edit_cursor FROM draft WHERE draft.id = edit.draft_id)"
    )
    op.drop_column("draft", "edit_cursor")
