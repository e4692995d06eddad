"""Believable customers for the example company, as many as are wanted: always the same, each with its own name and code."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

from komet_import.schema.customers import CUSTOMERS

FAMILIES = (
    "Abbott", "Alvarez", "Becker", "Bianchi", "Brooks", "Castillo", "Chen", "Cohen", "Cruz", "Dawson", "Delgado",
    "Duarte", "Edwards", "Ferrara", "Fischer", "Flores", "Garcia", "Gomez", "Haddad", "Hansen", "Harmon", "Hughes",
    "Ibarra", "Jensen", "Kaplan", "Keller", "Kim", "Lang", "Lopez", "Maddox", "Marin", "Mendez", "Molina", "Moore",
    "Navarro", "Nguyen", "Nolan", "Ortega", "Owens", "Palmer", "Park", "Peralta", "Quinn", "Ramos", "Reyes",
    "Rivera", "Romero", "Rossi", "Ruiz", "Salazar", "Santos", "Sato", "Schmidt", "Silva", "Sosa", "Tanner", "Tran",
    "Valdez", "Vargas", "Vega", "Walsh", "Weber", "Young", "Zamora"
)  # fmt: skip
TRADES = (
    "Florist", "Flower Market", "Wholesale Flowers", "Garden Roses", "Event Florals", "Bouquets", "Petals & Co.",
    "Blooms", "Greens", "Orchids", "Flores S.A.S.", "Floral Design", "Supermarkets", "Weddings", "Tulips", "Lilies",
    "Plant House", "Cut Flowers", "Flower Bar", "Stems", "Hydrangeas", "Carnations", "Peonies", "Farm Direct",
    "Flower Shop", "Arrangements", "Ranunculus", "Proteas"
)  # fmt: skip
STREETS = (
    "Main St", "NW 25th St", "Ferry St", "Commercial St", "Wall St", "Irving Blvd", "Market Ave", "Harbor Dr",
    "Orchard Rd"
)  # fmt: skip
# City, state, ZIP codes from, area code.
CITIES = (
    ("Miami", "FL", 33101, 305),
    ("Boston", "MA", 2101, 617),
    ("Newark", "NJ", 7101, 973),
    ("Portland", "ME", 4101, 207),
    ("Los Angeles", "CA", 90001, 213),
    ("Chicago", "IL", 60601, 312),
    ("Atlanta", "GA", 30301, 404),
    ("Dallas", "TX", 75201, 214),
    ("Seattle", "WA", 98101, 206),
    ("Denver", "CO", 80201, 303),
)
LISTS = {
    "customer_type": ("Wholesaler", "Retail florist", "Event designer", "Supermarket", "Bouquet maker"),
    "salesperson": ("Ana Torres", "Luis Prado", "Marta Silva", "Joe Kern"),
    "terms": ("Prepaid", "COD", "Net 7", "Net 15", "Net 30", "Net 45", "Net 60"),
    "payment_method": ("ACH", "Check", "Credit card", "Wire transfer", "Cash"),
    "territory": ("Southeast", "Northeast", "Midwest", "Southwest", "West"),
    "location_codes": ("MIA", "LAX", "BOG", "MIA:LAX", "MIA:BOG"),
    "send_invoice_via": ("Email", "Email", "Print", "None"),
}
# One row in fifty has one of these.
PROBLEMS = (
    {"customer_type": "Wholesalr"},
    {"email_invoices": "ap@nowhere", "send_invoice_via": "Email"},
    {"name": ""},
    {"credit_limit": "five thousand"},
    {"billing_zip": "2101", "billing_state": "MA"},
)
Record = list[str]


def records(first: int, count: int, *, changed: bool = False, problems: bool = True) -> Iterator[Record]:
    """Texts in the order of the declaration. With `changed`, those customers a season later: other terms, limits, phones."""
    for number in range(first, first + count):
        cells = customer(number)
        if changed:
            cells |= {
                "phone": f"{cells['phone'][:-4]}{(number + 1) % 10_000:04}",
                "credit_limit": f"{float(cells['credit_limit']) + 250:.2f}",
                "shipping_notes": f"Dock {number % 40 + 1}, before 9 am",
            }
        if problems and number % 50 == 7:
            cells |= PROBLEMS[number // 50 % len(PROBLEMS)]
        yield [cells.get(column.key, "") for column in CUSTOMERS.columns]


def customer(number: int) -> dict[str, str]:
    """A valid one, by column key."""
    chance = Random(number)
    code = f"{FAMILIES[number % 64][:4].upper()}{number:06}"
    domain = f"{code.lower()}.example"
    price_b = number % 3 == 0
    return {
        **(chosen := {key: chance.choice(values) for key, values in LISTS.items()}),
        "main_location": chosen["location_codes"][:3],
        **_address(number, chance),
        "code": code,
        "name": f"{FAMILIES[number % 64]} & {FAMILIES[number // 64 % 64]} {_trade(number)}",
        "active": "Yes",
        "website": f"www.{domain}",
        "credit_limit": f"{chance.randrange(5, 800) * 125 / 2:.2f}",
        "credit_hold": "No",
        "require_payment": "Yes" if number % 9 == 0 else "No",
        "finance_charge": "1.50",
        "email_invoices": f"ap@{domain};office@{domain}" if price_b else f"ap@{domain}",
        "email_statements": f"statements@{domain}",
        "charge_fuel_surcharge": "Yes",
        "charge_tax": "No",
        "default_price": "B" if price_b else "A",
        "price_b_markup": "10.00" if price_b else "",
        "price_list": "Wholesale 2026" if price_b else "",
        "sell_fast_markup": f"{chance.randrange(4, 60) / 4:.2f}",
        "customer_group": f"{chance.choice(FAMILIES)} Group" if number % 4 == 0 else "",
        "accounting_code": f"{10_000 + number}",
        "currency": "USD",
        "carrier_account": f"{chance.randrange(100_000, 999_999)}",
        "shipping_notes": f"Deliver before {chance.randrange(6, 12)} am",
    }


def _trade(number: int) -> str:
    """With the two families, a name of its own for each of the first 100,000; a number makes the later ones differ."""
    turn, trade = divmod(number // 4096, len(TRADES))
    return TRADES[trade] + (f" {turn + 1}" if turn else "")


def _address(number: int, chance: Random) -> dict[str, str]:
    city, state, zip_code, area = CITIES[number % len(CITIES)]
    place = {
        "address": f"{chance.randrange(10, 9900)} {chance.choice(STREETS)}",
        "city": city,
        "state": state,
        "zip": f"{zip_code + chance.randrange(0, 60):05}",
        "country": "United States",
    }
    phone = f"{area}-{200 + number // 10_000 % 700}-{number % 10_000:04}"
    return {
        "phone": phone,
        "fax": f"{phone[:-4]}{(number + 5000) % 10_000:04}",
        **{f"{use}_{part}": text for use in ("billing", "shipping") for part, text in place.items()},
    }
