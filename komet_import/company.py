"""The use cases of the administrators: what Settings shows and changes. Each looks for itself who asks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import komet_import
from komet_import.access import Deed, require
from komet_import.desk import Desk
from komet_import.errors import BadArguments
from komet_import.schema.company import Location
from komet_import.schema.text import fold, tidy
from komet_import.store import companies, lists
from komet_import.store.companies import Located
from komet_import.store.lists import ListValue

# -- company -------------------------------------------------------------------------------------------------------


def describe(desk: Desk, name: str, time_zone: str) -> None:
    """Name and time zone. Raises BadArguments; for a new name also when KOMET_COMPANY says which company is meant."""
    require(desk.person, Deed.ADMINISTER)
    if desk.settings.company is not None and fold(tidy(name)) != fold(desk.company.name):
        raise BadArguments("name_from_settings")
    with desk.database.writing() as connection:
        companies.describe(connection, desk.company.company_id, name, time_zone)


def located_records(desk: Desk) -> Located:
    """What a switch between one and several locations finds."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.reading() as connection:
        return companies.located(connection, desk.company.company_id)


def switch_locations(desk: Desk, several: bool) -> None:
    """From here on templates, legend and rules are those of a company with one location, or several."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.writing() as connection:
        companies.set_multi_location(connection, desk.company.company_id, several)


# -- locations -----------------------------------------------------------------------------------------------------


def locations(desk: Desk) -> Sequence[tuple[Location, int]]:
    """Each with the number of records that have it, in the company's order."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.reading() as connection:
        found = companies.records_by_location(connection, desk.company.company_id)
    return [(location, found[fold(location.code)]) for location in desk.company.locations]


def add_location(desk: Desk, code: str, name: str) -> Location:
    """Raises BadArguments."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.writing() as connection:
        return companies.add_location(connection, desk.company.company_id, code, name)


def rename_location(desk: Desk, code: str, name: str) -> str:
    """Its code stays: customers have it. Raises BadArguments, or NotFound."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.writing() as connection:
        return companies.rename_location(connection, desk.company.company_id, code, name)


def set_location_active(desk: Desk, code: str, active: bool) -> None:
    """Raises NotFound."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.writing() as connection:
        companies.set_location_active(connection, desk.company.company_id, code, active)


# -- lists ---------------------------------------------------------------------------------------------------------


def list_values(desk: Desk, key: str) -> list[ListValue]:
    """Those of one column, active or not, in the company's order."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.reading() as connection:
        return lists.values(connection, desk.company.company_id, key)


def add_value(desk: Desk, key: str, value: str) -> str:
    """Raises BadArguments."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.writing() as connection:
        return lists.add_value(connection, desk.company.company_id, key, value)


def rename_value(desk: Desk, key: str, old: str, new: str) -> tuple[str, int]:
    """The new name as it is stored, and how many records got it. Raises BadArguments, or NotFound."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.writing() as connection:
        me = (desk.company.company_id, desk.person.person_id)
        return lists.rename_value(connection, *me, key, old, new)


def set_value_active(desk: Desk, key: str, value: str, active: bool) -> None:
    """Raises NotFound."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.writing() as connection:
        lists.set_value_active(connection, desk.company.company_id, key, value, active)


# -- machine --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Installation:
    """Which program runs, and where it keeps what it stores; no passwords."""

    version: str
    database: str
    place: str


def installation(desk: Desk) -> Installation:
    """Of the process that asks."""
    require(desk.person, Deed.ADMINISTER)
    return Installation(komet_import.__version__, *desk.database.place)


# -- as a document ----------------------------------------------------------------------------------------------------


def document(desk: Desk) -> dict[str, object]:
    """The company as `company show --json` writes it and `company load` reads it."""
    require(desk.person, Deed.SEE_CUSTOMERS)
    with desk.database.reading() as connection:
        return companies.company_document(connection, desk.company.company_id)


def load(desk: Desk, file: str, document: Mapping[str, object]) -> None:
    """Replaces name, locations and lists. Raises BadArguments when the document does not describe a company."""
    require(desk.person, Deed.ADMINISTER)
    with desk.database.writing() as connection:
        companies.replace_company(connection, desk.company.company_id, document, file)
