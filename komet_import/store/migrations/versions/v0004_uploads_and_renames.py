"""Uploads are kept compressed; what was not a file has a place in the history too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Files stay as they are, `plain`; what was read of them is read again when it is needed."""
    op.add_column("upload", sa.Column("held", sa.Text(), nullable=False, server_default="plain"))
    op.drop_column("upload", "table_")
    op.create_table(
        "upload_table",
        sa.Column("upload_id", BIG, autoincrement=False, nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_upload_table_company_id"),
        sa.ForeignKeyConstraint(["upload_id"], ["upload.id"], name="fk_upload_table_upload_id"),
        sa.PrimaryKeyConstraint("upload_id", name="pk_upload_table"),
    )
    with op.batch_alter_table("import", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.add_column(sa.Column("title", sa.Text()))
        for name in ("file", "sha256", "plan_hash"):
            batch.alter_column(name, existing_type=sa.Text(), nullable=True)
    with op.batch_alter_table("change") as batch:
        batch.alter_column("row", existing_type=sa.Integer(), nullable=True)
