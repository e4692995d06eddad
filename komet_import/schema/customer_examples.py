"""Believable customers of a flower wholesaler, for the example template: valid in whatever company they are made for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from komet_import.schema.column import Declaration
from komet_import.schema.company import Company
from komet_import.schema.kinds import choices

_CODES_LENGTH = 50  # of Location Codes

_SHARED = (
    "code", "name", "phone", "billing_address", "billing_city", "billing_state", "billing_zip", "billing_country",
    "send_invoice_via", "credit_limit", "default_price", "currency",
)  # fmt: skip
_US, _USD = "United States", "USD"
_ROWS = (
    ("PETALPUSH", "Petal Pushers Florist", "305-555-0142", "7200 NW 25th St", "Miami", "FL", "33122", _US, "Email", "5000.00", "A", _USD),
    ("BEACONHILL", "Beacon Hill Flower Market", "617-555-0118", "84 Charles St", "Boston", "MA", "02114", _US, "Email", "12500.00", "B", _USD),
    ("IRONBOUND", "Ironbound Wholesale Flowers", "973-555-0167", "310 Ferry St", "Newark", "NJ", "07105", _US, "Fax", "20000.00", "B", _USD),
    ("CASCOBAY", "Casco Bay Blooms", "207-555-0133", "19 Commercial St", "Portland", "ME", "04101", _US, "Print", "", "A", _USD),
    ("GARDENSTAT", "Constitution Gardens", "860-555-0175", "452 Park St", "Hartford", "CT", "06106", _US, "Email", "7500.00", "A", _USD),
    ("LADISTRICT", "Los Angeles Flower District Co.", "213-555-0109", "742 Wall St", "Los Angeles", "CA", "90014", _US, "Email", "50000.00", "B", _USD),
    ("LAKESHORE", "Lakeshore Event Florals", "312-555-0184", "1350 W Randolph St", "Chicago", "IL", "60607", _US, "Email", "15000.00", "A", _USD),
    ("PEACHTREE", "Peachtree Petals & Events", "404-555-0121", "690 Miami Cir NE", "Atlanta", "GA", "30324", _US, "None", "0.00", "A", _USD),
    ("LONESTAR", "Lone Star Bouquets", "214-555-0156", "2200 Irving Blvd", "Dallas", "TX", "75207", _US, "Email", "10000.00", "B", _USD),
    ("PUGETSOUND", "Puget Sound Grocers Floral", "206-555-0190", "1600 S Lander St", "Seattle", "WA", "98134", _US, "Email", "80000.00", "B", _USD),
    ("MAPLEROSE", "Maple & Rose Fleuristes", "416-555-0137", "215 Spadina Ave", "Toronto", "ON", "M5T 2C7", "Canada", "Email", "9000.00", "A", "CAD"),
    ("FLORANDINA", "Floristería Andina S.A.S.", "+57 601 555 0148", "Calle 80 # 69-70", "Bogotá", "Cundinamarca", "111021", "Colombia", "Email", "3000.00", "A", _USD),
)  # fmt: skip
_NOTES = ("Deliver before 10 am", "Call on arrival", "", "Keep at 2 °C; dock door 4")


def example_customers(declaration: Declaration, company: Company) -> list[dict[str, str]]:
    """A dozen new ones, as the template writes them."""
    return [_customer(declaration, company, index) for index in range(len(_ROWS))]


def _customer(declaration: Declaration, company: Company, index: int) -> dict[str, str]:
    given = dict(zip(_SHARED, _ROWS[index], strict=True))
    domain = f"{given['code'].lower()}.example"
    return {
        **given,
        **{
            f"shipping_{part}": given[f"billing_{part}"]
            for part in ("address", "city", "state", "zip", "country")
        },
        **_prices(declaration, company, given, index),
        **_locations(company, index),
        **{
            column.key: _nth(choices(column, company), index)
            for column in declaration.columns
            if column.is_company_list and column.key != "price_list"
        },
        "active": "Yes",
        "website": f"www.{domain}",
        "fax": given["phone"][:-1] + "9" if given["send_invoice_via"] == "Fax" else "",
        "email_invoices": f"ap@{domain};office@{domain}" if index % 3 == 0 else f"ap@{domain}",
        "email_statements": f"ap@{domain}",
        "credit_hold": "No",
        "require_payment": "Yes" if given["credit_limit"] == "0.00" else "No",
        "finance_charge": "1.50",
        "charge_fuel_surcharge": "Yes",
        "charge_tax": "No",
        "accounting_code": f"{10045 + index}",
        "shipping_notes": _nth(_NOTES, index),
    }


def _prices(
    declaration: Declaration, company: Company, given: Mapping[str, str], index: int
) -> dict[str, str]:
    """A price list and a markup go with Default Price B only."""
    if given["default_price"] != "B":
        return {"sell_fast_markup": "5.00"}
    price_lists = choices(declaration.column("price_list"), company)
    return {"price_b_markup": "10.00", "sell_fast_markup": "5.00", "price_list": _nth(price_lists, index)}


def _locations(company: Company, index: int) -> dict[str, str]:
    """One of the active locations as the main one, and for every second customer the next one too."""
    active = company.active_locations
    if not company.multi_location or not active:
        return {}
    main = _nth(active, index)
    both = f"{main}:{_nth(active, index + 1)}"
    several = index % 2 == 0 and len(active) > 1 and len(both) <= _CODES_LENGTH
    return {"location_codes": both if several else main, "main_location": main}


def _nth(values: Sequence[str], index: int) -> str:
    return values[index % len(values)] if values else ""
