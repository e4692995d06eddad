"""Two companies for the tests: one with several locations and full lists, one with a single location and hardly any."""

from __future__ import annotations

from komet_import.schema.company import Company, Location

SEVERAL = Company(
    company_id=1,
    version=1,
    name="Fresh Blooms",
    multi_location=True,
    time_zone="America/New_York",
    locations=(
        Location("MIA", "Miami"),
        Location("LAX", "Los Angeles"),
        Location("bog", "Bogotá"),
        Location("OLD", "Closed", active=False),
    ),
    lists={
        "customer_type": ("Wholesaler", "Retailer", "Event planner"),
        "salesperson": ("Ana Torres", "José Núñez"),
        "terms": ("Net 15", "Net 30", "COD"),
        "payment_method": ("ACH", "Check"),
        "price_list": ("Wholesale 2026", "=Retail & more"),
        "territory": ("Southeast",),
    },
)
SINGLE = Company(
    company_id=2,
    version=1,
    name="One Shop",
    multi_location=False,
    time_zone="America/Bogota",
    locations=(Location("BOG", "Bogotá"),),
    lists={"terms": ("30",), "price_list": ()},
)
