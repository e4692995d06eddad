"""Companies: their locations, lists and people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from komet_import.errors import AccessDenied, BadArguments, BadSettings, NotFound
from komet_import.language import _
from komet_import.schema.column import Colour
from komet_import.schema.company import Company, Location, Person, Role
from komet_import.schema.declarations import DECLARATIONS, company_lists
from komet_import.schema.kinds import kind_of
from komet_import.schema.text import fold
from komet_import.sentences import clipped, listed
from komet_import.store import company_file
from komet_import.store.cells import storable
from komet_import.store.company_file import CompanyFile, Wrong
from komet_import.store.models import RECORDS, company, list_value, location, person


def load_company(conn: sa.Connection, name: str | None) -> Company:
    """By name, whatever its case; None for the only one. Raises BadSettings when that does not say which."""
    found = conn.execute(sa.select(company).order_by(company.c.name)).all()
    chosen = [row for row in found if name is None or fold(row.name) == fold(name)]
    if len(chosen) != 1:
        code = "which_company" if name is None and found else "no_company"
        raise BadSettings(code, name=name or "", names=listed([clipped(row.name, 60) for row in found], 10))
    (row,) = chosen
    return Company(
        company_id=row.id,
        version=row.version,
        name=row.name,
        multi_location=row.multi_location,
        time_zone=row.time_zone,
        locations=_locations(conn, row.id),
        lists=_lists(conn, row.id),
    )


def _locations(conn: sa.Connection, company_id: int) -> tuple[Location, ...]:
    query = sa.select(location.c.code, location.c.name, location.c.active)
    query = query.where(location.c.company_id == company_id).order_by(location.c.position, location.c.id)
    return tuple(Location(*row) for row in conn.execute(query))


def _lists(conn: sa.Connection, company_id: int) -> dict[str, tuple[str, ...]]:
    query = sa.select(list_value.c.column_key, list_value.c.value)
    query = query.where(list_value.c.company_id == company_id, list_value.c.active)
    lists: dict[str, list[str]] = {}
    for key, value in conn.execute(query.order_by(list_value.c.position, list_value.c.id)):
        lists.setdefault(key, []).append(value)
    return {key: tuple(values) for key, values in lists.items()}


def company_document(conn: sa.Connection, company_id: int) -> dict[str, object]:
    """What `replace_company` takes: `{"name", "multi_location", "time_zone", "locations", "lists"}`, active values only."""
    row = conn.execute(sa.select(company).where(company.c.id == company_id)).one()
    lists = _lists(conn, company_id)
    return {
        "name": row.name,
        "multi_location": row.multi_location,
        "time_zone": row.time_zone,
        "locations": [
            {"code": place.code, "name": place.name, "active": place.active}
            for place in _locations(conn, company_id)
        ],
        "lists": {key: list(lists.get(key, ())) for key in company_lists()},
    }


def add_company(conn: sa.Connection, document: Mapping[str, object], file: str) -> int:
    """A new company from its document; returns its ID. Raises BadArguments."""
    parsed = company_file.parse(document, file)
    _name_is_free(conn, parsed.name, None, file)
    values = {"name": parsed.name, "multi_location": False, "time_zone": parsed.time_zone, "version": 0}
    company_id: int = conn.execute(sa.insert(company).values(values).returning(company.c.id)).scalar_one()
    _write(conn, company_id, parsed)
    return company_id


def replace_company(conn: sa.Connection, company_id: int, document: Mapping[str, object], file: str) -> None:
    """Name, locations and lists become those of the document; what it lacks is deactivated, never deleted.

    Raises BadArguments, naming `file` and what is wrong in it; then nothing is changed.
    """
    parsed = company_file.parse(document, file)
    _name_is_free(conn, parsed.name, company_id, file)
    _write(conn, company_id, parsed)


def _name_is_free(conn: sa.Connection, name: str, company_id: int | None, file: str) -> None:
    if _is_name_taken(conn, name, company_id):
        raise BadArguments("bad_company_file", file=file, detail=_name_taken(name))


def _name_taken(name: str) -> str:
    return _("another company has the name “{name}”").format(name=name)


def _is_name_taken(conn: sa.Connection, name: str, company_id: int | None) -> bool:
    others = conn.execute(sa.select(company.c.name).where(company.c.id.is_distinct_from(company_id)))
    return fold(name) in {fold(other) for other in others.scalars()}


def _write(conn: sa.Connection, company_id: int, parsed: CompanyFile) -> None:
    conn.execute(
        sa.update(company)
        .where(company.c.id == company_id)
        .values(
            name=parsed.name,
            multi_location=parsed.multi_location,
            time_zone=parsed.time_zone,
            version=company.c.version + 1,
        )
    )
    _write_locations(conn, company_id, parsed.locations)
    _write_lists(conn, company_id, parsed.lists)


def _write_locations(conn: sa.Connection, company_id: int, wanted: Iterable[Location]) -> None:
    """A code is the same location whatever its case."""
    of_company = location.c.company_id == company_id
    stored = conn.execute(sa.select(location.c.code, location.c.id).where(of_company))
    known = {fold(code): location_id for code, location_id in stored}
    conn.execute(sa.update(location).where(of_company).values(active=False))
    for position, place in enumerate(wanted):
        values = {"code": place.code, "name": place.name, "active": place.active, "position": position}
        _put(conn, location, company_id, known.get(fold(place.code)), values)


def _write_lists(conn: sa.Connection, company_id: int, wanted: Mapping[str, tuple[str, ...]]) -> None:
    of_company = list_value.c.company_id == company_id
    stored = conn.execute(
        sa.select(list_value.c.column_key, list_value.c.value, list_value.c.id).where(of_company)
    )
    known = {(key, value): value_id for key, value, value_id in stored}
    conn.execute(sa.update(list_value).where(of_company).values(active=False))
    for key, texts in wanted.items():
        for position, text in enumerate(texts):
            values = {"column_key": key, "value": text, "active": True, "position": position}
            _put(conn, list_value, company_id, known.get((key, text)), values)


def _put(
    conn: sa.Connection, table: sa.Table, company_id: int, row_id: int | None, values: Mapping[str, object]
) -> None:
    if row_id is None:
        conn.execute(sa.insert(table).values(company_id=company_id, **values))
    else:
        conn.execute(sa.update(table).where(table.c.id == row_id).values(**values))


# -- one thing at a time -------------------------------------------------------------------------------------------


def touch(conn: sa.Connection, company_id: int) -> None:
    """The first step of every change: the version rises, and administrators at work at once take turns."""
    conn.execute(sa.update(company).where(company.c.id == company_id).values(version=company.c.version + 1))


def describe(conn: sa.Connection, company_id: int, name: str, time_zone: str) -> None:
    """Gives the company another name and time zone. Raises BadArguments."""
    touch(conn, company_id)
    with company_file.as_bad_arguments():
        wanted = company_file.checked_text(name, _("the name"), company_file.LONGEST_NAME)
        zone = company_file.checked_zone(time_zone)
        if _is_name_taken(conn, wanted, company_id):
            raise Wrong(_name_taken(wanted))
    conn.execute(sa.update(company).where(company.c.id == company_id).values(name=wanted, time_zone=zone))


def set_multi_location(conn: sa.Connection, company_id: int, several: bool) -> None:
    """What is stored of the customers stays as it is."""
    touch(conn, company_id)
    conn.execute(sa.update(company).where(company.c.id == company_id).values(multi_location=several))


@dataclass(frozen=True)
class Located:
    """Records by what they have in the columns of several locations: `incomplete` ones lack one, `values` are cells."""

    records: int = 0
    incomplete: int = 0
    values: int = 0


def located(conn: sa.Connection, company_id: int) -> Located:
    """Counted in one pass over the records of each declaration that has such columns."""
    found = Located()
    for kind, declaration in DECLARATIONS.items():
        table = RECORDS[kind]
        blue = [table.c[column.key] for column in declaration.columns if column.colour is Colour.BLUE]
        if blue:
            incomplete = sa.func.count(sa.case((sa.or_(*(column.is_(None) for column in blue)), 1)))
            counts = (sa.func.count(), incomplete, *(sa.func.count(column) for column in blue))
            row = conn.execute(sa.select(*counts).where(table.c.company_id == company_id)).one()
            found = Located(found.records + row[0], found.incomplete + row[1], found.values + sum(row[2:]))
    return found


def records_by_location(conn: sa.Connection, company_id: int) -> Counter[str]:
    """How many records have each location, by its folded code; one with several counts at each."""
    found: Counter[str] = Counter()
    for kind, declaration in DECLARATIONS.items():
        table = RECORDS[kind]
        held = [table.c[column.key] for column in declaration.columns if kind_of(column).of_locations]
        if held:
            query = sa.select(sa.func.count(), *held).where(table.c.company_id == company_id)
            for count, *texts in conn.execute(query.group_by(*held)):  # few: records share their locations
                for code in {fold(code) for text in texts if text for code in text.split(":")}:
                    found[code] += count
    return found


def add_location(conn: sa.Connection, company_id: int, code: str, name: str) -> Location:
    """The last of the company's locations; returns it as it is stored. Raises BadArguments."""
    touch(conn, company_id)
    with company_file.as_bad_arguments():
        wanted = Location(company_file.checked_code(code, _("the code")), _location_name(name))
        for known in _locations(conn, company_id):
            if fold(known.code) == fold(wanted.code):
                raise company_file.already_there(
                    _("the location {code}").format(code=known.code), known.active
                )
    last = sa.select(sa.func.max(location.c.position)).where(location.c.company_id == company_id)
    values = {"code": wanted.code, "name": wanted.name, "active": True}
    position = (conn.execute(last).scalar() or 0) + 1
    conn.execute(sa.insert(location).values(company_id=company_id, position=position, **values))
    return wanted


def rename_location(conn: sa.Connection, company_id: int, code: str, name: str) -> str:
    """The code stays; returns the name as it is stored. Raises BadArguments, or NotFound."""
    with company_file.as_bad_arguments():
        wanted = _location_name(name)
    _change_location(conn, company_id, code, name=wanted)
    return wanted


def set_location_active(conn: sa.Connection, company_id: int, code: str, active: bool) -> None:
    """Customers keep a location that is not active. Raises NotFound."""
    _change_location(conn, company_id, code, active=active)


def _change_location(conn: sa.Connection, company_id: int, code: str, **values: object) -> None:
    touch(conn, company_id)
    one = sa.update(location).where(location.c.company_id == company_id, location.c.code == storable(code))
    if conn.execute(one.values(**values)).rowcount == 0:
        raise NotFound("gone_location", location=code)


def _location_name(name: str) -> str:
    return company_file.checked_text(name, _("the name"), company_file.LONGEST_NAME)


# -- people --------------------------------------------------------------------------------------------------------


def add_person(conn: sa.Connection, company_id: int, email: str, name: str, role: Role) -> Person:
    """The address is kept in one case."""
    values = {"company_id": company_id, "email": fold(email), "name": name, "role": role.value}
    person_id = conn.execute(sa.insert(person).values(active=True, **values).returning(person.c.id))
    return Person(person_id.scalar_one(), company_id, fold(email), name, role)


def find_person(conn: sa.Connection, of: Company, email: str) -> Person:
    """Whatever the case of the address. Raises AccessDenied for somebody unknown or not active."""
    wanted = sa.select(person).where(person.c.company_id == of.company_id, person.c.active)
    row = conn.execute(wanted.where(person.c.email == fold(storable(email)))).one_or_none()
    if row is None:
        raise AccessDenied("unknown_person", person=email, company=of.name)
    return Person(row.id, row.company_id, row.email, row.name, Role(row.role))
