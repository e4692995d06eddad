"""The sentences that a user reads: what is wrong with a cell, with its own numbers and words, and what would be right."""

from __future__ import annotations

import pytest

from komet_import.schema.countries import country_name, country_names, nearest_country
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.problems import CATALOGUE, IssueCode, Problem, Severity, of_wrong_column
from tests.schema.companies import SINGLE
from tests.schema.test_kinds import parsed


def said(key: str, text: str) -> str:
    """The sentence about a cell that is wrong."""
    problem = parsed(key, text)
    assert isinstance(problem, Problem)
    return problem.message(text)


@pytest.mark.parametrize(
    ("key", "text", "sentence"),
    [
        ("customer_id", "1.5", "“1.5” has too many decimals; an ID is a whole number."),
        ("customer_id", "0", "“0” is out of range; an ID lies between 1 and 9223372036854775807."),
        ("credit_limit", "12,5", "“12,5” is not a number."),
        ("credit_limit", "1.005", "“1.005” has too many decimals; at most 2."),
        ("credit_limit", "100000000", "“100000000” is out of range; at most 8 digits before the point."),
        ("credit_limit", "-1", "“-1” is out of range; 0 or more."),
        ("finance_charge", "101", "“101” is out of range; from 0 to 100."),
        ("active", "maybe", "“maybe” is neither Yes nor No."),
        ("terms", "Net 3O", "“Net 3O” is not in the list. Did you mean Net 30?"),
        (
            "currency",
            "USDD",
            "“USDD” is not the three-letter code of a currency, like USD.",
        ),
        ("main_location", "MIAA", "“MIAA” is not an active location. Did you mean MIA?"),
        ("location_codes", "MIA:OLD;XX", "“OLD, XX” is not an active location."),
        ("location_codes", ":", "“:” is not an active location."),
        ("email_invoices", "ap@abc.example; bo; cy", "“bo” is not an e-mail address."),
        ("email_invoices", ";", "“;” is not an e-mail address."),
        ("website", "abc", "“abc” is not a web address like www.example.com."),
        (
            "billing_country",
            "Colmbia",
            "“Colmbia” is not a country's name or two-letter code. Did you mean Colombia?",
        ),
    ],
)
def test_a_sentence_quotes_the_cell_and_says_what_is_allowed(key: str, text: str, sentence: str) -> None:
    assert said(key, text) == sentence


def test_a_suggestion_that_the_sentence_names_is_not_asked_for_again() -> None:
    problem = Problem(IssueCode.LOOKS_LIKE_FRACTION, "5.00")
    assert problem.message("0.05") == "0.05 means 0.05 %. Did you mean 5.00 %?"


@pytest.mark.parametrize(("length", "quoted"), [(60, "x" * 60), (61, "x" * 59 + "…")])
def test_sixty_characters_of_a_cell_are_quoted(length: int, quoted: str) -> None:
    text = "x" * length
    assert Problem(IssueCode.INVALID_NUMBER).message(text) == f"“{quoted}” is not a number."
    assert (
        Problem(IssueCode.INVALID_NUMBER, text).message("y") == f"“y” is not a number. Did you mean {quoted}?"
    )


def test_facts_that_are_no_texts_are_told_as_they_are() -> None:
    problem = Problem(IssueCode.CODE_TAKEN, facts={"owner": 7, "record": "customer"})
    assert problem.message("ABC") == "“ABC” is the code of customer 7, not of this row's customer."


def test_a_column_that_is_wrong_nearly_everywhere_is_asked_for() -> None:
    assert of_wrong_column(1234, 56789) == (
        "1,234 of 56,789 filled cells are wrong. Is this the right column?"
    )


def test_a_code_has_one_severity() -> None:
    warnings = {code.value for code in IssueCode if Problem(code).severity is Severity.WARNING}
    assert warnings == {
        "ignored_single_location",
        "looks_like_fraction",
        "markup_without_price_b",
        "possible_duplicate",
        "zip_lost_zeros",
    }
    assert CATALOGUE.keys() == set(IssueCode)


# -- limits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "rest", "most"), [("website", "www.abc.example/", 2000), ("email_invoices", "@abc.example", 254)]
)
def test_an_address_has_a_longest_length(key: str, rest: str, most: int) -> None:
    letters = "b" * (most - len(rest))
    fits = rest + letters if key == "website" else letters + rest
    assert parsed(key, fits) == fits
    assert isinstance(parsed(key, fits.replace("b", "bb", 1)), Problem)


@pytest.mark.parametrize(
    ("key", "text", "suggestion"),
    [
        ("credit_limit", "1.99500", None),
        ("finance_charge", "1.995", None),
        ("finance_charge", "0.01995", None),
        ("finance_charge", "0.0199", "1.99"),
        ("finance_charge", "0." + "0" * 100_000 + "1", None),
    ],
)
def test_a_number_is_never_rounded_for_a_suggestion_but_may_be_the_fraction_that_a_cell_holds(
    key: str, text: str, suggestion: str | None
) -> None:
    problem = parsed(key, text)
    assert isinstance(problem, Problem)
    assert (problem.code, problem.suggestion) == (IssueCode.TOO_MANY_DECIMALS, suggestion)


def test_a_location_is_offered_by_its_name() -> None:
    for name, code in (("Los Angeles", "LAX"), ("BOGOTÁ", "bog"), ("Closed", None), ("Los Angles", None)):
        problem = parsed("main_location", name)
        assert isinstance(problem, Problem)
        assert problem.suggestion == code


@pytest.mark.parametrize(
    ("text", "value"),
    [("-$5", None), ("$-5", None), ("+$5", "5.00"), ("$+5", "5.00"), ("5 $", "5.00"), ("$ 5", "5.00")],
)
def test_a_sign_may_stand_before_or_behind_the_currency(text: str, value: str | None) -> None:
    found = parsed("credit_limit", text)
    if value is None:
        assert isinstance(found, Problem)
        assert found.code is IssueCode.OUT_OF_RANGE
    else:
        assert found == value


def test_codes_are_repaired_once_each_and_only_when_all_can_be() -> None:
    problem = parsed("location_codes", "MIAA, mia, LAXX")
    assert isinstance(problem, Problem)
    assert (problem.suggestion, problem.facts["part"]) == ("MIA:LAX", "MIAA, LAXX")
    assert isinstance(unknown := parsed("location_codes", "BOGG", SINGLE), Problem)
    assert unknown.suggestion == "BOG"


# -- countries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("us", "United States"),
        ("USA", "United States"),
        ("united states of america", "United States"),
        ("ESTADOS UNIDOS", "United States"),
        ("Bolivia", "Bolivia"),
        ("Plurinational State of Bolivia", "Bolivia"),
        ("Viet Nam", "Vietnam"),
        ("Türkiye", "Türkiye"),
        ("turkey", "Türkiye"),
        ("Holland", "Netherlands"),
        ("Miami", None),
        ("", None),
    ],
)
def test_a_country_is_known_by_its_names_and_codes(text: str, name: str | None) -> None:
    assert country_name(text) == name


def test_countries_are_listed_once_each_in_alphabetical_order() -> None:
    names = country_names()
    assert list(names) == sorted(set(names))
    assert (len(names), "United States" in names, "Holland" in names) == (249, True, False)


@pytest.mark.parametrize(
    ("text", "name"), [("COLMBIA", "Colombia"), ("Untied States", "United States"), ("zzzzzz", None)]
)
def test_the_nearest_country_is_one_that_is_much_alike(text: str, name: str | None) -> None:
    assert nearest_country(text) == name


# -- across columns --------------------------------------------------------------------------------------------------------


def judged(column: str, **texts: str) -> list[tuple[str, str | None]]:
    """The sentence and the suggestion of each rule about the column; columns that are not named are blank."""
    problems = [
        rule.judge(*(texts.get(key, "") for key in rule.reads))
        for rule in CUSTOMERS.rules
        if rule.column == column
    ]
    return [(problem.message(texts.get(column, "")), problem.suggestion) for problem in problems if problem]


@pytest.mark.parametrize(
    ("column", "texts", "told"),
    [
        (
            "main_location",
            {"main_location": "LAX", "location_codes": "MIA:bog"},
            ("“LAX” is not among the row's Location Codes (MIA, bog). Did you mean MIA?", "MIA"),
        ),
        (
            "main_location",
            {"main_location": "LAX"},
            ("“LAX” is not among the row's Location Codes (none).", None),
        ),
        ("main_location", {"main_location": "bog", "location_codes": "MIA:bog"}, None),
        ("main_location", {"location_codes": "MIA"}, None),
        ("finance_charge", {"finance_charge": "0.00"}, None),
        ("finance_charge", {"finance_charge": "0.01"}, ("0.01 means 0.01 %. Did you mean 1.00 %?", "1.00")),
        ("finance_charge", {"finance_charge": "0.99"}, ("0.99 means 0.99 %. Did you mean 99.00 %?", "99.00")),
        ("finance_charge", {"finance_charge": "1.00"}, None),
        ("finance_charge", {"finance_charge": "10.00"}, None),
        ("finance_charge", {}, None),
        (
            "billing_zip",
            {"billing_zip": "501", "billing_country": "United States"},
            ("A US ZIP code has five digits. Did you mean 00501?", "00501"),
        ),
        ("billing_zip", {"billing_zip": "1", "billing_state": "puerto rico"}, ("A US ZIP code has five digits. Did you mean 00001?", "00001")),
        ("billing_zip", {"billing_zip": "2118", "billing_state": "MA", "billing_country": "Canada"}, None),
        ("billing_zip", {"billing_zip": "02118", "billing_state": "MA"}, None),
        ("billing_zip", {"billing_zip": "211A", "billing_state": "MA"}, None),
        ("billing_zip", {"billing_zip": "2118"}, None),
        ("shipping_zip", {"shipping_zip": "2118", "billing_state": "MA"}, None),
        ("shipping_zip", {"shipping_zip": "2118", "shipping_state": "MA"}, ("A US ZIP code has five digits. Did you mean 02118?", "02118")),
        ("email_invoices", {"send_invoice_via": "Email"}, ("Invoices go by e-mail, and there is no address for them.", None)),
        ("email_invoices", {"send_invoice_via": "Fax"}, None),
        ("fax", {"send_invoice_via": "Fax"}, ("Invoices go by fax, and there is no fax number.", None)),
        ("fax", {"send_invoice_via": "Email"}, None),
        ("price_list", {"price_list": "W", "default_price": "A"}, ("A price list needs Default Price B.", None)),
        ("price_list", {"price_list": "W", "default_price": "B"}, None),
        ("price_list", {"default_price": "A"}, None),
        ("price_b_markup", {"price_b_markup": "10.00"}, ("The markup has no effect: Default Price is not B.", None)),
        ("price_b_markup", {"price_b_markup": "10.00", "default_price": "B"}, None),
    ],
)  # fmt: skip
def test_a_rule_across_columns_says_what_does_not_fit(
    column: str, texts: dict[str, str], told: tuple[str, str | None] | None
) -> None:
    assert judged(column, **texts) == ([told] if told else [])
