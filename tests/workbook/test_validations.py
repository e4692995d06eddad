"""Excel's own checks of what is typed into a template, and the lists of its drop-downs."""

from __future__ import annotations

from typing import Any

import pytest

from komet_import.schema.column import KindName
from komet_import.schema.company import Company, Location
from komet_import.schema.countries import country_names
from komet_import.schema.customers import CUSTOMERS
from tests.schema.companies import SEVERAL, SINGLE
from tests.workbook.templates import POSITION, opened, template

COLUMNS = CUSTOMERS.columns


def checks(sheet: Any) -> dict[str, Any]:
    """Excel's own check of each column, by its key."""
    by_letter = {
        next(iter(check.sqref.ranges)).min_col: check for check in sheet.data_validations.dataValidation
    }
    return {key: by_letter[position] for key, position in POSITION.items() if position in by_letter}


def listed(workbook: Any, check: Any) -> tuple[str, ...]:
    """The values of a drop-down, from its range on the hidden sheet."""
    name, _, cells = check.formula1.partition("!")
    return tuple(row[0].value for row in workbook[name][cells.replace("$", "")])


@pytest.fixture(scope="module")
def several() -> Any:
    return opened(template(SEVERAL))


@pytest.fixture(scope="module")
def single() -> Any:
    return opened(template(SINGLE))


def test_drop_downs_hold_what_the_import_takes(several: Any) -> None:
    found = checks(several["Customers"])
    values = {
        key: listed(several, check)
        for key, check in found.items()
        if check.type == "list" and key != "currency"
    }
    assert values == {
        **{column.key: ("Yes", "No") for column in COLUMNS if column.kind is KindName.BOOLEAN},
        **SEVERAL.lists,
        "main_location": ("MIA", "LAX", "bog"),
        "billing_country": country_names(),
        "shipping_country": country_names(),
        "send_invoice_via": ("Email", "Fax", "Print", "None"),
        "default_price": ("A", "B"),
    }
    assert "USD" in listed(several, found["currency"])


def test_a_drop_down_of_any_length_is_a_range_on_a_hidden_sheet() -> None:
    many = tuple(f"Salesperson {number:04}" for number in range(2_000))
    workbook = opened(template(Company(1, 1, "Big", True, "UTC", (), {"salesperson": many})))
    assert workbook["Lists"].sheet_state == "hidden"
    assert listed(workbook, checks(workbook["Customers"])["salesperson"]) == many
    assert all(len(check.formula1) < 255 for check in workbook["Customers"].data_validations.dataValidation)


def test_a_list_without_values_gives_no_drop_down(single: Any) -> None:
    found = checks(single["Customers"])
    assert listed(single, found["terms"]) == ("30",)
    assert {"customer_type", "salesperson", "price_list", "territory"}.isdisjoint(found)


def test_lengths_and_ranges_are_checked_to_the_end_of_the_sheet(several: Any) -> None:
    found = checks(several["Customers"])
    limits = {key: check.formula1 for key, check in found.items() if check.type == "textLength"}
    assert limits["code"] == "10"
    assert limits["name"] == "200"
    assert limits["location_codes"] == "50"
    assert limits["email_invoices"] == "200"
    decimals = {
        key: (check.formula1, check.formula2) for key, check in found.items() if check.type == "decimal"
    }
    assert decimals == {
        "credit_limit": ("0", "99999999.99"),
        "finance_charge": ("0", "100"),
        "price_b_markup": ("0", "1000"),
        "sell_fast_markup": ("0", "1000"),
    }
    assert found["customer_id"].type == "whole"
    assert {area.max_row for check in found.values() for area in check.sqref.ranges} == {1_048_576}


def test_a_refused_value_is_answered_in_words_that_excel_can_show(several: Any) -> None:
    for key, check in checks(several["Customers"]).items():
        assert check.showErrorMessage
        assert check.allow_blank
        assert 0 < len(check.errorTitle) <= 32
        assert 0 < len(check.error) <= 225
        assert len(check.prompt or "") <= 255
        # A country may be an ISO code too, which the list does not have: there Excel asks, and does not refuse.
        assert check.errorStyle == ("warning" if key.endswith("country") else "stop")


def test_the_prompt_of_location_codes_names_them(several: Any) -> None:
    check = checks(several["Customers"])["location_codes"]
    assert "MIA (Miami), LAX (Los Angeles), bog (Bogotá)" in check.prompt
    assert "OLD" not in check.prompt
    assert check.showInputMessage


def test_the_prompt_fits_excel_however_many_locations_there_are() -> None:
    locations = tuple(Location(f"L{number}", "A location with a long name") for number in range(300))
    company = Company(1, 1, "Big", True, "UTC", locations, {})
    check = checks(opened(template(company))["Customers"])["location_codes"]
    assert len(check.prompt) <= 255


def test_a_list_value_that_looks_like_a_formula_is_a_text_too(several: Any) -> None:
    cells = [cell for row in several["Lists"].iter_rows() for cell in row if cell.value == "=Retail & more"]
    assert [cell.data_type for cell in cells] == ["s"]
