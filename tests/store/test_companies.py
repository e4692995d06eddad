"""Companies: which one is meant, what their document may say, and what loading it does."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from komet_import.errors import AccessDenied, BadArguments, BadSettings
from komet_import.schema.company import Company
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import companies, seed
from komet_import.store.database import Database
from tests.store.conftest import OTHER


def document(**changes: object) -> dict[str, Any]:
    return copy.deepcopy(seed.EXAMPLE) | changes


def load(database: Database, company: Company, wanted: dict[str, Any]) -> Company:
    with database.writing() as conn:
        companies.replace_company(conn, company.company_id, CUSTOMERS, wanted, "company.json")
        return companies.load_company(conn, wanted["name"])


def test_the_only_company_needs_no_name(database: Database, company: Company) -> None:
    with database.reading() as conn:
        assert companies.load_company(conn, None) == companies.load_company(conn, "SUNRISE blooms, Miami")


def test_of_several_companies_one_must_be_named(database: Database, company: Company, other: Company) -> None:
    with database.reading() as conn:
        with pytest.raises(BadSettings, match=f"{OTHER}, Sunrise Blooms") as several:
            companies.load_company(conn, None)
        with pytest.raises(BadSettings, match="no company “Nobody”") as none:
            companies.load_company(conn, "Nobody")
        assert companies.load_company(conn, OTHER) == other
    assert (several.value.code, none.value.code) == ("which_company", "no_company")


def test_the_document_loads_to_the_same_company(database: Database, company: Company) -> None:
    with database.reading() as conn:
        shown = companies.company_document(conn, CUSTOMERS, company.company_id)
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
        (_with_location(code="A:B"), "“A:B”, holds a space or one of"),
        (_with_location(code="A B"), "“A B”, holds a space or one of"),
        (_with_location(code="A;B"), "“A;B”, holds a space or one of"),
        (_with_location(code="A,B"), "“A,B”, holds a space or one of"),
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
        companies.replace_company(conn, company.company_id, CUSTOMERS, wrong, "company.json")
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
        shown = companies.company_document(conn, CUSTOMERS, other.company_id)
    assert shown["locations"] == seed.EXAMPLE["locations"]


def test_a_person_belongs_to_one_company(database: Database, company: Company, other: Company) -> None:
    with database.reading() as conn:
        assert companies.find_person(conn, other, "ROSA@Andes.example").name == "Rosa Vega"
        for of, email in ((company, "rosa@andes.example"), (other, "admin@localhost"), (other, "\ud800")):
            with pytest.raises(AccessDenied, match=f"not an active person of {of.name}"):
                companies.find_person(conn, of, email)
