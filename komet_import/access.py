"""Who is signed in and what they may do, and whether a request may be served at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import ip_address

from komet_import.errors import AccessDenied
from komet_import.schema.company import Company, Person, Role
from komet_import.settings import Settings
from komet_import.store import companies
from komet_import.store.database import Database

# A proxy on this machine makes the whole world look local; a header that begins so betrays one.
FORWARDING = (
    "forwarded",
    "x-forwarded",
    "x-real-ip",
    "x-client-ip",
    "x-cluster-client-ip",
    "x-original-",
    "true-client-ip",
    "cf-connecting-ip",
    "via",
)

_HOST = re.compile(r"([a-zA-Z0-9.]+|\[[0-9a-fA-F:.]+\])(?::[0-9]{1,5})?")


def refuse_strangers(headers: Mapping[str, str], address: str | None, settings: Settings) -> None:
    """Without sign-in, everybody on this machine is its administrator: nobody else may come in.

    Raises AccessDenied for a Host that is not this machine (which also stops DNS rebinding), for a forwarded request
    and for a peer `address` elsewhere. No headers at all means that no browser asked:
    a WebSocket cannot be opened without a Host.
    """
    if not headers:
        return
    names = {name.lower(): value for name, value in headers.items()}
    local = _is_local_host(names.get("host", "")) and (address is None or _is_loopback(address))
    if not local or any(name.startswith(FORWARDING) for name in names):
        raise AccessDenied("not_this_machine", address=settings.base_url)


def _is_local_host(host: str) -> bool:
    name = _HOST.fullmatch(host)
    return name is not None and (name[1].lower() == "localhost" or _is_loopback(name[1].strip("[]")))


def _is_loopback(address: str) -> bool:
    try:
        return ip_address(address).is_loopback
    except ValueError:
        return False


def sign_in_locally(database: Database, settings: Settings) -> tuple[Company, Person]:
    """The company and the person that the command line and the local mode act for."""
    with database.reading() as connection:
        company = companies.load_company(connection, settings.company)
        return company, companies.find_person(connection, company, settings.person)


def may_see(person: Person, made_by: int) -> bool:
    """Whether they see the import that a person of this ID made: an analyst sees the own ones, everybody else all."""
    return person.role is not Role.ANALYST or made_by == person.person_id


def is_administrator(person: Person) -> bool:
    """Whether Settings is for this person."""
    return person.role is Role.ADMINISTRATOR


def require_administrator(person: Person) -> None:
    """Raises AccessDenied."""
    if not is_administrator(person):
        raise AccessDenied("administrators_only")
