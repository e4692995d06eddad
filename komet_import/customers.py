"""The stored customers: found, looked at one by one with their history, and given back as a workbook."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

from komet_import.access import Deed, find_import, require
from komet_import.desk import Desk
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import customers as stored_customers
from komet_import.store import record_audit
from komet_import.store.customers import CustomerRow, Order, Wanted
from komet_import.store.record_audit import AuditEntry

DECLARATION = CUSTOMERS


def find(
    desk: Desk, wanted: Wanted, order: Order | None, limit: int | None, offset: int = 0
) -> tuple[list[CustomerRow], int]:
    """A page of the customers, and how many there are in all. Raises NotFound for an import that they may not see."""
    _refuse(desk, wanted)
    with desk.database.reading() as connection:
        return stored_customers.find(
            connection, DECLARATION, desk.company.company_id, wanted, order, limit, offset
        )


def write_workbook(desk: Desk, wanted: Wanted, order: Order | None, out: BinaryIO | Path) -> int:
    """An Existing Customers workbook of what is wanted; returns how many rows it holds. Raises NotFound as `find`."""
    from komet_import.workbook import templates

    _refuse(desk, wanted)
    with desk.database.reading() as connection:
        records = stored_customers.each_record(
            connection, DECLARATION, desk.company.company_id, wanted, order
        )
        return templates.write_records(out, DECLARATION, desk.company, records)


def _refuse(desk: Desk, wanted: Wanted) -> None:
    """Which customers somebody else's import touched is not for everybody."""
    require(desk.person, Deed.SEE_CUSTOMERS)
    if wanted.import_id is not None:
        find_import(desk.database, desk.person, wanted.import_id)


def get(desk: Desk, record_id: int) -> CustomerRow:
    """Raises NotFound."""
    require(desk.person, Deed.SEE_CUSTOMERS)
    with desk.database.reading() as connection:
        return stored_customers.get_customer(connection, DECLARATION, desk.company.company_id, record_id)


def audit(desk: Desk, record_id: int, limit: int) -> list[AuditEntry]:
    """What the last imports did to a customer, newest first: whoever made them, as they are part of the customer."""
    require(desk.person, Deed.SEE_CUSTOMERS)
    with desk.database.reading() as connection:
        return record_audit.audit_of(connection, DECLARATION, desk.company.company_id, record_id, limit)
