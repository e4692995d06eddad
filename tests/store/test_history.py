"""The history on a real database: figures, stretches of time, filters, order, audit pages, and e-mails sent again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from komet_import.schema.company import Company, Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import audit, companies, customers, history, mails
from komet_import.store.audit import WantedChanges
from komet_import.store.database import Database
from komet_import.store.history import Order, SortBy, WantedImports
from komet_import.store.imports import ImportState
from komet_import.store.mails import MailState, NewMail, StoredMail
from komet_import.store.models import import_, person
from tests.store.plans import commit_plan, make_plan

NOON = datetime(2026, 3, 10, 12, tzinfo=UTC)
REJECTED = [{"name": "No code"}]


def at(database: Database, import_id: int, finished: datetime, seconds: float = 1, **facts: object) -> None:
    """Moves an import to another time."""
    times = {"started_at": finished - timedelta(seconds=seconds), "finished_at": finished}
    with database.writing() as conn:
        conn.execute(sa.update(import_).where(import_.c.id == import_id).values(**times, **facts))


@pytest.fixture
def three(database: Database, company: Company) -> Company:
    """One new customer; then one left out; then, by Zoë Ümit, two new ones."""
    with database.writing() as conn:
        companies.add_person(conn, company.company_id, "zoe@x.example", "Zoë Ümit", Role.ANALYST)
        zoe = conn.execute(sa.select(person.c.id).where(person.c.email == "zoe@x.example")).scalar_one()
    commit_plan(database, company, make_plan(company, new=[{"code": "A", "name": "Anna"}]))
    commit_plan(database, company, make_plan(company, rejected=REJECTED))
    commit_plan(
        database,
        company,
        make_plan(company, new=[{"code": "B", "name": "Berta"}, {"code": "C", "name": "Cid"}]),
        person_id=zoe,
    )
    at(database, 1, NOON, 1, file="ÁREA 100%.xlsx", file_key="área 100%.xlsx")
    at(database, 2, NOON + timedelta(days=1), 2)
    at(database, 3, NOON + timedelta(days=2), 9)
    return company


def found(
    database: Database, company: Company, wanted: WantedImports, order: Order | None = None
) -> list[int]:
    with database.reading() as conn:
        lines = history.find(conn, company.company_id, wanted, order or Order(), None)
    return [line.record.import_id for line in lines]


def test_the_figures_add_up_and_the_median_is_the_middle_one(database: Database, three: Company) -> None:
    with database.reading() as conn:
        figures = history.figures(conn, three.company_id, WantedImports())
    assert (figures.imports, figures.rows) == (3, 4)
    assert figures.rows == figures.inserted + figures.updated + figures.unchanged + figures.rejected
    assert figures.median_seconds == pytest.approx(2, abs=0.01)
    assert figures.mails_waiting == 0


@pytest.mark.parametrize(("days", "median"), [(1, 1.5), (0, 1.0)])
def test_the_median_of_few(database: Database, three: Company, days: int, median: float) -> None:
    until = NOON + timedelta(days=days, hours=1)
    with database.reading() as conn:
        figures = history.figures(conn, three.company_id, WantedImports(until=until))
    assert figures.median_seconds == pytest.approx(median, abs=0.01)


def test_no_import_has_no_median(database: Database, company: Company) -> None:
    with database.reading() as conn:
        assert history.figures(conn, company.company_id, WantedImports()).median_seconds is None


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (WantedImports(), [3, 2, 1]),
        (WantedImports(since=NOON + timedelta(days=1)), [3, 2]),
        (WantedImports(until=NOON + timedelta(days=1)), [1]),
        (WantedImports(left_out=True), [2]),
        (WantedImports(search=" área 100% "), [1]),
        (WantedImports(search="AREA"), []),
        (WantedImports(search="zoë ü"), [3]),
        (WantedImports(search="_"), []),
        (WantedImports(search="\x00"), []),
        (WantedImports(problem=("code", "required")), [2]),
        (WantedImports(problem=("", "required")), []),
        (WantedImports(state=ImportState.FAILED), []),
        (WantedImports(person_id=1), [2, 1]),
    ],
)
def test_the_filters(database: Database, three: Company, wanted: WantedImports, expected: list[int]) -> None:
    assert found(database, three, wanted) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        (Order(SortBy.ROWS), [3, 2, 1]),
        (Order(SortBy.LEFT_OUT), [2, 3, 1]),
        (Order(SortBy.WHEN, False), [1, 2, 3]),
        (Order(SortBy.BY, False), [2, 1, 3]),
        (Order(SortBy.FILE, False), [3, 2, 1]),
    ],
)
def test_the_order_is_newest_first_where_it_decides_nothing(
    database: Database, three: Company, order: Order, expected: list[int]
) -> None:
    assert found(database, three, WantedImports(), order) == expected


def test_every_column_sorts(database: Database, three: Company) -> None:
    at(database, 1, NOON, rows=9, inserted=1, unchanged=8, state="undone", file_key="b")
    at(database, 2, NOON + timedelta(days=1), rows=8, updated=7, inserted=0, file_key="c")
    at(
        database,
        3,
        NOON + timedelta(days=2),
        updated=6,
        unchanged=9,
        rejected=3,
        state="rejected",
        file_key="a",
    )
    for import_id, sent in ((1, True), (2, False)):
        new = NewMail(("ana@x.example",), "Hi", "<p>", "Hi", "<1@komet>", import_id)
        with database.writing() as conn:
            mail_id = mails.add_mail(conn, three.company_id, new, to_be_sent=True)
            if sent:
                mails.mark_sent(conn, three.company_id, mail_id)
    assert {by.value: found(database, three, WantedImports(), Order(by)) for by in SortBy} == {
        "when": [3, 2, 1],
        "file": [2, 1, 3],
        "by": [3, 2, 1],
        "rows": [1, 2, 3],
        "new": [3, 1, 2],
        "updated": [2, 3, 1],
        "unchanged": [3, 1, 2],
        "left_out": [3, 2, 1],
        "state": [1, 3, 2],
        "mail": [2, 1, 3],
    }


def test_stretches_of_time_begin_where_the_last_one_ends(database: Database, three: Company) -> None:
    with database.reading() as conn:
        tallies = history.tally(conn, three.company_id, WantedImports(), [NOON, NOON + timedelta(days=2)])
        all_of_them = history.tally(conn, three.company_id, WantedImports(), [])
    assert {n: tally.imports for n, tally in tallies.items()} == {1: 2, 2: 1}
    assert (tallies[1].inserted, tallies[1].rejected, tallies[2].inserted) == (1, 1, 2)
    assert {n: tally.imports for n, tally in all_of_them.items()} == {0: 3}


def test_people_and_problems_are_counted(database: Database, three: Company) -> None:
    with database.reading() as conn:
        people = history.people(conn, three.company_id, WantedImports())
        problems = history.problems(conn, three.company_id, WantedImports())
    assert {(who.name, who.imports, who.rows) for who in people} == {
        ("Administrator", 2, 2),
        ("Zoë Ümit", 1, 2),
    }
    assert [(count.problem, count.cells, count.imports) for count in problems] == [
        (("code", "required"), 1, 1)
    ]


def test_another_company_sees_none_of_it(database: Database, three: Company, other: Company) -> None:
    ids = (other.company_id, 2)
    with database.reading() as conn:
        assert history.figures(conn, other.company_id, WantedImports()).imports == 0
        assert history.find(conn, other.company_id, WantedImports(), Order(), None) == []
        assert history.people(conn, other.company_id, WantedImports()) == []
        assert history.problems(conn, other.company_id, WantedImports()) == []
        assert audit.problems_of(conn, *ids) == []
        assert list(audit.each_discrepancy(conn, *ids)) == []
        assert audit.count_changes(conn, CUSTOMERS, other.company_id, 1) == {}
        assert list(audit.each_change(conn, CUSTOMERS, other.company_id, 1, WantedChanges(), None)) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (WantedChanges(), ["phone", None]),
        (WantedChanges(key="phone"), ["phone"]),
        (WantedChanges(action="insert"), [None]),
        (WantedChanges(record="ANN"), ["phone"]),
        (WantedChanges(record="1"), ["phone"]),
        (WantedChanges(record="9" * 30), []),
        (WantedChanges(record="\x00"), []),
    ],
)
def test_changes_are_found_by_column_action_and_customer(
    database: Database, three: Company, wanted: WantedChanges, expected: list[str | None]
) -> None:
    with database.reading() as conn:
        record = next(customers.each_record(conn, CUSTOMERS, three.company_id))
    mixed = make_plan(three, update=[(record, {"phone": "305"})], new=[{"code": "D", "name": "Dora"}])
    import_id = commit_plan(database, three, mixed).import_id
    with database.reading() as conn:
        ids = (three.company_id, import_id)
        changes = list(audit.each_change(conn, CUSTOMERS, *ids, wanted, None))
        counts = audit.count_changes(conn, CUSTOMERS, *ids, wanted.record)
    assert sorted((shown.change.key or "") for shown in changes) == sorted(key or "" for key in expected)
    assert sum(counts.values()) >= len(changes)


# -- sent again ------------------------------------------------------------------------------------------------------


def waiting(database: Database, company: Company) -> StoredMail:
    new = NewMail(("ana@x.example",), "Hi", "<p>", "Hi", "<1@komet>")
    with database.writing() as conn:
        return read(database, company, mails.add_mail(conn, company.company_id, new, to_be_sent=True), conn)


def read(database: Database, company: Company, mail_id: int, conn: sa.Connection | None = None) -> StoredMail:
    if conn is None:
        with database.reading() as opened:
            return read(database, company, mail_id, opened)
    found = mails.get_mail(conn, company.company_id, mail_id)
    assert found is not None
    return found


def again(database: Database, seen: StoredMail) -> bool:
    with database.writing() as conn:
        return mails.make_due(conn, seen, datetime.now(UTC), "<2@komet>")


def test_a_sent_mail_is_due_again_under_a_new_id(database: Database, company: Company) -> None:
    mail = waiting(database, company)
    with database.writing() as conn:
        mails.claim(conn, mail, datetime.now(UTC))
        mails.mark_sent(conn, company.company_id, mail.mail_id)
    assert again(database, read(database, company, mail.mail_id))
    now = read(database, company, mail.mail_id)
    assert (now.state, now.attempts, now.message_id) == (MailState.WAITING, 0, "<2@komet>")


def test_a_failed_mail_keeps_its_id_and_forgets_its_failures(database: Database, company: Company) -> None:
    mail = waiting(database, company)
    with database.writing() as conn:
        until = mails.claim(conn, mail, datetime.now(UTC))
        assert until is not None
        mails.mark_failed(conn, mail, until, None, "No such server.")
    assert again(database, read(database, company, mail.mail_id))
    now = read(database, company, mail.mail_id)
    assert (now.state, now.last_error, now.message_id) == (MailState.WAITING, None, "<1@komet>")


def test_a_mail_in_hand_is_not_sent_twice(database: Database, company: Company) -> None:
    mail = waiting(database, company)
    with database.writing() as conn:
        assert mails.claim(conn, mail, datetime.now(UTC))
    assert not again(database, read(database, company, mail.mail_id))


def test_of_two_clicks_one_counts(database: Database, company: Company) -> None:
    mail = waiting(database, company)
    assert again(database, mail)
    assert not again(database, mail)
