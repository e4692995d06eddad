"""A company's document, as `company show --json` writes it, read strictly: what is wrong is named, nothing is guessed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar
from zoneinfo import available_timezones

from komet_import.errors import BadArguments
from komet_import.language import N_, _
from komet_import.schema.company import Location
from komet_import.schema.declarations import company_lists
from komet_import.schema.text import fold, has_control_characters, tidy
from komet_import.sentences import clipped, listed

LONGEST_NAME = 200
LONGEST_CODE = 10
_SEPARATORS = frozenset(":;, ")  # they join codes in a cell

Expected = TypeVar("Expected", str, bool, list, dict)  # type: ignore[type-arg]
_WORDS = {str: N_("a text"), bool: N_("true or false"), list: N_("a list"), dict: N_("an object")}


@dataclass(frozen=True)
class CompanyFile:
    """What a company's document says."""

    name: str
    multi_location: bool
    time_zone: str
    locations: tuple[Location, ...]
    lists: Mapping[str, tuple[str, ...]]


class Wrong(ValueError):
    """What is wrong with the document, or with a value of it."""


@contextmanager
def as_bad_arguments() -> Iterator[None]:
    """What is wrong with a value that somebody typed becomes BadArguments (`not_settable`), a whole sentence."""
    try:
        yield
    except Wrong as wrong:
        detail = str(wrong)
        raise BadArguments("not_settable", detail=detail[:1].upper() + detail[1:]) from wrong


def already_there(what: str, active: bool) -> Wrong:
    """For a value that would be the same as a known one."""
    there = _("{what} is there already")
    away = _("{what} is there already, but not active: activate it instead")
    return Wrong((there if active else away).format(what=what))


def parse(document: object, file: str) -> CompanyFile:
    """`document` is parsed JSON. Raises BadArguments, naming the first thing that is wrong."""
    try:
        return _company(document)
    except Wrong as wrong:
        raise BadArguments("bad_company_file", file=file, detail=wrong) from wrong


def _company(document: object) -> CompanyFile:
    parts = _object(document, _("it"), ("name", "multi_location", "time_zone", "locations", "lists"))
    return CompanyFile(
        name=checked_text(parts["name"], "name", LONGEST_NAME),
        multi_location=_as(bool, parts["multi_location"], "multi_location"),
        time_zone=checked_zone(parts["time_zone"]),
        locations=_locations(_as(list, parts["locations"], "locations")),
        lists=_lists(parts["lists"]),
    )


def _locations(entries: Iterable[object]) -> tuple[Location, ...]:
    locations = tuple(
        _location(entry, _("location {number}").format(number=n)) for n, entry in enumerate(entries, 1)
    )
    _no_repeats((fold(location.code) for location in locations), "locations")
    return locations


def _location(entry: object, where: str) -> Location:
    parts = _object(entry, where, ("code", "name", "active"))
    code = checked_code(parts["code"], _("the code of {where}").format(where=where))
    name = checked_text(parts["name"], _("the name of {where}").format(where=where), LONGEST_NAME)
    return Location(code, name, _as(bool, parts["active"], _("“active” of {where}").format(where=where)))


def _lists(document: object) -> dict[str, tuple[str, ...]]:
    columns = company_lists()
    parts = _object(document, "lists", tuple(columns))
    lists = {}
    for key, column in columns.items():
        the_list = _("the list {key}").format(key=key)
        values = _as(list, parts[key], the_list)
        where = _("a value of the list {key}").format(key=key)
        lists[key] = tuple(checked_text(value, where, column.max_length) for value in values)
        _no_repeats(lists[key], the_list)
    return lists


def _object(value: object, where: str, keys: tuple[str, ...]) -> dict[str, object]:
    parts: dict[str, object] = _as(dict, value, where)
    missing = [key for key in keys if key not in parts]
    unknown = [key for key in parts if key not in keys]
    if missing:
        raise Wrong(_("{where} lacks {keys}").format(where=where, keys=_names(missing)))
    if unknown:
        raise Wrong(
            _("{where} has {keys}, which is not known here").format(where=where, keys=_names(unknown))
        )
    return parts


def _names(keys: Sequence[str]) -> str:
    return listed([clipped(key, 60) for key in keys], 10)


def _as(kind: type[Expected], value: object, where: str) -> Expected:
    if not isinstance(value, kind):
        raise Wrong(_("{where} is not {what}").format(where=where, what=_(_WORDS[kind])))
    return value


def checked_zone(value: object) -> str:
    """The name of a time zone. Raises Wrong."""
    zone = _as(str, value, "time_zone")
    if zone not in available_timezones():
        raise Wrong(_("“{zone}” is not a time zone like America/New_York").format(zone=clipped(zone, 60)))
    return zone


def checked_code(value: object, where: str) -> str:
    """A location's code, tidied. Raises Wrong."""
    code = checked_text(value, where, LONGEST_CODE)
    if _SEPARATORS & set(code):
        sentence = _("{where}, “{code}”, holds a space or one of the separators (: ; ,)")
        raise Wrong(sentence.format(where=where, code=clipped(code, 60)))
    return code


def checked_text(value: object, where: str, longest: int | None) -> str:
    """A text that is there and fits, tidied. Raises Wrong."""
    text = tidy(_as(str, value, where))
    if not text:
        raise Wrong(_("{where} is empty").format(where=where))
    if has_control_characters(text):
        raise Wrong(_("{where} holds invisible control characters").format(where=where))
    if longest is not None and len(text) > longest:
        sentence = _("{where}, “{text}”, has {length} characters; at most {longest}")
        raise Wrong(sentence.format(where=where, text=clipped(text, 60), length=len(text), longest=longest))
    return text


def _no_repeats(values: Iterable[str], where: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise Wrong(_("{where} has “{value}” twice").format(where=where, value=value))
        seen.add(value)
