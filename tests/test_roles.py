"""Who may do what: every public use case, asked by everybody whom it may concern.

Ana made an import and has an open draft. Joe is an analyst too, Mia a manager; Rosa administers another company; and
nobody is somebody whose role allows nothing. A use case that is not in the table fails a test: say there who may do it.
"""

from __future__ import annotations

import inspect
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from functools import cached_property
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from komet_import import access, company, customers, drafts, history, importer, post, purge
from komet_import.desk import Desk, open_desk
from komet_import.drafts import OpenDraft
from komet_import.errors import AccessDenied, NotFound
from komet_import.history import Period
from komet_import.importer import Choices
from komet_import.schema.company import Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import companies, models, seed
from komet_import.store.audit import WantedChanges
from komet_import.store.customers import Wanted
from komet_import.store.drafts import BlankCells
from komet_import.store.history import WantedImports
from komet_import.workbook.reader import Table
from tests.stories import NEW, at_desk, committed, csv_of, edited, xlsx_of

MODULES = (company, customers, drafts, history, importer, post, purge)
ANA, JOE, MIA, ROSA = (f"{name}@x.example" for name in ("ana", "joe", "mia", "rosa"))
ADMINISTRATOR = "admin@localhost"
SECRET = "Secret"  # in the name of Ana and in that of her file: what tells of her import holds it
FILE = f"{SECRET}.csv"
CONTENT = csv_of(NEW, NEW | {"Customer Code": "BAD", "Customer Name": ""})


class Who(StrEnum):
    EVERYBODY = "everybody of the company"
    ADMINISTRATORS = "administrators"
    SEES_IT = "who may see Ana's import"
    SEES_SOME = "everybody, and is shown what they may see"


class Anas:
    """Her import and its e-mail are both number 1; her draft is opened by herself."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        (found,) = drafts.find(desk).drafts
        self.draft_id = found.draft_id

    @cached_property
    def opened(self) -> OpenDraft:
        return drafts.open_draft(self._desk, self.draft_id)

    @cached_property
    def table(self) -> Table:
        return drafts.read(self._desk, CUSTOMERS, "f.csv", CONTENT, None, {})


Ask = Callable[[Desk, Anas], object]


def draft_case(change: Callable[[Desk, OpenDraft], object]) -> tuple[Who, Ask]:
    return Who.EVERYBODY, lambda desk, anas: change(desk, anas.opened)


# By module and name; what follows a space tells two ways to ask from each other.
CASES: dict[str, tuple[Who, Ask]] = {
    "importer.write_template": (
        Who.EVERYBODY,
        lambda desk, _: importer.write_template(desk, BytesIO(), "existing"),
    ),
    "importer.count_stored": (Who.EVERYBODY, lambda desk, _: importer.count_stored(desk)),
    "importer.check": (Who.EVERYBODY, lambda desk, _: importer.check(desk, "f.csv", CONTENT, Choices())[1]),
    "importer.earlier_import": (Who.EVERYBODY, lambda desk, _: importer.earlier_import(desk, CONTENT)),
    "importer.refuse_repetition": (
        Who.EVERYBODY,
        lambda desk, _: importer.refuse_repetition(desk, "f.csv", b"x"),
    ),
    "importer.upload": (
        Who.EVERYBODY,
        lambda desk, _: importer.upload(desk, "f.csv", CONTENT, Choices()).matching,
    ),
    "importer.choose_sheet": draft_case(
        lambda desk, opened: importer.choose_sheet(desk, opened, "Sheet").matching
    ),
    "importer.commit": draft_case(committed),
    "drafts.read": (
        Who.EVERYBODY,
        lambda desk, _: drafts.read(desk, CUSTOMERS, "f.csv", CONTENT, None, {}).headers,
    ),
    "drafts.judge": (
        Who.EVERYBODY,
        lambda desk, anas: (
            drafts.judge(desk, CUSTOMERS, anas.table, anas.opened.matching, BlankCells.KEEP).counts
        ),
    ),
    "drafts.open_draft": (
        Who.EVERYBODY,
        lambda desk, anas: drafts.open_draft(desk, anas.draft_id).matching,
    ),
    "drafts.find": (Who.EVERYBODY, lambda desk, _: drafts.find(desk).drafts),
    "drafts.get": (Who.EVERYBODY, lambda desk, anas: drafts.get(desk, anas.draft_id)),
    "drafts.up_to_date": draft_case(drafts.up_to_date),
    "drafts.own_steps": (Who.EVERYBODY, lambda desk, anas: drafts.own_steps(desk, anas.draft_id)),
    "drafts.keep_table": (
        Who.EVERYBODY,
        lambda desk, anas: drafts.keep_table(desk, anas.opened.stored.upload_id, anas.table),
    ),
    "drafts.discard": (Who.EVERYBODY, lambda desk, anas: drafts.discard(desk, anas.draft_id)),
    "drafts.take_back": (Who.EVERYBODY, lambda desk, anas: drafts.take_back(desk, anas.draft_id)),
    "drafts.choose_blank_cells": draft_case(
        lambda desk, opened: drafts.choose_blank_cells(desk, opened, BlankCells.CLEAR)
    ),
    "drafts.choose_all_or_nothing": draft_case(
        lambda desk, opened: drafts.choose_all_or_nothing(desk, opened, True)
    ),
    "drafts.write_discrepancies": draft_case(
        lambda desk, opened: drafts.write_discrepancies(desk, opened.draft, BytesIO())
    ),
    "drafts.edit": draft_case(lambda desk, opened: edited(desk, opened, (2, "name", "Mine"))),
    "drafts.undo": draft_case(drafts.undo),
    "drafts.redo": draft_case(drafts.redo),
    "drafts.keep_figures": draft_case(lambda desk, opened: drafts.keep_figures(desk, opened, opened.stored)),
    "history.overview": (
        Who.SEES_SOME,
        lambda desk, _: history.overview(desk, Period.ALL, datetime.now(UTC)).people,
    ),
    "history.has_any": (Who.SEES_SOME, lambda desk, _: SECRET if history.has_any(desk) else ""),
    "history.find": (Who.SEES_SOME, lambda desk, _: history.find(desk, WantedImports()).lines),
    "history.find of a person": (
        Who.SEES_SOME,
        lambda desk, _: history.find(desk, WantedImports(person_id=2)).lines,
    ),
    "history.show": (Who.SEES_IT, lambda desk, _: history.show(desk, 1)),
    "history.each_discrepancy": (Who.SEES_IT, lambda desk, _: list(history.each_discrepancy(desk, 1))),
    "history.count_kept": (Who.SEES_IT, lambda desk, _: history.count_kept(desk, 1)),
    "history.count_changes": (Who.SEES_IT, lambda desk, _: history.count_changes(desk, 1)),
    "history.each_change": (
        Who.SEES_IT,
        lambda desk, _: list(history.each_change(desk, 1, WantedChanges())),
    ),
    "history.original_file": (Who.SEES_IT, lambda desk, _: history.original_file(desk, 1)),
    "history.write_discrepancies": (
        Who.SEES_IT,
        lambda desk, _: history.write_discrepancies(desk, 1, BytesIO()),
    ),
    "customers.find": (Who.EVERYBODY, lambda desk, _: customers.find(desk, Wanted(), None, None)),
    "customers.find of an import": (
        Who.SEES_IT,
        lambda desk, _: customers.find(desk, Wanted(import_id=1), None, None),
    ),
    "customers.write_workbook": (
        Who.EVERYBODY,
        lambda desk, _: customers.write_workbook(desk, Wanted(), None, BytesIO()),
    ),
    "customers.write_workbook of an import": (
        Who.SEES_IT,
        lambda desk, _: customers.write_workbook(desk, Wanted(import_id=1), None, BytesIO()),
    ),
    "customers.get": (Who.EVERYBODY, lambda desk, _: customers.get(desk, 1)),
    "customers.audit": (Who.EVERYBODY, lambda desk, _: customers.audit(desk, 1, 9)),
    "company.document": (Who.EVERYBODY, lambda desk, _: company.document(desk)),
    "company.load": (
        Who.ADMINISTRATORS,
        lambda desk, _: company.load(desk, "f.json", seed.EXAMPLE | {"name": desk.company.name}),
    ),
    "company.describe": (
        Who.ADMINISTRATORS,
        lambda desk, _: company.describe(desk, desk.company.name, "UTC"),
    ),
    "company.located_records": (Who.ADMINISTRATORS, lambda desk, _: company.located_records(desk)),
    "company.switch_locations": (Who.ADMINISTRATORS, lambda desk, _: company.switch_locations(desk, False)),
    "company.locations": (Who.ADMINISTRATORS, lambda desk, _: company.locations(desk)),
    "company.add_location": (
        Who.ADMINISTRATORS,
        lambda desk, _: company.add_location(desk, "EWR", "Newark"),
    ),
    "company.rename_location": (
        Who.ADMINISTRATORS,
        lambda desk, _: company.rename_location(desk, "MIA", "Mine"),
    ),
    "company.set_location_active": (
        Who.ADMINISTRATORS,
        lambda desk, _: company.set_location_active(desk, "MIA", False),
    ),
    "company.list_values": (Who.ADMINISTRATORS, lambda desk, _: company.list_values(desk, "terms")),
    "company.add_value": (Who.ADMINISTRATORS, lambda desk, _: company.add_value(desk, "terms", "Net 91")),
    "company.rename_value": (
        Who.ADMINISTRATORS,
        lambda desk, _: company.rename_value(desk, "terms", "Net 30", "Net 31"),
    ),
    "company.set_value_active": (
        Who.ADMINISTRATORS,
        lambda desk, _: company.set_value_active(desk, "terms", "Net 30", False),
    ),
    "company.installation": (Who.ADMINISTRATORS, lambda desk, _: company.installation(desk)),
    "purge.purge_now": (Who.ADMINISTRATORS, lambda desk, _: purge.purge_now(desk)),
    "post.outbox": (Who.SEES_SOME, lambda desk, _: post.outbox(desk)),
    "post.deliver": (Who.SEES_SOME, lambda desk, _: kept(desk)),
    "post.eml": (Who.SEES_IT, lambda desk, _: post.eml(desk, 1, 1)),
    "post.send_again": (Who.SEES_IT, lambda desk, _: post.send_again(desk, 1, 1)),
}
# Parts of a use case that asked already, and what the machine does by itself.
PARTS = {"drafts.refuse_moved", "post.compose_mail", "purge.purge"}
# Tried with a real mail server elsewhere.
ELSEWHERE = {"post.send_test_mail"}


def kept(desk: Desk) -> str:
    """What `outbox send` keeps while there is no mail server."""
    post.deliver(desk, waiting=True)
    return SECRET if any(desk.settings.outbox_dir.glob("*.eml")) else ""


# -- the people ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def beginning(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database in which Ana imported, and began another draft."""
    folder = tmp_path_factory.mktemp("roles")
    with at_desk(folder) as desk, desk.database.writing() as connection:
        mine = desk.company.company_id
        companies.add_person(connection, mine, ANA, f"Ana {SECRET}", Role.ANALYST)
        companies.add_person(connection, mine, JOE, "Joe", Role.ANALYST)
        companies.add_person(connection, mine, MIA, "Mia", Role.MANAGER)
        other = companies.add_company(connection, seed.EXAMPLE | {"name": "Andes Roses"}, "a test")
        companies.add_person(connection, other, ROSA, "Rosa", Role.ADMINISTRATOR)
    with at_desk(folder, company="Sunrise Blooms, Miami", person=ANA) as desk:
        committed(desk, importer.upload(desk, FILE, CONTENT, Choices()))
        bad = xlsx_of(NEW | {"Customer Code": "D", "Customer Name": ""})
        importer.upload(desk, "draft.xlsx", bad, Choices())
    return folder


@contextmanager
def a_copy(beginning: Path, folder: Path) -> Iterator[tuple[Anas, Callable[[str], Desk]]]:
    """What is Ana's, and the desk of anybody by the e-mail address."""
    shutil.copytree(beginning, folder)
    with at_desk(folder, company="Sunrise Blooms, Miami", person=ANA) as hers:

        def desk_of(email: str) -> Desk:
            at = "Andes Roses" if email == ROSA else "Sunrise Blooms, Miami"
            return open_desk(replace(hers.settings, company=at, person=email), hers.database)

        yield Anas(hers), desk_of


def rows_of_company(desk: Desk) -> dict[str, Sequence[Any]]:
    """Everything that is stored of it."""
    with desk.database.reading() as connection:
        return {
            name: connection.execute(
                sa.select(table).where(table.c.company_id == desk.company.company_id)
            ).all()
            for name, table in models.metadata.tables.items()
            if "company_id" in table.c
        }


def expected(who: Who, email: str) -> type[Exception] | None:
    """How the person is refused; None when they may."""
    if who is Who.ADMINISTRATORS and email in (ANA, JOE, MIA):
        return AccessDenied
    if who is Who.SEES_IT and email in (JOE, ROSA):
        return NotFound
    return None


# -- the tests -------------------------------------------------------------------------------------------------------


def test_every_use_case_is_in_the_table() -> None:
    public = {
        f"{module.__name__.rpartition('.')[2]}.{name}"
        for module in MODULES
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    }
    assert public == {name.partition(" ")[0] for name in CASES} | PARTS | ELSEWHERE


@pytest.mark.parametrize("name", CASES)
def test_who_may_do_it(name: str, beginning: Path, tmp_path: Path) -> None:
    who, ask = CASES[name]
    for email in (JOE, ADMINISTRATOR) if who is Who.EVERYBODY else (ANA, JOE, MIA, ADMINISTRATOR):
        refusal = expected(who, email)
        with a_copy(beginning, tmp_path / email) as (anas, desk_of):
            desk = desk_of(email)
            if refusal is None:
                told = SECRET in repr(ask(desk, anas))
                assert told is (email != JOE) or who is not Who.SEES_SOME
                continue
            before = rows_of_company(desk)
            with pytest.raises(refusal):
                ask(desk, anas)
            assert rows_of_company(desk) == before


# Housekeeping is of the whole database: it drops what nobody's work needs.
@pytest.mark.parametrize("name", sorted(CASES.keys() - {"purge.purge_now"}))
def test_another_company_learns_and_changes_nothing(name: str, beginning: Path, tmp_path: Path) -> None:
    who, ask = CASES[name]
    with a_copy(beginning, tmp_path / "copy") as (anas, desk_of):
        before = rows_of_company(desk_of(ANA))
        try:
            assert SECRET not in repr(ask(desk_of(ROSA), anas))
            assert expected(who, ROSA) is None
        except NotFound:
            assert who in (Who.SEES_IT, Who.EVERYBODY)
        assert rows_of_company(desk_of(ANA)) == before


@pytest.mark.parametrize("name", CASES)
def test_a_role_that_allows_nothing_may_do_nothing(
    name: str, beginning: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with a_copy(beginning, tmp_path / "copy") as (anas, desk_of):
        nobody = desk_of(ANA)
        before, _ = rows_of_company(nobody), anas.opened
        monkeypatch.setattr(access, "DEEDS", dict.fromkeys(Role, frozenset()))
        with pytest.raises(AccessDenied):
            CASES[name][1](nobody, anas)
        assert rows_of_company(nobody) == before


def test_a_role_may_do_what_the_one_before_it_may() -> None:
    analyst, manager, administrator = (access.DEEDS[role] for role in Role)
    assert analyst < manager < administrator == set(access.Deed)
