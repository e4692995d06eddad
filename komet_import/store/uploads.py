"""Uploads: files as they came, kept compressed, and what was read of each, which can be read again."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

import sqlalchemy as sa

from komet_import.errors import NotFound
from komet_import.store.cells import storable
from komet_import.store.models import upload, upload_table

_FAST = 1  # a CSV loses three quarters of its size at a third of the usual time
_SAMPLE = 1 << 16  # bytes
_WORTH_IT = 0.9


class Held(StrEnum):
    """How the bytes of a file are kept: a column says it, as a file may look like anything."""

    PLAIN = "plain"
    ZLIB = "zlib"


@dataclass(frozen=True)
class Upload:
    """A file as it came; `size` is that of `content`, in bytes."""

    upload_id: int
    name: str
    sha256: str
    size: int
    uploaded_by: int
    uploaded_at: datetime
    content: bytes


def add_upload(
    conn: sa.Connection, company_id: int, person_id: int, name: str, sha256: str, content: bytes
) -> int:
    """Keeps the bytes of a file; returns the upload's ID."""
    held, kept = _pack(content)
    values = {
        "company_id": company_id,
        "name": storable(name),
        "sha256": sha256,
        "size": len(content),
        "held": held.value,
        "content": kept,
        "uploaded_by": person_id,
        "uploaded_at": datetime.now(UTC),
    }
    upload_id: int = conn.execute(sa.insert(upload).values(values).returning(upload.c.id)).scalar_one()
    return upload_id


def get_upload(conn: sa.Connection, company_id: int, upload_id: int) -> Upload:
    """With its bytes. Raises NotFound."""
    u = upload.c
    query = sa.select(u.id, u.name, u.sha256, u.size, u.uploaded_by, u.uploaded_at, u.held, u.content)
    row = conn.execute(query.where(u.company_id == company_id, u.id == upload_id)).one_or_none()
    if row is None:
        raise NotFound("unknown_draft")
    return Upload(*row[:6], _unpack(Held(row.held), row.content))


def _pack(content: bytes) -> tuple[Held, bytes]:
    """Workbooks are compressed already: a sample tells."""
    sample = content[:_SAMPLE]
    if len(zlib.compress(sample, _FAST)) > len(sample) * _WORTH_IT:
        return Held.PLAIN, content
    return Held.ZLIB, zlib.compress(content, _FAST)


def _unpack(held: Held, kept: bytes) -> bytes:
    return zlib.decompress(kept) if held is Held.ZLIB else kept


# -- what was read of it -------------------------------------------------------------------------------------------


def keep_table(conn: sa.Connection, company_id: int, upload_id: int, table: bytes) -> None:
    """Keeps what was read of a file, in place of what was read of it before, so that it need not be read again."""
    mine = sa.select(upload.c.id, upload.c.company_id, sa.literal(table, sa.LargeBinary)).where(
        upload.c.company_id == company_id, upload.c.id == upload_id
    )
    conn.execute(sa.delete(upload_table).where(*_table_of(company_id, upload_id)))
    conn.execute(sa.insert(upload_table).from_select(["upload_id", "company_id", "content"], mine))


def get_table(conn: sa.Connection, company_id: int, upload_id: int) -> bytes | None:
    """None when the file is to be read."""
    wanted = sa.select(upload_table.c.content).where(*_table_of(company_id, upload_id))
    return conn.execute(wanted).scalar()


def _table_of(company_id: int, upload_id: int) -> tuple[sa.ColumnElement[bool], ...]:
    return upload_table.c.company_id == company_id, upload_table.c.upload_id == upload_id
