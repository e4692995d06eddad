"""Rows that share an ID, a code, a name or a customer: who is told of whom, in which words, and after which edits."""

from __future__ import annotations

import pytest

from komet_import.review.draft import Before, Draft
from komet_import.review.plan import Action
from komet_import.review.rows import Edit
from tests.review.example import NEW, draft, found, snapshot

SEVEN = {"customer_id": "7", "active": "Yes", **NEW}


def told(judged: Draft) -> dict[int, str]:
    """The sentence of each row's issue."""
    return {issue.row: issue.message for issue in judged.all_issues()}


def same_code(count: int) -> Draft:
    """Each row another name, all the same code."""
    return draft([NEW | {"name": f"Florist {n}"} for n in range(count)])


def same_name(*customers: int, count: int = 1) -> Draft:
    """New rows of one name that stored customers have too."""
    stored = [SEVEN | {"customer_id": str(n), "code": f"S{n}", "name": "ROSA"} for n in customers]
    return draft([NEW | {"code": f"N{n}", "name": "Rosa"} for n in range(count)], *stored)


def test_each_duplicate_names_the_other_rows_and_not_itself() -> None:
    assert told(same_code(2)) == {
        2: "Also in row 3: each customer may be in the file once.",
        3: "Also in row 2: each customer may be in the file once.",
    }
    assert told(same_code(3)) == {
        2: "Also in rows 3 and 4: each customer may be in the file once.",
        3: "Also in rows 2 and 4: each customer may be in the file once.",
        4: "Also in rows 2 and 3: each customer may be in the file once.",
    }


def test_four_other_rows_are_named_and_of_more_it_is_only_said_that_there_are_more() -> None:
    assert told(same_code(5))[4] == "Also in rows 2, 3, 5 and 6: each customer may be in the file once."
    for row in (2, 4, 7):
        assert (
            told(same_code(6))[row]
            == "Also in more than 4 other rows: each customer may be in the file once."
        )


@pytest.mark.parametrize(
    ("judged", "sentence"),
    [
        (same_name(7), "The same name as customer 7."),
        (same_name(7, 8), "The same name as customers 7 and 8."),
        (same_name(7, 8, 9, 10), "The same name as customers 7, 8, 9 and 10."),
        (same_name(7, 8, 9, 10, 11), "The same name as more than 4 other customers."),
        (same_name(7, 8, 9, 10, 11, 12), "The same name as more than 4 other customers."),
        (same_name(count=2), "The same name as row 3."),
        (same_name(7, count=2), "The same name as row 3 and customer 7."),
        (same_name(7, 8, count=4), "The same name as rows 3, 4 and 5 and customers 7 and 8."),
    ],
)
def test_a_name_names_the_rows_and_customers_that_have_it_too(judged: Draft, sentence: str) -> None:
    assert told(judged)[2] == sentence


def test_a_customers_own_name_is_nobody_elses() -> None:
    judged = draft([{"code": "ABC", "name": "ABC WHOLESALE"}], SEVEN)
    assert (found(judged), judged.action(2)) == ([], Action.UPDATE)
    twin = SEVEN | {"customer_id": "8", "code": "DEF"}
    judged = draft([{"code": "ABC", "name": "ABC WHOLESALE"}], SEVEN, twin)
    assert told(judged) == {2: "The same name as customer 8."}


def test_a_shared_id_and_a_shared_code_are_told_in_their_own_columns() -> None:
    judged = draft(
        [
            {"customer_id": "7", "code": "ABC", "phone": "1"},
            {"customer_id": "7", "code": "ABC", "phone": "2"},
            {"customer_id": "", "code": "ABC", "phone": "3"},
        ],
        SEVEN,
    )
    assert [(issue.row, issue.key, issue.message.partition(":")[0]) for issue in judged.all_issues()] == [
        (2, "customer_id", "Also in row 3"),
        (2, "code", "Also in rows 3 and 4"),
        (3, "customer_id", "Also in row 2"),
        (3, "code", "Also in rows 2 and 4"),
        (4, "code", "Also in rows 2 and 3"),
    ]


def test_rows_without_a_key_share_nothing() -> None:
    judged = draft([NEW | {"code": "", "name": ""}, NEW | {"code": "", "name": ""}])
    assert {code for _, _, code in found(judged)} == {"required"}


def test_a_row_that_moves_frees_one_row_and_takes_another() -> None:
    judged = draft([NEW | {"code": code, "name": f"Florist {n}"} for n, code in enumerate("AABC")])
    assert told(judged).keys() == {2, 3}
    judged.edit([Edit(3, "code", "b")])
    assert [(row, key) for row, key, _ in found(judged)] == [(3, "code"), (4, "code")]
    assert told(judged)[4] == "Also in row 3: each customer may be in the file once."
    judged.edit([Edit(4, "code", "c"), Edit(3, "code", "C")])
    assert told(judged).keys() == {3, 4, 5}
    assert told(judged)[5] == "Also in rows 3 and 4: each customer may be in the file once."
    judged.edit([Edit(5, None, "Yes")])
    assert told(judged)[4] == "Also in row 3: each customer may be in the file once."
    judged.edit([Edit(3, "code", "D")])
    assert found(judged) == [(5, None, "left_out")]
    judged.edit([Edit(5, None, "")])
    assert told(judged).keys() == {4, 5}


def test_a_row_that_leaves_many_lets_the_others_name_each_other_again() -> None:
    judged = same_code(6)
    judged.edit([Edit(3, "code", "OTHER")])
    assert told(judged)[2] == "Also in rows 4, 5, 6 and 7: each customer may be in the file once."
    assert told(judged)[7] == "Also in rows 2, 4, 5 and 6: each customer may be in the file once."
    judged.edit([Edit(3, "code", "abc")])
    assert told(judged)[7] == "Also in more than 4 other rows: each customer may be in the file once."


def test_a_problem_that_is_gone_leads_to_no_row() -> None:
    judged = same_code(2)
    (kind,) = judged.problem_kinds
    assert judged.rows_with(kind) == [2, 3]
    judged.edit([Edit(2, "code", "B")])
    assert (judged.rows_with(kind), judged.problem_kinds) == ([], {})


# -- single rows that looked too much like something else ------------------------------------------------------------------


def test_a_row_whose_only_news_is_a_wrong_cell_is_rejected_and_not_unchanged() -> None:
    judged = draft(
        [{"code": "ABC", "terms": "Net 31"}, {"code": "DEF"}],
        SEVEN,
        SEVEN | {"customer_id": "8", "code": "DEF", "name": "D"},
    )
    assert found(judged) == [(2, "terms", "not_in_list")]
    assert [judged.action(row) for row in (2, 3)] == [Action.REJECTED, Action.UNCHANGED]


def test_an_unknown_id_with_an_unknown_code_suggests_nobody() -> None:
    (issue,) = draft([NEW | {"customer_id": "99", "code": "XYZ"}]).all_issues()
    assert issue.suggestion is None
    assert issue.message == "There is no customer 99. Leave it empty for a new customer."


def test_customers_that_edits_bring_in_are_known_beside_those_of_the_file() -> None:
    eight = SEVEN | {"customer_id": "8", "code": "DEF", "name": "Def", "phone": "306"}
    judged = draft([{"code": "ABC", "phone": "1"}, NEW | {"code": "N", "name": "N", "phone": "2"}], SEVEN)
    judged.edit([Edit(3, "code", "DEF"), Edit(3, "name", "ABC wholesale")], snapshot(eight))
    assert [judged.action(row) for row in (2, 3)] == [Action.UPDATE, Action.UPDATE]
    assert judged.before([2, 3]) == {
        2: Before({"phone": ""}),
        3: Before({"name": "Def", "phone": "306"}),
    }
    assert told(judged) == {3: "The same name as customer 7."}
    judged.edit([Edit(3, "code", "ABC")])
    assert told(judged)[2] == "Also in row 3: each customer may be in the file once."


def test_a_code_of_another_customer_names_that_customer() -> None:
    eight = SEVEN | {"customer_id": "8", "code": "DEF", "name": "Def"}
    judged = draft([{"customer_id": "7", "code": "def"}], SEVEN, eight)
    assert told(judged) == {2: "“def” is the code of customer 8, not of this row's customer."}
