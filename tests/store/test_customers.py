"""Stored customers: found for a file, searched, streamed; every value exactly as it went in."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from komet_import.errors import NotFound
from komet_import.review.plan import Snapshot
from komet_import.review.rows import Keys
from komet_import.schema.column import KindName
from komet_import.schema.company import Company
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.text import fold
from komet_import.store import customers, models
from komet_import.store.customers import LAST_CHANGE, Order, Wanted
from komet_import.store.database import Database
from komet_import.store.record_audit import AuditEntry, audit_of
from tests.store.plans import KEYS, commit_plan, make_plan, texts

FULL = {column.key: column.example for column in CUSTOMERS.value_columns}


def snapshot(
    database: Database,
    company: Company,
    ids: tuple[int, ...] = (),
    codes: tuple[str, ...] = (),
    names: tuple[str, ...] = (),
) -> Snapshot:
    with database.reading() as conn:
        keys = Keys(frozenset(ids), frozenset(codes), frozenset(names))
        return customers.take_snapshot(conn, CUSTOMERS, company.company_id, keys)


def search(database: Database, company: Company, text: str | None) -> list[int]:
    with database.reading() as conn:
        rows, total = customers.find(conn, CUSTOMERS, company.company_id, Wanted(text or ""), None, None)
    assert total == len(rows)
    return [row.record_id for row in rows]


@pytest.fixture
def nine(database: Database, company: Company) -> Company:
    """The company with nine customers: A1 to A9, of which 1 to 3 share a name."""
    new = [{"code": f"A{n}", "name": "Same" if n < 4 else f"Name {n}"} for n in range(1, 10)]
    commit_plan(database, company, make_plan(company, new=new))
    return company


def test_every_value_comes_back_as_the_template_writes_it(database: Database, company: Company) -> None:
    blank = {"code": "B", "name": "Blank"}
    commit_plan(database, company, make_plan(company, new=[FULL, blank]))
    with database.reading() as conn:
        records = list(customers.each_record(conn, CUSTOMERS, company.company_id))
    assert [record.texts for record in records] == [texts(**FULL), texts(**blank)]
    assert [(record.record_id, record.version) for record in records] == [(1, 1), (2, 1)]


@pytest.mark.parametrize("amount", ["0.00", "0.01", "0.07", "1.10", "19.99", "4500.05", "99999999.99"])
def test_money_is_exact(database: Database, company: Company, amount: str) -> None:
    plan = make_plan(company, new=[{"code": "A", "name": "A", "credit_limit": amount}])
    commit_plan(database, company, plan)
    assert snapshot(database, company, ids=(1,)).records[1].texts[KEYS.index("credit_limit")] == amount
    with database.reading() as conn:
        stored = conn.exec_driver_sql("SELECT typeof(credit_limit), credit_limit FROM customer").one()
    assert tuple(stored) == ("integer", int(amount.replace(".", "")))


@pytest.mark.parametrize("text", ["Yes", "No", ""])
def test_a_boolean_is_yes_no_or_nothing(database: Database, company: Company, text: str) -> None:
    keys = [column.key for column in CUSTOMERS.value_columns if column.kind is KindName.BOOLEAN]
    cells = {"code": "A", "name": "A"} | dict.fromkeys(keys, text)
    commit_plan(database, company, make_plan(company, new=[cells]))
    assert snapshot(database, company, ids=(1,)).records[1].texts == texts(**cells)


def test_a_snapshot_finds_customers_by_id_by_code_and_by_name(database: Database, nine: Company) -> None:
    found = snapshot(database, nine, ids=(9, 77), codes=("a5", "zz"), names=("same",))
    assert set(found.records) == {1, 2, 3, 5, 9}
    assert found.id_by_code["a5"] == 5
    assert found.ids_by_name["same"] == (1, 2, 3)
    assert found.ids_by_name["name 9"] == (9,)


def test_a_snapshot_that_names_most_customers_holds_them_all(database: Database, nine: Company) -> None:
    found = snapshot(database, nine, codes=("a1", "a2", "a3", "a4", "a5", "a6"))
    assert {f"a{n}" for n in range(1, 7)} <= set(found.id_by_code)
    assert found.ids_by_name["same"] == (1, 2, 3)


def test_a_snapshot_of_nothing_is_empty(database: Database, nine: Company) -> None:
    assert snapshot(database, nine) == Snapshot()


def test_a_hostile_key_finds_nothing(database: Database, nine: Company) -> None:
    found = snapshot(database, nine, codes=("'; DROP TABLE customer; --", "\ud800"), names=("\0",))
    assert found == Snapshot()


@pytest.mark.parametrize("code", ["ÉCLAIR", "STRASSE", "İZMİR", "ΣΊΣΥΦΟΣ"])
def test_a_code_is_the_same_whatever_its_case(database: Database, company: Company, code: str) -> None:
    new = [{"code": code, "name": "A"}, *({"code": f"X{n}", "name": "X"} for n in range(2))]
    commit_plan(database, company, make_plan(company, new=new))
    written = {"STRASSE": "straße"}.get(code, code.lower())
    assert snapshot(database, company, codes=(fold(written),)).id_by_code == {fold(code): 1}


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        (None, [1, 2, 3, 4]),
        ("  ", [1, 2, 3, 4]),
        ("ROSE", [1, 2]),
        ("rosé", [3]),
        ("MEDELLÍN", [2]),
        ("ap@rose", [1]),
        ("x-9", [4]),
        ("100%", [4]),
        ("%", [4]),
        ("_", [3]),
        ("\\", [2]),
        ("' OR 1=1 --", []),
        ("\ud800", []),
        ("rose\0", []),
        ("é" * 100_000, []),
    ],
)
def test_a_search_takes_every_character_as_it_stands(
    database: Database, company: Company, text: str | None, ids: list[int]
) -> None:
    new = [
        {"code": "R1", "name": "Rose & Co", "email_invoices": "ap@rose.example"},
        {"code": "R2", "name": "rose\\garden", "billing_city": "Medellín"},
        {"code": "R_3", "name": "Rosé Imports", "shipping_city": "Bogotá"},
        {"code": "X-9", "name": "100% Tulips"},
    ]
    commit_plan(database, company, make_plan(company, new=new))
    assert search(database, company, text) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("STRASSE", [1]),
        ("große straße", [1]),
        ("ẞ", [1]),
        ("FINAL", [2]),
        ("İZM", [3]),
        ("ΐ" * 200, [4]),
        ("ΐ" * 201, []),
    ],
)
def test_a_search_finds_what_grows_when_its_case_is_folded(
    database: Database, company: Company, text: str, ids: list[int]
) -> None:
    """A name of 200 characters can be 600 once folded: it is found whole."""
    names = ("Große Straße", "ﬁnal", "İzmir", "ΐ" * 200)
    new = [{"code": f"C{n}", "name": name} for n, name in enumerate(names)]
    commit_plan(database, company, make_plan(company, new=new))
    assert search(database, company, text) == ids


def test_a_search_gives_a_page_and_says_how_many_there_are(database: Database, nine: Company) -> None:
    with database.reading() as conn:
        rows, total = customers.find(conn, CUSTOMERS, nine.company_id, Wanted("name"), None, 2, 3)
        none, _ = customers.find(conn, CUSTOMERS, nine.company_id, Wanted("name"), None, 2, 30)
    assert [row.record_id for row in rows] == [7, 8]
    assert (total, none) == (6, [])
    assert rows[0].texts[0] == "A7"
    assert rows[0].updated_at.tzinfo is not None


def test_a_company_sees_its_own_customers_only(database: Database, nine: Company, other: Company) -> None:
    commit_plan(database, other, make_plan(other, new=[{"code": "A1", "name": "Same"}]), person_id=2)
    found = snapshot(database, other, ids=tuple(range(1, 10)), codes=("a1", "a2"), names=("same",))
    assert set(found.records) == {10}
    assert (found.id_by_code, found.ids_by_name) == ({"a1": 10}, {"same": (10,)})
    assert set(snapshot(database, nine, ids=(10,), codes=("a1",), names=("same",)).records) == {1, 2, 3}
    assert search(database, other, None) == [10]
    with database.reading() as conn:
        assert customers.count(conn, CUSTOMERS, nine.company_id) == 9
        assert customers.count(conn, CUSTOMERS, other.company_id) == 1
        streamed = list(customers.each_record(conn, CUSTOMERS, other.company_id))
    assert [record.record_id for record in streamed] == [10]


FLORISTS: list[dict[str, str]] = [
    {"code": "b", "name": "Zoe", "location_codes": "MIA:LAX", "customer_type": "Wholesaler", "active": "Yes"},
    {"code": "A", "name": "anna", "location_codes": "MIAMI:mia", "active": "No", "billing_city": "doral"},
    {"code": "C", "name": "Ángel", "location_codes": "LAX", "customer_type": "Wholesaler", "active": "No"},
    {"code": "d", "name": "Bo", "location_codes": "BOG:MIA", "active": "Yes", "billing_city": "Boston"},
]


@pytest.fixture
def florists(database: Database, company: Company) -> Company:
    """The company with four customers, 1 to 4; the second one was changed last."""
    commit_plan(database, company, make_plan(company, new=FLORISTS))
    second = snapshot(database, company, ids=(2,)).records[2]
    update = make_plan(company, update=[(second, {"phone": "305", "fax": "306"})], plan_hash="another")
    commit_plan(database, company, update)
    return company


def find(database: Database, company: Company, wanted: Wanted, order: Order | None = None) -> list[int]:
    """The list and the download agree."""
    with database.reading() as conn:
        rows, total = customers.find(conn, CUSTOMERS, company.company_id, wanted, order, None)
        records = list(customers.each_record(conn, CUSTOMERS, company.company_id, wanted, order))
    ids = [row.record_id for row in rows]
    assert (total, [record.record_id for record in records]) == (len(ids), ids)
    return ids


@pytest.mark.parametrize(
    ("wanted", "ids"),
    [
        (Wanted(values={"location_codes": "MIA"}), [1, 4]),
        (Wanted(values={"location_codes": "mia"}), [2]),
        (Wanted(values={"location_codes": "%"}), []),
        (Wanted(values={"location_codes": "\ud800"}), []),
        (Wanted(values={"customer_type": "Wholesaler"}), [1, 3]),
        (Wanted(values={"active": "Yes"}), [1, 4]),
        (Wanted(values={"active": "No", "customer_type": "Wholesaler"}), [3]),
        (Wanted(values={"customer_type": "' OR 1=1 --"}), []),
        (Wanted("o", {"location_codes": "MIA", "active": "Yes"}), [1, 4]),
        (Wanted(import_id=1), [1, 2, 3, 4]),
        (Wanted(import_id=2), [2]),
        (Wanted(import_id=3), []),
        (Wanted("zoe", import_id=2), []),
        (Wanted("\0"), []),
    ],
)
def test_filters_find_what_fulfils_all_of_them(
    database: Database, florists: Company, wanted: Wanted, ids: list[int]
) -> None:
    assert find(database, florists, wanted) == ids


@pytest.mark.parametrize(
    ("by", "ids", "back"),
    [
        ("customer_id", [1, 2, 3, 4], [4, 3, 2, 1]),
        ("code", [2, 1, 3, 4], [4, 3, 1, 2]),
        ("name", [2, 4, 1, 3], [3, 1, 4, 2]),
        ("billing_city", [4, 2, 1, 3], [2, 4, 3, 1]),
        ("customer_type", [1, 3, 2, 4], [3, 1, 4, 2]),
        (LAST_CHANGE, [1, 3, 4, 2], [2, 4, 3, 1]),
    ],
)
def test_customers_are_sorted_whatever_the_case_and_blanks_come_last(
    database: Database, florists: Company, by: str, ids: list[int], back: list[int]
) -> None:
    assert find(database, florists, Wanted(), Order(by)) == ids
    assert find(database, florists, Wanted(), Order(by, descending=True)) == back


def test_a_page_goes_on_where_the_one_before_it_ends(database: Database, nine: Company) -> None:
    with database.reading() as conn:
        pages = [
            customers.find(conn, CUSTOMERS, nine.company_id, Wanted(), Order("name", True), 4, offset)[0]
            for offset in (0, 4, 8)
        ]
    assert [row.record_id for page in pages for row in page] == [3, 2, 1, 9, 8, 7, 6, 5, 4]


def audit(database: Database, company: Company, customer_id: int, limit: int = 9) -> list[AuditEntry]:
    with database.reading() as conn:
        return audit_of(conn, CUSTOMERS, company.company_id, customer_id, limit)


def test_a_customer_knows_which_imports_wrote_it(database: Database, florists: Company) -> None:
    newest, first = audit(database, florists, 2)
    cells = [(change.row, change.key, change.old, change.new) for change in newest.changes]
    assert cells == [(2, "phone", None, "305"), (2, "fax", None, "306")]
    assert (newest.import_id, newest.by) == (2, "Administrator")
    assert [(change.row, change.action, change.key) for change in first.changes] == [(3, "insert", None)]
    assert audit(database, florists, 2, limit=1) == [newest]
    assert audit(database, florists, 99) == []


def test_what_was_done_to_records_of_another_kind_is_not_the_customers(
    database: Database, florists: Company
) -> None:
    with database.writing() as conn:
        conn.execute(sa.update(models.import_).where(models.import_.c.id == 1).values(declaration="invoices"))
    (only,) = audit(database, florists, 2)
    assert only.import_id == 2
    assert find(database, florists, Wanted(import_id=1)) == []
    assert find(database, florists, Wanted(import_id=2)) == [2]


@pytest.mark.parametrize("customer_id", [0, -1, 5, 2**63, 10**30])
def test_an_unknown_customer_is_not_found(database: Database, florists: Company, customer_id: int) -> None:
    with database.reading() as conn, pytest.raises(NotFound, match="There is no customer"):
        customers.get_customer(conn, CUSTOMERS, florists.company_id, customer_id)


def test_filters_and_audit_keep_to_the_company(database: Database, florists: Company, other: Company) -> None:
    commit_plan(database, other, make_plan(other, new=FLORISTS), person_id=2)
    with database.reading() as conn, pytest.raises(NotFound):
        customers.get_customer(conn, CUSTOMERS, other.company_id, 2)
    assert audit(database, other, 2) == []
    assert find(database, other, Wanted(import_id=1)) == []
    assert find(database, other, Wanted(values={"active": "Yes"}), Order("name")) == [8, 5]
    assert find(database, florists, Wanted(import_id=3)) == []
