"""The rows of the review as they are drawn: what becomes of each in words, and a mark on each cell that is not as stored."""

from __future__ import annotations

import pytest

from komet_import.review.draft import Draft
from komet_import.review.rows import Edit
from komet_import.ui.review.grid import GridCell, GridRow
from komet_import.ui.review.rows import grid_rows
from tests.review.example import NEW, draft

STORED = NEW | {"customer_id": "7", "active": "Yes", "phone": "305", "billing_zip": "02118"}
KEPT = "The stored value is kept."


def drawn(judged: Draft, row: int = 2) -> GridRow:
    (one,) = grid_rows(judged, [row], judged.declaration.columns, list(judged.issues(row)))
    return one


@pytest.mark.parametrize(
    ("cells", "words"),
    [
        ({"code": "N", "name": "N"}, "New"),
        ({"phone": "306"}, "Updated"),
        ({"phone": "305"}, "Unchanged"),
        ({"fax": "x" * 99}, "Has errors: Fax"),
        ({"fax": "x" * 99, "terms": "?", "active": "?"}, "Has errors: Active +2"),
        ({"code": "N", "name": "", "billing_zip": "2118"}, "Has errors: Customer Name"),
    ],
)
def test_an_action_says_what_becomes_of_a_row_and_where_it_is_wrong(
    cells: dict[str, str], words: str
) -> None:
    assert (
        drawn(draft([NEW | {"billing_state": "MA"} | cells], STORED | {"billing_state": "MA"})).action
        == words
    )


def test_a_skipped_row_says_only_that() -> None:
    judged = draft([NEW | {"terms": "?"}])
    judged.edit([Edit(2, None, "Yes")])
    row = drawn(judged)
    assert (row.action, row.left_out, row.marks) == ("Skipped", True, {})


def test_changed_cells_hold_the_old_text_and_blank_ones_the_text_they_keep() -> None:
    judged = draft([{"code": "ABC", "name": "", "phone": "306", "terms": "Net 30", "fax": ""}], STORED)
    marks = drawn(judged).marks
    assert marks["phone"] == GridCell("changed", "Stored now: 305", "305")
    assert marks["terms"] == GridCell("changed", "Stored now: (blank)", "")
    assert marks["name"] == GridCell("kept", KEPT, "ABC Wholesale")
    assert "fax" not in marks


def test_only_a_text_that_goes_in_stands_beside_the_one_it_takes_the_place_of() -> None:
    judged = draft([{"code": "ABC", "billing_zip": "2118", "billing_state": "MA", "phone": "#N/A"}], STORED)
    marks = drawn(judged).marks
    assert (marks["billing_zip"].state, marks["billing_zip"].old) == ("warning", "02118")
    assert marks["billing_zip"].note.splitlines()[-1] == "Stored now: 02118"
    assert (marks["phone"].state, marks["phone"].old) == ("error", None)
    elsewhere = drawn(draft([{"code": "ABC", "main_location": "LAX", "location_codes": "MIA"}], STORED)).marks
    assert (elsewhere["main_location"].state, elsewhere["main_location"].old) == ("error", None)


def test_a_corrected_cell_of_a_new_row_is_changed_but_takes_the_place_of_nothing_stored() -> None:
    judged = draft([NEW | {"terms": "?"}])
    judged.edit([Edit(2, "terms", "Net 30")])
    assert drawn(judged).marks == {"terms": GridCell("changed", "In the file: ?")}
