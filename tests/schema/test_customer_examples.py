"""The example customers are valid wherever they are made for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from komet_import.schema.company import Company, Location
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.kinds import KINDS
from komet_import.schema.problems import Problem
from tests.schema.companies import SEVERAL, SINGLE

LONG_CODES = replace(SEVERAL, locations=tuple(Location(f"LOCATION{n:02}", "") for n in range(5)))
COMPANIES = {
    "several": SEVERAL,
    "single": SINGLE,
    "long codes": LONG_CODES,
    "no lists": replace(SEVERAL, lists={}),
}


@pytest.fixture(params=list(COMPANIES.values()), ids=list(COMPANIES))
def company(request: pytest.FixtureRequest) -> Company:
    found: Company = request.param
    return found


@pytest.fixture
def records(company: Company) -> list[dict[str, str]]:
    keys = [column.key for column in CUSTOMERS.columns]
    return [dict(zip(keys, texts, strict=True)) for texts in CUSTOMERS.example_rows(company)]


def test_every_cell_is_right_and_written_as_the_template_writes_it(
    company: Company, records: list[dict[str, str]]
) -> None:
    for record in records:
        for key, text in record.items():
            column = CUSTOMERS.column(key)
            if text:
                value = KINDS[column.kind].parse(text, column, company)
                assert not isinstance(value, Problem)
                assert KINDS[column.kind].render(value) == text
                assert column.max_length is None or len(text) <= column.max_length


def test_no_rule_across_columns_objects(company: Company, records: list[dict[str, str]]) -> None:
    for record in records:
        for rule in CUSTOMERS.rules:
            asked = company.multi_location or not rule.multi_location_only
            if asked and not (rule.when_blank and record[rule.column]):
                assert rule.judge(*(record[key] for key in rule.reads)) is None


def test_they_are_a_dozen_new_customers_with_all_that_is_required(
    company: Company, records: list[dict[str, str]]
) -> None:
    assert len(records) == 12
    assert {record["customer_id"] for record in records} == {""}
    assert len({record["code"].casefold() for record in records}) == 12
    assert len({record["name"].casefold() for record in records}) == 12
    for record in records:
        assert bool(record["location_codes"]) is bool(record["main_location"]) is company.multi_location


def test_they_show_leading_zeros_and_other_countries() -> None:
    texts = [text for record in CUSTOMERS.example_rows(SEVERAL) for text in record]
    assert {"02114", "Canada", "Colombia", "MIA:LAX"} <= set(texts)


def column(key: str, company: Company = SEVERAL) -> list[str]:
    """A column of the examples."""
    index = [one.key for one in CUSTOMERS.columns].index(key)
    return [record[index] for record in CUSTOMERS.example_rows(company)]


def test_an_example_is_a_whole_customer() -> None:
    third = CUSTOMERS.example_rows(SEVERAL)[2]
    assert {one.key: text for one, text in zip(CUSTOMERS.columns, third, strict=True) if text} == {
        "code": "IRONBOUND",
        "name": "Ironbound Wholesale Flowers",
        "location_codes": "bog:MIA",
        "main_location": "bog",
        "active": "Yes",
        "customer_type": "Event planner",
        "salesperson": "Ana Torres",
        "phone": "973-555-0167",
        "fax": "973-555-0169",
        "website": "www.ironbound.example",
        "billing_address": "310 Ferry St",
        "billing_city": "Newark",
        "billing_state": "NJ",
        "billing_zip": "07105",
        "billing_country": "United States",
        "shipping_address": "310 Ferry St",
        "shipping_city": "Newark",
        "shipping_state": "NJ",
        "shipping_zip": "07105",
        "shipping_country": "United States",
        "terms": "COD",
        "payment_method": "ACH",
        "credit_limit": "20000.00",
        "credit_hold": "No",
        "require_payment": "No",
        "finance_charge": "1.50",
        "email_invoices": "ap@ironbound.example",
        "email_statements": "ap@ironbound.example",
        "send_invoice_via": "Fax",
        "charge_fuel_surcharge": "Yes",
        "charge_tax": "No",
        "default_price": "B",
        "price_b_markup": "10.00",
        "sell_fast_markup": "5.00",
        "price_list": "Wholesale 2026",
        "territory": "Southeast",
        "accounting_code": "10047",
        "currency": "USD",
    }


def test_the_examples_show_what_a_cell_may_hold() -> None:
    several = [record.partition(";")[2] for record in column("email_invoices")]
    assert [index for index, second in enumerate(several) if second] == [0, 3, 6, 9]
    assert several[0] == "office@petalpush.example"
    assert [index for index, fax in enumerate(column("fax")) if fax] == [2]
    assert [index for index, prepaid in enumerate(column("require_payment")) if prepaid == "Yes"] == [7]
    assert [bool(markup) for markup in column("price_b_markup")] == [
        price == "B" for price in column("default_price")
    ]
    assert set(column("sell_fast_markup")) == {"5.00"}
    assert column("shipping_notes")[:4] == [
        "Deliver before 10 am",
        "Call on arrival",
        "",
        "Keep at 2 °C; dock door 4",
    ]


def test_every_second_example_has_two_locations_where_two_are_there_and_fit() -> None:
    def of(*codes: str) -> list[str]:
        company = replace(SEVERAL, locations=tuple(Location(code, "") for code in codes))
        return column("location_codes", company)[:4]

    assert of("A", "B", "C") == ["A:B", "B", "C:A", "A"]
    assert of("A", "B") == ["A:B", "B", "A:B", "B"]
    assert of("A") == ["A"] * 4
    assert of() == [""] * 4
    assert of("a" * 24, "b" * 25) == ["a" * 24 + ":" + "b" * 25, "b" * 25] * 2
    assert of("a" * 25, "b" * 25) == ["a" * 25, "b" * 25] * 2
