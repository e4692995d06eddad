"""An import knows what it is of, and how many of its rejected rows were left out or held back; changes are of records.

Of a discrepancy the facts are kept from now on, and what many rows share stands once: the column, code and severity of a
kind of problem, the keys of the rejected cells.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REJECTED = sa.table("rejected_row", sa.column("import_id"), sa.column("row"), sa.column("cells", sa.JSON()))


def upgrade() -> None:
    """All that there is are customers. Discrepancies keep their sentence."""
    op.add_column("import", sa.Column("declaration", sa.Text(), nullable=False, server_default="customers"))
    for name in ("skipped", "held_back"):
        op.add_column("import", sa.Column(name, sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.add_column("import", sa.Column("rejected_keys", sa.JSON()))
    _count_rejected()
    op.execute("ALTER TABLE change RENAME COLUMN customer_id TO record_id")
    op.drop_index("ix_change_customer_id", "change")
    op.create_index("ix_change_record_id", "change", ["record_id"])
    op.add_column("change", sa.Column("texts", sa.JSON()))
    _number_kinds()
    _rebuild_discrepancies()
    _unkey_rejected(op.get_bind())


def _count_rejected() -> None:
    op.execute(
        "UPDATE import SET skipped = cells FROM import_problem WHERE import_id = id AND code = 'left_out'"
    )
    op.execute(
        "UPDATE import SET held_back = rejected - (SELECT count(*) FROM rejected_row WHERE import_id = id)"
        " WHERE state = 'rejected'"
    )


def _number_kinds() -> None:
    """Those that were never counted, if there are any, too."""
    op.execute("CREATE TABLE old_problem AS SELECT * FROM import_problem")
    op.execute(
        "INSERT INTO old_problem (import_id, column_key, code, company_id, severity, cells)"
        " SELECT import_id, coalesce(column_key, ''), code, company_id, min(severity), count(*) FROM discrepancy d"
        " WHERE NOT EXISTS (SELECT 1 FROM import_problem p WHERE p.import_id = d.import_id"
        " AND p.column_key = coalesce(d.column_key, '') AND p.code = d.code)"
        " GROUP BY import_id, coalesce(column_key, ''), code, company_id"
    )
    op.drop_table("import_problem")
    op.create_table(
        "import_problem",
        sa.Column("import_id", BIG, autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("column_key", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("cells", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_import_problem_company_id"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_import_problem_import_id"),
        sa.PrimaryKeyConstraint("import_id", "number", name="pk_import_problem"),
    )
    op.execute(
        "INSERT INTO import_problem (import_id, number, company_id, column_key, code, severity, cells)"
        " SELECT import_id, row_number() OVER (PARTITION BY import_id ORDER BY column_key, code) - 1,"
        " company_id, column_key, code, severity, cells FROM old_problem"
    )
    op.drop_table("old_problem")


def _rebuild_discrepancies() -> None:
    op.execute("CREATE TABLE old_discrepancy AS SELECT * FROM discrepancy")
    op.drop_table("discrepancy")
    op.create_table(
        "discrepancy",
        sa.Column("import_id", BIG, autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("company_id", BIG, nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("problem", sa.Integer(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON()),
        sa.Column("message", sa.Text()),
        sa.Column("suggestion", sa.Text()),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name="fk_discrepancy_company_id"),
        sa.ForeignKeyConstraint(["import_id"], ["import.id"], name="fk_discrepancy_import_id"),
        sa.PrimaryKeyConstraint("import_id", "position", name="pk_discrepancy"),
        sqlite_with_rowid=False,
    )
    op.execute(
        'INSERT INTO discrepancy (import_id, position, company_id, "row", problem, value, message, suggestion)'
        ' SELECT d.import_id, d.position, d.company_id, d."row", p.number, d.value, d.message, d.suggestion'
        " FROM old_discrepancy d JOIN import_problem p ON p.import_id = d.import_id"
        " AND p.column_key = coalesce(d.column_key, '') AND p.code = d.code ORDER BY d.import_id, d.position"
    )
    op.drop_table("old_discrepancy")


def _unkey_rejected(connection: sa.Connection) -> None:
    """The rows of an import have the same keys."""
    import_ = sa.table("import", sa.column("id"), sa.column("rejected_keys", sa.JSON()))
    r = REJECTED.c
    for import_id in connection.execute(sa.select(r.import_id).distinct()).scalars().all():
        rows = connection.execute(sa.select(r.row, r.cells).where(r.import_id == import_id)).all()
        keys = list(dict.fromkeys(key for row in rows for key in row.cells))
        connection.execute(sa.update(import_).where(import_.c.id == import_id).values(rejected_keys=keys))
        lists = [{"of": row.row, "texts": [row.cells.get(key) for key in keys]} for row in rows]
        one = sa.update(REJECTED).where(r.import_id == import_id, r.row == sa.bindparam("of"))
        connection.execute(one.values(cells=sa.bindparam("texts")), lists)
