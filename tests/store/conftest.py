"""A real database file in a folder of its own, and two companies in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from komet_import.review.plan import Plan
from komet_import.schema.company import Company, Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import companies, seed
from komet_import.store.commit import commit
from komet_import.store.database import Database, open_database
from komet_import.store.imports import ImportRecord, NewImport

OTHER = "Andes Roses"


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
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
        added = companies.add_company(conn, CUSTOMERS, seed.EXAMPLE | {"name": OTHER}, "a test")
        companies.add_person(conn, added, "rosa@andes.example", "Rosa Vega", Role.ANALYST)
        return companies.load_company(conn, OTHER)


def new_import(plan: Plan, **facts: object) -> NewImport:
    given = {"person_id": 1, "started_at": datetime(2026, 3, 1, 12, tzinfo=UTC), "plan_hash": plan.hash}
    return NewImport(file="customers.xlsx", sha256="ab12", **(given | facts))  # type: ignore[arg-type]


def commit_plan(database: Database, company: Company, plan: Plan, **facts: object) -> ImportRecord:
    with database.writing() as conn:
        return commit(conn, CUSTOMERS, company, new_import(plan, **facts), plan)
