"""Which of a file's headers are ours, and which row holds them."""

from __future__ import annotations

import pytest

from komet_import.review.matching import SEARCHED_ROWS, Matching, find_header, header_key, match
from komet_import.schema.customers import CUSTOMERS

HEADERS = [column.header for column in CUSTOMERS.columns]
KEYS = [column.key for column in CUSTOMERS.columns]
CODE, NAME, PHONE = (CUSTOMERS.column(key).header for key in ("code", "name", "phone"))


def matched(*headers: str, **mapping: str) -> Matching:
    return match(headers, CUSTOMERS, mapping)


def test_our_own_headers_are_all_found_where_they_stand() -> None:
    found = matched(*reversed(HEADERS))
    assert found.positions == {key: n for n, key in enumerate(reversed(KEYS))}
    assert (found.unknown, found.missing, found.repeated) == ((), (), {})


def test_the_columns_that_the_file_lacks_are_told_in_our_order() -> None:
    found = matched(PHONE, CODE)
    assert found.positions == {"phone": 0, "code": 1}
    assert list(found.positions) == ["code", "phone"]
    assert found.missing == tuple(header for header in HEADERS if header not in (CODE, PHONE))


@pytest.mark.parametrize(
    "header",
    [
        CODE.upper(),
        CODE.lower(),
        f"  {CODE}  ",
        CODE.replace(" ", ""),
        CODE.replace(" ", "   "),
        CODE.replace(" ", "\u00a0"),
        CODE.replace(" ", "\n"),
        f"\ufeff{CODE}",
    ],
)
def test_a_header_is_ours_whatever_its_case_and_spaces(header: str) -> None:
    assert matched("Other", header).positions == {"code": 1}


@pytest.mark.parametrize("header", [f"{CODE}s", CODE[:-1], f"My {CODE}", CODE.replace(" ", "-")])
def test_a_header_that_is_not_quite_ours_is_unknown(header: str) -> None:
    assert (matched(header).positions, matched(header).unknown) == ({}, (header,))


def test_unknown_headers_are_told_as_they_stand_in_the_order_of_the_file() -> None:
    found = matched("Zeta", CODE, "alpha  beta", "Zeta")
    assert found.unknown == ("Zeta", "alpha  beta", "Zeta")


@pytest.mark.parametrize(
    "header", ["Reason", "REASON", " rea son ", "Row in your file", "ROW  IN YOUR FILE", "rowinyourfile"]
)
def test_a_blank_header_and_our_own_reason_are_neither_ours_nor_unknown(header: str) -> None:
    found = matched("", CODE, header, "")
    assert (found.positions, found.unknown) == ({"code": 1}, ())


def test_of_a_column_that_stands_twice_the_first_is_taken_and_both_are_told() -> None:
    found = matched(PHONE, CODE, PHONE.upper(), NAME, PHONE)
    assert found.positions == {"code": 1, "name": 3, "phone": 0}
    assert (found.repeated, found.unknown) == ({"phone": (0, 2, 4)}, ())


def test_a_given_match_leads_their_header_to_ours_whatever_the_case_of_either() -> None:
    found = match(["KUNDEN nr", "Firma"], CUSTOMERS, {"Kunden Nr": CODE.upper(), "firma ": f" {NAME}"})
    assert (found.positions, found.unknown) == ({"code": 0, "name": 1}, ())


def test_a_given_match_goes_before_an_equal_header() -> None:
    found = match([CODE, "Number"], CUSTOMERS, {CODE: PHONE, "Number": CODE})
    assert (found.positions, found.repeated) == ({"code": 1, "phone": 0}, {})


def test_a_given_match_to_a_column_that_stands_there_too_makes_it_stand_twice() -> None:
    found = match([CODE, "Number"], CUSTOMERS, {"Number": CODE})
    assert (found.positions, found.repeated) == ({"code": 0}, {"code": (0, 1)})


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Customer Code", "customercode"),
        (" STRASSE ", "strasse"),
        ("Straße", "strasse"),
        ("\u200b", ""),
        ("", ""),
    ],
)
def test_the_key_of_a_header(text: str, key: str) -> None:
    assert header_key(text) == key


# -- the row that holds them ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[CODE, NAME]], 0),
        ([["Customers of 2026"], [], ["", CODE, NAME], ["A1", "Anna"]], 2),
        ([[NAME, "of all"], [CODE, NAME, "x"]], 1),
        ([[CODE, NAME], [CODE, NAME]], 0),
        ([["a"], ["b"]], None),
        ([[], [""]], None),
        ([], None),
    ],
)
def test_the_header_is_the_first_row_that_holds_most_of_our_headers(
    rows: list[list[str]], expected: int | None
) -> None:
    assert find_header(rows, CUSTOMERS, {}) == expected


def test_a_header_is_looked_for_in_the_first_rows_only() -> None:
    above: list[list[str]] = [["x"]] * (SEARCHED_ROWS - 1)
    assert find_header([*above, [CODE]], CUSTOMERS, {}) == SEARCHED_ROWS - 1 == 49
    assert find_header([*above, ["x"], [CODE]], CUSTOMERS, {}) is None


def test_a_row_of_mapped_headers_is_the_header() -> None:
    rows = [[CODE], ["Kunden-Nr", "Firma"]]
    assert find_header(rows, CUSTOMERS, {}) == 0
    assert find_header(rows, CUSTOMERS, {"kunden-nr": CODE, "FIRMA": NAME}) == 1
