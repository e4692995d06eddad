"""Drafts: edited, left, taken up again, and worked on in two windows at once."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from komet_import import drafts, importer
from komet_import.desk import Desk
from komet_import.errors import BadArguments, Refused
from komet_import.importer import Choices
from komet_import.review.plan import Action
from komet_import.store.drafts import DraftState
from komet_import.store.imports import ImportState
from tests.stories import (
    FILE,
    NEW,
    TWO,
    at_desk,
    committed,
    csv_of,
    imported,
    is_empty,
    uploaded,
    xlsx_of,
)


def test_a_draft_survives_a_restart_with_every_edit(tmp_path: Path) -> None:
    with at_desk(tmp_path) as desk:
        opened = uploaded(desk, xlsx_of(NEW, NEW | {"Customer Code": "DEF", "Customer Name": None}))
        drafts.edit(desk, opened, [(3, "name", "DEF"), (2, "fax", "1"), (3, "name", "Def Flowers")])
        drafts.leave_out(desk, opened, 2, True)
        drafts.undo(desk, opened)
        drafts.choose_all_or_nothing(desk, opened, True)
        left = (opened.draft.plan().hash, opened.draft.text(3, "name"))
    with at_desk(tmp_path) as desk:
        (listed,) = drafts.find_open(desk, 10)
        assert (listed.rows, listed.rows_with_errors, listed.all_or_nothing) == (2, 0, True)
        again = drafts.open_draft(desk, listed.draft_id)
        assert (again.draft.plan().hash, again.draft.text(3, "name")) == left
        assert drafts.redo(desk, again) == 2
        assert again.draft.is_left_out(2)
        assert committed(desk, again).state is ImportState.REJECTED


def test_a_draft_whose_table_was_never_kept_is_read_again(desk: Desk) -> None:
    """As after a crash between storing the bytes and reading them."""
    draft_id = importer._store_upload(desk, FILE, csv_of(NEW), Choices())
    assert drafts.open_draft(desk, draft_id).draft.counts.new == 1


def test_an_edit_may_name_a_stored_customer_that_the_file_did_not(desk: Desk) -> None:
    imported(desk, csv_of(NEW | {"Phone": "305"}))
    opened = uploaded(desk, csv_of(NEW | {"Customer Code": "OTHER", "Phone": "1", "Customer Name": "Other"}))
    drafts.edit(desk, opened, [(2, "code", "abc")])
    assert opened.draft.action(2) is Action.UPDATE
    assert opened.draft.was([2])[2]["phone"] == "305"
    assert committed(desk, opened).counts.updated == 1


def test_edits_that_change_nothing_or_are_of_no_cell_are_ignored(desk: Desk) -> None:
    opened = uploaded(desk, TWO)
    drafts.edit(desk, opened, [(2, "code", "ABC"), (99, "code", "X"), (2, "nonsense", "X")])
    drafts.leave_out(desk, opened, 2, False)
    drafts.leave_out(desk, opened, 99, True)
    assert drafts.undo(desk, opened) is None


def test_an_edit_in_one_window_is_never_lost_to_another(desk: Desk) -> None:
    mine = uploaded(desk, TWO)
    theirs = drafts.open_draft(desk, mine.stored.draft_id)
    drafts.edit(desk, mine, [(3, "name", "DEF Wholesale")])
    assert drafts.has_moved(desk, theirs)
    stale = theirs.draft.plan().hash
    for step in (
        lambda: drafts.edit(desk, theirs, [(3, "name", "Other")]),
        lambda: drafts.leave_out(desk, theirs, 2, True),
        lambda: drafts.undo(desk, theirs),
        lambda: drafts.redo(desk, theirs),
        lambda: drafts.choose_all_or_nothing(desk, theirs, True),
        lambda: importer.commit(desk, theirs, stale),
    ):
        with pytest.raises(Refused, match="changed elsewhere") as caught:
            step()
        assert caught.value.code == "draft_moved"
        assert drafts.has_moved(desk, theirs)
    assert not drafts.has_moved(desk, mine)
    assert is_empty(desk)
    theirs = drafts.open_draft(desk, theirs.stored.draft_id)
    assert theirs.draft.text(3, "name") == "DEF Wholesale"
    assert committed(desk, theirs).counts.inserted == 2


def test_an_edit_taken_back_and_made_otherwise_is_a_change_too(desk: Desk) -> None:
    mine = uploaded(desk, TWO)
    drafts.edit(desk, mine, [(3, "name", "Mine")])
    theirs = drafts.open_draft(desk, mine.stored.draft_id)
    drafts.undo(desk, mine)
    drafts.edit(desk, mine, [(3, "name", "Mine, spelt otherwise")])
    with pytest.raises(Refused, match="changed elsewhere"):
        drafts.edit(desk, theirs, [(3, "phone", "2")])


def test_an_ended_draft_is_closed_for_the_other_window(desk: Desk) -> None:
    mine = uploaded(desk, TWO)
    theirs = drafts.open_draft(desk, mine.stored.draft_id)
    drafts.discard(desk, mine.stored.draft_id)
    for step in (
        lambda: drafts.edit(desk, theirs, [(3, "name", "Other")]),
        lambda: drafts.undo(desk, theirs),
        lambda: committed(desk, theirs),
        lambda: drafts.discard(desk, theirs.stored.draft_id),
    ):
        with pytest.raises(Refused) as caught:
            step()
        assert caught.value.code == "draft_closed"
    assert is_empty(desk)


def test_another_sheet_starts_the_draft_over(desk: Desk) -> None:
    content = two_sheets()
    opened = uploaded(desk, content)
    assert (opened.table.sheet, opened.table.sheets) == ("Sheet", ("Sheet", "Second"))
    other = importer.choose_sheet(desk, opened, "Second")
    assert (other.table.sheet, other.draft.text(2, "code")) == ("Second", "SECOND")
    assert drafts.get(desk, opened.stored.draft_id).state is DraftState.DISCARDED
    with pytest.raises(BadArguments, match=r"has no sheet Third\. It has: Sheet, Second"):
        uploaded(desk, content, sheet="Third")


def two_sheets() -> bytes:
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(xlsx_of(NEW)))
    second = book.create_sheet("Second")
    second.append(list(NEW))
    second.append(["SECOND", *list(NEW.values())[1:]])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
