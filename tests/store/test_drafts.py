"""Uploads, drafts and their edits: kept, handed to colleagues, undone and redone; never seen by another company."""

from __future__ import annotations

import pytest

from komet_import.errors import NotFound, Refused
from komet_import.schema.company import Company
from komet_import.store import drafts, edits, uploads
from komet_import.store.database import Database
from komet_import.store.drafts import BlankCells, DraftState
from komet_import.store.edits import NewEdit

FILE = b"PK\x03\x04 bytes"


@pytest.fixture
def upload_id(database: Database, company: Company) -> int:
    with database.writing() as conn:
        return uploads.add_upload(conn, company.company_id, 1, "spring.xlsx", "ab12", FILE)


@pytest.fixture
def draft_id(database: Database, company: Company, upload_id: int) -> str:
    with database.writing() as conn:
        return drafts.add_draft(conn, company.company_id, 1, "customers", upload_id, mapping={"Tel": "Phone"})


def phones(*texts: str) -> list[NewEdit]:
    return [NewEdit(2, "phone", "", text) for text in texts]


def test_the_bytes_of_an_upload_come_back_and_so_does_what_was_read_of_them(
    database: Database, company: Company, upload_id: int
) -> None:
    with database.writing() as conn:
        uploads.keep_table(conn, company.company_id, upload_id, b"PAR1")
    with database.reading() as conn:
        upload = uploads.get_upload(conn, company.company_id, upload_id)
        assert uploads.get_table(conn, company.company_id, upload_id) == b"PAR1"
    assert (upload.content, upload.size, upload.name) == (FILE, 10, "spring.xlsx")


def test_a_file_name_of_odd_bytes_is_kept_as_well_as_can_be(database: Database, company: Company) -> None:
    with database.writing() as conn:
        upload_id = uploads.add_upload(conn, company.company_id, 1, "caf\udce9.xlsx", "ab12", FILE)
        assert uploads.get_upload(conn, company.company_id, upload_id).name == "caf?.xlsx"


def test_a_draft_comes_back_as_it_was_left(database: Database, company: Company, draft_id: str) -> None:
    with database.writing() as conn:
        drafts.set_options(
            conn, company.company_id, draft_id, blank_cells=BlankCells.CLEAR, all_or_nothing=True
        )
        drafts.set_options(conn, company.company_id, draft_id, sheet="Sheet 2")
        drafts.set_figures(conn, company.company_id, draft_id, 120, 7)
    with database.reading() as conn:
        draft = drafts.get_draft(conn, company.company_id, draft_id)
        assert drafts.open_drafts(conn, company.company_id, 10) == [draft]
    assert (draft.blank_cells, draft.all_or_nothing, draft.sheet) == (BlankCells.CLEAR, True, "Sheet 2")
    assert (draft.mapping, draft.rows, draft.rows_with_errors) == ({"Tel": "Phone"}, 120, 7)
    assert (draft.by, draft.file, draft.sha256) == ("Administrator", "spring.xlsx", "ab12")
    assert draft.created_at.tzinfo is not None


def test_the_draft_touched_last_stands_first(database: Database, company: Company, upload_id: int) -> None:
    with database.writing() as conn:
        made = [drafts.add_draft(conn, company.company_id, 1, "customers", upload_id) for _ in range(3)]
        edits.append_edits(conn, company.company_id, made[0], 1, phones("305"))
    with database.reading() as conn:
        listed = [draft.draft_id for draft in drafts.open_drafts(conn, company.company_id, 2)]
    assert listed == [made[0], made[2]]


def test_edits_are_undone_and_redone_until_a_new_one_forgets_them(
    database: Database, company: Company, draft_id: str
) -> None:
    here = (company.company_id, draft_id)

    def applied() -> list[str]:
        with database.reading() as conn:
            return [edit.new for edit in edits.edits(conn, *here)]

    with database.writing() as conn:
        assert edits.append_edits(conn, *here, 1, phones("1", "2", "3"), expected=0) == 3
        undone = edits.undo(conn, *here)
        edits.undo(conn, *here)
    assert undone is not None
    assert undone.new == "3"
    assert applied() == ["1"]
    with database.writing() as conn:
        redone = edits.redo(conn, *here)
        draft = drafts.get_draft(conn, *here)
    assert redone is not None
    assert (redone.new, draft.cursor, draft.last_edit) == ("2", 2, 3)
    with database.writing() as conn:
        edits.append_edits(conn, *here, 1, [NewEdit(3, None, "", "left out")])
        assert edits.redo(conn, *here) is None
    assert applied() == ["1", "2", "left out"]
    with database.writing() as conn:
        for _ in range(3):
            assert edits.undo(conn, *here) is not None
        assert edits.undo(conn, *here) is None
    assert applied() == []


def test_an_edit_of_a_draft_that_moved_is_refused(
    database: Database, company: Company, draft_id: str
) -> None:
    here = (company.company_id, draft_id)
    with database.writing() as conn:
        edits.append_edits(conn, *here, 1, phones("1"), expected=0)
    with pytest.raises(Refused) as caught, database.writing() as conn:
        edits.append_edits(conn, *here, 1, phones("2"), expected=0)
    assert caught.value.code == "draft_moved"


def test_an_edit_that_utf8_cannot_hold_is_kept_as_well_as_can_be(
    database: Database, company: Company, draft_id: str
) -> None:
    with database.writing() as conn:
        edits.append_edits(conn, company.company_id, draft_id, 1, phones("a\ud800b"))
        assert edits.edits(conn, company.company_id, draft_id)[0].new == "a?b"


@pytest.mark.parametrize("state", [DraftState.COMMITTED, DraftState.DISCARDED])
def test_an_ended_draft_is_not_listed_and_changes_no_more(
    database: Database, company: Company, draft_id: str, state: DraftState
) -> None:
    here = (company.company_id, draft_id)
    with database.writing() as conn:
        drafts.set_state(conn, *here, state)
    with database.writing() as conn:
        assert drafts.open_drafts(conn, company.company_id, 10) == []
        for change in (
            lambda: edits.append_edits(conn, *here, 1, phones("1")),
            lambda: edits.undo(conn, *here),
            lambda: edits.redo(conn, *here),
            lambda: drafts.set_options(conn, *here, all_or_nothing=True),
            lambda: drafts.set_state(conn, *here, DraftState.DISCARDED),
        ):
            with pytest.raises(Refused) as caught:
                change()
            assert caught.value.code == "draft_closed"


def test_another_company_neither_sees_nor_changes_a_draft(
    database: Database, company: Company, other: Company, upload_id: int, draft_id: str
) -> None:
    with database.writing() as conn:
        edits.append_edits(conn, company.company_id, draft_id, 1, phones("1"))
        before = drafts.get_draft(conn, company.company_id, draft_id)
    there = (other.company_id, draft_id)
    with database.writing() as conn:
        for forbidden in (
            lambda: uploads.get_upload(conn, other.company_id, upload_id),
            lambda: drafts.add_draft(conn, other.company_id, 2, "customers", upload_id),
            lambda: drafts.get_draft(conn, *there),
            lambda: drafts.set_options(conn, *there, all_or_nothing=True),
            lambda: drafts.set_state(conn, *there, DraftState.DISCARDED),
            lambda: edits.append_edits(conn, *there, 2, phones("2")),
            lambda: edits.undo(conn, *there),
            lambda: edits.redo(conn, *there),
        ):
            with pytest.raises(NotFound) as caught:
                forbidden()
            assert caught.value.code == "unknown_draft"
        uploads.keep_table(conn, other.company_id, upload_id, b"other")
        drafts.set_figures(conn, *there, 9, 9)
        assert drafts.open_drafts(conn, other.company_id, 10) == []
        assert edits.edits(conn, *there) == []
    with database.reading() as conn:
        assert drafts.get_draft(conn, company.company_id, draft_id) == before
        assert uploads.get_table(conn, company.company_id, upload_id) is None
