"""A draft under edits: whatever is edited, in whatever order, the issues are those of the file read anew."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from komet_import.review.draft import Before, Draft
from komet_import.review.plan import Action
from komet_import.review.rows import Edit, Rows
from komet_import.schema.problems import IssueCode
from tests.review.example import MULTI, NEW, SINGLE, draft, found, snapshot

STORED = [
    {"customer_id": "1", "active": "Yes", **NEW, "phone": "305"},
    {"customer_id": "2", "active": "No", **NEW, "code": "DEF", "name": "Def", "terms": "Net 99"},
    {"customer_id": "3", "active": "Yes", **NEW, "code": "É", "name": "def"},
]
TEXTS = {
    "customer_id": ["", "1", "2", "3", "1.0", "9", "x"],
    "code": ["", "ABC", "abc", "DEF", "é", "NEW", "TOO LONG CODE"],
    "name": ["", "ABC Wholesale", "def", "New", "#N/A"],
    "location_codes": ["", "MIA:LAX", "MIA", "BOG", "lax mia"],
    "main_location": ["", "MIA", "LAX"],
    "active": ["", "Yes", "no", "maybe"],
    "phone": ["", "305", "x\x00"],
    "terms": ["", "Net 99", "net 30", "Net 31"],
    "send_invoice_via": ["", "Email", "Fax"],
    "email_invoices": ["", "a@b.example", "a@b"],
    "default_price": ["", "A", "B"],
    "price_list": ["", "Wholesale 2026"],
    "billing_zip": ["", "2118"],
    "billing_state": ["", "MA"],
}
ROW = st.fixed_dictionaries({key: st.sampled_from(texts) for key, texts in TEXTS.items()})
EDIT = st.tuples(st.integers(0, 5), st.sampled_from([*TEXTS, "fax"]), st.integers(0, 6))


def state(judged: Draft) -> object:
    """All that a user can see of it."""
    return (
        [
            (issue.row, issue.key, issue.code, issue.message, issue.suggestion)
            for issue in judged.all_issues()
        ],
        [judged.action(row) for row in judged.numbers],
        judged.before(judged.numbers, frozenset(TEXTS)),
        judged.changes,
        [judged.has_problem(row) for row in judged.numbers],
        judged.count_with_problems,
        judged.counts,
        judged.problem_kinds,
    )


def edit_of(row: int, key: str, choice: int, out: set[int]) -> Edit:
    """A cell's new text; the last choice leaves the row out or takes it back."""
    if choice < 6:
        options = TEXTS.get(key, ["", "1"])
        return Edit(row, key, options[choice % len(options)])
    out ^= {row}
    return Edit(row, None, "Yes" if row in out else "")


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(ROW, min_size=1, max_size=6),
    batches=st.lists(st.lists(EDIT, max_size=4), max_size=4),
    multi=st.booleans(),
    clear=st.booleans(),
)
def test_edited_cells_are_judged_as_if_the_file_had_said_so(
    rows: list[dict[str, str]], batches: list[list[tuple[int, str, int]]], multi: bool, clear: bool
) -> None:
    company = MULTI if multi else SINGLE
    edited = draft(rows, *STORED, company=company, clear_blanks=clear)
    out: set[int] = set()
    made: list[Edit] = []
    for batch in batches:
        edits = [edit_of(edited.numbers[row % len(rows)], key, choice, out) for row, key, choice in batch]
        edited.edit(edits)
        made += edits
    anew = Draft(
        Rows(edited.declaration, edited.numbers, {k: [r[k] for r in rows] for k in TEXTS}, made),
        company,
        snapshot(*STORED),
        clear_blanks=clear,
    )
    assert state(edited) == state(anew)
    counts = edited.counts
    assert counts.rows == len(rows) == counts.new + counts.update + counts.unchanged + counts.rejected
    plan = edited.plan()
    assert len(plan.rows) == counts.rows - counts.rejected
    assert state(edited) == state(anew), "making a plan changes nothing"


def test_rows_with_errors_come_first_then_warnings_then_the_rest() -> None:
    rows = [
        NEW,
        {**NEW, "code": "B", "name": "Twin"},
        {**NEW, "code": "C", "name": "twin"},
        {**NEW, "code": "D", "name": ""},
    ]
    judged = draft(rows)
    assert judged.select() == [5, 3, 4, 2]
    assert judged.select(problems=True) == [5, 3, 4]
    assert judged.select([Action.NEW]) == [3, 4, 2]
    assert judged.select(search="TWIN") == [3, 4]
    assert judged.select(search="no such text") == []


def test_problems_are_counted_by_column_and_kind_and_lead_to_their_rows() -> None:
    judged = draft([{**NEW, "terms": "x"}, {**NEW, "code": "B", "name": "Other", "terms": "y"}])
    (kind,) = judged.problem_kinds
    assert (kind.key, kind.code, judged.problem_kinds[kind]) == ("terms", IssueCode.NOT_IN_LIST, 2)
    assert judged.rows_with(kind) == [2, 3]
    judged.edit([Edit(3, "terms", "Net 30")])
    assert judged.rows_with(kind) == [2]


def test_a_changed_cell_knows_what_it_was() -> None:
    judged = draft([{"code": "ABC", "phone": "306"}], *STORED)
    assert judged.before([2]) == {2: Before({"phone": "305"})}
    assert judged.changes == {"phone": 1}
    judged.edit([Edit(2, "phone", " 305 ")])
    assert (judged.before([2]), judged.changes) == ({}, {})
    assert judged.corrected(2) == {"phone": "306"}
    assert found(judged) == []
    assert judged.action(2) is Action.UNCHANGED


def test_a_blank_cell_that_keeps_its_stored_value_knows_it() -> None:
    rows = [{"code": "ABC", "phone": "", "terms": "Net 30"}, NEW | {"code": "B", "name": "B"}]
    keys = frozenset(("phone", "terms", "name"))
    judged = draft(rows, *STORED)
    assert judged.before([2, 3], keys) == {
        2: Before({"terms": ""}, {"name": "ABC Wholesale", "phone": "305"}),
    }
    assert judged.before([2], frozenset(("terms",))) == {2: Before({"terms": ""})}
    cleared = draft(rows, *STORED, clear_blanks=True)
    before = cleared.before([2], keys)[2]
    assert (before.was["phone"], before.kept) == ("305", {})


def test_changes_are_counted_by_column_of_the_rows_that_go_in() -> None:
    rows = [{"code": "ABC", "phone": "1", "terms": "Net 30"}, {"code": "DEF", "phone": "2", "terms": "?"}]
    judged = draft(rows, *STORED)
    assert judged.changes == {"phone": 1, "terms": 1}
    judged.edit([Edit(3, "terms", "")])
    assert judged.changes == {"phone": 2, "terms": 1}
    judged.edit([Edit(2, None, "Yes")])
    assert judged.changes == {"phone": 1}
    assert judged.problem_columns(*Action) == set()


def test_the_columns_with_problems_are_those_of_the_rows_that_are_asked_for() -> None:
    judged = draft([NEW | {"billing_zip": "2118", "billing_state": "MA"}, NEW | {"code": "B", "terms": "?"}])
    assert judged.problem_columns(*Action) == {"name", "terms", "billing_zip"}
    assert judged.problem_columns(Action.NEW) == {"name", "billing_zip"}
    judged.edit([Edit(3, None, "Yes")])
    assert judged.problem_columns(*Action) == {"billing_zip"}


def test_a_large_crowd_is_not_listed_row_by_row() -> None:
    judged = draft([{**NEW, "name": "Same"} for _ in range(50)])
    (message,) = {issue.message for issue in judged.issues(20) if issue.key == "code"}
    assert "more than 4 other rows" in message
