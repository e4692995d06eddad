"""A company and drafts to judge, small enough to read in a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from komet_import.review.draft import Before, Draft
from komet_import.review.plan import Record, Snapshot
from komet_import.review.rows import Rows
from komet_import.schema.company import Company, Location
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.text import fold, tidy

LISTS = {
    "customer_type": ("Wholesaler", "Retail florist"),
    "salesperson": ("Ana Torres", "Luis Prado"),
    "terms": ("Net 15", "Net 30"),
    "payment_method": ("ACH", "Check"),
    "price_list": ("Wholesale 2026",),
    "territory": ("Southeast",),
}
MULTI = Company(
    company_id=1,
    version=1,
    name="Sunrise Blooms",
    multi_location=True,
    time_zone="America/New_York",
    locations=(
        Location("MIA", "Miami"),
        Location("LAX", "Los Angeles"),
        Location("BOG", "Bogotá", active=False),
    ),
    lists=LISTS,
)
SINGLE = Company(1, 1, "One Bloom", False, "America/New_York", MULTI.locations, LISTS)

NEW = {"code": "ABC", "name": "ABC Wholesale", "location_codes": "MIA:LAX", "main_location": "MIA"}


def snapshot(*customers: Mapping[str, str]) -> Snapshot:
    """Stored customers; each mapping holds `customer_id` and the texts it has."""
    found = Snapshot()
    for texts in customers:
        customer_id = int(texts["customer_id"])
        stored = tuple(texts.get(column.key, "") for column in CUSTOMERS.value_columns)
        found.records[customer_id] = Record(customer_id, 1, stored)
        found.id_by_code[fold(texts["code"])] = customer_id
        name = fold(texts["name"])
        found.ids_by_name[name] = (*found.ids_by_name.get(name, ()), customer_id)
    return found


def draft(
    rows: Sequence[Mapping[str, str]],
    *stored: Mapping[str, str],
    company: Company = MULTI,
    clear_blanks: bool = False,
    first: int = 2,
) -> Draft:
    """The file has the columns that any of its rows names; the rows start at sheet row `first`."""
    keys = [column.key for column in CUSTOMERS.columns if any(column.key in row for row in rows)]
    texts = {key: [tidy(row.get(key, "")) for row in rows] for key in keys}
    of_file = Rows(CUSTOMERS, range(first, first + len(rows)), texts)
    return Draft(of_file, company, snapshot(*stored), clear_blanks=clear_blanks)


def found(judged: Draft) -> list[tuple[int, str | None, str]]:
    """Each issue as (row, column key, code), in order."""
    return [(issue.row, issue.key, issue.code.value) for issue in judged.all_issues()]


def was(judged: Draft, row: int) -> Mapping[str, str]:
    """The stored text of each cell that the row would change."""
    return judged.before([row]).get(row, Before()).was
