"""The import history: found by file and time, its problems counted, and who holds an e-mail while trying to send it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
CHUNK = 1_000


def upgrade() -> None:
    """What is stored already is folded and counted too."""
    op.add_column("import", sa.Column("file_key", sa.Text(), nullable=False, server_default=""))
    op.add_column("mail", sa.Column("claimed_until", TIME))
    op.create_index("ix_import_company_id_finished_at", "import", ["company_id", "finished_at"])
    op.create_table(
        "import_problem",
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("column_key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_import_problem_company_id"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_import_problem_import_id"),
        sa.PrimaryKeyConstraint("import_id", "column_key", "code", name="pk_import_problem"),
    )
    _fold_files(op.get_bind())
    op.execute(
        "INSERT INTO import_problem (import_id, column_key, code, company_id, severity, cells)"
        " SELECT import_id, coalesce(column_key, ''), code, company_id, severity, count(*)"
        " FROM discrepancy GROUP BY import_id, coalesce(column_key, ''), code, company_id, severity"
    )


def _fold_files(connection: sa.Connection) -> None:
    """The database's own folding knows ASCII only."""
    table = sa.table("import", sa.column("id"), sa.column("file"), sa.column("file_key"))
    rows = connection.execute(sa.select(table.c.id, table.c.file)).all()
    folded = [{"of": row.id, "key": row.file.casefold()} for row in rows]
    statement = sa.update(table).where(table.c.id == sa.bindparam("of")).values(file_key=sa.bindparam("key"))
    for start in range(0, len(folded), CHUNK):
        connection.execute(statement, folded[start : start + CHUNK])
