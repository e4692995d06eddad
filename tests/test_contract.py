"""The contract's words about cells and rows, sentence by sentence, on one workbook that is really read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from komet_import import company, importer
from komet_import.cli import documents
from komet_import.importer import Choices
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.problems import CATALOGUE
from komet_import.store.drafts import BlankCells
from tests.stories import NEW, Document, Row, at_desk, checked, csv_of, found, imported, stored, xlsx_of

# What a cell holds, and what is stored of it, without an issue.
UNDERSTOOD: list[tuple[str, object, str]] = [
    ("Billing ZIP Code", 33101.0, "33101"),
    ("Billing ZIP Code", "00501", "00501"),
    ("Credit Limit", 0.1 + 0.2, "0.30"),
    ("Accounting Code", 0.1 + 0.2, "0.3"),
    ("Accounting Code", 123456789012345, "123456789012345"),
    ("Accounting Code", -0.0, "0"),
    ("Credit Limit", 99999999.99, "99999999.99"),
    ("Shipping Notes", date(2026, 3, 1), "2026-03-01"),
    ("Shipping Notes", datetime(2026, 3, 1), "2026-03-01"),
    ("Shipping Notes", datetime(2026, 3, 1, 14, 30), "2026-03-01 14:30:00"),
    ("Shipping Notes", True, "true"),
    ("Shipping Notes", "None", "None"),
    ("Shipping Notes", "N/A", "N/A"),
    ("Shipping Notes", "'quoted", "'quoted"),
    ("Shipping Notes", " \u00a0 Ring\t\ttwice,\n\u200b then\u2003wait \ufeff", "Ring twice, then wait"),
    ("Customer Group", "Cafe\u0301", "Café"),
    ("Customer Group", "zhorou\u200cn 👩\u200d🌾", "zhorou\u200cn 👩\u200d🌾"),
    ("Customer Group", "x" * 50 + "   ", "x" * 50),
    ("Active", True, "Yes"),
    ("Active", 0, "No"),
    ("Credit Hold", "yEs", "Yes"),
    ("Credit Hold", "n", "No"),
    ("Terms", "NET  30", "Net 30"),
    ("Salesperson", "ana torres", "Ana Torres"),
    ("Default Price", "b", "B"),
    ("Send Invoice Via", "none", "None"),
    ("Currency", "usd", "USD"),
    ("Credit Limit", "$ 1,234,567.5", "1234567.50"),
    ("Credit Limit", "$1,234", "1234.00"),
    ("Credit Limit", "0", "0.00"),
    ("Finance Charge %", "5 %", "5.00"),
    ("Finance Charge %", "100", "100.00"),
    ("Finance Charge %", 0, "0.00"),
    ("Sell Fast Markup %", "1,000%", "1000.00"),
    ("Email for Invoices", "a@x.example, b@x.example;c@x.example d@x.example",
     "a@x.example;b@x.example;c@x.example;d@x.example"),
    ("Location Codes", "mia, LAX;bog", "MIA:LAX:BOG"),
    ("Location Codes", "MIA LAX", "MIA:LAX"),
    ("Main Location", "lax", "LAX"),
    ("Billing Country", "co", "Colombia"),
    ("Billing Country", "USA", "United States"),
    ("Shipping Country", "Holland", "Netherlands"),
    ("Website", "https://shop.example/a?b=c", "https://shop.example/a?b=c"),
]  # fmt: skip

# What a row holds beside a complete new customer, and its issues: column, code and suggestion.
Issues = Sequence[tuple[str | None, str, str | None]]
JUDGED: list[tuple[Row, Issues]] = [
    ({"Customer Name": None}, [("Customer Name", "required", None)]),
    ({"Customer Code": None}, [("Customer Code", "required", None)]),
    (
        {"Location Codes": None, "Main Location": None},
        [
            ("Location Codes", "required_multi_location", None),
            ("Main Location", "required_multi_location", None),
        ],
    ),
    ({"Customer Code": "ABCDEFGHIJK"}, [("Customer Code", "too_long", None)]),
    ({"Customer Name": "x" * 201}, [("Customer Name", "too_long", None)]),
    ({"Customer Group": "x" * 51}, [("Customer Group", "too_long", None)]),
    ({"Website": f"www.{'a' * 40}.example"}, [("Website", "too_long", None)]),
    (
        {"Email for Invoices": ";".join(["somebody@long.example"] * 10)},
        [("Email for Invoices", "too_long", None)],
    ),
    ({"Credit Limit": "12 apples"}, [("Credit Limit", "invalid_number", None)]),
    ({"Credit Limit": "1,23"}, [("Credit Limit", "invalid_number", None)]),
    ({"Credit Limit": "1,2345"}, [("Credit Limit", "invalid_number", None)]),
    ({"Credit Limit": "1.234,56"}, [("Credit Limit", "invalid_number", None)]),
    ({"Credit Limit": "5%"}, [("Credit Limit", "invalid_number", None)]),
    ({"Credit Limit": "1e3"}, [("Credit Limit", "invalid_number", None)]),
    ({"Credit Limit": "NaN"}, [("Credit Limit", "invalid_number", None)]),
    ({"Customer ID": "1,234"}, [("Customer ID", "invalid_number", None)]),
    ({"Credit Limit": 1.005}, [("Credit Limit", "too_many_decimals", None)]),
    ({"Customer ID": 7.5}, [("Customer ID", "too_many_decimals", None)]),
    ({"Credit Limit": -0.01}, [("Credit Limit", "out_of_range", None)]),
    ({"Credit Limit": 100000000}, [("Credit Limit", "out_of_range", None)]),
    ({"Finance Charge %": 100.01}, [("Finance Charge %", "out_of_range", None)]),
    ({"Sell Fast Markup %": "1000.01"}, [("Sell Fast Markup %", "out_of_range", None)]),
    ({"Customer ID": "9223372036854775808"}, [("Customer ID", "out_of_range", None)]),
    ({"Finance Charge %": 0.015}, [("Finance Charge %", "too_many_decimals", "1.50")]),
    ({"Currency": "DOLLARS"}, [("Currency", "invalid_currency", "USD")]),
    ({"Finance Charge %": 0.05}, [("Finance Charge %", "looks_like_fraction", "5.00")]),
    ({"Sell Fast Markup %": "0.99%"}, [("Sell Fast Markup %", "looks_like_fraction", "99.00")]),
    ({"Credit Hold": "maybe"}, [("Credit Hold", "invalid_boolean", None)]),
    ({"Credit Hold": 2}, [("Credit Hold", "invalid_boolean", None)]),
    ({"Terms": "Net 3O"}, [("Terms", "not_in_list", "Net 30")]),
    ({"Send Invoice Via": "Pigeon"}, [("Send Invoice Via", "not_in_list", None)]),
    ({"Email for Statements": "ap@abc"}, [("Email for Statements", "invalid_email", None)]),
    ({"Website": "javascript:alert(1)"}, [("Website", "invalid_url", None)]),
    ({"Billing Country": "Colmbia"}, [("Billing Country", "invalid_country", "Colombia")]),
    ({"Currency": "U$"}, [("Currency", "invalid_currency", None)]),
    ({"Location Codes": "MIA:LAXX"}, [("Location Codes", "unknown_location", "MIA:LAX")]),
    ({"Main Location": "SFO"}, [("Main Location", "unknown_location", None)]),
    ({"Main Location": "BOG"}, [("Main Location", "main_location_not_listed", "MIA")]),
    ({"Customer ID": 4711}, [("Customer ID", "unknown_customer_id", None)]),
    (
        {"Price List": "Events 2026", "Default Price": "A"},
        [("Price List", "needs_default_price_b", None)],
    ),
    ({"Price List": "Events 2026"}, [("Price List", "needs_default_price_b", None)]),
    ({"Send Invoice Via": "Email"}, [("Email for Invoices", "needs_email", None)]),
    ({"Send Invoice Via": "fax"}, [("Fax", "needs_fax", None)]),
    ({"Price B Markup %": 5}, [("Price B Markup %", "markup_without_price_b", None)]),
    ({"Phone": "#N/A"}, [("Phone", "cell_error", None)]),
    ({"Customer Code": "#REF!"}, [("Customer Code", "cell_error", None)]),
    ({"Billing ZIP Code": 2118, "Billing Country": "US"}, [("Billing ZIP Code", "zip_lost_zeros", "02118")]),
    ({"Shipping ZIP Code": 501, "Shipping State": "NY"}, [("Shipping ZIP Code", "zip_lost_zeros", "00501")]),
    ({"Billing ZIP Code": 2118, "Billing State": "NSW"}, []),
    ({"Billing ZIP Code": 2118, "Billing Country": "Belgium", "Billing State": "MA"}, []),
    ({"Billing ZIP Code": "D02 X285", "Billing Country": "US"}, []),
    (
        {"Terms": "Net 31" * 20, "Phone": "3" * 21, "Website": "#VALUE!"},
        [("Phone", "too_long", None), ("Website", "cell_error", None), ("Terms", "not_in_list", None)],
    ),
]  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """What became of each row of the workbook, by its number."""

    issues: Mapping[int, Issues]
    values: Mapping[int, Mapping[str, str]]
    document: Document


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outcome]:
    told: list[Row] = [{header: value} for header, value, _ in UNDERSTOOD]
    rows = [_own(n) | dict(row) for n, row in enumerate([*told, *(row for row, _ in JUDGED)], 2)]
    with at_desk(tmp_path_factory.mktemp("contract")) as desk:
        table, matching, draft = importer.check(desk, "rows.xlsx", xlsx_of(*rows), Choices())
        plan = draft.plan()
        checked = documents.checked("rows.xlsx", table.sheet, matching, draft, plan)
        document = json.loads("".join(documents.text(checked)))
    issues: dict[int, list[tuple[str | None, str, str | None]]] = {}
    for issue in document["issues"]:
        issues.setdefault(issue["row"], []).append((issue["column"], issue["code"], issue["suggestion"]))
    headers = [column.header for column in CUSTOMERS.value_columns]
    values = {row.row: dict(zip(headers, row.texts, strict=True)) for row in plan.rows}
    yield Outcome(issues, values, document)


def _own(row: int) -> dict[str, object]:
    return NEW | {"Location Codes": "MIA:LAX", "Customer Code": f"R{row}", "Customer Name": f"Name {row}"}


@pytest.mark.parametrize(
    ("row", "header", "text"),
    [
        pytest.param(n, header, text, id=f"{header}: {value!r}"[:60])
        for n, (header, value, text) in enumerate(UNDERSTOOD, 2)
    ],
)
def test_what_can_be_understood_is_stored_as_the_template_writes_it(
    outcome: Outcome, row: int, header: str, text: str
) -> None:
    assert outcome.values[row][header] == text
    assert outcome.issues.get(row) is None


@pytest.mark.parametrize(
    ("row", "issues"),
    [
        pytest.param(n, issues, id=str(dict(cells))[:70])
        for n, (cells, issues) in enumerate(JUDGED, 2 + len(UNDERSTOOD))
    ],
)
def test_a_row_has_the_issues_of_the_contract(outcome: Outcome, row: int, issues: Issues) -> None:
    assert outcome.issues.get(row, []) == list(issues)
    errors = [code for _, code, _ in issues if CATALOGUE[code].severity == "error"]  # type: ignore[index]
    assert (row in outcome.values) == (not errors)


def test_issues_have_the_shape_of_the_contract_and_come_in_row_order(outcome: Outcome) -> None:
    document = outcome.document
    order = [column.header for column in CUSTOMERS.columns]
    places = [(issue["row"], order.index(issue["column"])) for issue in document["issues"]]
    assert places == sorted(places)
    for issue in document["issues"]:
        assert list(issue) == ["row", "column", "code", "severity", "value", "message", "suggestion"]
        assert issue["severity"] in ("error", "warning")
        assert isinstance(issue["value"], str)
        assert issue["message"].endswith((".", "?"))
    assert document["rows"] == sum(document["counts"].values()) == len(UNDERSTOOD) + len(JUDGED)


def test_every_code_of_the_catalogue_stands_in_this_module() -> None:
    """The others are stories below; a date stands in no column of Customers."""
    told = {code for _, issues in JUDGED for _, code, _ in issues}
    assert {code.value for code in CATALOGUE} - told == {
        "control_characters", "ignored_single_location", "code_taken", "duplicate_in_file", "possible_duplicate",
        "left_out", "invalid_date",
    }  # fmt: skip


# Rows against what is stored.


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Customers 1 to 3; the second one's terms and locations are not given any more."""
    with at_desk(tmp_path_factory.mktemp("stored")) as desk:
        imported(
            desk,
            csv_of(
                NEW | {"Customer Code": "Straße", "Customer Name": "Rosa", "Phone": "305", "Send Invoice Via": "Fax",
                       "Fax": "306"},
                NEW | {"Customer Code": "OLD", "Customer Name": "Lily", "Terms": "Net 7", "Location Codes": "BOG",
                       "Main Location": "BOG", "Price B Markup %": "5"},
                NEW | {"Customer Code": "C3", "Customer Name": "Iris", "Credit Limit": "1.5", "Active": "No"},
            ),
        )  # fmt: skip
        document: Document = company.document(desk)
        document["lists"]["terms"].remove("Net 7")
        document["locations"][2]["active"] = False
        company.load(desk, "company.json", document)
    with at_desk(desk.settings.data_dir) as desk:
        yield desk


AGAINST_STORED: dict[str, tuple[list[Row], list[tuple[int, str | None, str]], list[int]]] = {
    "A row that would change nothing is unchanged and raises no issue at all": (
        [
            {"Customer ID": "2", "Customer Code": "OLD", "Terms": "net 7", "Location Codes": "bog"},
            {"Customer ID": "", "Customer Code": "Straße", "Terms": "", "Location Codes": ""},
        ],
        [],
        [0, 0, 2, 0],
    ),
    "Two rows of one customer that change nothing": (
        [{"Customer ID": "1", "Phone": "305"}, {"Customer ID": "1.0", "Phone": "305"}],
        [],
        [0, 0, 2, 0],
    ),
    "A cell that repeats the stored value raises no issue of its own": (
        [{"Customer ID": "2", "Terms": "Net 7", "Location Codes": "BOG", "Main Location": "BOG", "Phone": "1"}],
        [(2, "Price B Markup %", "markup_without_price_b")],
        [0, 1, 0, 0],
    ),
    "A cell that gives what is not given any more": (
        [{"Customer ID": "1", "Terms": "Net 7", "Location Codes": "MIA:BOG"}],
        [(2, "Location Codes", "unknown_location"), (2, "Terms", "not_in_list")],
        [0, 0, 0, 1],
    ),
    "Cross-column rules see the file's values over the stored ones": (
        [{"Customer ID": "1", "Send Invoice Via": "Email", "Main Location": "LAX"}],
        [(2, "Email for Invoices", "needs_email")],
        [0, 0, 0, 1],
    ),
    "A code belongs to another stored customer": (
        [{"Customer ID": "1", "Customer Code": "c3"}],
        [(2, "Customer Code", "code_taken")],
        [0, 0, 0, 1],
    ),
    "An unknown ID is not looked up by its code": (
        [{"Customer ID": "99", "Customer Code": "C3", "Phone": "1"}],
        [(2, "Customer ID", "unknown_customer_id")],
        [0, 0, 0, 1],
    ),
    "Two rows with one code": (
        [NEW | {"Customer Code": "new"}, NEW | {"Customer Code": "NEW", "Customer Name": "Other"}],
        [(2, "Customer Code", "duplicate_in_file"), (3, "Customer Code", "duplicate_in_file")],
        [0, 0, 0, 2],
    ),
    "One customer by either key": (
        [{"Customer ID": "3", "Phone": "1"}, {"Customer Code": "c3", "Phone": "2"}],
        [(2, "Customer ID", "duplicate_in_file"), (3, "Customer Code", "duplicate_in_file")],
        [0, 0, 0, 2],
    ),
    "The name of another row or customer": (
        [
            NEW | {"Customer Code": "N1", "Customer Name": "IRIS"},
            NEW | {"Customer Code": "N2", "Customer Name": "Aster"},
            NEW | {"Customer Code": "N3", "Customer Name": "aster"},
        ],
        [(n, "Customer Name", "possible_duplicate") for n in (2, 3, 4)],
        [3, 0, 0, 0],
    ),
    "Absent columns are asked of a new customer": (
        [{"Customer Code": "C3"}, {"Customer Code": "NEW"}],
        [
            (3, "Customer Name", "required"),
            (3, "Location Codes", "required_multi_location"),
            (3, "Main Location", "required_multi_location"),
        ],
        [0, 0, 1, 1],
    ),
    "An absent code too": (
        [{"Customer ID": "3", "Phone": "1"}, {"Customer ID": "", "Phone": "2"}],
        [
            (3, "Customer Code", "required"),
            (3, "Customer Name", "required"),
            (3, "Location Codes", "required_multi_location"),
            (3, "Main Location", "required_multi_location"),
        ],
        [0, 1, 0, 1],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "issues", "counts"), AGAINST_STORED.values(), ids=[name[:70] for name in AGAINST_STORED]
)
def test_rows_are_judged_against_what_is_stored(
    office: Any, rows: list[Row], issues: list[tuple[int, str | None, str]], counts: list[int]
) -> None:
    document = checked(office, csv_of(*rows))
    assert found(document) == issues
    assert list(document["counts"].items()) == list(
        zip(("new", "update", "unchanged", "rejected"), counts, strict=True)
    )


def test_control_characters_of_a_csv_file(office: Any) -> None:
    document = checked(
        office, csv_of(NEW | {"Customer Code": "N\x01", "Customer Name": "New", "Phone": "3\x1b[2J"})
    )
    assert found(document) == [(2, "Customer Code", "control_characters"), (2, "Phone", "control_characters")]


def test_blank_cells_keep_or_clear_but_never_what_must_be_there(office: Any) -> None:
    rows = csv_of({"Customer ID": "3", "Customer Name": " ", "Credit Limit": "", "Active": "", "Phone": ""})
    assert checked(office, rows)["counts"]["unchanged"] == 1
    cleared = checked(office, rows, blank_cells=BlankCells.CLEAR)
    assert found(cleared) == [(2, "Customer Name", "required")]


def test_blue_columns_are_not_stored_with_one_location(tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        imported(desk, csv_of(NEW))
        company.load(desk, "company.json", company.document(desk) | {"multi_location": False})
    with at_desk(tmp_path) as desk:
        new = csv_of(NEW | {"Customer Code": "N", "Customer Name": "New"})
        assert found(checked(desk, new)) == [
            (2, "Location Codes", "ignored_single_location"),
            (2, "Main Location", "ignored_single_location"),
        ]
        imported(desk, new)
        assert (stored(desk)["N"]["location_codes"], stored(desk)["ABC"]["location_codes"]) == (
            None,
            "MIA:LAX",
        )
        assert found(checked(desk, csv_of(NEW | {"Phone": "1"}))) == []
        assert found(checked(desk, csv_of({"Customer Code": "X", "Customer Name": "Without"}))) == []
