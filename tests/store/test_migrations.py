"""A database of an earlier version is brought to this one with everything that it held."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from komet_import.store import database as store
from komet_import.store import discrepancies, drafts, imports, models, uploads
from komet_import.store.database import Database, open_database
from komet_import.store.drafts import DraftState, WantedDrafts

FILE = b"Customer Code,Customer Name\nABC,ABC Wholesale\n"
TIMES = "'2026-01-02 03:04:05', '2026-01-02 03:04:06'"
OLD = f"""
INSERT INTO company VALUES (1, 'Sunrise', 1, 'UTC', 3);
INSERT INTO person VALUES (1, 1, 'ana@b.example', 'Ana', 'analyst', 1);
INSERT INTO upload VALUES (4, 1, 'spring.csv', 'ab12', {len(FILE)}, CAST('{FILE.decode()}' AS BLOB), 1,
    '2026-01-02 03:04:05', X'50415231');
INSERT INTO import (id, company_id, kind, state, draft_id, upload_id, file, file_key, sha256, plan_hash, all_or_nothing,
    blank_cells, person_id, started_at, finished_at, rows, inserted, updated, unchanged, rejected, edits)
    VALUES (7, 1, 'import', 'committed', 'd', 4, 'Spring.csv', 'spring.csv', 'ab12', 'plan', 0, 'keep', 1, {TIMES},
    4, 1, 0, 0, 3, 0);
INSERT INTO draft VALUES ('d', 1, 'customers', 4, NULL, '{{}}', 'keep', 0, 'committed', 1, {TIMES}, 1, 0, 7, 0),
    ('e', 1, 'customers', 4, NULL, '{{}}', 'keep', 0, 'discarded', 1, {TIMES}, 1, 0, NULL, 0);
INSERT INTO change VALUES (9, 1, 7, 2, 5, 'insert', NULL, NULL, NULL);
INSERT INTO rejected_row VALUES (7, 3, 1, '{{"name": "", "phone": null}}'), (7, 4, 1, '{{"name": "Dan", "phone": "1"}}');
INSERT INTO discrepancy VALUES (7, 0, 1, 3, 'name', 'required', 'error', '', 'A name is missing.', NULL),
    (7, 1, 1, 4, NULL, 'left_out', 'error', '', 'You left it out.', NULL),
    (7, 2, 1, 4, 'phone', 'zip_lost_zeros', 'error', 'x', 'Is “x” a phone?', 'y'),
    (7, 3, 1, 5, 'code', 'required', 'error', '', 'No code.', NULL);
INSERT INTO import_problem VALUES (7, '', 'left_out', 1, 'error', 2), (7, 'code', 'required', 1, 'error', 1);
INSERT INTO import (id, company_id, kind, state, draft_id, upload_id, file, file_key, sha256, plan_hash, all_or_nothing,
    blank_cells, person_id, started_at, finished_at, rows, inserted, updated, unchanged, rejected, edits)
    VALUES (8, 1, 'import', 'rejected', 'e', 4, 'Summer.csv', 'summer.csv', 'ab12', 'plan', 1, 'keep', 1, {TIMES},
    6, 0, 0, 1, 5, 0);
INSERT INTO rejected_row VALUES (8, 2, 1, '{{}}'), (8, 4, 1, '{{}}');
"""


@pytest.fixture
def old_file(tmp_path: Path) -> Path:
    """As version 0.1.0 left it."""
    path = tmp_path / "komet.sqlite3"
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(store.__file__).parent / "migrations"))
        command.upgrade(config, "0003")
    engine.dispose()
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(OLD)
    return path


@pytest.fixture
def migrated(old_file: Path) -> Iterator[Database]:
    opened = open_database(f"sqlite:///{old_file}", old_file.parent)
    yield opened
    opened.close()


def test_it_has_the_tables_of_the_models(migrated: Database) -> None:
    with migrated.reading() as conn:
        assert compare_metadata(MigrationContext.configure(conn), models.metadata) == []


def test_what_it_held_is_there(migrated: Database) -> None:
    with migrated.reading() as conn:
        assert uploads.get_upload(conn, 1, 4).content == FILE
        assert uploads.get_table(conn, 1, 4) is None
        record = imports.get_import(conn, 1, 7)
        changes = conn.execute(sa.select(models.change)).all()
    assert (record.file, record.sha256, record.by, record.rows) == ("Spring.csv", "ab12", "Ana", 4)
    assert record.declaration == "customers"
    assert changes == [(9, 1, 7, 2, 5, "insert", None, None, None, None)]


def test_a_draft_that_was_discarded_is_found_and_taken_back(migrated: Database) -> None:
    with migrated.writing() as conn:
        (found,) = drafts.find(conn, 1, WantedDrafts(DraftState.DISCARDED)).drafts
        assert (found.draft_id, found.by, found.discarded_by) == ("e", "Ana", None)
        drafts.take_back(conn, 1, "e")
        assert drafts.get_draft(conn, 1, "d").import_id == 7
        assert [draft.draft_id for draft in drafts.find(conn, 1, WantedDrafts()).drafts] == ["e"]


def test_of_the_rejected_rows_those_that_had_no_errors_are_known(migrated: Database) -> None:
    with migrated.reading() as conn:
        committed, refused = (imports.get_import(conn, 1, number).counts for number in (7, 8))
    assert (committed.rejected, committed.skipped, committed.with_errors) == (3, 2, 1)
    assert (refused.rejected, refused.held_back, refused.with_errors) == (5, 3, 2)


def test_discrepancies_keep_their_sentence(migrated: Database) -> None:
    with migrated.reading() as conn:
        found = list(discrepancies.each(conn, 1, 7))
        kinds = [(count.problem, count.cells) for count in discrepancies.count_kinds(conn, 1, 7)]
    told = [
        (one.row, one.key, one.code, one.severity, one.value, one.message, one.suggestion) for one in found
    ]
    assert told == [
        (3, "name", "required", "error", "", "A name is missing.", None),
        (4, None, "left_out", "error", "", "You left it out.", None),
        (4, "phone", "zip_lost_zeros", "error", "x", "Is “x” a phone?", "y"),
        (5, "code", "required", "error", "", "No code.", None),
    ]
    assert kinds == [
        (("", "left_out"), 2),
        (("code", "required"), 1),
        (("name", "required"), 1),
        (("phone", "zip_lost_zeros"), 1),
    ]


def test_the_cells_of_rejected_rows_are_found_by_their_columns(migrated: Database) -> None:
    with migrated.reading() as conn:
        assert list(discrepancies.rejected_rows(conn, 1, 7)) == [
            (3, {"name": "", "phone": None}),
            (4, {"name": "Dan", "phone": "1"}),
        ]
        assert discrepancies.rejected_columns(conn, 1, 7) == {"name", "phone"}


def test_references_hold_and_are_looked_at_again(migrated: Database) -> None:
    with migrated.writing() as conn:
        assert conn.exec_driver_sql("PRAGMA foreign_key_check").all() == []
        with pytest.raises(sa.exc.IntegrityError):
            conn.execute(sa.delete(models.import_))


def test_the_numbers_of_imports_never_come_again(migrated: Database) -> None:
    with migrated.reading() as conn:
        (made,) = conn.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'import'").one()
        (last,) = conn.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'import'").one()
    assert "AUTOINCREMENT" in made
    assert last == 8
