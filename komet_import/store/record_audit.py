"""What the imports did to one record: the newest first, each with its changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from komet_import.schema.column import Declaration
from komet_import.store.imports import AuditedChange, ImportKind
from komet_import.store.models import change, import_, person


@dataclass(frozen=True)
class AuditEntry:
    """One import's changes of the record, in column order; `by` is the name of the person who imported."""

    import_id: int
    kind: ImportKind
    title: str
    person_id: int
    by: str
    at: datetime
    changes: tuple[AuditedChange, ...]


def audit_of(
    conn: sa.Connection, declaration: Declaration, company_id: int, record_id: int, limit: int
) -> list[AuditEntry]:
    """At most `limit` imports, newest first."""
    c = change.c
    of_import = import_.c.id == c.import_id
    mine = (c.company_id == company_id, c.record_id == record_id, import_.c.declaration == declaration.kind)
    touched = sa.select(c.import_id).join_from(change, import_, of_import).where(*mine).distinct()
    newest = touched.order_by(c.import_id.desc()).limit(limit)
    title = sa.func.coalesce(import_.c.file, import_.c.title)
    facts = (import_.c.id, import_.c.kind, title, person.c.id, person.c.name, import_.c.finished_at)
    query = (
        sa.select(*facts, c.row, c.record_id, c.action, c.column_key, c.old, c.new)
        .join_from(change, import_, of_import)
        .join(person, person.c.id == import_.c.person_id)
        .where(*mine, c.import_id.in_(newest))
        .order_by(c.import_id.desc(), c.id)
    )
    entries = groupby(conn.execute(query), key=_facts)
    return [AuditEntry(*facts, tuple(map(_change, rows))) for facts, rows in entries]


def _facts(row: sa.Row[*tuple[Any, ...]]) -> tuple[int, ImportKind, str, int, str, datetime]:
    import_id, kind, title, person_id, by, at = row[:6]
    return import_id, ImportKind(kind), title, person_id, by, at


def _change(row: sa.Row[*tuple[Any, ...]]) -> AuditedChange:
    return AuditedChange(row.row, row.record_id, row.action, row.column_key, row.old, row.new)
