"""Each code of the contract, where it must be raised and where it must not."""

from __future__ import annotations

from typing import Any

import pytest

from komet_import.review.plan import Action
from komet_import.review.rows import Edit
from tests.review.example import MULTI, NEW, SINGLE, draft, found

STORED = {"customer_id": "7", "active": "Yes", **NEW}


def one(row: dict[str, str], *stored: dict[str, str], **options: Any) -> list[tuple[str | None, str]]:
    """The issues of a file of one row."""
    return [(key, code) for _, key, code in found(draft([row], *stored, **options))]


def test_a_complete_new_customer_has_no_issue() -> None:
    judged = draft([NEW])
    assert found(judged) == []
    assert judged.action(2) is Action.NEW


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ({"phone": "#N/A"}, "cell_error"),
        ({"phone": "#REF!"}, "cell_error"),
        ({"phone": "305\x00555"}, "control_characters"),
        ({"phone": "305\x0b555"}, "control_characters"),
        ({"phone": "3" * 21}, "too_long"),
        ({"code": "ABCDEFGHIJK"}, "too_long"),
        ({"website": "www." + "a" * 50 + ".example"}, "too_long"),
        ({"email_invoices": ";".join(["someone@long.example"] * 10)}, "too_long"),
        ({"credit_limit": "5k"}, "invalid_number"),
        ({"credit_limit": "1,23"}, "invalid_number"),
        ({"credit_limit": "1.005"}, "too_many_decimals"),
        ({"credit_limit": "-1"}, "out_of_range"),
        ({"credit_limit": "100000000"}, "out_of_range"),
        ({"finance_charge": "100.01"}, "out_of_range"),
        ({"price_b_markup": "1000.01", "default_price": "B"}, "out_of_range"),
        ({"finance_charge": "0.05"}, "looks_like_fraction"),
        ({"credit_hold": "maybe"}, "invalid_boolean"),
        ({"terms": "Net 31"}, "not_in_list"),
        ({"default_price": "C"}, "not_in_list"),
        ({"email_invoices": "ap@rosewood"}, "invalid_email"),
        ({"website": "localhost"}, "invalid_url"),
        ({"website": "javascript:alert(1)"}, "invalid_url"),
        ({"billing_country": "Florida"}, "invalid_country"),
        ({"currency": "XXY"}, "invalid_currency"),
        ({"location_codes": "MIA:BOG"}, "unknown_location"),
        ({"main_location": "BOG"}, "unknown_location"),
        ({"location_codes": "LAX"}, "main_location_not_listed"),
        ({"customer_id": "99"}, "unknown_customer_id"),
        ({"customer_id": "x1"}, "invalid_number"),
        ({"customer_id": "9223372036854775808"}, "out_of_range"),
        ({"price_list": "Wholesale 2026"}, "needs_default_price_b"),
        ({"price_list": "Wholesale 2026", "default_price": "A"}, "needs_default_price_b"),
        ({"send_invoice_via": "Email"}, "needs_email"),
        ({"send_invoice_via": "Fax"}, "needs_fax"),
        ({"price_b_markup": "10"}, "markup_without_price_b"),
        ({"billing_zip": "2118", "billing_country": "US"}, "zip_lost_zeros"),
        ({"billing_zip": "2118", "billing_state": "ma"}, "zip_lost_zeros"),
        ({"shipping_zip": "501", "shipping_state": "New York"}, "zip_lost_zeros"),
        ({"name": ""}, "required"),
        ({"code": ""}, "required"),
        ({"location_codes": "", "main_location": ""}, "required_multi_location"),
    ],
)
def test_each_problem_of_a_cell_is_found(cell: dict[str, str], code: str) -> None:
    issues = one({**NEW, **cell})
    assert {found_code for _, found_code in issues} == {code}


@pytest.mark.parametrize(
    "cell",
    [
        {"credit_limit": "$1,234.50"},
        {"credit_limit": "0"},
        {"finance_charge": "5%"},
        {"credit_hold": "y", "charge_tax": "FALSE", "active": "1"},
        {"terms": "net 30"},
        {"email_invoices": "ap@abc.example, bo@abc.example"},
        {"website": "https://www.abc.example/shop?x=1"},
        {"billing_country": "usa", "shipping_country": "Holland"},
        {"currency": "usd"},
        {"location_codes": "mia; lax"},
        {"main_location": "lax"},
        {"price_list": "Wholesale 2026", "default_price": "b", "price_b_markup": "10"},
        {"send_invoice_via": "email", "email_invoices": "ap@abc.example"},
        {"billing_zip": "02118", "billing_country": "US"},
        {"billing_zip": "2118", "billing_country": "Belgium"},
        {"billing_zip": "2118"},
        {"name": "🌷 زهور الصحراء"},
    ],
)
def test_what_can_be_understood_is_taken_quietly(cell: dict[str, str]) -> None:
    assert one({**NEW, **cell}) == []


@pytest.mark.parametrize(
    ("cell", "suggestion"),
    [
        ({"terms": "Net 3O"}, "Net 30"),
        ({"finance_charge": "0.05"}, "5.00"),
        ({"billing_zip": "2118", "billing_country": "US"}, "02118"),
        ({"billing_country": "Colmbia"}, "Colombia"),
        ({"location_codes": "MIA:LAXX"}, "MIA:LAX"),
        ({"finance_charge": "0.0125"}, "1.25"),
        ({"main_location": "LAX", "location_codes": "MIA"}, "MIA"),
    ],
)
def test_a_suggestion_is_offered_and_is_right(cell: dict[str, str], suggestion: str) -> None:
    judged = draft([{**NEW, **cell}])
    (issue,) = judged.all_issues()
    assert issue.suggestion == suggestion
    assert issue.key is not None
    judged.edit([Edit(2, issue.key, suggestion)])
    assert found(judged) == []


def test_only_the_first_error_of_a_cell_is_told() -> None:
    assert one({**NEW, "terms": "Net 31" * 20}) == [("terms", "not_in_list")]


def test_issues_come_in_row_order_then_column_order() -> None:
    rows = [{**NEW, "terms": "x", "phone": "3" * 21}, {**NEW, "code": "B", "name": "", "phone": "#N/A"}]
    assert found(draft(rows)) == [
        (2, "phone", "too_long"),
        (2, "terms", "not_in_list"),
        (3, "name", "required"),
        (3, "phone", "cell_error"),
    ]


def test_absent_required_columns_are_asked_of_a_new_customer_only() -> None:
    assert one({"code": "ABC"}) == [
        ("name", "required"),
        ("location_codes", "required_multi_location"),
        ("main_location", "required_multi_location"),
    ]
    assert one({"code": "abc", "phone": "1"}, STORED) == []
    assert one({"customer_id": "99", "phone": "1"}, STORED) == [("customer_id", "unknown_customer_id")]


def test_blue_columns_are_ignored_with_a_warning_in_a_single_location_company() -> None:
    judged = draft([NEW], company=SINGLE)
    assert found(judged) == [
        (2, "location_codes", "ignored_single_location"),
        (2, "main_location", "ignored_single_location"),
    ]
    assert judged.action(2) is Action.NEW
    stored = dict(
        zip([c.key for c in judged.declaration.value_columns], judged.plan().rows[0].texts, strict=True)
    )
    assert stored["location_codes"] == stored["main_location"] == ""


def test_a_row_that_changes_nothing_is_unchanged_and_has_no_issue() -> None:
    legacy = {**STORED, "terms": "Net 99", "send_invoice_via": "Email"}
    judged = draft(
        [{"customer_id": "7", "code": "abc".upper(), "terms": "Net 99", "send_invoice_via": "email"}], legacy
    )
    assert found(judged) == []
    assert judged.action(2) is Action.UNCHANGED


def test_a_cell_that_repeats_the_stored_value_raises_no_issue_of_its_own() -> None:
    legacy = {**STORED, "terms": "Net 99", "billing_zip": "2118", "billing_country": "United States"}
    judged = draft([{**legacy, "phone": "1"}], legacy)
    assert found(judged) == []
    assert judged.action(2) is Action.UPDATE


def test_cross_column_rules_see_the_row_as_it_would_be_stored() -> None:
    email = {**STORED, "send_invoice_via": "Email", "email_invoices": "ap@abc.example"}
    assert one({"code": "ABC", "send_invoice_via": "Fax"}, email) == [("fax", "needs_fax")]
    assert one({"code": "ABC", "price_list": "Wholesale 2026"}, {**STORED, "default_price": "B"}) == []
    assert one({"code": "ABC", "main_location": "LAX"}, STORED) == []
    assert one({"code": "ABC", "location_codes": "LAX"}, STORED) == [
        ("main_location", "main_location_not_listed")
    ]


def test_a_blank_cell_keeps_or_clears_as_chosen_and_never_clears_what_must_be_there() -> None:
    stored = {**STORED, "phone": "305", "active": "No"}
    row = {"code": "ABC", "phone": "", "active": "", "name": ""}
    kept = draft([row], stored)
    assert kept.action(2) is Action.UNCHANGED
    cleared = draft([row], stored, clear_blanks=True)
    assert found(cleared) == [(2, "name", "required")]
    cleared.edit([Edit(2, "name", "ABC Wholesale")])
    assert [(c.key, c.old, c.new) for c in cleared.plan().changes] == [("phone", "305", "")]


def test_a_column_that_an_edit_adds_never_clears_the_other_rows() -> None:
    other = {**STORED, "customer_id": "8", "code": "DEF", "name": "Other", "phone": "999"}
    judged = draft([{"code": "ABC"}, {"code": "DEF"}], STORED, other, clear_blanks=True)
    judged.edit([Edit(2, "phone", "305")])
    assert [(c.row, c.key, c.new) for c in judged.plan().changes] == [(2, "phone", "305")]


def test_duplicates_are_told_on_every_row_and_on_its_own_key() -> None:
    assert found(draft([NEW, {**NEW, "code": "abc", "name": "Other"}])) == [
        (2, "code", "duplicate_in_file"),
        (3, "code", "duplicate_in_file"),
    ]
    by_either = [{"customer_id": "7", "phone": "1"}, {"code": "ABC", "phone": "2", "customer_id": ""}]
    assert found(draft(by_either, STORED)) == [
        (2, "customer_id", "duplicate_in_file"),
        (3, "code", "duplicate_in_file"),
    ]
    by_id = [{"customer_id": "7", "phone": "1"}, {"customer_id": "7.0", "phone": "2"}]
    assert [key for _, key, _ in found(draft(by_id, STORED))] == ["customer_id", "customer_id"]


def test_leaving_one_of_two_duplicates_out_frees_the_other() -> None:
    judged = draft([NEW, {**NEW, "name": "Other"}])
    judged.edit([Edit(3, None, "Yes")])
    assert found(judged) == [(3, None, "left_out")]
    assert judged.counts.rejected == 1
    judged.edit([Edit(3, None, "")])
    assert judged.counts.rejected == 2


def test_another_customers_code_cannot_be_taken() -> None:
    other = {**STORED, "customer_id": "8", "code": "DEF", "name": "Other"}
    assert one({"customer_id": "7", "code": "def"}, STORED, other) == [("code", "code_taken")]


def test_the_same_name_is_a_warning_in_the_file_and_against_the_stored() -> None:
    rows = [{**NEW, "name": "Rosa"}, {**NEW, "code": "B", "name": "ROSA"}]
    judged = draft(rows)
    assert found(judged) == [(2, "name", "possible_duplicate"), (3, "name", "possible_duplicate")]
    assert judged.counts.new == 2
    assert one({**NEW, "code": "B"}, STORED) == [("name", "possible_duplicate")]
    (issue,) = draft([{**NEW, "code": "B"}], STORED).all_issues()
    assert "customer 7" in issue.message


def test_an_unknown_id_suggests_the_customer_with_that_code() -> None:
    (issue,) = draft([{**NEW, "name": "Other", "customer_id": "99"}], STORED).all_issues()
    assert (issue.code.value, issue.suggestion) == ("unknown_customer_id", "7")


def test_a_new_customer_without_a_value_is_active() -> None:
    judged = draft([NEW])
    texts = dict(
        zip([c.key for c in judged.declaration.value_columns], judged.plan().rows[0].texts, strict=True)
    )
    assert texts["active"] == "Yes"


def test_messages_of_hostile_cells_are_short_and_quote_them_as_they_are() -> None:
    judged = draft([{**NEW, "terms": "{0.__class__}" + "x" * 900, "phone": "<script>alert(1)</script>" * 9}])
    assert all(len(issue.message) < 200 for issue in judged.all_issues())
    assert any("{0.__class__}" in issue.message for issue in judged.all_issues())


def test_the_same_file_gives_the_same_hash_and_any_difference_another() -> None:
    first = draft([NEW], STORED, company=MULTI).plan().hash
    assert draft([NEW], STORED).plan().hash == first
    assert draft([{**NEW, "phone": "1"}], STORED).plan().hash != first
