"""Stories of one file after the other, through the use cases, on a real database and real files."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from komet_import import drafts, history, importer, post
from komet_import.desk import Desk, open_desk
from komet_import.errors import KometError, NotFound, UnusableFile
from komet_import.importer import TemplateKind
from komet_import.review.plan import Action
from komet_import.schema.company import Role
from komet_import.settings import ReaderLimits
from komet_import.store import companies, seed
from komet_import.store.drafts import BlankCells
from komet_import.store.edits import OwnSteps, Step
from komet_import.store.imports import ImportState
from tests.stories import (
    FILE,
    NEW,
    TWO,
    at_desk,
    changes_of,
    checked,
    committed,
    csv_of,
    discrepancies_of,
    edited,
    found,
    imported,
    is_empty,
    listed,
    stored,
    uploaded,
)


def template(desk: Desk, kind: TemplateKind) -> bytes:
    out = io.BytesIO()
    importer.write_template(desk, out, kind)
    return out.getvalue()


# The main story.


def test_a_file_is_corrected_committed_and_comes_back_unchanged(desk: Desk) -> None:
    content = template(desk, "example")
    document = checked(desk, content)
    assert (document["counts"]["new"], found(document)) == (12, [])

    opened = uploaded(desk, content)
    first, second = opened.draft.numbers[:2]
    edited(desk, opened, (first, "terms", "Net 31"), (second, "phone", " 1 "))
    assert opened.draft.action(first) is Action.REJECTED
    assert drafts.undo(desk, opened) == []
    assert (opened.draft.counts.new, opened.draft.plan().hash) == (12, document["plan"])
    assert drafts.redo(desk, opened) == []
    assert (opened.draft.text(first, "terms"), opened.draft.text(second, "phone")) == ("Net 31", "1")
    drafts.undo(desk, opened)
    edited(desk, opened, (first, "terms", "Net 45"))
    assert drafts.own_steps(desk, opened.stored.draft_id) == OwnSteps(
        undo=Step(first, "terms", "Prepaid", "Net 45", more=0)
    )
    edited(desk, opened, (second, None, "Yes"))

    record = committed(desk, opened)
    assert (record.state, record.counts.new, record.counts.rejected) == (ImportState.COMMITTED, 11, 1)
    discrepancies = discrepancies_of(desk, record)
    assert [(issue.row, issue.key, issue.code) for issue in discrepancies] == [(second, None, "left_out")]
    assert [change.action for change in changes_of(desk, record)] == ["insert"] * 11
    assert listed(desk) == [record]
    assert history.original_file(desk, record.import_id) == content

    again = checked(desk, template(desk, "existing"))
    assert (again["rows"], again["counts"]["unchanged"], found(again)) == (11, 11, [])
    assert checked(desk, content)["counts"] == {"new": 1, "update": 1, "unchanged": 10, "rejected": 0}


def test_the_discrepancy_workbook_is_corrected_and_uploaded_again(desk: Desk) -> None:
    record = imported(desk, TWO)
    out = io.BytesIO()
    assert history.write_discrepancies(desk, record.import_id, out) == 1
    back = uploaded(desk, out.getvalue())
    assert back.matching.unknown == ()
    (row,) = back.draft.numbers
    assert [(issue.key, issue.code) for issue in back.draft.issues(row)] == [("name", "required")]
    edited(desk, back, (row, "name", "DEF Wholesale"))
    assert committed(desk, back).counts.new == 1
    assert stored(desk)["DEF"]["phone"] == "1"


def test_the_issues_of_an_import_are_those_that_were_found(desk: Desk) -> None:
    twins = (NEW | {"Customer Name": "Same", "Customer Code": code} for code in ("A", "B", "B"))
    facts = {"Credit Limit": "1.005", "Location Codes": "MIA:XXX", "Customer Name": "N" * 999}
    opened = uploaded(desk, csv_of(*twins, NEW | facts))
    issues = list(opened.draft.plan().issues)
    assert {name for issue in issues for name in issue.problem.facts} == {
        "others",
        "length",
        "limit",
        "allowed",
        "part",
        "record",
    }
    assert discrepancies_of(desk, committed(desk, opened)) == issues


def test_an_update_changes_what_the_file_gives_and_nothing_else(desk: Desk) -> None:
    imported(desk, csv_of(NEW | {"Phone": "305", "Terms": "Net 30", "Credit Limit": "10"}))
    update = csv_of({"Customer Code": "abc", "Phone": "306", "Terms": "", "Credit Limit": "10.00"})
    record = imported(desk, update)
    (customer,) = stored(desk).values()
    assert (customer["code"], customer["phone"], customer["terms"]) == ("abc", "306", "Net 30")
    assert (customer["version"], customer["credit_limit"]) == (2, "10.00")
    changes = [(change.key, change.old, change.new) for change in changes_of(desk, record)]
    assert changes == [("code", "ABC", "abc"), ("phone", "305", "306")]


def test_cleared_cells_are_shown_before_and_audited_after(desk: Desk) -> None:
    imported(desk, csv_of(NEW | {"Phone": "305"}))
    opened = uploaded(desk, csv_of({"Customer Code": "ABC", "Phone": ""}))
    assert opened.draft.counts.unchanged == 1
    opened = drafts.choose_blank_cells(desk, opened, BlankCells.CLEAR)
    assert [(change.old, change.new) for change in opened.draft.plan().changes] == [("305", "")]
    record = committed(desk, opened)
    (change,) = changes_of(desk, record)
    assert (change.old, change.new, stored(desk)["ABC"]["phone"]) == ("305", None, None)


def test_all_or_nothing_imports_nothing_while_a_row_has_errors(desk: Desk) -> None:
    imported(desk, csv_of(NEW | {"Customer Code": "OLD", "Customer Name": "Old"}))
    content = csv_of(NEW, NEW | {"Customer Code": "D", "Customer Name": ""}, {"Customer Code": "OLD"})
    record = imported(desk, content, all_or_nothing=True)
    counts = record.counts
    assert record.state is ImportState.REJECTED
    assert (counts.new, counts.update, counts.unchanged, counts.rejected) == (0, 0, 1, 2)
    assert record.rows == counts.rows == 3
    assert stored(desk).keys() == {"OLD"}
    assert changes_of(desk, record) == []
    importer.refuse_repetition(desk, FILE, content)
    assert imported(desk, content).counts.new == 1


# Files that cannot be used, and ids of nobody.


def test_an_unusable_file_leaves_no_draft_and_no_import(tmp_path: Path) -> None:
    with at_desk(tmp_path, limits=ReaderLimits(upload_mb=1)) as desk:
        for content, code in (
            (b"x" * ((1 << 20) + 1), "too_large"),
            (b"PK\3\4 but no zip", "damaged"),
            (b"Customer Code,Customer Name\n ,\n", "no_rows"),
        ):
            with pytest.raises(UnusableFile, match=FILE) as caught:
                uploaded(desk, content)
            assert caught.value.code == code
        assert drafts.find(desk).drafts == ()
        assert is_empty(desk)


def test_check_writes_nothing(desk: Desk) -> None:
    def pages() -> tuple[object, ...]:
        with closing(sqlite3.connect(desk.settings.data_dir / "komet.sqlite3")) as raw:
            return tuple(raw.iterdump())

    before = pages()
    checked(desk, TWO)
    assert pages() == before


@pytest.mark.parametrize("import_id", [0, -1, 99, 2**63, 10**30])
def test_an_import_that_is_not_there_is_not_found(desk: Desk, import_id: int) -> None:
    with pytest.raises(NotFound, match="Choose one from the import history"):
        history.show(desk, import_id)


# Companies.


def test_two_companies_do_not_see_each_other(desk: Desk) -> None:
    with desk.database.writing() as connection:
        company_id = companies.add_company(connection, seed.EXAMPLE | {"name": "Andes Roses"}, "a test")
        companies.add_person(connection, company_id, "rosa@andes.example", "Rosa Vega", Role.MANAGER)
    settings = replace(desk.settings, company="Andes Roses", person="rosa@andes.example")
    theirs = open_desk(settings, desk.database)
    content = csv_of(NEW | {"Phone": "305"})
    draft = uploaded(desk, content)
    imported(desk, content)

    assert checked(theirs, content)["counts"]["new"] == 1
    assert (stored(theirs), listed(theirs), post.outbox(theirs)) == ({}, [], [])
    assert (drafts.find(theirs).drafts, importer.earlier_import(theirs, content)) == ((), None)
    for step in (
        lambda: drafts.open_draft(theirs, draft.stored.draft_id),
        lambda: drafts.discard(theirs, draft.stored.draft_id),
    ):
        with pytest.raises(NotFound):
            step()
    unknown = checked(theirs, csv_of({"Customer ID": str(stored(desk)["ABC"]["customer_id"]), "Phone": "1"}))
    assert found(unknown) == [(2, "Customer ID", "unknown_customer_id")]
    assert imported(theirs, content).counts.new == 1
    assert stored(desk)["ABC"]["customer_id"] != stored(theirs)["ABC"]["customer_id"]
    with pytest.raises(KometError, match="one of: Andes Roses and Sunrise Blooms, Miami"):
        open_desk(replace(settings, company=None), desk.database)
