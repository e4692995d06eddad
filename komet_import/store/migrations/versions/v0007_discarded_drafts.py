"""A discarded draft knows who discarded it, so that it can be offered again; imports are counted by what became of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Nobody knows it of those that were discarded before."""
    with op.batch_alter_table("draft") as batch:
        batch.add_column(sa.Column("discarded_by", BIG))
        batch.create_foreign_key("fk_draft_discarded_by", "person", ["discarded_by"], ["id"])
    op.create_index("ix_import_company_id_state", "import", ["company_id", "state"])
