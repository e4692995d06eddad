"""What a new database holds: one example company, its lists, and one administrator. No customers."""

from __future__ import annotations

import sqlalchemy as sa

from komet_import.schema.company import Role
from komet_import.store import companies

ADMINISTRATOR = "admin@localhost"
EXAMPLE: dict[str, object] = {
    "name": "Sunrise Blooms, Miami",
    "multi_location": True,
    "time_zone": "America/New_York",
    "locations": [
        {"code": "MIA", "name": "Miami", "active": True},
        {"code": "LAX", "name": "Los Angeles", "active": True},
        {"code": "BOG", "name": "Bogotá", "active": True},
    ],
    "lists": {
        "customer_type": ["Wholesaler", "Retail florist", "Event designer", "Supermarket", "Bouquet maker"],
        "salesperson": ["Ana Torres", "Luis Prado", "Marta Silva", "Joe Kern"],
        "terms": ["Prepaid", "COD", "Net 7", "Net 15", "Net 30", "Net 45", "Net 60"],
        "payment_method": ["ACH", "Check", "Credit card", "Wire transfer", "Cash"],
        "price_list": ["Wholesale 2026", "Wholesale 2027", "Supermarket 2026", "Events 2026"],
        "territory": ["Southeast", "Northeast", "Midwest", "Southwest", "West", "Latin America"],
    },
}


def add_example_company(conn: sa.Connection) -> None:
    """Into a database that was migrated from nothing."""
    company_id = companies.add_company(conn, EXAMPLE, "The example company")
    companies.add_person(conn, company_id, ADMINISTRATOR, "Administrator", Role.ADMINISTRATOR)
