"""The use cases of the administrators: what Settings shows and changes. Each looks for itself who asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import make_msgid
from zoneinfo import ZoneInfo

import komet_import
from komet_import.desk import Desk
from komet_import.errors import AccessDenied, BadArguments, BadSettings
from komet_import.mail.compose import compose_test
from komet_import.mail.sender import send
from komet_import.schema.company import Location, Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.text import fold, tidy
from komet_import.store import companies, lists
from komet_import.store.companies import Located
from komet_import.store.lists import ListValue


def is_administrator(desk: Desk) -> bool:
    """Whether Settings is for this person."""
    return desk.person.role is Role.ADMINISTRATOR


def require_administrator(desk: Desk) -> None:
    """Raises AccessDenied."""
    if not is_administrator(desk):
        raise AccessDenied("administrators_only")


# -- company -------------------------------------------------------------------------------------------------------


def describe_company(desk: Desk, name: str, time_zone: str) -> None:
    """Name and time zone. Raises BadArguments; for a new name also when KOMET_COMPANY says which company is meant."""
    require_administrator(desk)
    if desk.settings.company is not None and fold(tidy(name)) != fold(desk.company.name):
        raise BadArguments("name_from_settings")
    with desk.database.writing() as connection:
        companies.describe(connection, desk.company.company_id, name, time_zone)


def located_customers(desk: Desk) -> Located:
    """What a switch between one and several locations finds."""
    require_administrator(desk)
    with desk.database.reading() as connection:
        return companies.located(connection, CUSTOMERS, desk.company.company_id)


def switch_locations(desk: Desk, several: bool) -> None:
    """From here on templates, legend and rules are those of a company with one location, or several."""
    require_administrator(desk)
    with desk.database.writing() as connection:
        companies.set_multi_location(connection, desk.company.company_id, several)


# -- locations -----------------------------------------------------------------------------------------------------


def locations(desk: Desk) -> Sequence[tuple[Location, int]]:
    """Each with the number of customers that have it, in the company's order."""
    require_administrator(desk)
    with desk.database.reading() as connection:
        found = companies.customers_by_location(connection, CUSTOMERS, desk.company.company_id)
    return [(location, found[fold(location.code)]) for location in desk.company.locations]


def add_location(desk: Desk, code: str, name: str) -> Location:
    """Raises BadArguments."""
    require_administrator(desk)
    with desk.database.writing() as connection:
        return companies.add_location(connection, desk.company.company_id, code, name)


def rename_location(desk: Desk, code: str, name: str) -> str:
    """Its code stays: customers have it. Raises BadArguments, or NotFound."""
    require_administrator(desk)
    with desk.database.writing() as connection:
        return companies.rename_location(connection, desk.company.company_id, code, name)


def set_location_active(desk: Desk, code: str, active: bool) -> None:
    """Raises NotFound."""
    require_administrator(desk)
    with desk.database.writing() as connection:
        companies.set_location_active(connection, desk.company.company_id, code, active)


# -- lists ---------------------------------------------------------------------------------------------------------


def list_values(desk: Desk, key: str) -> list[ListValue]:
    """Those of one column, active or not, in the company's order."""
    require_administrator(desk)
    with desk.database.reading() as connection:
        return lists.values(connection, CUSTOMERS, desk.company.company_id, key)


def add_value(desk: Desk, key: str, value: str) -> str:
    """Raises BadArguments."""
    require_administrator(desk)
    with desk.database.writing() as connection:
        return lists.add_value(connection, desk.company.company_id, CUSTOMERS.column(key), value)


def rename_value(desk: Desk, key: str, old: str, new: str) -> tuple[str, int]:
    """The new name as it is stored, and how many customers got it. Raises BadArguments, or NotFound."""
    require_administrator(desk)
    with desk.database.writing() as connection:
        return lists.rename_value(connection, CUSTOMERS, desk.company.company_id, key, old, new)


def set_value_active(desk: Desk, key: str, value: str, active: bool) -> None:
    """Raises NotFound."""
    require_administrator(desk)
    with desk.database.writing() as connection:
        lists.set_value_active(connection, desk.company.company_id, key, value, active)


# -- e-mail and machine --------------------------------------------------------------------------------------------


def send_test_mail(desk: Desk) -> None:
    """To the person who asks, at once and not by the outbox. Raises BadSettings, or MailNotSent."""
    require_administrator(desk)
    server = desk.settings.mail_server
    if server is None:
        raise BadSettings("no_mail_server")
    moment = datetime.now(UTC).astimezone(ZoneInfo(desk.company.time_zone))
    message = compose_test(desk.company.name, desk.person.name, moment, desk.settings.link("settings"))
    send(server, message, (desk.person.email,), make_msgid(domain="komet-import.local"))


@dataclass(frozen=True)
class Installation:
    """Which program runs, and where it keeps what it stores; no passwords."""

    version: str
    database: str
    place: str


def installation(desk: Desk) -> Installation:
    """Of the process that asks."""
    require_administrator(desk)
    return Installation(komet_import.__version__, *desk.database.place)
