"""Uploads, drafts and their edits: kept, handed to colleagues, undone and redone; never seen by another company."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from komet_import.errors import NotFound, Refused
from komet_import.schema.company import Company, Role
from komet_import.store import companies, drafts, edits, imports, models, uploads
from komet_import.store.database import Database
from komet_import.store.drafts import BlankCells, DraftState, WantedDrafts
from komet_import.store.edits import NewEdit, OwnSteps, Step

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
        read = drafts.set_read(conn, company.company_id, draft_id, "Sheet 2", 120, 7, 2)
    with database.reading() as conn:
        draft = drafts.get_draft(conn, company.company_id, draft_id)
        assert drafts.find(conn, company.company_id, WantedDrafts()).drafts == (draft,)
    assert draft == read
    assert (draft.blank_cells, draft.all_or_nothing, draft.sheet) == (BlankCells.CLEAR, True, "Sheet 2")
    assert (draft.mapping, draft.rows, draft.rows_with_errors, draft.rows_skipped) == (
        {"Tel": "Phone"},
        120,
        7,
        2,
    )
    assert (draft.by, draft.file, draft.sha256) == ("Administrator", "spring.xlsx", "ab12")
    assert draft.created_at.tzinfo is not None


def test_the_draft_touched_last_stands_first(database: Database, company: Company, upload_id: int) -> None:
    with database.writing() as conn:
        made = [drafts.add_draft(conn, company.company_id, 1, "customers", upload_id) for _ in range(3)]
        edits.append(conn, company.company_id, made[0], 1, phones("305"))
    with database.reading() as conn:
        found = [drafts.find(conn, company.company_id, WantedDrafts(), 2, offset) for offset in (0, 2)]
    assert [[draft.draft_id for draft in page.drafts] for page in found] == [[made[0], made[2]], [made[1]]]
    assert {page.total for page in found} == {3}


@pytest.fixture
def colleague(database: Database, company: Company) -> int:
    with database.writing() as conn:
        ana = companies.add_person(conn, company.company_id, "ana@b.example", "Ana Torres", Role.ANALYST)
    return ana.person_id


class Edited:
    """The draft's cells as edits made them, by row, and what each person does there."""

    def __init__(self, database: Database, company: Company, draft_id: str) -> None:
        self.database = database
        self.here = (company.company_id, draft_id)

    def phones(self) -> dict[int, str]:
        with self.database.reading() as conn:
            return {one.row: one.new for one in edits.standing(conn, *self.here).values()}

    def add(self, person: int, phones: dict[int, str]) -> None:
        with self.database.writing() as conn:
            new = [NewEdit(row, "phone", "", text) for row, text in phones.items()]
            edits.append(conn, *self.here, person, new)

    def undo(self, person: int) -> list[str]:
        with self.database.writing() as conn:
            return [one.new for one in edits.undo(conn, *self.here, person)]

    def redo(self, person: int) -> list[str]:
        with self.database.writing() as conn:
            return [one.new for one in edits.redo(conn, *self.here, person)]


@pytest.fixture
def edited(database: Database, company: Company, draft_id: str) -> Edited:
    return Edited(database, company, draft_id)


def test_steps_are_undone_and_redone_whole_until_a_new_one_forgets_them(edited: Edited) -> None:
    for step in ({2: "1", 3: "1"}, {3: "2"}, {4: "3"}):
        edited.add(1, step)
    assert (edited.undo(1), edited.undo(1), edited.phones()) == (["3"], ["2"], {2: "1", 3: "1"})
    assert (edited.redo(1), edited.phones()) == (["2"], {2: "1", 3: "2"})
    edited.add(1, {5: "4"})
    assert (edited.redo(1), edited.phones()) == ([], {2: "1", 3: "2", 5: "4"})
    assert [edited.undo(1) for _ in range(4)] == [["4"], ["2"], ["1", "1"], []]
    assert edited.phones() == {}


def test_everybody_undoes_and_redoes_their_own_steps_alone(edited: Edited, colleague: int) -> None:
    edited.add(1, {2: "mine", 3: "mine"})
    edited.add(colleague, {3: "theirs"})
    assert (edited.undo(1), edited.phones()) == (["mine", "mine"], {3: "theirs"})
    edited.add(colleague, {4: "theirs"})
    assert (edited.redo(1), edited.phones()) == (["mine", "mine"], {2: "mine", 3: "theirs", 4: "theirs"})
    assert [edited.undo(colleague) for _ in range(3)] == [["theirs"], ["theirs"], []]
    assert edited.phones() == {2: "mine", 3: "mine"}


def test_what_can_be_undone_or_redone_is_known_for_each_person(
    database: Database, edited: Edited, colleague: int
) -> None:
    def known() -> list[OwnSteps]:
        with database.reading() as conn:
            return [edits.own_steps(conn, *edited.here, person) for person in (1, colleague)]

    def of(row: int, text: str, more: int = 0) -> Step:
        return Step(row, "phone", "", text, more)

    assert known() == [OwnSteps(), OwnSteps()]
    edited.add(1, {2: "1", 3: "9", 4: "9"})
    edited.add(1, {3: "1"})
    assert known() == [OwnSteps(undo=of(3, "1")), OwnSteps()]
    edited.undo(1)
    assert known() == [OwnSteps(undo=of(2, "1", more=2), redo=of(3, "1")), OwnSteps()]
    edited.undo(1)
    edited.add(colleague, {2: "2"})
    assert known() == [OwnSteps(redo=of(2, "1", more=2)), OwnSteps(undo=of(2, "2"))]


def test_each_change_raises_the_drafts_version_and_only_made_edits_are_counted(
    database: Database, edited: Edited
) -> None:
    def known() -> tuple[int, int]:
        with database.reading() as conn:
            draft = drafts.get_draft(conn, *edited.here)
        return draft.version, draft.edits

    first, _ = known()
    edited.add(1, {2: "1", 3: "1"})
    assert known() == (first + 1, 2)
    edited.undo(1)
    assert known() == (first + 2, 0)
    edited.redo(1)
    assert known() == (first + 3, 2)
    edited.redo(1)
    with database.writing() as conn:
        drafts.set_figures(conn, *edited.here, 9, 9, 0)
    assert known() == (first + 3, 2)
    with database.writing() as conn:
        drafts.set_options(conn, *edited.here, all_or_nothing=True)
    assert known() == (first + 4, 2)


def test_an_edit_that_utf8_cannot_hold_is_kept_as_well_as_can_be(
    database: Database, company: Company, draft_id: str
) -> None:
    with database.writing() as conn:
        edits.append(conn, company.company_id, draft_id, 1, phones("a\ud800b"))
        assert edits.standing(conn, company.company_id, draft_id)[2, "phone"].new == "a?b"


@pytest.mark.parametrize("state", [DraftState.COMMITTED, DraftState.DISCARDED])
def test_an_ended_draft_is_not_open_and_changes_no_more(
    database: Database, company: Company, draft_id: str, state: DraftState
) -> None:
    here = (company.company_id, draft_id)
    with database.writing() as conn:
        if state is DraftState.COMMITTED:
            drafts.commit(conn, *here, _import(conn, company))
        else:
            drafts.discard(conn, *here, 1)
    with database.writing() as conn:
        assert drafts.find(conn, company.company_id, WantedDrafts()).drafts == ()
        for change in (
            lambda: edits.append(conn, *here, 1, phones("1")),
            lambda: edits.undo(conn, *here, 1),
            lambda: edits.redo(conn, *here, 1),
            lambda: drafts.set_options(conn, *here, all_or_nothing=True),
            lambda: drafts.set_read(conn, *here, None, 1, 0, 0),
            lambda: drafts.discard(conn, *here, 1),
            lambda: drafts.commit(conn, *here, 1),
        ):
            with pytest.raises(Refused) as caught:
                change()
            assert caught.value.code == "draft_closed"


def _import(conn: sa.Connection, company: Company) -> int:
    return imports.add_rename(conn, "customers", company.company_id, 1, datetime.now(UTC), "A rename", 0)


def test_a_discarded_draft_is_listed_with_who_discarded_it_until_it_is_taken_back(
    database: Database, company: Company, draft_id: str, colleague: int
) -> None:
    here, discarded = (company.company_id, draft_id), WantedDrafts(DraftState.DISCARDED)
    with database.writing() as conn:
        drafts.discard(conn, *here, colleague)
        assert drafts.find(conn, company.company_id, discarded).total == 0, "nothing was read of it"
        with pytest.raises(Refused):
            drafts.take_back(conn, *here)
    with database.writing() as conn:
        conn.execute(sa.update(models.draft).values(rows=120))
        page = drafts.find(conn, company.company_id, discarded)
        assert [draft.discarded_by for draft in page.drafts] == ["Ana Torres"]
        assert page.states == {DraftState.DISCARDED: 1}
    for _ in range(2):
        with database.writing() as conn:
            drafts.take_back(conn, *here)
            found = drafts.get_draft(conn, *here)
            assert (found.state, found.discarded_by) == (DraftState.OPEN, None)


def test_drafts_are_found_by_file_and_by_person_whatever_the_case(
    database: Database, company: Company, upload_id: int, colleague: int
) -> None:
    with database.writing() as conn:
        other = uploads.add_upload(conn, company.company_id, 1, "ÄRGER 100%.xlsx", "ab12", FILE)
        for person, file in ((1, upload_id), (colleague, upload_id), (1, other)):
            drafts.add_draft(conn, company.company_id, person, "customers", file)
        found = {
            search: drafts.find(conn, company.company_id, WantedDrafts(search=search)).total
            for search in ("", "SPRING", "ärger", "0%", "torres", "_", "nobody")
        }
    assert found == {"": 3, "SPRING": 2, "ärger": 1, "0%": 1, "torres": 1, "_": 0, "nobody": 0}


def test_another_company_neither_sees_nor_changes_a_draft(
    database: Database, company: Company, other: Company, upload_id: int, draft_id: str
) -> None:
    with database.writing() as conn:
        edits.append(conn, company.company_id, draft_id, 1, phones("1"))
        before = drafts.get_draft(conn, company.company_id, draft_id)
    there = (other.company_id, draft_id)
    with database.writing() as conn:
        for forbidden in (
            lambda: uploads.get_upload(conn, other.company_id, upload_id),
            lambda: drafts.add_draft(conn, other.company_id, 2, "customers", upload_id),
            lambda: drafts.get_draft(conn, *there),
            lambda: drafts.set_options(conn, *there, all_or_nothing=True),
            lambda: drafts.set_read(conn, *there, None, 1, 0, 0),
            lambda: drafts.discard(conn, *there, 2),
            lambda: drafts.take_back(conn, *there),
            lambda: edits.append(conn, *there, 2, phones("2")),
            lambda: edits.undo(conn, *there, 2),
            lambda: edits.redo(conn, *there, 2),
        ):
            with pytest.raises(NotFound) as caught:
                forbidden()
            assert caught.value.code == "unknown_draft"
        uploads.keep_table(conn, other.company_id, upload_id, b"other")
        drafts.set_figures(conn, *there, 9, 9, 0)
        for state in (DraftState.OPEN, DraftState.DISCARDED):
            assert drafts.find(conn, other.company_id, WantedDrafts(state)).states == {}
        assert edits.standing(conn, *there) == {}
        assert edits.own_steps(conn, *there, 1) == OwnSteps()
    with database.reading() as conn:
        assert drafts.get_draft(conn, company.company_id, draft_id) == before
        assert uploads.get_table(conn, company.company_id, upload_id) is None
