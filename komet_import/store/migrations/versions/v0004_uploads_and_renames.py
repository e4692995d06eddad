"""Uploads are kept compressed; what was not a file has a place in the history too."""

from __future__ import annotations

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing yet."""
