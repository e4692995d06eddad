"""What a draft keeps of its issues: as little as ever, however many there are, and counted as if each were held."""

from __future__ import annotations

import tracemalloc
from collections import Counter

import pytest

from komet_import.bulk import CHUNK
from komet_import.review.draft import Draft
from komet_import.review.plan import Snapshot
from komet_import.review.rows import Edit, Rows
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.problems import IssueCode
from tests.review.example import MULTI, NEW, draft

WRONG = ("credit_limit", "finance_charge", "active")


def all_wrong(rows: int) -> Rows:
    """Each cell with a text of its own that is wrong."""
    return Rows(
        CUSTOMERS, range(2, rows + 2), {key: [f"x {row}" for row in range(rows)] for key in ("code", *WRONG)}
    )


def held_by(rows: Rows) -> int:
    """Bytes that the draft adds to its rows."""
    before = tracemalloc.get_traced_memory()[0]
    made = Draft(rows, MULTI, Snapshot())
    assert made.counts.rejected == len(rows)
    return tracemalloc.get_traced_memory()[0] - before


def test_a_draft_holds_no_more_of_a_row_whose_every_cell_is_wrong() -> None:
    tracemalloc.start()
    try:
        few, many = held_by(all_wrong(2 * CHUNK)), held_by(all_wrong(4 * CHUNK))
    finally:
        tracemalloc.stop()
    a_row = (many - few) / (2 * CHUNK)
    assert a_row < 400, "a single issue with its text and sentence takes as much"


def test_issues_are_counted_as_they_would_be_one_by_one() -> None:
    rows = CHUNK + 50
    judged = Draft(all_wrong(rows), MULTI, Snapshot())
    judged.edit([Edit(2, "active", "no"), Edit(3, None, "Yes"), Edit(rows + 1, "credit_limit", "")])
    issues = [issue for issue in judged.all_issues() if issue.code is not IssueCode.LEFT_OUT]
    one_by_one = Counter((issue.key, issue.severity, issue.code) for issue in issues)
    kinds = judged.problem_kinds
    assert {(kind.key, kind.severity, kind.code): count for kind, count in kinds.items()} == one_by_one
    for kind in kinds:
        found = [issue.row for issue in issues if (issue.key, issue.code) == (kind.key, kind.code)]
        assert judged.rows_with(kind) == found
    assert [issue.row for issue in judged.issues_of([9, 3])] == [9] * 6 + [3]


def test_the_issues_of_a_plan_can_be_read_again_and_again() -> None:
    plan = draft([{**NEW, "terms": "x"}, {**NEW, "name": ""}]).plan()
    first = [(issue.row, issue.code) for issue in plan.issues]
    assert first == [(issue.row, issue.code) for issue in plan.issues]
    assert sum(plan.issue_counts.values()) == len(first)
    assert [dict(cells)["name"] for cells in plan.cells.values()] == ["ABC Wholesale", ""]
    assert list(plan.cells) == [2, 3]


@pytest.mark.parametrize(
    ("wrong", "right", "blank", "asked"),
    [(10, 0, 90, True), (18, 2, 0, True), (17, 3, 0, False), (9, 0, 0, False), (0, 0, 50, False)],
)
def test_a_column_that_is_nearly_all_wrong_is_asked_about(
    wrong: int, right: int, blank: int, asked: bool
) -> None:
    terms = ["x"] * wrong + ["Net 30"] * right + [""] * blank
    judged = draft([{**NEW, "code": f"C{n}", "name": f"N{n}", "terms": text} for n, text in enumerate(terms)])
    assert judged.wrong_columns == ([("terms", wrong, wrong + right)] if asked else [])


def test_a_corrected_column_is_asked_about_no_more() -> None:
    judged = draft([{**NEW, "code": f"C{n}", "name": f"N{n}", "terms": "x"} for n in range(20)])
    assert judged.wrong_columns == [("terms", 20, 20)]
    judged.edit([Edit(2, "terms", "")])
    assert judged.wrong_columns == [("terms", 19, 19)]
    judged.edit([Edit(row, "terms", "Net 30") for row in range(2, 5)])
    assert judged.wrong_columns == []


def test_edits_of_a_stored_draft_are_in_the_texts_before_anything_is_judged() -> None:
    texts = {key: [value, value] for key, value in NEW.items()}
    rows = Rows(
        CUSTOMERS, [5, 9], texts, [Edit(9, "code", " B "), Edit(5, None, "Yes"), Edit(9, "phone", "1")]
    )
    assert rows.keys().codes == {"abc", "b"}
    judged = Draft(rows, MULTI, Snapshot())
    assert [(issue.row, issue.code) for issue in judged.all_issues()] == [(5, "left_out")]
    assert (judged.text(9, "phone"), judged.corrected(9)) == ("1", {"code": "ABC", "phone": ""})
    assert 7 not in judged
    with pytest.raises(KeyError):
        judged.text(7, "code")
