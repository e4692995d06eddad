"""The lists beside the grid: how many cells have each kind of problem, which rows they are in, and in which order."""

from __future__ import annotations

import pytest

from komet_import.bulk import CHUNK
from komet_import.review.draft import Draft
from komet_import.review.issues import Issue, has_errors
from komet_import.review.plan import Action, Counts
from komet_import.review.rows import Edit
from komet_import.schema.problems import IssueCode, Problem
from tests.review.example import NEW, SINGLE, draft

STORED = {"customer_id": "7", "active": "Yes", **NEW}
ROWS = [
    NEW | {"code": "R2", "name": "Two", "terms": "Net 31", "phone": "#N/A"},
    NEW | {"code": "R3", "name": "Three", "terms": "x", "price_b_markup": "5"},
    NEW | {"code": "R4", "name": "", "terms": "y", "price_b_markup": "many"},
    NEW | {"code": "R5", "name": "Five", "billing_zip": "2118", "billing_state": "MA"},
    NEW | {"code": "R6", "name": "Six"},
    {"code": "ABC"},
]


def counted(judged: Draft) -> list[tuple[str | None, str, str, int]]:
    """Each kind of problem as (column key, severity, code, cells)."""
    return [
        (kind.key, kind.severity.value, kind.code.value, count)
        for kind, count in judged.problem_kinds.items()
    ]


def test_kinds_come_in_column_order_errors_first_and_what_the_user_left_out_is_none() -> None:
    judged = draft(ROWS, STORED)
    judged.edit([Edit(6, None, "Yes")])
    assert judged.issues(6) == (Issue(6, None, "", Problem(IssueCode.LEFT_OUT)),)
    assert counted(judged) == [
        ("name", "error", "required", 1),
        ("phone", "error", "cell_error", 1),
        ("billing_zip", "warning", "zip_lost_zeros", 1),
        ("terms", "error", "not_in_list", 3),
        ("price_b_markup", "error", "invalid_number", 1),
        ("price_b_markup", "warning", "markup_without_price_b", 1),
    ]
    assert [kind.order for kind in judged.problem_kinds] == [
        0 if kind.key is None else judged.declaration.column(kind.key).order for kind in judged.problem_kinds
    ]
    assert [judged.rows_with(kind) for kind in judged.problem_kinds] == [
        [4],
        [2],
        [5],
        [2, 3, 4],
        [4],
        [3],
    ]


def test_kinds_are_counted_as_cells_are_corrected_and_spoilt() -> None:
    judged = draft(ROWS, STORED)

    def terms() -> tuple[int, list[int]]:
        kinds = [kind for kind in judged.problem_kinds if kind.key == "terms"]
        return (judged.problem_kinds[kinds[0]], judged.rows_with(kinds[0])) if kinds else (0, [])

    for row, text, left in (
        (2, "Net 30", (2, [3, 4])),
        (2, "z", (3, [2, 3, 4])),
        (3, "Net 30", (2, [2, 4])),
        (4, "", (1, [2])),
        (2, "", (0, [])),
        (6, "q", (1, [6])),
    ):
        judged.edit([Edit(row, "terms", text)])
        assert terms() == left
    assert judged.counts == Counts(new=2, update=0, unchanged=1, rejected=3)


def test_rows_come_with_errors_first_then_warnings_then_the_others() -> None:
    judged = draft(ROWS, STORED)
    assert draft(ROWS[::-1], STORED).select() == [5, 6, 7, 4, 2, 3]
    assert judged.select() == [2, 3, 4, 5, 6, 7]
    assert judged.select(problems=True) == [2, 3, 4, 5]
    assert judged.select([Action.NEW]) == [5, 6]
    assert judged.select([Action.NEW], problems=True) == [5]
    assert judged.select([Action.REJECTED]) == [2, 3, 4]
    assert judged.select([Action.UNCHANGED]) == [7]
    assert judged.select([Action.UNCHANGED], problems=True) == []
    assert judged.select([Action.NEW, Action.UNCHANGED], search="r6") == [6]
    assert judged.select([]) == []
    assert judged.select(search="") == judged.select()
    assert judged.count_with_problems == 4


def test_a_row_that_the_user_left_out_is_no_problem_whatever_was_wrong_with_it() -> None:
    judged = draft(ROWS, STORED)
    judged.edit([Edit(2, None, "Yes"), Edit(6, None, "Yes")])
    assert judged.counts == Counts(new=1, unchanged=1, rejected=4, skipped=2)
    assert judged.count_with_problems == 3
    assert [judged.has_problem(row) for row in (2, 3, 6)] == [False, True, False]
    assert judged.select(problems=True) == [3, 4, 5]
    assert judged.select([Action.REJECTED]) == [3, 4, 2, 6]
    assert judged.select() == [3, 4, 5, 2, 6, 7]
    judged.edit([Edit(2, None, "")])
    assert judged.select([Action.REJECTED]) == [2, 3, 4, 6]


@pytest.mark.parametrize(
    ("wrong", "right", "blank", "asked"),
    [
        (9, 0, 5, False),
        (10, 0, 5, True),
        (10, 1, 0, True),
        (10, 2, 0, False),
        (18, 2, 9, True),
        (17, 2, 0, False),
    ],
)
def test_a_column_is_asked_about_when_ten_of_its_cells_and_nine_of_ten_are_wrong(
    wrong: int, right: int, blank: int, asked: bool
) -> None:
    terms = ["?"] * wrong + ["Net 30"] * right + [""] * blank
    judged = draft([NEW | {"code": f"C{n}", "name": f"N{n}", "terms": text} for n, text in enumerate(terms)])
    assert judged.wrong_columns == ([("terms", wrong, wrong + right)] if asked else [])


def test_two_kinds_of_errors_of_a_column_count_together_and_blank_or_doubtful_cells_do_not() -> None:
    numbers = ["many"] * 6 + ["1.005"] * 6
    rows = [
        {"code": f"C{n}", "name": "", "credit_limit": text, "finance_charge": "0.05"}
        for n, text in enumerate(numbers)
    ]
    judged = draft(rows)
    assert judged.wrong_columns == [("credit_limit", 12, 12)]
    judged.edit([Edit(row, "credit_limit", "1") for row in (2, 3)])
    assert judged.wrong_columns == []


# -- several rules about one cell ------------------------------------------------------------------------------------------


def test_two_warnings_about_a_cell_are_both_told() -> None:
    judged = draft([NEW | {"price_b_markup": "0.05"}])
    assert counted(judged) == [
        ("price_b_markup", "warning", "looks_like_fraction", 1),
        ("price_b_markup", "warning", "markup_without_price_b", 1),
    ]
    assert not has_errors(judged.issues(2))
    assert has_errors([*judged.issues(2), Issue(2, "name", "", Problem(IssueCode.REQUIRED))])


def test_of_two_errors_about_a_cell_the_first_is_told() -> None:
    def stored(number: str, code: str) -> dict[str, str]:
        return STORED | {"customer_id": number, "code": code, "name": code}

    twice = [{"customer_id": "7", "code": "DEF"}, {"customer_id": "8", "code": "DEF"}]
    judged = draft(twice, stored("7", "ABC"), stored("8", "GHI"), stored("9", "DEF"))
    assert counted(judged) == [("code", "error", "duplicate_in_file", 2)]


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        ({"finance_charge": "0.05"}, [("finance_charge", "warning", "looks_like_fraction", 1)]),
        ({"finance_charge": "0.50", "terms": "Net 31"}, [("terms", "error", "not_in_list", 1)]),
        ({"finance_charge": "0.50", "phone": "1"}, []),
        ({"finance_charge": "", "phone": "1"}, []),
        ({"phone": "1"}, []),
    ],
)
def test_a_rule_about_a_cell_of_its_own_speaks_only_of_what_the_file_changes(
    cells: dict[str, str], told: list[tuple[str, str, str, int]]
) -> None:
    assert counted(draft([{"code": "ABC"} | cells], STORED | {"finance_charge": "0.50"})) == told


def test_locations_are_not_compared_in_a_company_with_one() -> None:
    odd = STORED | {"location_codes": "MIA", "main_location": "LAX"}
    row = {"code": "ABC", "phone": "1"}
    assert counted(draft([row], odd, company=SINGLE)) == []
    assert counted(draft([row], odd)) == [("main_location", "error", "main_location_not_listed", 1)]


def test_a_rule_goes_on_after_a_row_that_it_does_not_mind() -> None:
    rows = [
        NEW | {"code": "A", "name": "A", "send_invoice_via": "Email", "email_invoices": "a@b.example"},
        NEW | {"code": "B", "name": "B"},
        NEW | {"code": "C", "name": "C", "send_invoice_via": "Email", "terms": "x", "email_invoices": "a@"},
        NEW | {"code": "D", "name": "D", "send_invoice_via": "Email"},
    ]
    assert [(issue.row, issue.key) for issue in draft(rows).all_issues()] == [
        (4, "terms"),
        (4, "email_invoices"),
        (5, "email_invoices"),
    ]


def test_what_a_file_never_held_is_not_asked_of_a_row_with_an_unknown_id() -> None:
    def keys(judged: Draft, row: int) -> list[str | None]:
        return [issue.key for issue in judged.issues(row)]

    held = draft([{"customer_id": "99", "phone": "1"}, NEW], STORED)
    blank = draft([{"customer_id": "99", "name": "", "code": "X", "phone": "1"}], STORED)
    assert keys(blank, 2) == ["customer_id", "name"]
    without_names = draft([{"customer_id": "99", "code": "X"}, {"customer_id": "7", "code": "ABC"}], STORED)
    assert keys(without_names, 2) == ["customer_id"]
    without_names.edit([Edit(3, "name", "Other")])
    assert keys(without_names, 2) == ["customer_id"]
    assert keys(held, 2) == ["customer_id", "code", "name", "location_codes", "main_location"]


def test_a_stored_customer_gets_no_default() -> None:
    judged = draft([{"code": "ABC", "active": "", "phone": "1"}], STORED | {"active": ""})
    (row,) = judged.plan().rows
    active = [column.key for column in judged.declaration.value_columns].index("active")
    assert (row.texts[active], [change.key for change in judged.plan().changes]) == ("", ["phone"])


def test_a_file_of_thousands_is_judged_to_its_last_row_and_duplicates_are_found_across_it() -> None:
    """Rows are judged some thousands at a time."""
    count = 2 * CHUNK + 3
    rows = [NEW | {"code": f"C{n}", "name": f"N{n}"} for n in range(count)]
    rows[-1] |= {"code": "c0", "terms": "Net 31"}
    rows[CHUNK] |= {"name": ""}
    judged = draft(rows)
    assert [(issue.row, issue.key, issue.code.value) for issue in judged.all_issues()] == [
        (2, "code", "duplicate_in_file"),
        (CHUNK + 2, "name", "required"),
        (count + 1, "code", "duplicate_in_file"),
        (count + 1, "terms", "not_in_list"),
    ]
    assert judged.counts == Counts(new=count - 3, update=0, unchanged=0, rejected=3)
    assert [row.row for row in judged.plan().rows] == [
        n for n in judged.numbers if n not in (2, CHUNK + 2, count + 1)
    ]
