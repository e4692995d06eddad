"""The Customers import: its 42 columns and the rules across them. The template, the rules, the grid, the database's
reader and the reference's table all follow from here."""

from __future__ import annotations

import re
from decimal import Decimal

import pycountry

from komet_import.language import ngettext
from komet_import.schema.column import COMPANY_LIST, CONTACTS, Colour, Column, Declaration, KindName, Rule
from komet_import.schema.countries import CURRENCY_CODES, currency_meant
from komet_import.schema.customer_examples import example_customers
from komet_import.schema.problems import IssueCode, Problem
from komet_import.schema.text import fold

GREEN, RED, BLUE = Colour.GREEN, Colour.RED, Colour.BLUE
K = KindName
MONEY = (10, 2)
ID_KEY, CODE_KEY, NAME_KEY = "customer_id", "code", "name"
IDENTITY, LOCATIONS, BILLING, SHIPPING = "Identity", "Locations", "Billing", "Shipping"
TERMS, PRICES = "Terms and credit", "Prices and charges"
ZIP_FORMAT = "kept as text: leading zeros matter"

COLUMNS: tuple[Column, ...] = (
    Column(
        1,
        "Customer ID",
        "customer_id",
        RED,
        K.INTEGER,
        group=IDENTITY,
        max_length=20,
        format="blank for a new customer; filled in by Existing Customers",
        example="23423",
        rule="must be the ID of a customer of this company; the first matching key",
    ),
    Column(
        2,
        "Customer Code",
        "code",
        GREEN,
        K.TEXT,
        group=IDENTITY,
        max_length=10,
        format="unique in the company (case-insensitive)",
        example="ABC",
        rule="the matching key when Customer ID is blank",
    ),
    Column(
        3,
        "Customer Name",
        "name",
        GREEN,
        K.TEXT,
        group=IDENTITY,
        max_length=200,
        example="ABC Wholesale",
        rule="the same name twice is a warning",
    ),
    Column(
        4,
        "Location Codes",
        "location_codes",
        BLUE,
        K.CODE_LIST,
        group=LOCATIONS,
        max_length=50,
        format="location codes joined by colons; at most 10 characters each",
        example="MIA:LAX",
        rule="every code must be an active location; replaces the stored list",
    ),
    Column(
        5,
        "Main Location",
        "main_location",
        BLUE,
        K.CODE,
        group=LOCATIONS,
        max_length=10,
        format="one of Location Codes",
        example="MIA",
        rule="an active location, and one of the row's Location Codes",
    ),
    Column(
        6,
        "Active",
        "active",
        RED,
        K.BOOLEAN,
        group=IDENTITY,
        format="Yes / No",
        example="Yes",
        rule="a new customer without a value is active",
        default="Yes",
    ),
    Column(
        7,
        "Customer Type",
        "customer_type",
        RED,
        K.CHOICE,
        group=IDENTITY,
        max_length=20,
        format=COMPANY_LIST,
        example="Wholesaler",
    ),
    Column(
        8,
        "Salesperson",
        "salesperson",
        RED,
        K.CHOICE,
        group=IDENTITY,
        max_length=200,
        format=COMPANY_LIST,
        example="Ana Torres",
    ),
    Column(9, "Phone", "phone", RED, K.TEXT, group=CONTACTS, max_length=20, example="305-555-0100"),
    Column(
        10,
        "Fax",
        "fax",
        RED,
        K.TEXT,
        group=CONTACTS,
        max_length=20,
        example="305-555-0101",
        rule="required when Send Invoice Via is Fax",
    ),
    Column(
        11,
        "Website",
        "website",
        RED,
        K.URL,
        group=CONTACTS,
        max_length=50,
        example="www.abcwholesale.example",
        rule="a host name with a dot; scheme optional",
    ),
    Column(
        12,
        "Billing Address",
        "billing_address",
        RED,
        K.TEXT,
        group=BILLING,
        max_length=200,
        example="123 Main St Suite 2",
    ),
    Column(13, "Billing City", "billing_city", RED, K.TEXT, group=BILLING, max_length=50, example="Miami"),
    Column(14, "Billing State", "billing_state", RED, K.TEXT, group=BILLING, max_length=50, example="FL"),
    Column(
        15,
        "Billing ZIP Code",
        "billing_zip",
        RED,
        K.TEXT,
        group=BILLING,
        max_length=10,
        format=ZIP_FORMAT,
        example="33122",
        rule="a US code that lost its leading zeros is a warning with the fix",
    ),
    Column(
        16,
        "Billing Country",
        "billing_country",
        RED,
        K.COUNTRY,
        group=BILLING,
        max_length=50,
        format="country name or ISO code; stored as the English short name",
        example="United States",
    ),
    Column(
        17,
        "Shipping Address",
        "shipping_address",
        RED,
        K.TEXT,
        group=SHIPPING,
        max_length=200,
        example="123 Main St Suite 2",
    ),
    Column(18, "Shipping City", "shipping_city", RED, K.TEXT, group=SHIPPING, max_length=50, example="Miami"),
    Column(19, "Shipping State", "shipping_state", RED, K.TEXT, group=SHIPPING, max_length=50, example="FL"),
    Column(
        20,
        "Shipping ZIP Code",
        "shipping_zip",
        RED,
        K.TEXT,
        group=SHIPPING,
        max_length=10,
        format=ZIP_FORMAT,
        example="33122",
        rule="as Billing ZIP Code",
    ),
    Column(
        21,
        "Shipping Country",
        "shipping_country",
        RED,
        K.COUNTRY,
        group=SHIPPING,
        max_length=50,
        format="as Billing Country",
        example="United States",
    ),
    Column(
        22, "Terms", "terms", RED, K.CHOICE, group=TERMS, max_length=50, format=COMPANY_LIST, example="Net 30"
    ),
    Column(
        23,
        "Payment Method",
        "payment_method",
        RED,
        K.CHOICE,
        group=TERMS,
        max_length=50,
        format=COMPANY_LIST,
        example="ACH",
    ),
    Column(
        24,
        "Credit Limit",
        "credit_limit",
        RED,
        K.DECIMAL,
        group=TERMS,
        decimals=MONEY,
        minimum=Decimal(0),
        format="0 or more; empty = unlimited; 0 = no credit",
        example="5000.00",
    ),
    Column(25, "Credit Hold", "credit_hold", RED, K.BOOLEAN, group=TERMS, format="Yes / No", example="No"),
    Column(
        26,
        "Require Payment Upon Confirmation",
        "require_payment",
        RED,
        K.BOOLEAN,
        group=TERMS,
        format="Yes / No",
        example="No",
    ),
    Column(
        27,
        "Finance Charge %",
        "finance_charge",
        RED,
        K.DECIMAL,
        group=TERMS,
        decimals=MONEY,
        minimum=Decimal(0),
        maximum=Decimal(100),
        format="0 to 100 without the % sign",
        example="1.50",
    ),
    Column(
        28,
        "Email for Invoices",
        "email_invoices",
        RED,
        K.EMAIL_LIST,
        group=CONTACTS,
        max_length=200,
        format="addresses joined by semicolons",
        example="ap@abc.example;bo@abc.example",
        rule="required when Send Invoice Via is Email",
    ),
    Column(
        29,
        "Email for Statements",
        "email_statements",
        RED,
        K.EMAIL_LIST,
        group=CONTACTS,
        max_length=200,
        format="addresses joined by semicolons",
        example="ap@abc.example",
    ),
    Column(
        30,
        "Send Invoice Via",
        "send_invoice_via",
        RED,
        K.CHOICE,
        group=CONTACTS,
        max_length=50,
        choices=("Email", "Fax", "Print", "None"),
        format="Email / Fax / Print / None",
        example="Email",
    ),
    Column(
        31,
        "Charge Fuel Surcharge",
        "charge_fuel_surcharge",
        RED,
        K.BOOLEAN,
        group=PRICES,
        format="Yes / No",
        example="Yes",
    ),
    Column(32, "Charge Tax", "charge_tax", RED, K.BOOLEAN, group=PRICES, format="Yes / No", example="No"),
    Column(
        33,
        "Default Price",
        "default_price",
        RED,
        K.CHOICE,
        group=PRICES,
        max_length=1,
        choices=("A", "B"),
        format="A / B",
        example="A",
    ),
    Column(
        34,
        "Price B Markup %",
        "price_b_markup",
        RED,
        K.DECIMAL,
        group=PRICES,
        decimals=MONEY,
        minimum=Decimal(0),
        maximum=Decimal(1000),
        format="0 to 1000",
        example="10.00",
        rule="given without Default Price B: a warning",
    ),
    Column(
        35,
        "Sell Fast Markup %",
        "sell_fast_markup",
        RED,
        K.DECIMAL,
        group=PRICES,
        decimals=MONEY,
        minimum=Decimal(0),
        maximum=Decimal(1000),
        format="0 to 1000",
        example="5.00",
    ),
    Column(
        36,
        "Price List",
        "price_list",
        RED,
        K.CHOICE,
        group=PRICES,
        max_length=60,
        format=COMPANY_LIST,
        example="Wholesale 2026",
        rule="given without Default Price B: an error",
    ),
    Column(
        37,
        "Customer Group",
        "customer_group",
        RED,
        K.TEXT,
        group=IDENTITY,
        max_length=50,
        format="free text",
        example="Sunshine Group",
    ),
    Column(
        38,
        "Territory",
        "territory",
        RED,
        K.CHOICE,
        group=IDENTITY,
        max_length=50,
        format=COMPANY_LIST,
        example="Southeast",
    ),
    Column(
        39, "Accounting Code", "accounting_code", RED, K.TEXT, group=IDENTITY, max_length=20, example="10045"
    ),
    Column(
        40,
        "Currency",
        "currency",
        RED,
        K.CHOICE,
        group=TERMS,
        max_length=3,
        choices=CURRENCY_CODES,
        format="ISO 4217 code",
        example="USD",
        unlisted=IssueCode.INVALID_CURRENCY,
        meant=currency_meant,
    ),
    Column(
        41,
        "Carrier Account Number",
        "carrier_account",
        RED,
        K.TEXT,
        group=SHIPPING,
        max_length=20,
        example="889900",
    ),
    Column(
        42,
        "Shipping Notes",
        "shipping_notes",
        RED,
        K.TEXT,
        group=SHIPPING,
        max_length=200,
        example="Deliver before 10 am",
    ),
)


def _needs_default_price_b(price_list: str, default_price: str) -> Problem | None:
    return Problem(IssueCode.NEEDS_DEFAULT_PRICE_B) if price_list and default_price != "B" else None


def _markup_without_price_b(markup: str, default_price: str) -> Problem | None:
    return Problem(IssueCode.MARKUP_WITHOUT_PRICE_B) if markup and default_price != "B" else None


def _needs_email(via: str) -> Problem | None:
    return Problem(IssueCode.NEEDS_EMAIL) if via == "Email" else None


def _needs_fax(via: str) -> Problem | None:
    return Problem(IssueCode.NEEDS_FAX) if via == "Fax" else None


def _main_location_not_listed(main: str, codes: str) -> Problem | None:
    if not main or main in codes.split(":"):
        return None
    first = codes.split(":")[0] if codes else None
    return Problem(IssueCode.MAIN_LOCATION_NOT_LISTED, first, {"listed": codes.replace(":", ", ") or "none"})


def _looks_like_fraction(percent: str) -> Problem | None:
    if not percent.startswith("0.") or Decimal(percent) == 0:
        return None
    return Problem(IssueCode.LOOKS_LIKE_FRACTION, f"{Decimal(percent) * 100:.2f}")


_US_STATES = frozenset(
    name
    for state in pycountry.subdivisions.get(country_code="US")
    for name in (state.code[3:].casefold(), fold(state.name))
)


def _zip_lost_zeros(zip_code: str, country: str, state: str) -> Problem | None:
    american = country == "United States" or (not country and fold(state) in _US_STATES)
    if american and re.fullmatch("[0-9]{1,4}", zip_code):
        return Problem(IssueCode.ZIP_LOST_ZEROS, zip_code.zfill(5))
    return None


RULES: tuple[Rule, ...] = (
    Rule(
        "main_location",
        ("main_location", "location_codes"),
        _main_location_not_listed,
        multi_location_only=True,
    ),
    Rule("billing_zip", ("billing_zip", "billing_country", "billing_state"), _zip_lost_zeros, own=True),
    Rule("shipping_zip", ("shipping_zip", "shipping_country", "shipping_state"), _zip_lost_zeros, own=True),
    Rule("finance_charge", ("finance_charge",), _looks_like_fraction, own=True),
    Rule("price_b_markup", ("price_b_markup",), _looks_like_fraction, own=True),
    Rule("sell_fast_markup", ("sell_fast_markup",), _looks_like_fraction, own=True),
    Rule("email_invoices", ("send_invoice_via",), _needs_email, when_blank=True),
    Rule("fax", ("send_invoice_via",), _needs_fax, when_blank=True),
    Rule("price_b_markup", ("price_b_markup", "default_price"), _markup_without_price_b),
    Rule("price_list", ("price_list", "default_price"), _needs_default_price_b),
)


def _noun(count: int) -> str:
    return ngettext("customer", "customers", count)


CUSTOMERS = Declaration(
    kind="customers",
    title="Customers",
    noun=_noun,
    columns=COLUMNS,
    rules=RULES,
    code_key=CODE_KEY,
    id_key=ID_KEY,
    name_key=NAME_KEY,
    searched=(NAME_KEY, "email_invoices", "email_statements", "billing_city", "shipping_city"),
    filters=("customer_type", "location_codes", "active"),
    listed=(CODE_KEY, NAME_KEY, "customer_type", "location_codes", "billing_city", "terms", "salesperson"),
    examples=example_customers,
)
