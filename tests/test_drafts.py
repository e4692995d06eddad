"""Drafts: edited, left, taken up again, and worked on in two windows at once."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from komet_import import drafts, importer
from komet_import.desk import Desk
from komet_import.drafts import Conflict, OpenDraft
from komet_import.errors import BadArguments, Refused
from komet_import.importer import Choices
from komet_import.review.draft import Draft
from komet_import.review.edits import CellEdit
from komet_import.review.plan import Action
from komet_import.store.drafts import BlankCells, DraftState, WantedDrafts
from komet_import.store.edits import OwnSteps
from komet_import.store.imports import ImportState
from tests.stories import (
    FILE,
    NEW,
    TWO,
    at_desk,
    colleague_of,
    committed,
    csv_of,
    edited,
    imported,
    is_empty,
    rows_of,
    uploaded,
    xlsx_of,
)


def test_a_draft_survives_a_restart_with_every_edit(tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        opened = uploaded(desk, xlsx_of(NEW, NEW | {"Customer Code": "DEF", "Customer Name": None}))
        edited(desk, opened, (3, "name", "DEF"), (2, "fax", "1"), (3, "name", "Def Flowers"))
        edited(desk, opened, (2, None, "Yes"))
        drafts.undo(desk, opened)
        drafts.choose_all_or_nothing(desk, opened, True)
        left = (opened.draft.plan().hash, opened.draft.text(3, "name"))
    with at_desk(tmp_path) as desk:
        (listed,) = drafts.find(desk).drafts
        assert (listed.rows, listed.rows_with_errors, listed.all_or_nothing) == (2, 0, True)
        again = drafts.open_draft(desk, listed.draft_id)
        assert (again.draft.plan().hash, again.draft.text(3, "name")) == left
        assert again.draft.corrected(3) == {"name": ""}
        drafts.redo(desk, again)
        assert again.draft.is_left_out(2)
        (listed,) = drafts.find(desk).drafts
        assert (listed.rows, listed.rows_with_errors, listed.rows_skipped) == (2, 0, 1)
        record = committed(desk, again)
        assert (record.state, record.counts.rejected) == (ImportState.COMMITTED, 1), "nothing has errors"


def test_a_draft_whose_table_was_never_kept_is_read_again(desk: Desk) -> None:
    """As after a crash between storing the bytes and reading them."""
    draft_id = importer._store_upload(desk, FILE, csv_of(NEW), Choices())
    assert drafts.open_draft(desk, draft_id).draft.counts.new == 1


def test_an_edit_may_name_a_stored_customer_that_the_file_did_not(desk: Desk) -> None:
    imported(desk, csv_of(NEW | {"Phone": "305"}))
    opened = uploaded(desk, csv_of(NEW | {"Customer Code": "OTHER", "Phone": "1", "Customer Name": "Other"}))
    edited(desk, opened, (2, "code", "abc"))
    assert opened.draft.action(2) is Action.UPDATE
    assert opened.draft.before([2])[2].was["phone"] == "305"
    assert committed(desk, opened).counts.update == 1


def test_edits_that_change_nothing_or_are_of_no_cell_are_ignored(desk: Desk) -> None:
    opened = uploaded(desk, TWO)
    edited(desk, opened, (2, "code", " ABC "), (99, "code", "X"), (2, "nonsense", "X"))
    edited(desk, opened, (2, None, ""), (99, None, "Yes"))
    assert drafts.own_steps(desk, opened.stored.draft_id) == OwnSteps()


# Two people, in one process, where they share what is open, and in two.


@pytest.fixture(params=["one process", "two processes"])
def together(request: pytest.FixtureRequest, desk: Desk) -> tuple[Desk, OpenDraft, Desk, OpenDraft]:
    """The administrator and Ana, each with TWO open."""
    mine, ana = uploaded(desk, TWO), colleague_of(desk, "Ana Torres")
    shared = request.param == "one process"
    return desk, mine, ana, mine if shared else drafts.open_draft(ana, mine.stored.draft_id)


Together = tuple[Desk, OpenDraft, Desk, OpenDraft]


def test_an_edit_is_refused_where_its_author_did_not_see_the_text_and_the_others_go_in(
    together: Together,
) -> None:
    desk, mine, ana, hers = together
    edited(ana, hers, (2, "phone", "305"))
    conflicts = drafts.edit(
        desk,
        mine,
        [
            CellEdit(2, "phone", "", " 786"),
            CellEdit(2, "phone", "786", "787"),
            CellEdit(3, "name", "", "DEF Wholesale"),
        ],
    )
    assert conflicts == [Conflict(2, "phone", theirs="305", by="Ana Torres", mine="787")]
    for draft in (mine.draft, drafts.up_to_date(ana, hers).draft, reopened(desk, mine)):
        assert (draft.text(2, "phone"), draft.text(3, "name")) == ("305", "DEF Wholesale")
        assert draft.counts.new == 2
    assert committed(desk, mine).counts.new == 2


def test_the_same_text_from_two_people_is_no_conflict_and_no_second_edit(together: Together) -> None:
    desk, mine, ana, hers = together
    edited(ana, hers, (2, "phone", "305"), (3, None, "Yes"))
    same = [CellEdit(2, "phone", "", "305 "), CellEdit(3, None, "", "Yes")]
    assert drafts.edit(desk, mine, same) == []
    assert mine.draft.is_left_out(3)
    assert not drafts.own_steps(desk, mine.stored.draft_id).undo


def test_whoever_types_in_the_end_what_stands_there_has_no_conflict(together: Together) -> None:
    desk, mine, ana, hers = together
    edited(ana, hers, (2, "phone", "305"))
    typed = [CellEdit(2, "phone", "", "3"), CellEdit(2, "phone", "3", "305")]
    assert drafts.edit(desk, mine, typed) == []


def test_what_is_taken_back_elsewhere_is_the_files_again(together: Together) -> None:
    desk, mine, ana, hers = together
    edited(ana, hers, (2, "phone", "305"), (3, None, "Yes"))
    mine = drafts.up_to_date(desk, mine)
    assert (mine.draft.text(2, "phone"), mine.draft.is_left_out(3)) == ("305", True)
    drafts.undo(ana, hers)
    mine = drafts.up_to_date(desk, mine)
    assert (mine.draft.text(2, "phone"), mine.draft.is_left_out(3)) == ("", False)
    assert list(mine.draft.originals()) == []


def test_what_the_author_saw_is_compared_as_the_screen_shows_it(desk: Desk) -> None:
    opened = uploaded(desk, csv_of(NEW | {"Phone": "305  1"}))
    assert drafts.edit(desk, opened, [CellEdit(2, "phone", " 305 1", "305 2")]) == []
    assert opened.draft.text(2, "phone") == "305 2"


def test_an_edit_taken_back_and_made_otherwise_is_a_change_too(together: Together) -> None:
    desk, mine, ana, hers = together
    edited(ana, hers, (3, "name", "Hers"))
    mine = drafts.up_to_date(desk, mine)
    drafts.undo(ana, hers)
    assert drafts.edit(desk, mine, [CellEdit(3, "name", "Hers", "Mine")]) == [
        Conflict(3, "name", theirs="", by="", mine="Mine")
    ]
    edited(ana, hers, (3, "name", "Hers, spelt otherwise"))
    (conflict,) = drafts.edit(desk, mine, [CellEdit(3, "name", "Hers", "Mine")])
    assert (conflict.theirs, conflict.by) == ("Hers, spelt otherwise", "Ana Torres")
    assert reopened(desk, mine).text(3, "name") == mine.draft.text(3, "name") == "Hers, spelt otherwise"


def test_undo_takes_back_ones_own_last_step_and_leaves_what_others_made_of_it(together: Together) -> None:
    desk, mine, ana, hers = together
    edited(desk, mine, (2, "phone", "1"), (2, "fax", "1"), (3, None, "Yes"))
    hers = drafts.up_to_date(ana, hers)
    edited(ana, hers, (2, "phone", "2"), (3, "name", "Hers"), (3, None, ""))
    assert drafts.undo(desk, mine) == [
        Conflict(2, "phone", theirs="2", by="Ana Torres", mine="1"),
        Conflict(3, None, theirs="", by="Ana Torres", mine="Yes"),
    ]
    for draft in (mine.draft, drafts.up_to_date(ana, hers).draft, reopened(desk, mine)):
        assert [draft.text(2, key) for key in ("phone", "fax")] == ["2", ""]
        assert (draft.text(3, "name"), draft.is_left_out(3)) == ("Hers", False)
    assert drafts.undo(desk, mine) == []
    assert drafts.undo(ana, drafts.up_to_date(ana, hers)) == []
    assert [draft.text(2, "phone") for draft in (hers.draft, reopened(desk, mine))] == ["", ""]


def test_redo_makes_ones_own_step_again_below_what_others_made_meanwhile(together: Together) -> None:
    desk, mine, ana, hers = together
    edited(desk, mine, (2, "phone", "1"), (2, "fax", "1"))
    drafts.undo(desk, mine)
    hers = drafts.up_to_date(ana, hers)
    edited(ana, hers, (2, "phone", "2"))
    assert drafts.redo(desk, mine) == [Conflict(2, "phone", theirs="2", by="Ana Torres", mine="1")]
    assert [mine.draft.text(2, key) for key in ("phone", "fax")] == ["2", "1"]


def test_choices_and_commits_take_over_what_others_edited_or_refuse(desk: Desk) -> None:
    mine = uploaded(desk, TWO)
    theirs = drafts.open_draft(desk, mine.stored.draft_id)
    stale = theirs.draft.plan().hash
    edited(desk, mine, (3, "name", "DEF Wholesale"))
    with pytest.raises(Refused, match="changed elsewhere") as caught:
        importer.commit(desk, theirs.stored.draft_id, stale, opened=theirs)
    assert caught.value.code == "draft_moved"
    assert is_empty(desk)
    drafts.choose_all_or_nothing(desk, theirs, True)
    assert theirs.draft.text(3, "name") == "DEF Wholesale"
    assert committed(desk, theirs).counts.new == 2


def test_what_blank_cells_do_was_chosen_elsewhere_so_the_draft_is_judged_anew(desk: Desk) -> None:
    imported(desk, csv_of(NEW | {"Phone": "305"}))
    mine = uploaded(desk, csv_of(NEW | {"Phone": "", "Fax": "1"}))
    drafts.choose_blank_cells(desk, drafts.open_draft(desk, mine.stored.draft_id), BlankCells.CLEAR)
    assert edited(desk, mine, (2, "fax", "2")) == []
    with pytest.raises(Refused, match="changed elsewhere"):
        committed(desk, mine)
    again = drafts.up_to_date(desk, mine)
    assert [(change.old, change.new) for change in again.draft.plan().changes] == [("305", ""), ("", "2")]


def reopened(desk: Desk, opened: OpenDraft) -> Draft:
    return drafts.open_draft(desk, opened.stored.draft_id).draft


def test_an_ended_draft_is_closed_for_the_other_window(desk: Desk) -> None:
    mine = uploaded(desk, TWO)
    theirs = drafts.open_draft(desk, mine.stored.draft_id)
    drafts.discard(desk, mine.stored.draft_id)
    for step in (
        lambda: edited(desk, theirs, (3, "name", "Other")),
        lambda: drafts.undo(desk, theirs),
        lambda: committed(desk, theirs),
        lambda: drafts.discard(desk, theirs.stored.draft_id),
    ):
        with pytest.raises(Refused) as caught:
            step()
        assert caught.value.code == "draft_closed"
    assert is_empty(desk)


def test_each_sheet_of_a_file_keeps_a_draft_with_its_corrections_and_its_undo(desk: Desk) -> None:
    content = two_sheets()
    first = uploaded(desk, content)
    assert (first.sheet, first.sheets) == ("Sheet", ("Sheet", "Second"))
    edited(desk, first, (2, "name", "Mine"))
    second = importer.choose_sheet(desk, first, "Second")
    assert (second.sheet, second.draft.text(2, "code"), second.draft.text(2, "name")) == (
        "Second",
        "SECOND",
        "ABC Wholesale",
    )
    edited(desk, second, (2, "phone", "305"))
    for sheet, key, text, before in (
        ("Sheet", "name", "Mine", "ABC Wholesale"),
        ("Second", "phone", "305", ""),
    ):
        again = importer.choose_sheet(desk, second, sheet)
        assert (again.sheet, again.draft.text(2, key)) == (sheet, text)
        drafts.undo(desk, again)
        assert again.draft.text(2, key) == before
        drafts.redo(desk, again)
    listed = [(draft.draft_id, draft.sheet, draft.edits) for draft in drafts.find(desk).drafts]
    assert sorted(listed) == sorted(
        [(first.stored.draft_id, "Sheet", 1), (second.stored.draft_id, "Second", 1)]
    )
    with pytest.raises(BadArguments, match=r"has no sheet Third\. Name one that it has: Sheet and Second\."):
        uploaded(desk, content, sheet="Third")


def test_another_sheet_is_read_from_the_same_stored_file(desk: Desk) -> None:
    opened = uploaded(desk, two_sheets())
    other = importer.choose_sheet(desk, opened, "Second")
    assert other.stored.upload_id == opened.stored.upload_id
    for draft_id, code in ((other.stored.draft_id, "SECOND"), (opened.stored.draft_id, "ABC")):
        for _ in range(2):
            again = drafts.open_draft(desk, draft_id)
            assert (again.stored.draft_id, again.draft.text(2, "code")) == (draft_id, code)


def test_a_colleagues_draft_of_the_sheet_is_gone_on_with_and_one_that_ended_is_not(desk: Desk) -> None:
    opened = uploaded(desk, two_sheets())
    ana = colleague_of(desk, "Ana Torres")
    hers = importer.choose_sheet(ana, opened, "Second")
    edited(ana, hers, (2, "phone", "305"))
    mine = importer.choose_sheet(desk, opened, "Second")
    assert (mine.stored.draft_id, mine.draft.text(2, "phone")) == (hers.stored.draft_id, "305")
    committed(desk, mine)
    new = importer.choose_sheet(desk, opened, "Second")
    assert (new.stored.draft_id == hers.stored.draft_id, new.draft.text(2, "phone")) == (False, "")


def test_a_sheet_that_cannot_be_read_leaves_the_draft_as_it_was(desk: Desk) -> None:
    opened = uploaded(desk, two_sheets())
    with pytest.raises(BadArguments):
        importer.choose_sheet(desk, opened, "Third")
    assert drafts.find(desk).drafts == (opened.stored,)
    assert drafts.find(desk, WantedDrafts(DraftState.DISCARDED)).drafts == ()
    assert drafts.open_draft(desk, opened.stored.draft_id).draft.text(2, "code") == "ABC"


def test_a_discarded_draft_is_taken_back_with_every_correction_and_its_undo(desk: Desk) -> None:
    opened, ana = uploaded(desk, TWO), colleague_of(desk, "Ana Torres")
    draft_id = opened.stored.draft_id
    edited(desk, opened, (3, "name", "Def"), (2, None, "Yes"))
    drafts.discard(ana, draft_id)
    assert drafts.find(desk).drafts == ()
    (found,) = drafts.find(desk, WantedDrafts(DraftState.DISCARDED)).drafts
    assert (found.draft_id, found.edits, found.discarded_by) == (draft_id, 2, "Ana Torres")
    assert drafts.get(desk, draft_id) == found
    drafts.take_back(desk, draft_id)
    again = drafts.open_draft(desk, draft_id)
    assert (again.draft.text(3, "name"), again.draft.is_left_out(2)) == ("Def", True)
    drafts.undo(desk, again)
    assert (again.draft.text(3, "name"), again.draft.is_left_out(2)) == ("", False)
    committed(desk, again)
    with pytest.raises(Refused):
        drafts.take_back(desk, draft_id)


def test_a_draft_whose_customers_another_import_changed_shows_the_plan_of_now(desk: Desk) -> None:
    mine = uploaded(desk, TWO)
    edited(desk, mine, (3, "name", "Def"))
    imported(desk, csv_of(NEW))
    again = drafts.up_to_date(desk, mine)
    assert (again.draft.counts.new, again.draft.counts.unchanged, again.moved) == (1, 1, 1)
    assert again.draft.text(3, "name") == "Def"
    assert drafts.up_to_date(desk, again) is again
    assert committed(desk, again).counts.new == 1


def test_an_import_of_other_customers_leaves_the_plan_as_it_is(desk: Desk) -> None:
    mine = uploaded(desk, TWO)
    imported(desk, csv_of(*rows_of(9)))
    assert drafts.up_to_date(desk, mine) is mine


def test_while_nothing_is_imported_the_store_is_asked_for_no_customer(desk: Desk) -> None:
    mine = uploaded(desk, csv_of(*rows_of(9)))
    imported(desk, csv_of(NEW))
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        for asked in (True, False, False):
            statements.clear()
            assert drafts.up_to_date(desk, mine) is mine
            assert any("customer" in statement for statement in statements) is asked
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def test_an_upload_writes_once_before_it_reads_and_once_after_and_looks_at_its_draft_once(desk: Desk) -> None:
    statements: list[str] = []

    def note(_conn: Any, _cursor: Any, statement: str, *_: Any) -> None:
        statements.append(" ".join(statement.split()))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        opened = uploaded(desk, csv_of(NEW))
        began = [one for one in statements if one.startswith("BEGIN")]
        looked = [one for one in statements if one.startswith("SELECT") and " FROM draft " in one]
        assert began == [
            "BEGIN IMMEDIATE",
            "BEGIN",
            "BEGIN IMMEDIATE",
        ]  # between them the stored customers are read
        assert len(looked) == 1
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)
    assert drafts.get(desk, opened.stored.draft_id) == opened.stored


def two_sheets() -> bytes:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(NEW)))
    second = book.create_sheet("Second")
    second.append(list(NEW))
    second.append(["SECOND", *list(NEW.values())[1:]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
