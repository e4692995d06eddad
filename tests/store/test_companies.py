"""Companies: which one is meant, what their document may say, and what loading it does."""

from __future__ import annotations

import copy
import re
from functools import partial
from typing import Any

import pytest

from komet_import.errors import AccessDenied, BadArguments, BadSettings, NotFound, Refused
from komet_import.schema.company import Company, Location
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import companies, customers, lists, seed
from komet_import.store.database import Database
from tests.store.conftest import OTHER
from tests.store.plans import cell, commit_plan, make_plan


def document(**changes: object) -> dict[str, Any]:
    return copy.deepcopy(seed.EXAMPLE) | changes


def load(database: Database, company: Company, wanted: dict[str, Any]) -> Company:
    with database.writing() as conn:
        companies.replace_company(conn, company.company_id, wanted, "company.json")
        return companies.load_company(conn, wanted["name"])


def test_the_only_company_needs_no_name(database: Database, company: Company) -> None:
    with database.reading() as conn:
        assert companies.load_company(conn, None) == companies.load_company(conn, "SUNRISE blooms, Miami")


def test_of_several_companies_one_must_be_named(database: Database, company: Company, other: Company) -> None:
    with database.reading() as conn:
        with pytest.raises(BadSettings, match=f"{OTHER} and Sunrise Blooms") as several:
            companies.load_company(conn, None)
        with pytest.raises(BadSettings, match="no company “Nobody”") as none:
            companies.load_company(conn, "Nobody")
        assert companies.load_company(conn, OTHER) == other
    assert (several.value.code, none.value.code) == ("which_company", "no_company")


def test_the_document_loads_to_the_same_company(database: Database, company: Company) -> None:
    with database.reading() as conn:
        shown = companies.company_document(conn, company.company_id)
    assert shown == seed.EXAMPLE
    again = load(database, company, shown)
    assert (again.lists, again.locations) == (company.lists, company.locations)
    assert again.version == company.version + 1


def test_loading_deactivates_what_is_gone_and_brings_back_what_returns(
    database: Database, company: Company
) -> None:
    locations = [{"code": "lax", "name": "Los Angeles", "active": True}]
    smaller = document(multi_location=False, locations=locations)
    smaller["lists"]["terms"] = ["Net 30", "Net 90"]
    changed = load(database, company, smaller)
    assert changed.active_locations == ("lax",)
    assert {place.code for place in changed.locations} == {"MIA", "lax", "BOG"}
    assert changed.lists["terms"] == ("Net 30", "Net 90")
    assert not changed.multi_location
    back = load(database, company, document())
    assert back.active_locations == ("MIA", "LAX", "BOG")
    assert back.lists == company.lists


def test_loading_tidies_texts_as_a_files_cells_are(database: Database, company: Company) -> None:
    wanted = document(name="  Sunrise   Blooms ")
    wanted["lists"]["salesperson"] = ["José\u00a0 Díaz "]
    loaded = load(database, company, wanted | {"name": "Sunrise Blooms"})
    assert loaded.lists["salesperson"] == ("José Díaz",)


def _with_location(**facts: object) -> dict[str, Any]:
    place = {"code": "EWR", "name": "Newark", "active": True} | facts
    return document(locations=[*document()["locations"], place])


def _with_list(key: str, values: object) -> dict[str, Any]:
    return document(lists=document()["lists"] | {key: values})


def _without(key: str) -> dict[str, Any]:
    return {name: part for name, part in document().items() if name != key}


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        (["a", "list"], "it is not an object"),
        (_without("time_zone"), "it lacks time_zone"),
        (document(colour="red"), "it has colour"),
        (document(name="  "), "name is empty"),
        (document(name=7), "name is not a text"),
        (document(name="N" * 201), "201 characters; at most 200"),
        (document(multi_location=1), "multi_location is not true or false"),
        (document(time_zone="Mars/Olympus"), "“Mars/Olympus” is not a time zone"),
        (document(time_zone="../../etc/passwd"), "is not a time zone"),
        (document(locations={}), "locations is not a list"),
        (_with_location(code="mia"), "locations has “mia” twice"),
        (_with_location(code="ELEVENCHARS"), "11 characters; at most 10"),
        (_with_location(code="A:B"), "“A:B”, holds a space or one of the separators"),
        (_with_location(code="A B"), "“A B”, holds a space or one of the separators"),
        (_with_location(code="A;B"), "“A;B”, holds a space or one of the separators"),
        (_with_location(code="A,B"), "“A,B”, holds a space or one of the separators"),
        (_with_location(name="N\0"), "the name of location 4 holds invisible control characters"),
        (_with_location(active="yes"), "“active” of location 4 is not true or false"),
        (_with_location(city="Newark"), "location 4 has city"),
        (_with_list("flowers", ["Rose"]), "lists has flowers"),
        (document(lists={}), "lists lacks customer_type, salesperson, terms"),
        (_with_list("terms", "Net 30"), "the list terms is not a list"),
        (_with_list("terms", ["Net 30", 30]), "a value of the list terms is not a text"),
        (_with_list("terms", ["Net 30", "Net  30"]), "the list terms has “Net 30” twice"),
        (_with_list("customer_type", ["T" * 21]), "21 characters; at most 20"),
        (_with_list("terms", ["\ud800"]), "holds invisible control characters"),
    ],
)
def test_a_wrong_document_is_refused_by_name_and_changes_nothing(
    database: Database, company: Company, wrong: Any, named: str
) -> None:
    with pytest.raises(BadArguments) as caught, database.writing() as conn:
        companies.replace_company(conn, company.company_id, wrong, "company.json")
    assert named in str(caught.value)
    assert str(caught.value).startswith("company.json does not describe a company")
    with database.reading() as conn:
        assert companies.load_company(conn, None) == company


def test_a_name_that_another_company_has_is_refused(
    database: Database, company: Company, other: Company
) -> None:
    with pytest.raises(BadArguments, match="another company"):
        load(database, other, document(name=company.name.upper()))


def test_loading_one_company_leaves_the_other_alone(
    database: Database, company: Company, other: Company
) -> None:
    load(database, company, document(locations=[]))
    with database.reading() as conn:
        assert companies.load_company(conn, OTHER) == other
        shown = companies.company_document(conn, other.company_id)
    assert shown["locations"] == seed.EXAMPLE["locations"]


def test_a_person_belongs_to_one_company(database: Database, company: Company, other: Company) -> None:
    with database.reading() as conn:
        assert companies.find_person(conn, other, "ROSA@Andes.example").name == "Rosa Vega"
        for of, email in ((company, "rosa@andes.example"), (other, "admin@localhost"), (other, "\ud800")):
            with pytest.raises(AccessDenied, match=f"not an active person of {of.name}"):
                companies.find_person(conn, of, email)


# -- one thing at a time -------------------------------------------------------------------------------------------


def terms(database: Database, company: Company) -> dict[str, tuple[bool, int]]:
    with database.reading() as conn:
        known = lists.values(conn, company.company_id, "terms")
    return {value.value: (value.active, value.records) for value in known}


def with_terms(code: str, value: str, **cells: str) -> dict[str, str]:
    return {"code": code, "name": code, "active": "Yes", "terms": value} | cells


def versions(database: Database, company: Company) -> dict[str, tuple[int, str]]:
    """Each customer's version and terms, by code."""
    with database.reading() as conn:
        records = customers.each_record(conn, CUSTOMERS, company.company_id)
        return {cell(record, "code"): (record.version, cell(record, "terms")) for record in records}


def rename(database: Database, company: Company, old: str, new: str) -> tuple[str, int]:
    with database.writing() as conn:
        return lists.rename_value(conn, company.company_id, 1, "terms", old, new)


def reloaded(database: Database, company: Company) -> Company:
    with database.reading() as conn:
        return companies.load_company(conn, company.name)


def test_a_renamed_value_takes_its_customers_along_and_nobody_elses(
    database: Database, company: Company, other: Company
) -> None:
    new = [with_terms("A", "Net 30"), with_terms("B", "Net 30"), with_terms("C", "Net 15")]
    commit_plan(database, company, make_plan(company, new=new))
    commit_plan(database, other, make_plan(other, new=new), person_id=2)
    assert rename(database, company, "Net 30", "  30   days\u00a0net ") == ("30 days net", 2)
    assert versions(database, company) == {
        "A": (2, "30 days net"),
        "B": (2, "30 days net"),
        "C": (1, "Net 15"),
    }
    assert versions(database, other) == {"A": (1, "Net 30"), "B": (1, "Net 30"), "C": (1, "Net 15")}
    assert terms(database, company)["30 days net"] == (True, 2)
    assert "30 days net" not in reloaded(database, other).lists["terms"]
    order = reloaded(database, company).lists["terms"]
    assert order == tuple(value.replace("Net 30", "30 days net") for value in company.lists["terms"])


def test_a_plan_made_before_a_rename_is_refused(database: Database, company: Company) -> None:
    rename(database, company, "Net 30", "30 days net")
    with pytest.raises(Refused, match="Stored customers changed"):
        commit_plan(database, company, make_plan(company, new=[with_terms("A", "Net 30")]))


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("net 15", "“Net 15” is there already. Nothing was changed"),
        ("NET  15 ", "“Net 15” is there already."),
        ("Net 45", "“Net 45” is there already, but not active: activate it instead."),
        (" \u00a0", "The value is empty."),
        ("N\x00", "invisible control characters"),
        ("\ud800", "invisible control characters"),
        ("x" * 51, "has 51 characters; at most 50"),
    ],
)
def test_a_value_that_is_there_or_cannot_be_is_refused_and_nothing_changes(
    database: Database, company: Company, new: str, said: str
) -> None:
    with database.writing() as conn:
        lists.set_value_active(conn, company.company_id, "terms", "Net 45", False)
    before = reloaded(database, company)
    for change in (partial(rename, database, company, "Net 30"), partial(add_term, database, company)):
        with pytest.raises(BadArguments, match=re.escape(said)):
            change(new)
    assert reloaded(database, company) == before


def add_term(database: Database, company: Company, value: str) -> str:
    with database.writing() as conn:
        return lists.add_value(conn, company.company_id, "terms", value)


def test_a_value_may_change_its_case(database: Database, company: Company) -> None:
    commit_plan(database, company, make_plan(company, new=[with_terms("A", "Net 30")]))
    assert rename(database, company, "Net 30", "NET 30") == ("NET 30", 1)
    assert rename(database, company, "NET 30", "NET 30") == ("NET 30", 0)
    assert versions(database, company) == {"A": (2, "NET 30")}


def test_a_new_value_is_the_last_and_an_inactive_one_is_kept(database: Database, company: Company) -> None:
    commit_plan(database, company, make_plan(company, new=[with_terms("A", "Net 30")]))
    assert add_term(database, company, "Net 90 🌷") == "Net 90 🌷"
    with database.writing() as conn:
        lists.set_value_active(conn, company.company_id, "terms", "Net 30", False)
    changed = reloaded(database, company)
    assert changed.lists["terms"][-1] == "Net 90 🌷"
    assert "Net 30" not in changed.lists["terms"]
    assert changed.version == company.version + 2
    assert terms(database, company)["Net 30"] == (False, 1)
    assert list(terms(database, company))[4:] == ["Net 30", "Net 45", "Net 60", "Net 90 🌷"]


@pytest.mark.parametrize("value", ["Net 31", "net 30", "\ud800", "' OR 1=1"])
def test_a_value_that_is_not_there_any_more_gets_a_sentence(
    database: Database, company: Company, value: str
) -> None:
    with pytest.raises(NotFound, match="in this list any more"):
        rename(database, company, value, "Net 5")
    with pytest.raises(NotFound), database.writing() as conn:
        lists.set_value_active(conn, company.company_id, "terms", value, False)


def test_no_company_list_is_part_of_the_search_key_which_a_rename_leaves_alone() -> None:
    assert not [key for key in CUSTOMERS.searched_keys if CUSTOMERS.column(key).is_company_list]


def test_locations_are_added_renamed_and_deactivated(database: Database, company: Company) -> None:
    ids = company.company_id
    with database.writing() as conn:
        assert companies.add_location(conn, ids, " EWR ", "Newark  Airport").code == "EWR"
        assert companies.rename_location(conn, ids, "LAX", "LA") == "LA"
        companies.set_location_active(conn, ids, "MIA", False)
    changed = reloaded(database, company)
    assert [(place.code, place.name, place.active) for place in changed.locations] == [
        ("MIA", "Miami", False),
        ("LAX", "LA", True),
        ("BOG", "Bogotá", True),
        ("EWR", "Newark Airport", True),
    ]


@pytest.mark.parametrize(
    ("code", "name", "said"),
    [
        ("mia", "Miami 2", "The location MIA is there already."),
        ("bog", "Bogotá", "The location BOG is there already, but not active"),
        ("A:B", "x", "The code, “A:B”, holds a space or one of the separators"),
        ("A B", "x", "holds a space"),
        ("ELEVENCHARS", "x", "11 characters; at most 10"),
        ("", "x", "The code is empty."),
        ("X", " ", "The name is empty."),
        ("X", "n" * 201, "at most 200"),
    ],
)
def test_a_location_that_cannot_be_is_refused(
    database: Database, company: Company, code: str, name: str, said: str
) -> None:
    with database.writing() as conn:
        companies.set_location_active(conn, company.company_id, "BOG", False)
    with pytest.raises(BadArguments, match=re.escape(said)), database.writing() as conn:
        companies.add_location(conn, company.company_id, code, name)
    assert len(reloaded(database, company).locations) == 3


def test_a_location_of_another_company_is_not_there(
    database: Database, company: Company, other: Company
) -> None:
    with database.writing() as conn:
        companies.add_location(conn, other.company_id, "UIO", "Quito")
    with pytest.raises(NotFound, match="no location UIO any more"), database.writing() as conn:
        companies.rename_location(conn, company.company_id, "UIO", "Mine")
    with pytest.raises(NotFound, match="no location UIO any more"), database.writing() as conn:
        companies.set_location_active(conn, company.company_id, "UIO", False)
    assert reloaded(database, other).locations[-1] == Location("UIO", "Quito")


def test_customers_are_counted_at_each_of_their_locations(
    database: Database, company: Company, other: Company
) -> None:
    new = [
        with_terms("A", "", location_codes="MIA:LAX", main_location="MIA"),
        with_terms("B", "", location_codes="LAX", main_location="LAX"),
        with_terms("C", "", main_location="BOG"),
        with_terms("D", ""),
    ]
    commit_plan(database, company, make_plan(company, new=new))
    with database.reading() as conn:
        counted = companies.records_by_location(conn, company.company_id)
        assert counted == {"mia": 1, "lax": 2, "bog": 1}
        assert companies.located(conn, company.company_id) == companies.Located(4, 2, 5)
        assert companies.located(conn, other.company_id) == companies.Located(0, 0, 0)


def test_the_company_gets_a_name_a_zone_and_one_location(
    database: Database, company: Company, other: Company
) -> None:
    with database.writing() as conn:
        companies.describe(conn, company.company_id, " Sunset  Blooms", "America/Bogota")
        companies.set_multi_location(conn, company.company_id, False)
        changed = companies.load_company(conn, "Sunset Blooms")
    assert (changed.time_zone, changed.multi_location) == ("America/Bogota", False)
    assert changed.version == company.version + 2
    for name, zone, said in (
        (OTHER.upper(), "UTC", "Another company has the name"),
        ("", "UTC", "The name is empty"),
        ("Sunset", "Mars/Olympus", "“Mars/Olympus” is not a time zone"),
    ):
        with pytest.raises(BadArguments, match=said), database.writing() as conn:
            companies.describe(conn, company.company_id, name, zone)
    with database.reading() as conn:
        assert companies.load_company(conn, "Sunset Blooms") == changed
        assert companies.load_company(conn, OTHER) == other
