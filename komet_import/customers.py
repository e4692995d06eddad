"""The stored customers: found, looked at one by one with their history, and given back as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from komet_import.access import may_see
from komet_import.desk import Desk
from komet_import.errors import NotFound
from komet_import.schema.company import Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import customer_audit, imports
from komet_import.store import customers as stored_customers
from komet_import.store.customer_audit import AuditEntry
from komet_import.store.customers import CustomerRow, Order, Wanted
from komet_import.store.imports import ImportRecord


def find(
    desk: Desk, wanted: Wanted, order: Order | None, limit: int | None, offset: int = 0
) -> tuple[list[CustomerRow], int]:
    """A page of the customers, and how many there are in all."""
    with desk.database.reading() as connection:
        return stored_customers.find(
            connection, CUSTOMERS, desk.company.company_id, wanted, order, limit, offset
        )


def write_workbook(desk: Desk, wanted: Wanted, order: Order | None, out: BinaryIO | Path) -> int:
    """An Existing Customers workbook of what is wanted; returns how many rows it holds."""
    from komet_import.workbook import templates

    with desk.database.reading() as connection:
        records = stored_customers.each_record(connection, CUSTOMERS, desk.company.company_id, wanted, order)
        rows = ((str(record.record_id), *record.texts) for record in records)
        return templates.write_template(out, CUSTOMERS, desk.company, rows)


def get(desk: Desk, given: str) -> CustomerRow:
    """`given` comes from the address: anything may stand there. Raises NotFound."""
    with desk.database.reading() as connection:
        return stored_customers.get_customer(
            connection, CUSTOMERS, desk.company.company_id, _id(given, "unknown_customer")
        )


def audit(desk: Desk, customer_id: int, limit: int) -> list[AuditEntry]:
    """What the last imports did to a customer, newest first."""
    with desk.database.reading() as connection:
        return customer_audit.audit_of(connection, desk.company.company_id, customer_id, limit)


def get_import(desk: Desk, given: str) -> ImportRecord:
    """An import that the person may see; `given` comes from the address. Raises NotFound."""
    with desk.database.reading() as connection:
        record = imports.get_import(connection, desk.company.company_id, _id(given, "unknown_import"))
    if not may_see(desk.person, record.person_id):
        raise NotFound("unknown_import", id=given)
    return record


def recent_imports(desk: Desk, limit: int) -> list[ImportRecord]:
    """The last imports that the person may see, as far as they wrote customers."""
    mine = desk.person.person_id if desk.person.role is Role.ANALYST else None
    with desk.database.reading() as connection:
        found = imports.history(connection, desk.company.company_id, limit, person_id=mine)
    return [record for record in found if record.counts.inserted or record.counts.updated]


def _id(given: str, code: str) -> int:
    if not (given.isascii() and given.isdigit() and len(given) < 20):
        raise NotFound(code, id=given[:20])
    return int(given)


def count(desk: Desk) -> int:
    """How many the company has."""
    with desk.database.reading() as connection:
        return stored_customers.count(connection, CUSTOMERS, desk.company.company_id)
