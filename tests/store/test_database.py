"""Opening a database, and what its failures mean to the user."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from komet_import.errors import StoreUnavailable
from komet_import.schema.company import Company, Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import companies, customers, database, drafts, edits, models
from komet_import.store.database import Database, open_database
from tests.store.plans import commit_plan, make_plan


def _open_and_close(folder: Path) -> None:
    open_database(f"sqlite:///{folder}/komet.sqlite3", folder).close()


def test_a_new_database_is_ready_for_the_first_import(database: Database) -> None:
    with database.reading() as conn:
        company = companies.load_company(conn, None)
        person = companies.find_person(conn, company, "Admin@localhost")
        assert customers.count(conn, CUSTOMERS, company.company_id) == 0
    assert company.name == "Sunrise Blooms, Miami"
    assert company.active_locations == ("MIA", "LAX", "BOG")
    assert company.multi_location
    assert person.role is Role.ADMINISTRATOR


def test_the_lists_of_the_example_company_hold_every_example_of_the_declaration(company: Company) -> None:
    for column in CUSTOMERS.columns:
        if column.is_company_list:
            assert column.example in company.lists[column.key]


def test_the_migrations_make_the_tables_of_the_models(database: Database) -> None:
    with database.reading() as conn:
        assert compare_metadata(MigrationContext.configure(conn), models.metadata) == []


def test_the_newest_migration_is_the_one_that_a_start_looks_for() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
    assert ScriptDirectory.from_config(config).get_current_head() == database.HEAD


BEFORE_STEPS = """
INSERT INTO company (id, name, multi_location, time_zone, version) VALUES (1, 'Sunrise', 0, 'UTC', 1);
INSERT INTO person (id, company_id, email, name, role, active) VALUES (1, 1, 'a@b', 'Ana', 'analyst', 1);
INSERT INTO upload (id, company_id, name, sha256, size, content, uploaded_by, uploaded_at)
  VALUES (1, 1, 'f.csv', '', 1, x'00', 1, '2026-01-01');
INSERT INTO draft (id, company_id, kind, upload_id, mapping, blank_cells, all_or_nothing, state, created_by, created_at,
  updated_at, edit_cursor) VALUES ('d', 1, 'customers', 1, '{}', 'keep', 0, 'open', 1, '2026-01-01', '2026-01-01', 2);
INSERT INTO edit (draft_id, sequence, company_id, row, column_key, old, new, person_id, at) VALUES
  ('d', 1, 1, 2, 'phone', '', '1', 1, '2026-01-01'), ('d', 2, 1, 2, 'phone', '1', '2', 1, '2026-01-01'),
  ('d', 3, 1, 2, 'phone', '2', '3', 1, '2026-01-01'), ('d', 4, 1, 2, NULL, '', 'Yes', 1, '2026-01-01');
"""


def test_edits_that_were_made_before_there_were_steps_are_undone_and_redone_one_by_one(
    tmp_path: Path,
) -> None:
    _migrate(tmp_path / "komet.sqlite3", "0004")
    with closing(sqlite3.connect(tmp_path / "komet.sqlite3")) as raw:
        raw.executescript(BEFORE_STEPS)
    opened = open_database(f"sqlite:///{tmp_path}/komet.sqlite3", tmp_path)
    with opened.writing() as conn:
        assert drafts.get_draft(conn, 1, "d").edits == 2
        assert {one.cell: one.new for one in edits.standing(conn, 1, "d").values()} == {(2, "phone"): "2"}
        moved = [move(conn, 1, "d", 1) for move in (edits.redo, edits.redo, edits.redo, edits.undo)]
    assert [[one.new for one in step] for step in moved] == [["3"], ["Yes"], [], ["Yes"]]
    opened.close()


def _migrate(file: Path, revision: str) -> None:
    """A database as that migration left it."""
    engine = sa.create_engine(f"sqlite:///{file}")
    with engine.begin() as connection:
        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(Path(database.__file__).parent / "migrations"))
        command.upgrade(config, revision)
    engine.dispose()


def _opening(folder: Path) -> list[str]:
    """The command of a process that opens the database; its exit code tells whether it needed Alembic."""
    program = (
        "import sys, pathlib; from komet_import.store.database import open_database;"
        f"open_database('sqlite:///{folder}/komet.sqlite3', pathlib.Path('{folder}')).close();"
        "sys.exit('alembic' in sys.modules and 3)"
    )
    return [sys.executable, "-c", program]


def test_opening_again_changes_nothing_and_needs_no_alembic(tmp_path: Path) -> None:
    _open_and_close(tmp_path)
    assert subprocess.run(_opening(tmp_path), check=False).returncode == 0


def test_two_processes_may_create_the_same_database_at_once(tmp_path: Path) -> None:
    processes = [subprocess.Popen(_opening(tmp_path)) for _ in range(3)]
    assert {process.wait() for process in processes} <= {0, 3}
    with sqlite3.connect(tmp_path / "komet.sqlite3") as raw:
        assert raw.execute("SELECT count(*) FROM company").fetchone() == (1,)
    raw.close()


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    _open_and_close(tmp_path)
    with sqlite3.connect(tmp_path / "komet.sqlite3") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()
    with pytest.raises(StoreUnavailable, match="newer version"):
        _open_and_close(tmp_path)


def test_a_file_that_is_no_database_is_named_as_such_and_kept(tmp_path: Path) -> None:
    file = tmp_path / "komet.sqlite3"
    file.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StoreUnavailable, match="not a database") as caught:
        _open_and_close(tmp_path)
    assert caught.value.code == "database_unusable"
    assert file.read_bytes() == b"Dear diary, " * 1000


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StoreUnavailable, match="data") as caught:
        _open_and_close(tmp_path / "data" / "komet")
    assert caught.value.code == "database_unusable"


@pytest.mark.parametrize(
    "url", ["komet.sqlite3", "nonsense://x", "oracle+nothing://x", "postgresql+psycopg://me:secret@x"]
)
def test_an_address_that_means_nothing_is_refused_without_repeating_it(tmp_path: Path, url: str) -> None:
    with pytest.raises(StoreUnavailable) as caught:
        open_database(url, tmp_path)
    assert caught.value.code == "database_unusable"


def test_a_read_only_database_can_be_read_and_says_why_it_cannot_be_written(tmp_path: Path) -> None:
    _open_and_close(tmp_path)
    opened = open_database(f"sqlite:///file:{tmp_path}/komet.sqlite3?mode=ro&uri=true", tmp_path)
    with opened.reading() as conn:
        companies.load_company(conn, None)
    with pytest.raises(StoreUnavailable, match="readonly"), opened.writing() as conn:
        companies.add_person(conn, 1, "a@b.example", "A", Role.ANALYST)
    opened.close()


def test_a_second_writer_is_told_that_the_database_is_busy_and_readers_go_on(
    database: Database, company: Company
) -> None:
    with database.writing() as first:
        companies.add_person(first, company.company_id, "a@b.example", "A", Role.ANALYST)
        with pytest.raises(StoreUnavailable) as caught, database.writing():
            pass
        with database.reading() as reader, pytest.raises(Exception, match="not an active person"):
            companies.find_person(reader, company, "a@b.example")
    assert caught.value.code == "database_busy"


def test_writers_of_many_threads_take_turns(tmp_path: Path) -> None:
    opened = open_database(f"sqlite:///{tmp_path}/komet.sqlite3", tmp_path)

    def add(n: int) -> None:
        for i in range(5):
            with opened.writing() as conn:
                companies.add_person(conn, 1, f"{n}-{i}@b.example", "B", Role.ANALYST)

    threads = [threading.Thread(target=add, args=(n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with opened.reading() as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(models.person)).scalar_one() == 31
    opened.close()


def test_an_exception_takes_everything_back(database: Database, company: Company) -> None:
    with pytest.raises(KeyboardInterrupt), database.writing() as conn:
        companies.add_person(conn, company.company_id, "a@b.example", "A", Role.ANALYST)
        raise KeyboardInterrupt
    with database.reading() as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(models.person)).scalar_one() == 1


def test_a_full_disk_is_told_and_nothing_is_changed(database: Database, company: Company) -> None:
    plan = make_plan(company, new=[{"code": f"C{n}", "name": "N" * 200} for n in range(5000)])
    with database.reading() as conn:
        pages = conn.exec_driver_sql("PRAGMA page_count").scalar_one()
        conn.exec_driver_sql(
            f"PRAGMA max_page_count = {pages + 20}"
        )  # of this connection, the pool's only one
    with pytest.raises(StoreUnavailable) as caught:
        commit_plan(database, company, plan)
    assert caught.value.code == "disk_full"
    with database.reading() as conn:
        assert customers.count(conn, CUSTOMERS, company.company_id) == 0
        assert conn.execute(sa.select(models.import_)).all() == []


def test_a_used_up_quota_is_told_like_a_full_disk(tmp_path: Path) -> None:
    _open_and_close(tmp_path)
    program = f"""
import os, pathlib, resource
from komet_import.errors import StoreUnavailable
from komet_import.store import uploads
from komet_import.store.database import open_database
opened = open_database("sqlite:///{tmp_path}/komet.sqlite3", pathlib.Path("{tmp_path}"))
resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
try:
    with opened.writing() as conn:
        uploads.add_upload(conn, 1, 1, "big.xlsx", "ab", os.urandom(5_000_000))
except StoreUnavailable as error:
    print(error.code)
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "disk_full\n"
    with sqlite3.connect(tmp_path / "komet.sqlite3") as raw:
        assert raw.execute("SELECT count(*) FROM upload").fetchone() == (0,)
        assert raw.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    raw.close()
