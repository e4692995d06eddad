"""Each kind of cell: what it takes, how it is written again, and what it says of the rest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from komet_import.schema.column import Colour, Column, KindName
from komet_import.schema.company import Company
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.kinds import KINDS, options
from komet_import.schema.problems import IssueCode, Problem
from komet_import.schema.text import tidy
from tests.schema.companies import SEVERAL, SINGLE


def parsed(key: str, text: str, company: Company = SEVERAL) -> str | Problem:
    """The text as the template writes it, or the problem."""
    column = CUSTOMERS.column(key)
    value = KINDS[column.kind].parse(text, column, company)
    return value if isinstance(value, Problem) else KINDS[column.kind].render(value)


@pytest.mark.parametrize(
    ("key", "text", "rendered"),
    [
        ("name", "=1+1", "=1+1"),
        ("billing_zip", "02501", "02501"),
        ("customer_id", "23423", "23423"),
        ("customer_id", "00007", "7"),
        ("customer_id", "7.0", "7"),
        ("customer_id", "9223372036854775807", "9223372036854775807"),
        ("credit_limit", "5000", "5000.00"),
        ("credit_limit", "0", "0.00"),
        ("credit_limit", "-0", "0.00"),
        ("credit_limit", ".5", "0.50"),
        ("credit_limit", "5.", "5.00"),
        ("credit_limit", "$1,234,567.80", "1234567.80"),
        ("credit_limit", "+12.500", "12.50"),
        ("credit_limit", "99999999.99", "99999999.99"),
        ("credit_limit", "000000000001", "1.00"),
        ("credit_limit", "+99999999.99", "99999999.99"),
        ("customer_id", "+9223372036854775807", "9223372036854775807"),
        ("finance_charge", "+ 5 %", "5.00"),
        ("finance_charge", "1.5%", "1.50"),
        ("finance_charge", "100 %", "100.00"),
        ("price_b_markup", "1,000", "1000.00"),
        ("active", "yes", "Yes"),
        ("active", "Y", "Yes"),
        ("active", "true", "Yes"),
        ("active", "1", "Yes"),
        ("active", "NO", "No"),
        ("active", "n", "No"),
        ("active", "False", "No"),
        ("active", "0", "No"),
        ("customer_type", "wholesaler", "Wholesaler"),
        ("salesperson", "JOSÉ NÚÑEZ", "José Núñez"),
        ("send_invoice_via", "none", "None"),
        ("default_price", "b", "B"),
        ("currency", "usd", "USD"),
        ("main_location", "mia", "MIA"),
        ("main_location", "BOG", "bog"),
        ("location_codes", "MIA:LAX", "MIA:LAX"),
        ("location_codes", "mia; lax, BOG", "MIA:LAX:bog"),
        ("location_codes", "MIA LAX", "MIA:LAX"),
        ("location_codes", ":; MIA, LAX ,;", "MIA:LAX"),
        ("email_invoices", "ap@abc.example", "ap@abc.example"),
        ("email_invoices", "ap@abc.example, bo@abc.example", "ap@abc.example;bo@abc.example"),
        ("email_invoices", "o'brien+ap@mail.abc.example;", "o'brien+ap@mail.abc.example"),
        ("website", "www.abc.example", "www.abc.example"),
        ("website", "https://abc.example/path?a=1", "https://abc.example/path?a=1"),
        ("billing_country", "us", "United States"),
        ("billing_country", "USA", "United States"),
        ("billing_country", "Holland", "Netherlands"),
        ("billing_country", "COLOMBIA", "Colombia"),
    ],
)
def test_a_good_text_is_written_as_the_template_does(key: str, text: str, rendered: str) -> None:
    assert parsed(key, text) == rendered


@pytest.mark.parametrize(
    ("key", "text", "code", "suggestion"),
    [
        ("customer_id", "ABC", IssueCode.INVALID_NUMBER, None),
        ("customer_id", "1e5", IssueCode.INVALID_NUMBER, None),
        ("customer_id", "٣", IssueCode.INVALID_NUMBER, None),
        ("customer_id", "1.5", IssueCode.TOO_MANY_DECIMALS, None),
        ("customer_id", "0", IssueCode.OUT_OF_RANGE, None),
        ("customer_id", "-1", IssueCode.OUT_OF_RANGE, None),
        ("customer_id", "9223372036854775808", IssueCode.OUT_OF_RANGE, None),
        ("customer_id", "9" * 100_000, IssueCode.OUT_OF_RANGE, None),
        ("credit_limit", "many", IssueCode.INVALID_NUMBER, None),
        ("credit_limit", "1,23", IssueCode.INVALID_NUMBER, None),
        ("credit_limit", "12,34,567", IssueCode.INVALID_NUMBER, None),
        ("credit_limit", "5%", IssueCode.INVALID_NUMBER, None),
        ("credit_limit", "NaN", IssueCode.INVALID_NUMBER, None),
        ("credit_limit", "1e3", IssueCode.INVALID_NUMBER, None),
        ("credit_limit", "1.005", IssueCode.TOO_MANY_DECIMALS, None),
        ("credit_limit", "-0.001", IssueCode.TOO_MANY_DECIMALS, None),
        ("credit_limit", "99999999.999", IssueCode.TOO_MANY_DECIMALS, None),
        ("credit_limit", "0." + "1" * 100_000, IssueCode.TOO_MANY_DECIMALS, None),
        ("credit_limit", "0.015", IssueCode.TOO_MANY_DECIMALS, None),
        ("finance_charge", "100.009", IssueCode.TOO_MANY_DECIMALS, None),
        ("finance_charge", "0.015", IssueCode.TOO_MANY_DECIMALS, "1.50"),
        ("finance_charge", "0.1575", IssueCode.TOO_MANY_DECIMALS, "15.75"),
        ("finance_charge", "0.01575", IssueCode.TOO_MANY_DECIMALS, None),
        ("finance_charge", "1.575", IssueCode.TOO_MANY_DECIMALS, None),
        ("credit_limit", "-1", IssueCode.OUT_OF_RANGE, None),
        ("credit_limit", "100000000", IssueCode.OUT_OF_RANGE, None),
        ("credit_limit", "9" * 100_000, IssueCode.OUT_OF_RANGE, None),
        ("finance_charge", "100.01", IssueCode.OUT_OF_RANGE, None),
        ("finance_charge", "$$5", IssueCode.INVALID_NUMBER, None),
        ("active", "maybe", IssueCode.INVALID_BOOLEAN, None),
        ("active", "2", IssueCode.INVALID_BOOLEAN, None),
        ("customer_type", "Wholesalr", IssueCode.NOT_IN_LIST, "Wholesaler"),
        ("customer_type", "WHOLESALR", IssueCode.NOT_IN_LIST, "Wholesaler"),
        ("customer_type", "Event", IssueCode.NOT_IN_LIST, "Event planner"),
        ("customer_type", "Even", IssueCode.NOT_IN_LIST, None),
        ("customer_type", "zzz", IssueCode.NOT_IN_LIST, None),
        ("send_invoice_via", "Emial", IssueCode.NOT_IN_LIST, "Email"),
        ("currency", "USDD", IssueCode.INVALID_CURRENCY, None),
        ("currency", "DOLLARS", IssueCode.INVALID_CURRENCY, "USD"),
        ("currency", "dollar", IssueCode.INVALID_CURRENCY, "USD"),
        ("currency", "US$", IssueCode.INVALID_CURRENCY, "USD"),
        ("currency", "$", IssueCode.INVALID_CURRENCY, "USD"),
        ("currency", "Colombian peso", IssueCode.INVALID_CURRENCY, "COP"),
        ("currency", "pesos", IssueCode.INVALID_CURRENCY, None),
        ("currency", "peso", IssueCode.INVALID_CURRENCY, None),
        ("currency", "euros", IssueCode.INVALID_CURRENCY, "EUR"),
        ("main_location", "MIAA", IssueCode.UNKNOWN_LOCATION, "MIA"),
        ("main_location", "MAI", IssueCode.UNKNOWN_LOCATION, "MIA"),
        ("main_location", "MIX", IssueCode.UNKNOWN_LOCATION, None),
        ("main_location", "LAS", IssueCode.UNKNOWN_LOCATION, None),
        ("main_location", "OLD", IssueCode.UNKNOWN_LOCATION, None),
        ("location_codes", "MIA:OLD", IssueCode.UNKNOWN_LOCATION, None),
        ("location_codes", "MIA:LAXX", IssueCode.UNKNOWN_LOCATION, "MIA:LAX"),
        ("location_codes", ":", IssueCode.UNKNOWN_LOCATION, None),
        ("email_invoices", "ap@abc", IssueCode.INVALID_EMAIL, None),
        ("email_invoices", "ap@abc.example;bo", IssueCode.INVALID_EMAIL, None),
        ("email_invoices", ";", IssueCode.INVALID_EMAIL, None),
        ("email_invoices", "Bo <bo@abc.example>", IssueCode.INVALID_EMAIL, None),
        ("website", "abc", IssueCode.INVALID_URL, None),
        ("website", "javascript:alert(1)", IssueCode.INVALID_URL, None),
        ("website", "http://abc.example/<script>", IssueCode.INVALID_URL, None),
        ("billing_country", "Untied States", IssueCode.INVALID_COUNTRY, "United States"),
        ("billing_country", "Narnia?!", IssueCode.INVALID_COUNTRY, None),
    ],
)
def test_a_bad_text_says_what_is_wrong(key: str, text: str, code: IssueCode, suggestion: str | None) -> None:
    problem = parsed(key, text)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.suggestion) == (code, suggestion)


def test_the_exact_value_wins_where_two_differ_by_case_only() -> None:
    column = CUSTOMERS.column("terms")
    company = Company(1, 1, "", False, "UTC", (), {"terms": ("Net 30", "NET 30")})
    assert KINDS[column.kind].parse("NET 30", column, company) == "NET 30"


def test_a_list_without_values_takes_nothing() -> None:
    problem = parsed("territory", "Southeast", SINGLE)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.suggestion) == (IssueCode.NOT_IN_LIST, None)


def test_a_message_quotes_the_beginning_of_a_huge_cell_only() -> None:
    problem = parsed("credit_limit", "x" * 32_767)
    assert isinstance(problem, Problem)
    assert len(problem.message("x" * 32_767)) < 200


@pytest.mark.parametrize("text", ["a" * 32_767, "a@" * 16_000, "a." * 16_000, "1," * 16_000, "." * 32_767])
@pytest.mark.parametrize(
    "key", ["website", "email_invoices", "credit_limit", "location_codes", "billing_country"]
)
@pytest.mark.timeout(10)
def test_a_hostile_cell_is_judged_in_time(key: str, text: str) -> None:
    assert isinstance(parsed(key, text), Problem)


TEXTS = st.one_of(
    st.text(max_size=30),
    st.from_regex(r"[$+-]?[0-9]{0,9}(,[0-9]{3})?(\.[0-9]{0,3})?%?", fullmatch=True),
    st.lists(st.sampled_from(["MIA", "lax", "BOG", "OLD"]), max_size=4).map(":".join),
    st.lists(st.emails(), min_size=1, max_size=3).map("; ".join),
    st.sampled_from(
        ["yes", "N", "net 30", "wholesaler", "usa", "côte d'ivoire", "usd", "email", "www.a.example"]
    ),
)


@given(st.sampled_from(CUSTOMERS.columns), TEXTS)
def test_what_is_written_reads_the_same_again(column: Column, text: str) -> None:
    kind = KINDS[column.kind]
    value = kind.parse(tidy(text), column, SEVERAL)
    if isinstance(value, Problem):
        return
    assert kind.parse(kind.render(value), column, SEVERAL) == value
    assert kind.render(value) == tidy(kind.render(value))


@given(st.sampled_from(CUSTOMERS.columns), TEXTS)
def test_a_suggestion_is_right_itself(column: Column, text: str) -> None:
    kind = KINDS[column.kind]
    problem = kind.parse(tidy(text), column, SEVERAL)
    if isinstance(problem, Problem) and problem.suggestion is not None:
        value = kind.parse(problem.suggestion, column, SEVERAL)
        assert not isinstance(value, Problem)
        assert kind.render(value) == problem.suggestion


@pytest.mark.parametrize(("text", "written"), [("-5", "-5.00"), ("$-1,234.5", "-1234.50"), ("-$0", "0.00")])
def test_a_number_without_bounds_may_be_below_zero(text: str, written: str) -> None:
    column = Column(1, "Balance", "balance", Colour.RED, KindName.DECIMAL, decimals=(10, 2))
    value = KINDS[column.kind].parse(text, column, SEVERAL)
    assert not isinstance(value, Problem)
    assert KINDS[column.kind].render(value) == written


DATE = Column(1, "Due", "due", Colour.RED, KindName.DATE)


@pytest.mark.parametrize("text", ["2026-11-23", "2026-11-23 00:00", "2026-11-23 00:00:00"])
def test_a_date_is_a_day(text: str) -> None:
    value = KINDS[DATE.kind].parse(text, DATE, SEVERAL)
    assert not isinstance(value, Problem)
    assert KINDS[DATE.kind].render(value) == "2026-11-23"


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        ("14/02/2026", "2026-02-14"),
        ("02-14-2026", "2026-02-14"),
        ("5.5.2026", "2026-05-05"),
        ("2026/2/3", "2026-02-03"),
        ("03/02/2026", None),  # the third of February, or the second of March
        ("31/02/2026", None),
        ("14/02/26", None),
        ("2026-02-30", None),
        ("2026-11-23 10:00", None),
        ("tomorrow", None),
    ],
)
def test_what_is_no_date_is_offered_where_it_can_be_read_in_one_way_only(
    text: str, suggestion: str | None
) -> None:
    assert KINDS[DATE.kind].parse(text, DATE, SEVERAL) == Problem(IssueCode.INVALID_DATE, suggestion)


@pytest.mark.parametrize(
    ("key", "offered"),
    [
        ("active", ("Yes", "No")),
        ("default_price", ("A", "B")),
        ("terms", SEVERAL.lists["terms"]),
        ("main_location", ("MIA", "LAX", "bog")),
        ("location_codes", ()),
        ("name", ()),
        ("credit_limit", ()),
    ],
)
def test_what_a_cell_can_be_chosen_from(key: str, offered: tuple[str, ...]) -> None:
    assert options(CUSTOMERS.column(key), SEVERAL) == offered
