"""The history on a real database: figures, stretches of time, filters, order, audit pages, and e-mails sent again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from komet_import.review.issues import ProblemKind
from komet_import.schema.company import Company, Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.problems import IssueCode, Severity
from komet_import.store import audit, companies, customers, discrepancies, history, mails
from komet_import.store.audit import WantedChanges
from komet_import.store.database import Database
from komet_import.store.history import Figures, Order, SortBy, Tally, WantedImports
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
    at(database, 1, NOON, 9, file="ÁREA 100%.xlsx", file_key="área 100%.xlsx")
    at(database, 2, NOON + timedelta(days=1), 1)
    at(database, 3, NOON + timedelta(days=2), 2)
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


@pytest.mark.parametrize(("days", "median"), [(1, 5.0), (0, 9.0)])
def test_the_median_of_few(database: Database, three: Company, days: int, median: float) -> None:
    until = NOON + timedelta(days=days, hours=1)
    with database.reading() as conn:
        figures = history.figures(conn, three.company_id, WantedImports(until=until))
    assert figures.median_seconds == pytest.approx(median, abs=0.01)


def test_the_figures_of_no_import_are_noughts_and_there_is_no_median(
    database: Database, company: Company
) -> None:
    with database.reading() as conn:
        assert history.figures(conn, company.company_id, WantedImports()) == Figures(
            0, 0, 0, 0, 0, 0, None, 0
        )


def test_a_search_narrows_all_that_is_counted(database: Database, three: Company) -> None:
    wanted = WantedImports(search="zoë")
    for import_id in (2, 3, 3):
        send_for(database, three, import_id)
    with database.writing() as conn:
        mails.mark_sent(conn, three.company_id, 3)
    with database.reading() as conn:
        ids = conn, three.company_id, wanted
        figures = history.figures(*ids)
        assert replace(figures, median_seconds=None) == Figures(1, 2, 2, 0, 0, 0, None, 1)
        assert figures.median_seconds == pytest.approx(2, abs=0.01)
        assert history.tally(*ids, []) == {0: Tally(1, 2, 0, 0)}
        assert [who.name for who in history.people(*ids)] == ["Zoë Ümit"]
        assert history.problems(*ids) == []
        assert history.first_finished(*ids) == NOON + timedelta(days=2)


def send_for(database: Database, company: Company, import_id: int) -> int:
    """An e-mail of that import that waits."""
    new = NewMail(("ana@x.example",), "Hi", "<p>", "Hi", "<1@komet>", import_id)
    with database.writing() as conn:
        return mails.add_mail(conn, company.company_id, new, to_be_sent=True)


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
    sent, _waiting = send_for(database, three, 1), send_for(database, three, 2)
    with database.writing() as conn:
        mails.mark_sent(conn, three.company_id, sent)
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


def test_people_come_with_the_most_rows_first(database: Database, three: Company) -> None:
    """Of the same number the one who was there first; two of one name are two."""
    with database.writing() as conn:
        conn.execute(sa.update(person).values(name="Zoë Ümit"))

    def people() -> list[tuple[int, str, int, int]]:
        with database.reading() as conn:
            found = history.people(conn, three.company_id, WantedImports())
        return [(who.person_id, who.name, who.imports, who.rows) for who in found]

    assert people() == [(1, "Zoë Ümit", 2, 2), (2, "Zoë Ümit", 1, 2)]
    at(database, 3, NOON, rows=3)
    assert people() == [(2, "Zoë Ümit", 1, 3), (1, "Zoë Ümit", 2, 2)]


def test_problems_come_with_the_most_cells_first(database: Database, three: Company) -> None:
    """Of the same number by column, then by code."""
    several = {("terms", "not_in_list"): 5, ("name", "required"): 1, ("code", "too_long"): 1}
    plan = replace(
        make_plan(three, rejected=REJECTED),
        issues=[],
        issue_counts={
            ProblemKind(number, key, Severity.ERROR, IssueCode(code)): cells
            for number, ((key, code), cells) in enumerate(several.items())
        },
    )
    for _ in range(2):
        commit_plan(database, three, plan)
    with database.reading() as conn:
        problems = history.problems(conn, three.company_id, WantedImports())
    assert [(*count.problem, count.cells, count.imports) for count in problems] == [
        ("terms", "not_in_list", 10, 2),
        ("code", "too_long", 2, 2),
        ("name", "required", 2, 2),
        ("code", "required", 1, 1),
    ]


def test_another_company_sees_none_of_it(database: Database, three: Company, other: Company) -> None:
    ids = (other.company_id, 2)
    with database.reading() as conn:
        assert history.figures(conn, other.company_id, WantedImports()).imports == 0
        assert history.find(conn, other.company_id, WantedImports(), Order(), None) == []
        assert history.people(conn, other.company_id, WantedImports()) == []
        assert history.problems(conn, other.company_id, WantedImports()) == []
        assert discrepancies.count_kinds(conn, *ids) == []
        assert list(discrepancies.each(conn, *ids)) == []
        assert audit.count_changes(conn, CUSTOMERS, other.company_id, 1) == {}
        assert list(audit.each_change(conn, CUSTOMERS, other.company_id, 1, WantedChanges(), None)) == []


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (WantedChanges(), [None, "phone"]),
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
    assert [shown.change.key for shown in changes] == expected
    both = {("insert", None): 1, ("update", "phone"): 1}
    found = {"": both, "ANN": {("update", "phone"): 1}, "1": {("update", "phone"): 1}}
    assert counts == found.get(wanted.record, {})


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
