"""From problem to problem: each is found once on the way, in the order of the rows and columns, both ways round."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from komet_import.review.draft import Draft
from komet_import.review.rows import Edit
from komet_import.ui.review.columns import shown_columns
from komet_import.ui.review.view import View, new_view
from komet_import.ui.review.walk import Cell, neighbour
from tests.review.example import NEW, draft

BAD = {"terms": "?", "active": "?", "fax": "x" * 99}
ROW = st.sets(st.sampled_from([*BAD]))


def rows_with(wrong: list[set[str]]) -> Draft:
    return draft(
        [
            NEW
            | {"code": f"C{n}", "name": f"N{n}", "fax": "", "active": "", "terms": ""}
            | {k: BAD[k] for k in keys}
            for n, keys in enumerate(wrong)
        ]
    )


def looking_at(judged: Draft) -> View:
    view = new_view()
    view["rows"] = array("I", judged.numbers)
    return view


@given(wrong=st.lists(ROW, min_size=1, max_size=5), forward=st.booleans())
def test_a_walk_meets_every_problem_once_and_then_begins_anew(wrong: list[set[str]], forward: bool) -> None:
    judged = rows_with(wrong)
    view = looking_at(judged)
    there = [(issue.row, issue.key) for issue in judged.all_issues()]
    met: list[Cell] = []
    cell = None if forward else (judged.numbers[0], "")
    for _ in there:
        found = neighbour(view, judged, cell, forward=forward)
        if found is None:
            break
        cell = found.issue.row, found.issue.key or ""
        met.append(cell)
    assert met == (there if forward else there[::-1])
    if len(there) > 1:
        again = neighbour(view, judged, cell, forward=forward)
        assert again is not None
        assert ((again.issue.row, again.issue.key), again.is_again) == (met[0], True)
    elif there:
        assert neighbour(view, judged, cell, forward=forward) is None


def test_a_walk_keeps_to_the_chosen_kind() -> None:
    judged = rows_with([{"fax", "terms"}, {"fax"}, {"terms"}])
    view = looking_at(judged)
    view["kind"] = ["terms", "not_in_list"]
    found = neighbour(view, judged, (2, "terms"), forward=True)
    assert found is not None
    assert (found.issue.row, found.issue.key, found.is_again) == (4, "terms", False)


# -- the columns that are looked at ----------------------------------------------------------------------------------


def keys(view: View, judged: Draft) -> list[str]:
    return [column.key for column in shown_columns(view, judged)]


def test_problems_are_looked_at_in_their_columns_alone_beside_code_and_name() -> None:
    judged = rows_with([{"fax", "terms"}, {"active"}])
    view = looking_at(judged)
    everything = keys(view, judged)
    assert everything[:3] == ["code", "name", "location_codes"]
    view["filter"] = "problems"
    assert keys(view, judged) == ["code", "name", "active", "fax", "terms"]
    view["kind"] = ["fax", "too_long"]
    assert keys(view, judged) == ["code", "name", "fax", "active", "terms"]
    view["all_columns"] = True
    assert sorted(keys(view, judged)) == sorted(everything)


def test_a_column_stays_while_one_looks_at_it_and_new_problems_come_in() -> None:
    judged = rows_with([{"fax"}, {"terms"}])
    view = looking_at(judged)
    view["filter"] = "problems"
    assert keys(view, judged) == ["code", "name", "fax", "terms"]
    judged.edit([Edit(2, "fax", "1"), Edit(2, "active", "?")])
    assert keys(view, judged) == ["code", "name", "active", "fax", "terms"]


def test_updated_rows_are_looked_at_in_the_columns_that_change() -> None:
    stored = NEW | {"customer_id": "7", "active": "Yes", "phone": "1"}
    judged = draft(
        [{"code": "ABC", "phone": "2", "terms": "", "fax": ""}, NEW | {"code": "B", "terms": "?"}], stored
    )
    view = looking_at(judged)
    view["filter"] = "updated"
    assert keys(view, judged) == ["code", "name", "phone"]
    by_id = draft([{"customer_id": "7", "phone": "2", "fax": ""}], stored)
    assert keys(view, by_id) == ["customer_id", "phone"]
