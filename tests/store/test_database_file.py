"""The file of a database: nobody else's to read, never begun anew by mistake, and never written to when it is gone."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from komet_import.errors import StoreUnavailable
from komet_import.schema.company import Company, Role
from komet_import.store import companies
from komet_import.store.database import Database, open_database


def _open(folder: Path) -> Database:
    return open_database(f"sqlite:///{folder}/komet.sqlite3", folder)


def _people(folder: Path) -> list[str]:
    """As another program finds them in the file."""
    with sqlite3.connect(folder / "komet.sqlite3") as raw:
        found = [email for (email,) in raw.execute("SELECT email FROM person ORDER BY id")]
    raw.close()
    return found


def _add(database: Database, company: Company, meanwhile: Callable[[], object] = lambda: None) -> None:
    with database.writing() as conn:
        companies.add_person(conn, company.company_id, "rosa@b.example", "Rosa", Role.ANALYST)
        meanwhile()


def _replaced_by(new: Path) -> Callable[[Path], None]:
    def replace(file: Path) -> None:
        shutil.copy(new, file.parent / "backup")
        (file.parent / "backup").replace(file)

    return replace


def _other_program(file: Path) -> None:
    other = file.parent / "other"
    with sqlite3.connect(other) as raw:
        raw.execute("CREATE TABLE customer (name)")
    raw.close()
    other.replace(file)


def _without_log(file: Path) -> None:
    Path(f"{file}-wal").unlink()


# -- while the program runs ------------------------------------------------------------------------------------------


def test_nothing_is_written_to_a_file_that_was_replaced_and_work_goes_on_with_the_new_one(
    database: Database, company: Company, tmp_path: Path, new_file: Path
) -> None:
    _replaced_by(new_file)(tmp_path / "komet.sqlite3")
    with pytest.raises(StoreUnavailable, match=r"removed meanwhile\. Nothing was changed") as caught:
        _add(database, company)
    assert caught.value.code == "database_replaced"
    assert _people(tmp_path) == ["admin@localhost"]
    _add(database, company)
    assert _people(tmp_path) == ["admin@localhost", "rosa@b.example"]


@pytest.mark.parametrize(
    "leave", [_other_program, Path.unlink, _without_log], ids=lambda leave: leave.__name__
)
def test_a_file_that_goes_away_before_the_commit_takes_the_transaction_back(
    database: Database, company: Company, tmp_path: Path, leave: Callable[[Path], None]
) -> None:
    file = tmp_path / "komet.sqlite3"
    with pytest.raises(StoreUnavailable) as caught:
        _add(database, company, lambda: leave(file))
    assert caught.value.code == "database_replaced"


def test_changes_never_go_into_a_log_that_nobody_finds(
    database: Database, company: Company, tmp_path: Path
) -> None:
    _without_log(tmp_path / "komet.sqlite3")
    with pytest.raises(StoreUnavailable, match="Nothing was changed"):
        _add(database, company)
    _add(database, company)
    database.close()
    assert _people(tmp_path) == ["admin@localhost", "rosa@b.example"]


def test_a_removed_file_is_not_begun_anew(database: Database, company: Company, tmp_path: Path) -> None:
    (tmp_path / "komet.sqlite3").unlink()
    for _again in range(2):
        with pytest.raises(StoreUnavailable, match="was removed while this program ran"):
            _add(database, company)
    assert not (tmp_path / "komet.sqlite3").exists()


def test_an_emptied_file_stays_empty(database: Database, company: Company, tmp_path: Path) -> None:
    os.truncate(tmp_path / "komet.sqlite3", 0)
    with pytest.raises(StoreUnavailable, match="was emptied while this program ran"):
        _add(database, company)
    assert (tmp_path / "komet.sqlite3").stat().st_size == 0


def test_a_file_that_is_no_database_of_this_version_is_not_gone_on_with(
    database: Database, company: Company, tmp_path: Path
) -> None:
    _other_program(tmp_path / "komet.sqlite3")
    with pytest.raises(StoreUnavailable, match="removed meanwhile"):
        _add(database, company)
    for _again in range(2):
        with pytest.raises(StoreUnavailable, match="no database of this version"):
            _add(database, company)


def test_a_reader_is_told_too(database: Database, tmp_path: Path, new_file: Path) -> None:
    _replaced_by(new_file)(tmp_path / "komet.sqlite3")
    with pytest.raises(StoreUnavailable, match="removed meanwhile"), database.reading():
        pass


# -- at a start ------------------------------------------------------------------------------------------------------


def test_an_empty_file_is_not_a_new_database(tmp_path: Path) -> None:
    file = tmp_path / "komet.sqlite3"
    file.touch()
    with pytest.raises(StoreUnavailable, match="is empty, and only a missing file is begun anew"):
        _open(tmp_path)
    assert file.stat().st_size == 0


@pytest.mark.parametrize("companion", ["-wal", "-shm"])
def test_what_is_left_of_a_database_is_not_written_over(tmp_path: Path, companion: str) -> None:
    rest = tmp_path / f"komet.sqlite3{companion}"
    rest.write_bytes(b"what was committed last")
    with pytest.raises(StoreUnavailable, match=r"is missing, but .* is there") as caught:
        _open(tmp_path)
    assert caught.value.code == "database_remains"
    assert list(tmp_path.iterdir()) == [rest]


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "komet.sqlite3"
    _other_program(file)
    with pytest.raises(StoreUnavailable, match="another program's"):
        _open(tmp_path)
    with sqlite3.connect(file) as raw:
        assert raw.execute("SELECT name FROM sqlite_master").fetchall() == [("customer",)]
    raw.close()


def test_a_schema_that_is_no_text_any_more_is_told_in_a_sentence(tmp_path: Path) -> None:
    file = tmp_path / "komet.sqlite3"
    _open(tmp_path).close()
    content = file.read_bytes()
    assert content.count(b"CREATE TABLE location") == 1
    file.write_bytes(content.replace(b"CREATE TABLE location", b"CREATE T\xcb\x08\xf7\xa4 location"))
    with pytest.raises(StoreUnavailable, match="malformed"):
        _open(tmp_path)


def test_a_disk_without_links_can_hold_a_database_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(*_arguments: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr(os, "link", link)
    _open(tmp_path).close()
    assert [path.name for path in tmp_path.iterdir()] == ["komet.sqlite3"]


def test_a_database_that_cannot_be_opened_is_let_go(tmp_path: Path) -> None:
    (tmp_path / "komet.sqlite3").write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(StoreUnavailable):
        _open(tmp_path)
    assert not [file for file in psutil.Process().open_files() if str(tmp_path) in file.path]


# -- who may read it -------------------------------------------------------------------------------------------------


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def _modes(folder: Path) -> dict[str, int]:
    return {path.name: _mode(path) for path in folder.iterdir()}


PRIVATE = {"komet.sqlite3": 0o600, "komet.sqlite3-wal": 0o600, "komet.sqlite3-shm": 0o600}


def test_a_new_database_is_its_owners_alone_whatever_is_usual_here(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        opened = _open(tmp_path / "data")
    finally:
        os.umask(before)
    assert (_mode(tmp_path / "data"), _modes(tmp_path / "data")) == (0o700, PRIVATE)
    opened.close()


def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = _open(data)
    data.chmod(0o755)
    for path in data.iterdir():
        path.chmod(0o644)
    second = _open(data)
    assert (_mode(data), _modes(data)) == (0o700, PRIVATE)
    first.close()
    second.close()


def test_a_folder_that_everybody_shares_stays_so(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    open_database(f"sqlite:///{shared}/komet.sqlite3", shared).close()
    assert (_mode(shared), _mode(shared / "komet.sqlite3")) == (0o1777, 0o600)
