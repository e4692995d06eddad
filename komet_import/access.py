"""Who is signed in and what they may do, and whether a request may be served at all."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from enum import StrEnum
from ipaddress import ip_address
from typing import Protocol

from komet_import.errors import AccessDenied, NotFound
from komet_import.language import N_, _
from komet_import.schema.company import Company, Person, Role
from komet_import.settings import Settings
from komet_import.store import companies, imports
from komet_import.store.database import Database
from komet_import.store.imports import ImportRecord

# The names by which this machine's own browsers call it; `server.allowedHosts` in config.toml repeats them.
LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")
# A proxy on this machine makes the whole world look local; a header that begins so betrays one.
FORWARDING = (
    "forwarded",
    "via",
    "x-forwarded",
    "x-forward-",
    "x-origin",
    "x-rewrite-",
    "x-real-",
    "x-client-",
    "x-cluster-client-",
    "x-remote-",
    "x-proxy",
    "x-host",
    "x-scheme",
    "x-url-scheme",
    "x-sent-from",
    "x-envoy-",
    "client-ip",
    "true-client-",
    "remote-",
    "proxy-",
    "wl-proxy-",
    "front-end-https",
    # Those of known proxies, tunnels and clouds.
    "akamai-",
    "cdn-",
    "cf-",
    "do-connecting-",
    "fastly-",
    "fly-",
    "incap-",
    "ngrok-",
    "tailscale-",
    "x-akamai-",
    "x-amz",
    "x-appengine-",
    "x-arr-",
    "x-auth-",
    "x-authenticated-",
    "x-azure-",
    "x-cloud-",
    "x-cdn",
    "x-goog-",
    "x-ms-",
    "x-nf-",
    "x-sucuri-",
    "x-varnish",
    "x-vercel-",
    "x-webauth-",
)

_HOST = re.compile(r"(localhost|127\.0\.0\.1|\[::1\])(:[0-9]{1,5})?", re.IGNORECASE | re.ASCII)

Headers = Collection[tuple[str, str]]


def refuse_strangers(headers: Headers, peer: str | None, home: str) -> None:
    """Without sign-in, everybody on this machine is its administrator: nobody else may come in.

    Raises AccessDenied, naming `home` as the address to use, for a Host that is not this machine (which also stops
    DNS rebinding) or missing, for a forwarded request, and for a `peer` address elsewhere (None is this machine).
    """
    names = {name.lower().replace("_", "-") for name, _ in headers}
    host = _only(headers, "host")
    local = _HOST.fullmatch(host or "") and (peer is None or _is_loopback(peer))
    if not local or any(name.startswith(FORWARDING) for name in names):
        raise AccessDenied("not_this_machine", address=home)


def refuse_other_sites(headers: Headers, scheme: str, home: str) -> None:
    """A page that another site served, or another program's port of this machine, must not act in a user's name.

    Raises AccessDenied for an Origin that is not the address the request went to. Every browser sends one with a
    WebSocket and with all that changes something; what comes without is a program, and that could claim any.
    """
    given = [value.lower() for name, value in headers if name.lower() == "origin"]
    if given and given != [f"{scheme}://{_only(headers, 'host')}".lower()]:
        raise AccessDenied("other_site", address=home)


def _only(headers: Headers, wanted: str) -> str | None:
    """The value of a header that is there once."""
    values = [value for name, value in headers if name.lower() == wanted]
    return values[0] if len(values) == 1 else None


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


class Deed(StrEnum):
    """What somebody may do. The company, its customers and its drafts are everybody's who may do it at all."""

    IMPORT = "import"  # a file, from the template over its corrections to the commit
    SEE_CUSTOMERS = "see_customers"
    SEE_OWN_IMPORTS = "see_own_imports"  # with all that belongs to them: audit, files, e-mails
    SEE_ALL_IMPORTS = "see_all_imports"
    ADMINISTER = "administer"  # whatever is in Settings, and `company load`


_ANALYST = frozenset({Deed.IMPORT, Deed.SEE_CUSTOMERS, Deed.SEE_OWN_IMPORTS})
_MANAGER = _ANALYST | {Deed.SEE_ALL_IMPORTS}
DEEDS: Mapping[Role, frozenset[Deed]] = {
    Role.ANALYST: _ANALYST,
    Role.MANAGER: _MANAGER,
    Role.ADMINISTRATOR: _MANAGER | {Deed.ADMINISTER},
}
_ROLES = {
    Role.ANALYST: N_("analyst"),
    Role.MANAGER: N_("manager"),
    Role.ADMINISTRATOR: N_("administrator"),
}


class Made(Protocol):
    """What somebody made: an import, or its entry in a customer's audit."""

    @property
    def person_id(self) -> int: ...


def role_name(person: Person) -> str:
    """As people say it."""
    return _(_ROLES[person.role])


def may(person: Person, deed: Deed) -> bool:
    """What screens offer by; every use case asks for itself."""
    return deed in DEEDS[person.role]


def require(person: Person, deed: Deed) -> None:
    """Raises AccessDenied."""
    if not may(person, deed):
        raise AccessDenied("administrators_only" if deed is Deed.ADMINISTER else "not_allowed")


def may_see(person: Person, record: Made) -> bool:
    """Their own, or anybody's."""
    return may(person, Deed.SEE_ALL_IMPORTS) or record.person_id == person.person_id


def sees_only(person: Person) -> int | None:
    """For queries: the ID of the person whose imports alone they may see, None for everybody's. Raises AccessDenied."""
    require(person, Deed.SEE_OWN_IMPORTS)
    return None if may(person, Deed.SEE_ALL_IMPORTS) else person.person_id


def find_import(database: Database, person: Person, import_id: int) -> ImportRecord:
    """Raises AccessDenied; NotFound also for one that they may not see: the two are never told apart."""
    require(person, Deed.SEE_OWN_IMPORTS)
    with database.reading() as connection:
        record = imports.get_import(connection, person.company_id, import_id)
    if not may_see(person, record):
        raise NotFound("unknown_import", id=import_id)
    return record
