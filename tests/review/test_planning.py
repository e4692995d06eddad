"""The plan: what a commit would do, to the cell, and the hash that says whether it is still the plan that was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from komet_import.review.draft import Draft
from komet_import.review.plan import Action, Change, Counts, Plan, PlannedRow
from komet_import.review.rows import Edit, Keys, Rows
from komet_import.schema.customers import CUSTOMERS
from tests.review.example import MULTI, NEW, draft, found, snapshot, was

KEYS = [column.key for column in CUSTOMERS.value_columns]
SEVEN = {"customer_id": "7", "active": "Yes", **NEW, "phone": "305", "terms": "Net 30"}
EIGHT = {**SEVEN, "customer_id": "8", "code": "DEF", "name": "Def", "phone": "306"}
NINE = {**SEVEN, "customer_id": "9", "code": "GHI", "name": "Ghi", "phone": "307"}


def texts(row: PlannedRow) -> dict[str, str]:
    return {key: text for key, text in zip(KEYS, row.texts, strict=True) if text}


def plan_of(*rows: Mapping[str, str]) -> Plan:
    return draft(rows, SEVEN, EIGHT, NINE).plan()


def test_a_rejected_update_beside_good_rows_changes_nothing_and_the_good_ones_do() -> None:
    plan = plan_of(
        {"code": "DEF", "phone": "999", "terms": "Net 31"},
        {"code": "ABC", "phone": "1", "terms": "net 15"},
        {"code": "GHI", "phone": "307", "terms": ""},
        {**NEW, "code": "NEW", "name": "New", "terms": "Net 15"},
        {"code": "BAD", "phone": "2"},
    )
    assert plan.counts == Counts(new=1, update=1, unchanged=1, rejected=2)
    assert plan.changes == [Change(3, 7, "phone", "305", "1"), Change(3, 7, "terms", "Net 30", "Net 15")]
    assert [row[:4] for row in plan.rows] == [
        (3, Action.UPDATE, 7, 1),
        (4, Action.UNCHANGED, 9, 1),
        (5, Action.NEW, None, None),
    ]
    update, unchanged, new = map(texts, plan.rows)
    assert update == {**NEW, "active": "Yes", "phone": "1", "terms": "Net 15"}
    assert unchanged == {
        **NEW,
        "code": "GHI",
        "name": "Ghi",
        "active": "Yes",
        "phone": "307",
        "terms": "Net 30",
    }
    assert new == {**NEW, "code": "NEW", "name": "New", "active": "Yes", "terms": "Net 15"}
    blank = dict.fromkeys(("name", "location_codes", "main_location"), "")
    assert plan.cells == {
        2: {"code": "DEF", "phone": "999", "terms": "Net 31", **blank},
        6: {"code": "BAD", "phone": "2", "terms": "", **blank},
    }
    assert (plan.company_version, plan.warned) == (MULTI.version, 0)
    assert [(issue.row, issue.key, issue.code.value) for issue in plan.issues] == [
        (2, "terms", "not_in_list"),
        (6, "name", "required"),
        (6, "location_codes", "required_multi_location"),
        (6, "main_location", "required_multi_location"),
    ]


def test_a_plan_counts_its_problems_and_the_rows_that_go_in_with_a_warning() -> None:
    doubtful = {"billing_zip": "2118", "billing_state": "MA"}
    plan = plan_of(
        NEW | {"code": "A", "name": "A"} | doubtful,
        {"code": "DEF"} | doubtful,
        NEW | {"code": "B", "name": "", "terms": "Net 31"} | doubtful,
        NEW | {"code": "C", "name": "C"},
    )
    assert plan.warned == 2
    assert {(kind.key, kind.code.value): count for kind, count in plan.issue_counts.items()} == {
        ("name", "required"): 1,
        ("billing_zip", "zip_lost_zeros"): 3,
        ("terms", "not_in_list"): 1,
    }
    assert [issue.row for issue in plan.issues] == [2, 3, 4, 4, 4]


def test_what_was_corrected_goes_in_and_what_was_left_out_does_not() -> None:
    judged = draft([{"code": "DEF", "terms": "Net 31"}, {"code": "ABC", "terms": "Net 15"}], SEVEN, EIGHT)
    before = judged.plan()
    assert [change.row for change in before.changes] == [3]
    judged.edit([Edit(2, "terms", "Net 15")])
    assert [change.row for change in judged.plan().changes] == [2, 3]
    judged.edit([Edit(3, None, "Yes")])
    plan = judged.plan()
    assert plan.changes == [Change(2, 8, "terms", "Net 30", "Net 15")]
    assert (plan.counts, plan.cells) == (
        Counts(0, 1, 0, 1, skipped=1),
        {3: {"code": "ABC", "terms": "Net 15"}},
    )


def test_an_edit_may_name_a_customer_that_the_file_did_not() -> None:
    judged = draft([NEW | {"code": "NEW", "name": "New", "phone": "1"}], SEVEN)
    edit = Edit(2, "code", "DEF")
    assert judged.keys_of([edit]) == Keys(frozenset(), frozenset({"def"}), frozenset())
    judged.edit([edit], snapshot(EIGHT))
    assert (judged.action(2), was(judged, 2)) == (Action.UPDATE, {"name": "Def", "phone": "306"})
    assert (2 in judged, 3 in judged, judged.is_left_out(2)) == (True, False, False)
    judged.edit([Edit(2, None, "Yes")])
    assert judged.is_left_out(2)


def test_a_name_that_an_edit_brings_in_may_be_another_customers() -> None:
    judged = draft([{**NEW, "code": "NEW", "name": "New"}], SEVEN)
    judged.edit([Edit(2, "name", "DEF")], snapshot(EIGHT))
    assert found(judged) == [(2, "name", "possible_duplicate")]
    assert [issue.message for issue in judged.issues(2)] == ["The same name as customer 8."]


def test_the_cells_of_a_plan_are_those_of_rejected_rows_alone() -> None:
    cells = plan_of({"code": "ABC", "phone": "1"}, {"code": "BAD"}).cells
    assert (list(cells), len(cells), 2 in cells) == ([3], 1, False)
    with pytest.raises(KeyError, match="2"):
        cells[2]


def test_a_plan_is_the_same_until_the_next_edit() -> None:
    judged = draft([NEW])
    first = judged.plan()
    assert judged.plan() is first
    judged.edit([Edit(2, "phone", "1")])
    assert texts(judged.plan().rows[0])["phone"] == "1"


def test_a_value_that_is_cleared_is_a_change_to_nothing() -> None:
    judged = draft([{"code": "ABC", "phone": "", "terms": "Net 15"}], SEVEN, clear_blanks=True)
    assert judged.plan().changes == [
        Change(2, 7, "phone", "305", ""),
        Change(2, 7, "terms", "Net 30", "Net 15"),
    ]
    assert "phone" not in texts(judged.plan().rows[0])


# -- the hash --------------------------------------------------------------------------------------------------------


def test_anything_that_decides_what_is_written_makes_another_hash() -> None:
    rows = [{"code": "ABC", "phone": "1", "fax": ""}, {**NEW, "code": "NEW", "name": "New"}]

    def hash_of(*changed: Mapping[str, str], **options: object) -> str:
        return draft(changed or rows, SEVEN, EIGHT, **options).plan().hash  # type: ignore[arg-type]

    assert hash_of() == hash_of()
    hashes = [
        hash_of(),
        hash_of(company=replace(MULTI, version=2)),
        hash_of(company=replace(MULTI, company_id=2)),
        hash_of(first=3),
        hash_of(rows[0] | {"phone": "2"}, rows[1]),
        hash_of(rows[0] | {"phone": "", "fax": "1"}, rows[1]),
        hash_of(rows[0] | {"code": "DEF"}, rows[1]),
        hash_of(rows[0]),
        hash_of(*rows, {"code": "BAD"}),
        hash_of(*rows, {"code": "DEF"}),
        hash_of(rows[1], rows[0]),
    ]
    assert len(set(hashes)) == len(hashes)
    assert all(len(text) == 64 for text in hashes)


def test_the_version_of_a_stored_customer_makes_another_hash_though_it_is_unchanged() -> None:
    judged = draft([{"code": "ABC"}, {"code": "DEF", "phone": "1"}], SEVEN, EIGHT)
    first = judged.plan().hash
    for customer in (7, 8):
        stored = snapshot(SEVEN, EIGHT)
        stored.records[customer] = stored.records[customer]._replace(version=2)
        keys = ("code", "phone")
        rows = Rows(CUSTOMERS, (2, 3), {key: [judged.text(row, key) for row in (2, 3)] for key in keys})
        assert Draft(rows, MULTI, snapshot(SEVEN, EIGHT)).plan().hash == first
        assert Draft(rows, MULTI, stored).plan().hash != first


# -- a customer is found by ID before code ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("x7", "invalid_number"),
        ("7a", "invalid_number"),
        ("1e1", "invalid_number"),
        ("7.5", "too_many_decimals"),
        ("-7", "out_of_range"),
        ("0", "out_of_range"),
        ("9" * 30, "out_of_range"),
        ("#N/A", "cell_error"),
        ("7\x00", "control_characters"),
        ("77", "unknown_customer_id"),
    ],
)
def test_a_customer_id_that_leads_nowhere_is_never_passed_over_for_the_code(number: str, code: str) -> None:
    judged = draft([{"customer_id": number, "code": "ABC", "phone": "1"}], SEVEN)
    assert found(judged) == [(2, "customer_id", code)]
    assert (judged.action(2), was(judged, 2), judged.plan().changes) == (Action.REJECTED, {}, [])
    assert judged.plan().cells[2]["customer_id"] == number
    judged.edit([Edit(2, "customer_id", "")])
    assert (judged.action(2), was(judged, 2)) == (Action.UPDATE, {"phone": "305"})
    judged.edit([Edit(2, "customer_id", number)])
    assert (found(judged), was(judged, 2)) == ([(2, "customer_id", code)], {})


@pytest.mark.parametrize("number", ["7", "7.0", "+7", "007"])
def test_a_customer_id_goes_before_the_code(number: str) -> None:
    judged = draft([{"customer_id": number, "code": "XYZ", "phone": "1"}], SEVEN, EIGHT)
    assert (judged.action(2), was(judged, 2)) == (Action.UPDATE, {"code": "ABC", "phone": "305"})


# -- what a corrected cell was ------------------------------------------------------------------------------------------


def test_a_corrected_cell_knows_what_stood_in_the_file_however_often_it_was_edited() -> None:
    judged = draft(
        [{"code": "ABC", "phone": "306", "fax": ""}, {"code": "DEF", "phone": "306"}], SEVEN, EIGHT
    )
    assert (judged.corrected(2), judged.corrected(3)) == ({}, {})
    judged.edit([Edit(2, "phone", "307")])
    judged.edit([Edit(2, "phone", " 308 ")])
    judged.edit([Edit(2, "fax", "1")])
    judged.edit([Edit(2, "currency", "USD")])
    assert judged.corrected(2) == {"phone": "306", "fax": "", "currency": ""}
    assert was(judged, 2) == {"phone": "305", "fax": "", "currency": ""}
    assert judged.corrected(3) == {}
    judged.edit([Edit(2, "phone", "306")])
    assert judged.corrected(2) == {"fax": "", "currency": ""}


# -- a search text that folds longer ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("search", "rows"),
    [
        ("STRASSE", [2]),
        ("straße", [2]),
        ("ß", [2, 3]),
        ("ẞ", [2, 3]),
        ("SS", [2, 3]),
        ("FINAL", [4]),
        ("ﬁnal", [4]),
        ("İzm", [5]),
        ("i̇ZMİR", [5]),
        ("ΐ", [6]),
        ("  Ghi   wholesale ", [6]),
        ("ghi\u00a0WHOLESALE", [6]),
        (" ", [2, 3, 4, 5, 6]),
        ("\u200b", [2, 3, 4, 5, 6]),
        ("s s", []),
    ],
)
def test_rows_are_found_by_a_text_that_grows_when_its_case_is_folded(search: str, rows: list[int]) -> None:
    names = ("Große Straße", "Ross", "ﬁnal", "İZMİR", "Ghi Wholesale ΐ")
    judged = draft([{**NEW, "code": f"C{n}", "name": name} for n, name in enumerate(names)])
    assert sorted(judged.select(search=search)) == rows
