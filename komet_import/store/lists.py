"""A company's own lists: what the choice columns that say "company list" may hold, and how many customers hold it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import sqlalchemy as sa

from komet_import.errors import NotFound, Refused
from komet_import.schema.column import Column, Declaration
from komet_import.schema.text import fold
from komet_import.store import companies, imports
from komet_import.store.cells import storable
from komet_import.store.company_file import already_there, as_bad_arguments, checked_text
from komet_import.store.models import RECORDS, change, list_value


@dataclass(frozen=True)
class ListValue:
    """One that is not active is kept by the customers that have it, and cannot be given any more."""

    value: str
    active: bool
    customers: int


def values(conn: sa.Connection, declaration: Declaration, company_id: int, key: str) -> list[ListValue]:
    """In the company's order."""
    held = RECORDS[declaration.kind].c
    of_customers = sa.select(held[key], sa.func.count().label("customers"))
    counted = of_customers.where(held.company_id == company_id).group_by(held[key]).subquery()
    known = sa.select(list_value.c.value, list_value.c.active, sa.func.coalesce(counted.c.customers, 0))
    known = known.join_from(list_value, counted, counted.c[key] == list_value.c.value, isouter=True)
    ordered = known.where(*_list(company_id, key)).order_by(list_value.c.position, list_value.c.id)
    return [ListValue(*row) for row in conn.execute(ordered)]


def add_value(conn: sa.Connection, company_id: int, column: Column, value: str) -> str:
    """The last of the list; returns it as it is stored. Raises BadArguments."""
    companies.touch(conn, company_id)
    wanted = _free(conn, company_id, column, value, None)
    last = sa.select(sa.func.max(list_value.c.position)).where(*_list(company_id, column.key))
    position = (conn.execute(last).scalar() or 0) + 1
    facts = {"column_key": column.key, "value": wanted, "active": True, "position": position}
    conn.execute(sa.insert(list_value).values(company_id=company_id, **facts))
    return wanted


def rename_value(
    conn: sa.Connection,
    declaration: Declaration,
    company_id: int,
    person_id: int,
    key: str,
    old: str,
    new: str,
) -> tuple[str, int]:
    """The customers that have it get the new name and a new version, so that whoever planned on them notices.

    The history tells of each. Returns the name as it is stored and the number of these customers. Raises BadArguments,
    or NotFound.
    """
    started_at = datetime.now(UTC)
    companies.touch(conn, company_id)
    wanted = _free(conn, company_id, declaration.column(key), new, old)
    if wanted == old:
        return wanted, 0
    _change(conn, company_id, key, old, value=wanted)
    table = RECORDS[declaration.kind]
    having = (table.c.company_id == company_id, table.c[key] == old)
    customers = conn.execute(sa.select(sa.func.count()).select_from(table).where(*having)).scalar_one()
    if customers:
        title = f"{old} renamed to {wanted}"
        import_id = imports.add_rename(
            conn, declaration.kind, company_id, person_id, started_at, title, customers
        )
        facts = {"company_id": company_id, "import_id": import_id, "record_id": table.c.id}
        cells = {"action": "update", "column_key": key, "old": old, "new": wanted}
        _audit(conn, table, having, facts | cells)
        raised = {"version": table.c.version + 1, "updated_at": datetime.now(UTC)}
        renamed = conn.execute(sa.update(table).where(*having).values({key: wanted, **raised})).rowcount
        if renamed != customers:
            raise Refused("not_as_planned", detail=f"{renamed} customers instead of {customers}")
    return wanted, customers


def _audit(
    conn: sa.Connection,
    table: sa.Table,
    having: Sequence[sa.ColumnElement[bool]],
    facts: Mapping[str, object],
) -> None:
    """One change a customer, in the order of their numbers."""
    columns = [value if isinstance(value, sa.Column) else sa.literal(value) for value in facts.values()]
    rows = sa.select(*columns).where(*having).order_by(table.c.id)
    conn.execute(sa.insert(change).from_select(list(facts), rows))


def set_value_active(conn: sa.Connection, company_id: int, key: str, value: str, active: bool) -> None:
    """Customers keep what they have. Raises NotFound."""
    companies.touch(conn, company_id)
    _change(conn, company_id, key, value, active=active)


def _free(conn: sa.Connection, company_id: int, column: Column, text: str, old: str | None) -> str:
    """The text, when no other value than `old` is the same, whatever its case."""
    with as_bad_arguments():
        wanted = checked_text(text, "the value", column.max_length)
        known = sa.select(list_value.c.value, list_value.c.active).where(*_list(company_id, column.key))
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
