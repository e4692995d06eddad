"""What a cell would be stored as, or why it is not used: the order of the reasons, and each limit to the character."""

from __future__ import annotations

import pytest

from komet_import.review.cells import ColumnValues
from komet_import.schema.company import Company
from komet_import.schema.customers import CUSTOMERS
from tests.review.example import MULTI, SINGLE


def cells(key: str, company: Company = MULTI) -> ColumnValues:
    return ColumnValues(CUSTOMERS.column(key), company)


def read(key: str, text: str, company: Company = MULTI) -> tuple[str, str | None]:
    """The value, and the code of the problem."""
    column = cells(key, company)
    value = column[text]
    problem = column.problems.get(text)
    return value, problem.code.value if problem else None


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("phone", "", ("", None)),
        ("phone", "3" * 20, ("3" * 20, None)),
        ("phone", "3" * 21, ("", "too_long")),
        ("name", "x" * 200, ("x" * 200, None)),
        ("name", "x" * 201, ("", "too_long")),
        ("phone", "#N/A", ("", "cell_error")),
        ("phone", "#1", ("#1", None)),
        ("phone", "#N/A" + "\x00" * 30, ("", "control_characters")),
        ("phone", "a\x00" + "b" * 30, ("", "control_characters")),
        ("phone", "a\u200db", ("a\u200db", None)),
        ("credit_limit", "1,000", ("1000.00", None)),
        ("credit_limit", "0" * 1000, ("0.00", None)),
        ("credit_limit", "0" * 1001, ("", "too_long")),
        ("credit_limit", "#REF!", ("", "cell_error")),
        ("terms", "x" * 1000, ("", "not_in_list")),
        ("terms", "x" * 1001, ("", "too_long")),
        ("location_codes", "mia lax", ("MIA:LAX", None)),
        ("email_invoices", ",".join(["a@b.example"] * 16), (";".join(["a@b.example"] * 16), None)),
        ("email_invoices", ",".join(["a@b.example"] * 17), ("", "too_long")),
    ],
)
def test_a_cell_is_its_value_or_has_one_reason(key: str, text: str, expected: tuple[str, str | None]) -> None:
    assert read(key, text) == expected


@pytest.mark.parametrize(
    ("key", "text", "length", "limit"),
    [
        ("phone", "3" * 21, "21", "20"),
        ("phone", "3" * 32_767, "32,767", "20"),
        ("credit_limit", "0" * 1234, "1,234", "1,000"),
        ("email_invoices", ", ".join(["a@b.example"] * 17), "203", "200"),
    ],
)
def test_a_text_that_is_too_long_tells_its_length_as_it_would_be_stored_and_the_limit(
    key: str, text: str, length: str, limit: str
) -> None:
    column = cells(key)
    assert column[text] == ""
    assert column.problems[text].message(text) == f"{length} characters; at most {limit}."


def test_a_blue_column_is_ignored_in_a_company_with_one_location_whatever_it_holds() -> None:
    for text in ("MIA", "nonsense", "x" * 5000, "#N/A"):
        assert read("location_codes", text, SINGLE) == ("", "ignored_single_location")
    assert read("location_codes", "", SINGLE) == ("", None)
    assert read("phone", "1", SINGLE) == ("1", None)


@pytest.mark.parametrize(
    "texts", [["305", "", "306"], ["305", "#N/A"], ["305", "a\x00"], ["305", "3" * 21], ["3" * 20], [""], []]
)
@pytest.mark.parametrize("stored", [False, True])
def test_a_whole_column_reads_as_its_cells_do(texts: list[str], stored: bool) -> None:
    at_once, one_by_one = cells("phone"), cells("phone")
    before = ["305", "", "x"][: len(texts)] if stored else None
    assert at_once.of(texts, before) == [one_by_one[text] for text in texts]
    assert at_once.problems == one_by_one.problems


def test_a_text_that_repeats_the_stored_one_is_taken_unread() -> None:
    column = cells("terms")
    assert column.of(["Net 99", "Net 99", "net 30"], ["Net 99", "Net 15", "Net 30"]) == [
        "Net 99",
        "",
        "Net 30",
    ]
    assert list(column.problems) == ["Net 99"]
