"""The tables. Each carries its company; its rows leave this package as frozen values only."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from komet_import.schema import column as schema
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.kinds import Storage, kind_of


class UtcTime(sa.types.TypeDecorator[datetime]):
    """Aware times in and out, whatever the database: SQLite drops the zone, so it is UTC that is written."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Raises ValueError for a time that does not say its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """What SQLite gives back has no zone any more."""
        return value and (value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC))


metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
# Only an INTEGER is SQLite's own row number; `sqlite_autoincrement`: those of removed rows are never given again.
BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id() -> sa.Column[int]:
    return sa.Column("id", BIG, primary_key=True, autoincrement=True)


def _company() -> sa.Column[int]:
    return _reference("company_id", "company.id", nullable=False)


def _reference(name: str, to: str, *, nullable: bool = True, key: bool = False) -> sa.Column[int]:
    return sa.Column(name, BIG, sa.ForeignKey(to), nullable=nullable, primary_key=key, autoincrement=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, nullable=nullable)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


def _time(name: str, *, nullable: bool = False) -> sa.Column[datetime]:
    return sa.Column(name, UtcTime, nullable=nullable)


company = sa.Table(
    "company",
    metadata,
    _id(),
    sa.Column("name", sa.Text, nullable=False, unique=True),
    _flag("multi_location"),
    _text("time_zone"),
    _number("version"),
    sqlite_autoincrement=True,
)

location = sa.Table(
    "location",
    metadata,
    _id(),
    _company(),
    _text("code"),
    _text("name"),
    _flag("active"),
    _number("position"),
    sa.UniqueConstraint("company_id", "code"),
    sqlite_autoincrement=True,
)

list_value = sa.Table(
    "list_value",
    metadata,
    _id(),
    _company(),
    _text("column_key"),
    _text("value"),
    _flag("active"),
    _number("position"),
    sa.UniqueConstraint("company_id", "column_key", "value"),
    sqlite_autoincrement=True,
)

# `email` is folded to one case.
person = sa.Table(
    "person",
    metadata,
    _id(),
    _company(),
    _text("email"),
    _text("name"),
    _text("role"),
    _flag("active"),
    sa.UniqueConstraint("company_id", "email"),
    sqlite_autoincrement=True,
)


def _value_column(column: schema.Column) -> sa.Column[int] | sa.Column[bool] | sa.Column[str]:
    types = {Storage.TEXT: sa.Text, Storage.FLAG: sa.Boolean}
    return sa.Column(column.key, types.get(kind_of(column).storage, sa.BigInteger))


def record_table(name: str, declaration: schema.Declaration, of: sa.MetaData) -> sa.Table:
    """For a declaration's records: its value columns beside those by which the store keeps and finds them.

    `code_key` and `name_key` are folded in Python; `search_key` is all that a search looks at, folded.
    """
    names = [_text("name_key")] if declaration.name_key else []
    return sa.Table(
        name,
        of,
        _id(),
        sa.Column("company_id", BIG, sa.ForeignKey(company.c.id), nullable=False),
        _number("version"),
        _text("code_key"),
        *names,
        _text("search_key"),
        _time("created_at"),
        _time("updated_at"),
        *(_value_column(column) for column in declaration.value_columns),
        sa.UniqueConstraint("company_id", "code_key"),
        *(sa.Index(None, "company_id", column.name) for column in names),
        sa.Index(None, "company_id", "id"),  # lists and counts read the records in the order they lie in
        sqlite_autoincrement=True,
    )


customer = record_table("customer", CUSTOMERS, metadata)

# Where the records of each declaration are kept.
RECORDS: dict[str, sa.Table] = {CUSTOMERS.kind: customer}

# `held` says how the bytes are kept.
upload = sa.Table(
    "upload",
    metadata,
    _id(),
    _company(),
    _text("name"),
    _text("sha256"),
    _number("size"),
    sa.Column("held", sa.Text, nullable=False, server_default="plain"),
    sa.Column("content", sa.LargeBinary, nullable=False),
    _reference("uploaded_by", "person.id", nullable=False),
    _time("uploaded_at"),
    sqlite_autoincrement=True,
)

# What was read of an upload, as a Parquet file; it may be missing. A table of its own: SQLite writes a row as a whole.
upload_table = sa.Table(
    "upload_table",
    metadata,
    _reference("upload_id", "upload.id", nullable=False, key=True),
    _company(),
    sa.Column("content", sa.LargeBinary, nullable=False),
)

# `version` is raised by each change of the draft or its edits. One that is discarded may be taken back.
draft = sa.Table(
    "draft",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    _company(),
    _text("kind"),
    _reference("upload_id", "upload.id", nullable=False),
    _text("sheet", nullable=True),
    sa.Column("mapping", sa.JSON, nullable=False),
    _text("blank_cells"),
    _flag("all_or_nothing"),
    _text("state"),
    _reference("created_by", "person.id", nullable=False),
    _time("created_at"),
    _time("updated_at"),
    _number("rows", nullable=True),
    _number("rows_with_errors", nullable=True),
    _number("rows_skipped", nullable=True),
    _reference("import_id", "import.id"),
    _number("version"),
    _reference("discarded_by", "person.id"),
    sa.Index(None, "company_id", "state", "updated_at"),
)

# Edits made together share a `step`.
edit = sa.Table(
    "edit",
    metadata,
    sa.Column("draft_id", sa.Text, sa.ForeignKey("draft.id"), primary_key=True),
    sa.Column("sequence", sa.Integer, primary_key=True, autoincrement=False),
    _number("step"),
    _flag("undone"),
    _company(),
    _number("row"),
    _text("column_key", nullable=True),
    _text("old"),
    _text("new"),
    _reference("person_id", "person.id", nullable=False),
    _time("at"),
)

# What was not a file has a `title` instead; `file_key` is what a search looks at, folded in Python. Of the `rejected`
# rows the user left out the `skipped`, and the `held_back` had no error of their own.
import_ = sa.Table(
    "import",
    metadata,
    _id(),
    _company(),
    _text("kind"),
    sa.Column("declaration", sa.Text, nullable=False, server_default="customers"),
    _text("state"),
    sa.Column("draft_id", sa.Text),  # no reference: the draft refers to its import
    _reference("upload_id", "upload.id"),
    _text("file", nullable=True),
    _text("title", nullable=True),
    sa.Column("file_key", sa.Text, nullable=False, server_default=""),
    _text("sha256", nullable=True),
    _text("plan_hash", nullable=True),
    _text("idempotency_key", nullable=True),
    _flag("all_or_nothing"),
    _text("blank_cells"),
    _text("sheet", nullable=True),
    _reference("person_id", "person.id", nullable=False),
    _time("started_at"),
    _time("finished_at"),
    *(_number(name) for name in ("rows", "inserted", "updated", "unchanged", "rejected", "edits")),
    *(
        sa.Column(name, sa.Integer, nullable=False, server_default=sa.text("0"))
        for name in ("skipped", "held_back")
    ),
    sa.Column("rejected_keys", sa.JSON(none_as_null=True)),
    _text("failure", nullable=True),
    sa.UniqueConstraint("company_id", "idempotency_key"),
    sa.Index(None, "company_id", "sha256"),
    sa.Index(None, "company_id", "state"),
    sa.Index(None, "company_id", "finished_at"),
    sqlite_autoincrement=True,
)

# An issue; `problem` is the number of its kind. `facts` are what its sentence needs; what earlier versions wrote has the
# `message` instead. Small rows, and many: SQLite keeps them in the order of the key, without a number of its own.
discrepancy = sa.Table(
    "discrepancy",
    metadata,
    _reference("import_id", "import.id", nullable=False, key=True),
    sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
    _company(),
    _number("row"),
    _number("problem"),
    _text("value"),
    sa.Column("facts", sa.JSON(none_as_null=True)),
    _text("message", nullable=True),
    _text("suggestion", nullable=True),
    sqlite_with_rowid=False,
)

# The kinds of problems that an import has, and how many of each: counted once, as they never change. `column_key` is ""
# for the whole row.
import_problem = sa.Table(
    "import_problem",
    metadata,
    _reference("import_id", "import.id", nullable=False, key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    _company(),
    _text("column_key"),
    _text("code"),
    _text("severity"),
    _number("cells"),
)

# The texts that a rejected row had, a list in the order of the import's `rejected_keys`: the discrepancy workbook is made
# of them.
rejected_row = sa.Table(
    "rejected_row",
    metadata,
    _reference("import_id", "import.id", nullable=False, key=True),
    sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
    _company(),
    sa.Column("cells", sa.JSON, nullable=False),
)

# A record may be removed, by undo; what was done to it stays. So `record_id` is no reference; which table's it is, the
# import's declaration says. `row` is the file's. `texts` are what a removed record held, by column key.
change = sa.Table(
    "change",
    metadata,
    _id(),
    _company(),
    _reference("import_id", "import.id", nullable=False),
    _number("row", nullable=True),
    sa.Column("record_id", BIG, nullable=False),
    _text("action"),
    _text("column_key", nullable=True),
    _text("old", nullable=True),
    _text("new", nullable=True),
    sa.Column("texts", sa.JSON(none_as_null=True)),
    sa.Index(None, "import_id", "row"),
    sa.Index(None, "record_id"),
)

# `claimed_until`: a process is sending it now, for so long at most.
mail = sa.Table(
    "mail",
    metadata,
    _id(),
    _company(),
    _reference("import_id", "import.id"),
    sa.Column("recipients", sa.JSON, nullable=False),
    _text("subject"),
    _text("html"),
    _text("text"),
    _text("message_id"),
    _text("state"),
    _number("attempts"),
    _time("next_try_at", nullable=True),
    _time("claimed_until", nullable=True),
    _text("last_error", nullable=True),
    _time("created_at"),
    _time("sent_at", nullable=True),
    sa.Index(None, "company_id", "state", "next_try_at"),
    sa.Index(None, "import_id"),
    sqlite_autoincrement=True,
)
