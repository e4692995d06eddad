"""A commit does exactly what its plan says, with its audit, or nothing at all."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from komet_import.errors import KometError, NotFound, Refused
from komet_import.review.issues import Issue
from komet_import.review.plan import Counts, Plan, Record
from komet_import.review.rows import Keys
from komet_import.schema.company import Company
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.problems import IssueCode, Problem, Severity
from komet_import.store import audit, companies, customers, discrepancies, history, imports, models
from komet_import.store.audit import WantedChanges
from komet_import.store.commit import commit
from komet_import.store.customers import Wanted
from komet_import.store.database import Database
from komet_import.store.drafts import BlankCells
from komet_import.store.history import Order, WantedImports
from komet_import.store.imports import AuditedChange, ImportKind, ImportState
from tests.store.plans import cell, commit_plan, counted, make_plan, new_import, texts

A = {"code": "A", "name": "Ann", "phone": "1", "active": "Yes", "credit_limit": "10.00"}
B = {"code": "B", "name": "Bob", "phone": "2", "active": "Yes"}
C = {"code": "C", "name": "Cid"}


def records(database: Database, company: Company) -> dict[str, Record]:
    """The stored customers by code."""
    with database.reading() as conn:
        stored = customers.each_record(conn, CUSTOMERS, company.company_id)
        return {cell(record, "code"): record for record in stored}


def everything(database: Database) -> Iterator[tuple[str, object]]:
    """All rows of all tables: what must be the same after a commit that did not happen."""
    with database.reading() as conn:
        for table in models.metadata.sorted_tables:
            yield table.name, conn.execute(sa.select(table)).all()


@pytest.fixture
def stored(database: Database, company: Company) -> dict[str, Record]:
    """Ann and Bob are stored already."""
    commit_plan(database, company, make_plan(company, new=[A, B]))
    return records(database, company)


def test_new_changed_unchanged_and_rejected_rows_each_go_where_the_plan_says(
    database: Database, company: Company, stored: dict[str, Record]
) -> None:
    change = {"phone": "", "credit_limit": "0.10", "active": "No"}
    plan = make_plan(
        company, new=[C], update=[(stored["A"], change)], unchanged=[stored["B"]], rejected=[{"name": "Dan"}]
    )
    record = commit_plan(database, company, plan, edits=3, blank_cells=BlankCells.CLEAR)
    assert (record.kind, record.state, record.rows) == (ImportKind.IMPORT, ImportState.COMMITTED, 4)
    assert record.counts == Counts(new=1, update=1, unchanged=1, rejected=1)
    assert (record.by, record.email, record.edits) == ("Administrator", "admin@localhost", 3)
    assert record.finished_at > record.started_at
    after = records(database, company)
    assert after["A"] == Record(1, 2, texts(**(A | change)))
    assert after["B"] == stored["B"]
    assert after["C"] == Record(3, 1, texts(**C))


def test_the_audit_names_every_changed_cell_and_every_new_customer(
    database: Database, company: Company, stored: dict[str, Record]
) -> None:
    plan = make_plan(company, new=[C], update=[(stored["A"], {"phone": "", "name": "Anna"})])
    record = commit_plan(database, company, plan)
    with database.reading() as conn:
        mine = (conn, CUSTOMERS, company.company_id, record.import_id)
        found = [shown.change for shown in audit.each_change(*mine, WantedChanges())]
        page = [shown.change for shown in audit.each_change(*mine, WantedChanges(), 1, 1)]
        counts = audit.count_changes(*mine)
    assert found == [
        AuditedChange(2, 3, "insert", None, None, None),
        AuditedChange(3, 1, "update", "phone", "1", None),
        AuditedChange(3, 1, "update", "name", "Ann", "Anna"),
    ]
    assert page == found[1:2]
    assert counts == {("insert", None): 1, ("update", "phone"): 1, ("update", "name"): 1}


def test_the_discrepancies_and_the_rejected_cells_are_kept(database: Database, company: Company) -> None:
    rejected = [{"name": "Dan", "phone": "\ud800"}, {"name": "Eve"}]
    plan = make_plan(company, new=[C], rejected=rejected)
    record = commit_plan(database, company, plan)
    with database.reading() as conn:
        mine = (conn, company.company_id, record.import_id)
        found = list(discrepancies.each(*mine))
        page = list(discrepancies.each(*mine, limit=1, offset=1))
        assert list(discrepancies.each(*mine, severity=Severity.WARNING)) == []
        cells = list(discrepancies.rejected_rows(conn, company.company_id, record.import_id))
    assert [(one.row, one.key, one.code, one.severity) for one in found] == [
        (3, "code", "required", "error"),
        (4, "code", "required", "error"),
    ]
    assert found == plan.issues
    assert found[0].message == "Required, and it is empty."
    assert page == found[1:]
    assert cells == [(3, {"name": "Dan", "phone": "\ud800"}), (4, {"name": "Eve", "phone": None})]


def test_of_very_many_discrepancies_each_kind_is_kept_to_a_number_and_each_rejected_row_to_its_first_error(
    database: Database, company: Company
) -> None:
    rows = range(2, 5004)
    problems = {
        "name": IssueCode.POSSIBLE_DUPLICATE,
        "phone": IssueCode.TOO_LONG,
        "terms": IssueCode.NOT_IN_LIST,
        "shipping_zip": IssueCode.ZIP_LOST_ZEROS,
    }
    facts = {"others": "row 1", "length": 21, "limit": 20}
    issues = [
        Issue(row, key, "x", Problem(code, f"{row}", facts)) for row in rows for key, code in problems.items()
    ]
    plan = replace(make_plan(company, rejected=[{}] * len(rows)), issues=issues, issue_counts=counted(issues))
    record = commit_plan(database, company, plan)
    with database.reading() as conn:
        found = list(discrepancies.each(conn, company.company_id, record.import_id))
    assert Counter(one.key for one in found) == {
        "name": 5002,
        "phone": 5002,
        "terms": 5000,
        "shipping_zip": 5000,
    }
    assert [(one.row, one.key, one.value, one.suggestion) for one in found[-3:]] == [
        (5002, "phone", "x", "5002"),
        (5003, "name", "x", "5003"),
        (5003, "phone", "x", "5003"),
    ]


def test_a_row_that_was_skipped_is_counted_apart_and_keeps_nothing_out(
    database: Database, company: Company
) -> None:
    plan = make_plan(company, new=[A], rejected=[{"name": "Dan"}])
    issues = [Issue(3, None, "", Problem(IssueCode.LEFT_OUT))]
    skipped = replace(
        plan,
        counts=Counts(new=1, rejected=1, skipped=1),
        issues=issues,
        issue_counts=counted(issues),
    )
    again = replace(skipped, rows=make_plan(company, new=[B]).rows)
    for one in (skipped, again):
        record = commit_plan(database, company, one, all_or_nothing=True)
        assert (record.state, record.counts) == (ImportState.COMMITTED, one.counts)


def test_a_customer_knows_when_it_was_added_and_when_it_was_changed_last(
    database: Database, company: Company, stored: dict[str, Record]
) -> None:
    def times() -> list[tuple[datetime, datetime]]:
        c = models.customer.c
        with database.reading() as conn:
            found = conn.execute(sa.select(c.created_at, c.updated_at).order_by(c.id))
            return [(added, changed) for added, changed in found]

    (ann, bob), begun = times(), datetime.now(UTC)
    assert ann[0] == ann[1] == bob[0] == bob[1] < begun
    commit_plan(database, company, make_plan(company, update=[(stored["A"], {"phone": "9"})]))
    after = times()
    assert (after[0][0], after[1]) == (ann[0], bob)
    assert begun < after[0][1] < datetime.now(UTC)


def test_a_changed_code_and_name_are_found_under_their_new_keys(
    database: Database, company: Company, stored: dict[str, Record]
) -> None:
    change = {"code": "É", "name": "Zoë", "billing_city": "Cali"}
    commit_plan(database, company, make_plan(company, update=[(stored["A"], change)]))
    with database.reading() as conn:
        mine = (conn, CUSTOMERS, company.company_id)
        found = customers.take_snapshot(*mine, Keys(codes=frozenset({"é"}), names=frozenset({"zoë"})))
        assert (found.id_by_code["é"], found.ids_by_name["zoë"]) == (1, (1,))
        searched = ("ZOË", "cali", "ann", "x", "é\nzoë")
        assert [customers.find(*mine, Wanted(text), None, 9)[1] for text in searched] == [1, 1, 0, 0, 0]


def test_new_customers_get_their_ids_in_the_order_of_the_file(database: Database, company: Company) -> None:
    commit_plan(database, company, make_plan(company, new=[C, A, B]))
    assert [record.record_id for record in records(database, company).values()] == [1, 2, 3]
    assert list(records(database, company)) == ["C", "A", "B"]


def test_the_id_of_a_removed_customer_is_never_given_again(
    database: Database, company: Company, stored: dict[str, Record]
) -> None:
    with database.writing() as conn:
        conn.execute(sa.delete(models.customer))
    commit_plan(database, company, make_plan(company, new=[C]))
    assert records(database, company)["C"].record_id == 3


def test_progress_rises_to_the_end(database: Database, company: Company) -> None:
    shares: list[float] = []
    plan = make_plan(company, new=[A])
    with database.writing() as conn:
        commit(conn, company, new_import(plan), plan, shares.append)
    assert shares == [0.45, 0.65, 0.8, 0.95, 1.0]


# -- all or nothing ----------------------------------------------------------------------------------------------


def test_all_or_nothing_with_a_rejected_row_writes_no_customer(
    database: Database, company: Company, stored: dict[str, Record]
) -> None:
    plan = make_plan(
        company,
        new=[C],
        update=[(stored["A"], {"phone": "9"})],
        unchanged=[stored["B"]],
        rejected=[{"name": "Dan"}],
    )
    record = commit_plan(database, company, plan, all_or_nothing=True)
    assert (record.state, record.rows) == (ImportState.REJECTED, 4)
    assert record.counts == Counts(unchanged=1, rejected=3, held_back=2)
    assert records(database, company) == stored
    with database.reading() as conn:
        assert audit.count_changes(conn, CUSTOMERS, company.company_id, record.import_id) == {}
        assert len(list(discrepancies.each(conn, company.company_id, record.import_id))) == 1


def test_all_or_nothing_without_a_rejected_row_commits(database: Database, company: Company) -> None:
    record = commit_plan(database, company, make_plan(company, new=[A]), all_or_nothing=True)
    assert (record.state, record.counts.new) == (ImportState.COMMITTED, 1)


# -- refused -----------------------------------------------------------------------------------------------------


def _changed_meanwhile(database: Database, company: Company, stored: dict[str, Record]) -> None:
    commit_plan(database, company, make_plan(company, update=[(stored["A"], {"phone": "7"})]))


def _removed_meanwhile(database: Database, _company: Company, _stored: dict[str, Record]) -> None:
    with database.writing() as conn:
        conn.execute(sa.delete(models.customer).where(models.customer.c.code_key == "a"))


def _code_taken_meanwhile(database: Database, company: Company, _stored: dict[str, Record]) -> None:
    commit_plan(database, company, make_plan(company, new=[{"code": "c", "name": "Other"}]))


def _company_changed_meanwhile(database: Database, company: Company, _stored: dict[str, Record]) -> None:
    with database.writing() as conn:
        document = companies.company_document(conn, company.company_id)
        companies.replace_company(conn, company.company_id, document, "a test")


@pytest.mark.parametrize(
    "meanwhile",
    [_changed_meanwhile, _removed_meanwhile, _code_taken_meanwhile, _company_changed_meanwhile],
)
@pytest.mark.parametrize("touched", ["update", "unchanged"])
def test_a_plan_whose_customers_moved_is_refused_and_changes_nothing(
    database: Database, company: Company, stored: dict[str, Record], meanwhile: object, touched: str
) -> None:
    plan = make_plan(
        company,
        new=[C],
        update=[(stored["A"], {"phone": "9"})] if touched == "update" else [],
        unchanged=[stored["A"]] if touched == "unchanged" else [],
        rejected=[{"name": "Dan"}],
    )
    meanwhile(database, company, stored)  # type: ignore[operator]
    before = list(everything(database))
    with pytest.raises(Refused) as caught:
        commit_plan(database, company, plan)
    assert caught.value.code == "plan_moved"
    assert list(everything(database)) == before


def test_an_update_to_a_code_that_was_taken_meanwhile_is_refused(
    database: Database, company: Company, stored: dict[str, Record]
) -> None:
    plan = make_plan(company, update=[(stored["A"], {"code": "C"})])
    _code_taken_meanwhile(database, company, stored)
    with pytest.raises(Refused, match="Stored customers changed"):
        commit_plan(database, company, plan)


def test_a_plan_that_is_not_the_one_shown_is_refused(database: Database, company: Company) -> None:
    with pytest.raises(Refused) as caught:
        commit_plan(database, company, make_plan(company, new=[A]), plan_hash="another plan")
    assert caught.value.code == "plan_moved"


@pytest.mark.parametrize(
    "counts", [Counts(2, 0, 0, 1), Counts(1, 1, 0, 1), Counts(1, 0, 1, 1), Counts(1, 0, 0, 2)]
)
def test_a_plan_whose_rows_are_not_what_it_counts_is_taken_back(
    database: Database, company: Company, counts: Counts
) -> None:
    plan = replace(make_plan(company, new=[A], rejected=[{"name": "Dan"}]), counts=counts)
    before = list(everything(database))
    with pytest.raises(Refused) as caught:
        commit_plan(database, company, plan)
    assert caught.value.code == "not_as_planned"
    assert f"instead of {counts}" in str(caught.value)
    assert list(everything(database)) == before


@pytest.mark.parametrize("share", [0.4, 0.6, 0.7, 0.9, 1.0])
def test_an_exception_at_any_step_leaves_nothing(
    database: Database, company: Company, stored: dict[str, Record], share: float
) -> None:
    plan = make_plan(company, new=[C], update=[(stored["A"], {"phone": "9"})], rejected=[{"name": "Dan"}])
    before = list(everything(database))

    def stop(done: float) -> None:
        if done >= share:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt), database.writing() as conn:
        commit(conn, company, new_import(plan), plan, stop)
    assert list(everything(database)) == before
    assert commit_plan(database, company, plan).state is ImportState.COMMITTED


# -- tried again -------------------------------------------------------------------------------------------------


def test_a_retried_commit_returns_the_first_result(
    database: Database, company: Company, other: Company
) -> None:
    plan = make_plan(company, new=[A])
    first = commit_plan(database, company, plan, idempotency_key="k")
    assert commit_plan(database, company, plan, idempotency_key="k") == first
    assert len(records(database, company)) == 1
    theirs = commit_plan(database, other, make_plan(other, new=[A]), idempotency_key="k", person_id=2)
    assert theirs.import_id != first.import_id


def test_of_commits_at_the_same_moment_one_goes_in(database: Database, company: Company) -> None:
    plans = [make_plan(company, new=[A | {"name": f"Ann {n}"}], plan_hash=f"{n}") for n in range(4)]
    done: list[Plan] = []

    def run(plan: Plan) -> None:
        with suppress(KometError):
            commit_plan(database, company, plan)
            done.append(plan)

    threads = [threading.Thread(target=run, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = done
    (stored,) = records(database, company).values()
    assert stored.texts == winner.rows[0].texts


# -- the history -------------------------------------------------------------------------------------------------


def test_a_failed_import_stays_visible_and_its_key_can_be_tried_again(
    database: Database, company: Company
) -> None:
    plan = make_plan(company, new=[A])
    with database.writing() as conn:
        new = new_import(plan, idempotency_key="k")
        begun = imports.begin(conn, company.company_id, new, 1)
        imports.fail(conn, company.company_id, begun.import_id, "The disk is full.")
        failed = imports.get_import(conn, company.company_id, begun.import_id)
    assert (failed.state, failed.failure, failed.rows) == (ImportState.FAILED, "The disk is full.", 1)
    again = commit_plan(database, company, plan, idempotency_key="k")
    with database.reading() as conn:
        listed = history.find(conn, company.company_id, WantedImports(), Order(), None)
    assert [line.record for line in listed] == [again, failed]


def test_the_history_is_newest_first_by_pages_and_by_person(
    database: Database, company: Company, other: Company
) -> None:
    made = [
        commit_plan(database, company, make_plan(company, new=[{"code": f"{n}", "name": f"{n}"}]))
        for n in range(3)
    ]
    commit_plan(database, other, make_plan(other, new=[A]), person_id=2)
    with database.reading() as conn:
        for wanted, page, expected in (
            (WantedImports(), (10,), made[::-1]),
            (WantedImports(), (1, 1), [made[1]]),
            (WantedImports(person_id=1), (10,), made[::-1]),
            (WantedImports(person_id=2), (10,), []),
        ):
            lines = history.find(conn, company.company_id, wanted, Order(), *page)
            assert [line.record for line in lines] == expected


def test_the_same_bytes_are_known_once_they_were_committed(
    database: Database, company: Company, other: Company
) -> None:
    plan = make_plan(company, new=[A], rejected=[{"name": "Dan"}])
    commit_plan(database, company, plan, all_or_nothing=True)
    with database.reading() as conn:
        assert imports.find_committed_upload(conn, company.company_id, "ab12") is None
    committed = commit_plan(database, company, plan)
    with database.reading() as conn:
        assert imports.find_committed_upload(conn, company.company_id, "ab12") == committed
        assert imports.find_committed_upload(conn, company.company_id, "cd34") is None
        assert imports.find_committed_upload(conn, other.company_id, "ab12") is None
    with database.writing() as conn:
        conn.execute(sa.update(models.import_).values(state=ImportState.UNDONE.value))
        assert imports.find_committed_upload(conn, company.company_id, "ab12") is None


@pytest.mark.parametrize("import_id", [0, -1, 99, 2**63, 10**30])
def test_an_unknown_import_is_not_found(database: Database, company: Company, import_id: int) -> None:
    with database.reading() as conn, pytest.raises(NotFound, match=f"no import {import_id}"):
        imports.get_import(conn, company.company_id, import_id)


def test_another_company_neither_sees_an_import_nor_touches_its_customers(
    database: Database, company: Company, other: Company, stored: dict[str, Record]
) -> None:
    plan = make_plan(company, update=[(stored["A"], {"phone": "9"})], rejected=[{"name": "Dan"}])
    theirs = commit_plan(database, company, plan)
    with database.reading() as conn:
        at = (conn, other.company_id, theirs.import_id)
        with pytest.raises(NotFound):
            imports.get_import(*at)
        assert list(discrepancies.rejected_rows(*at)) == []
    before = records(database, company)
    foreign = make_plan(other, update=[(before["A"], {"phone": "stolen"})])
    with pytest.raises(Refused, match="Stored customers changed"):
        commit_plan(database, other, foreign, person_id=2)
    commit_plan(database, other, make_plan(other, new=[A]), person_id=2)
    assert records(database, company) == before
