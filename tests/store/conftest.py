"""A real database file in a folder of its own, and two companies in it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from komet_import.schema.company import Company, Role
from komet_import.store import companies, seed
from komet_import.store.database import Database, open_database

OTHER = "Andes Roses"


@pytest.fixture(scope="session")
def new_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database as it is after its first opening."""
    folder = tmp_path_factory.mktemp("new")
    open_database(f"sqlite:///{folder}/komet.sqlite3", folder).close()
    return folder / "komet.sqlite3"


@pytest.fixture
def database(tmp_path: Path, new_file: Path) -> Iterator[Database]:
    shutil.copy(new_file, tmp_path)
    opened = open_database(f"sqlite:///{tmp_path}/komet.sqlite3", tmp_path, busy_seconds=0.2)
    yield opened
    opened.close()


@pytest.fixture
def company(database: Database) -> Company:
    """The example company, whose person 1 is the administrator."""
    with database.reading() as conn:
        return companies.load_company(conn, None)


@pytest.fixture
def other(database: Database, company: Company) -> Company:
    """A second company, whose person 2 is an analyst."""
    with database.writing() as conn:
        added = companies.add_company(conn, seed.EXAMPLE | {"name": OTHER}, "a test")
        companies.add_person(conn, added, "rosa@andes.example", "Rosa Vega", Role.ANALYST)
        return companies.load_company(conn, OTHER)
