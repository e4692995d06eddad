"""A company's own lists: what the choice columns that say "company list" may hold, and how many records hold it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from komet_import.errors import NotFound, Refused
from komet_import.language import _
from komet_import.schema.column import Declaration
from komet_import.schema.declarations import DECLARATIONS, company_lists
from komet_import.schema.text import fold
from komet_import.store import companies, imports
from komet_import.store.cells import storable
from komet_import.store.company_file import already_there, as_bad_arguments, checked_text
from komet_import.store.models import RECORDS, change, list_value


@dataclass(frozen=True)
class ListValue:
    """One that is not active is kept by the records that have it, and cannot be given any more."""

    value: str
    active: bool
    records: int


def values(conn: sa.Connection, company_id: int, key: str) -> list[ListValue]:
    """In the company's order."""
    found: Counter[str] = Counter()
    for _declaration, held in _having(key):
        counted = sa.select(held, sa.func.count()).where(held.table.c.company_id == company_id)
        found.update(dict(conn.execute(counted.group_by(held)).all()))
    known = sa.select(list_value.c.value, list_value.c.active).where(*_list(company_id, key))
    ordered = known.order_by(list_value.c.position, list_value.c.id)
    return [ListValue(value, active, found[value]) for value, active in conn.execute(ordered)]


def _having(key: str) -> Iterator[tuple[Declaration, sa.Column[str]]]:
    """Where the values of the list are stored."""
    for kind, declaration in DECLARATIONS.items():
        if key in declaration.by_key and declaration.by_key[key].is_company_list:
            yield declaration, RECORDS[kind].c[key]


def add_value(conn: sa.Connection, company_id: int, key: str, value: str) -> str:
    """The last of the list; returns it as it is stored. Raises BadArguments."""
    companies.touch(conn, company_id)
    wanted = _free(conn, company_id, key, value, None)
    last = sa.select(sa.func.max(list_value.c.position)).where(*_list(company_id, key))
    position = (conn.execute(last).scalar() or 0) + 1
    facts = {"column_key": key, "value": wanted, "active": True, "position": position}
    conn.execute(sa.insert(list_value).values(company_id=company_id, **facts))
    return wanted


def rename_value(
    conn: sa.Connection, company_id: int, person_id: int, key: str, old: str, new: str
) -> tuple[str, int]:
    """The records that have it get the new name and a new version, so that whoever planned on them notices.

    The history tells of each. Returns the name as it is stored and the number of these records. Raises BadArguments,
    or NotFound.
    """
    started_at = datetime.now(UTC)
    companies.touch(conn, company_id)
    wanted = _free(conn, company_id, key, new, old)
    if wanted == old:
        return wanted, 0
    _change(conn, company_id, key, old, value=wanted)
    renamed = 0
    for declaration, held in _having(key):
        table, having = held.table, (held.table.c.company_id == company_id, held == old)
        records = conn.execute(sa.select(sa.func.count()).select_from(table).where(*having)).scalar_one()
        if records:
            title = _("{old} renamed to {new}").format(old=old, new=wanted)
            import_id = imports.add_rename(
                conn, declaration.kind, company_id, person_id, started_at, title, records
            )
            facts = {"company_id": company_id, "import_id": import_id, "record_id": table.c.id}
            cells = {"action": "update", "column_key": key, "old": old, "new": wanted}
            _audit(conn, table, having, facts | cells)
            _rename(conn, held, having, wanted, records)
            renamed += records
    return wanted, renamed


def _audit(
    conn: sa.Connection,
    table: sa.Table,
    having: Sequence[sa.ColumnElement[bool]],
    facts: Mapping[str, object],
) -> None:
    """One change a record, in the order of their numbers."""
    columns = [value if isinstance(value, sa.Column) else sa.literal(value) for value in facts.values()]
    rows = sa.select(*columns).where(*having).order_by(table.c.id)
    conn.execute(sa.insert(change).from_select(list(facts), rows))


def _rename(
    conn: sa.Connection,
    held: sa.Column[str],
    having: Sequence[sa.ColumnElement[bool]],
    wanted: str,
    records: int,
) -> None:
    table = held.table
    raised = {"version": table.c.version + 1, "updated_at": datetime.now(UTC)}
    renamed = conn.execute(sa.update(table).where(*having).values({held.key: wanted, **raised})).rowcount
    if renamed != records:
        detail = _("{renamed} records instead of {records}").format(renamed=renamed, records=records)
        raise Refused("not_as_planned", detail=detail)


def set_value_active(conn: sa.Connection, company_id: int, key: str, value: str, active: bool) -> None:
    """Records keep what they have. Raises NotFound."""
    companies.touch(conn, company_id)
    _change(conn, company_id, key, value, active=active)


def _free(conn: sa.Connection, company_id: int, key: str, text: str, old: str | None) -> str:
    """The text, when no other value than `old` is the same, whatever its case."""
    with as_bad_arguments():
        wanted = checked_text(text, _("the value"), company_lists()[key].max_length)
        known = sa.select(list_value.c.value, list_value.c.active).where(*_list(company_id, key))
        for value, active in conn.execute(known):
            if value != old and fold(value) == fold(wanted):
                raise already_there(f"“{value}”", active)
    return wanted


def _change(conn: sa.Connection, company_id: int, key: str, old: str, **facts: object) -> None:
    one = sa.update(list_value).where(*_list(company_id, key), list_value.c.value == storable(old))
    if conn.execute(one.values(**facts)).rowcount == 0:
        raise NotFound("gone_value", value=old)


def _list(company_id: int, key: str) -> tuple[sa.ColumnElement[bool], ...]:
    return list_value.c.company_id == company_id, list_value.c.column_key == key
