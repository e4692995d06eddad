"""Edits are made and undone in steps, each by the person who made it; a draft has a version."""

from __future__ import annotations

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Nothing yet."""
