"""Kinds of cell: each parses a tidied text to a value, or says what is wrong, and renders the value as the template does.

What else a room must know of a kind it asks here, and not by the kind's name: how it is stored, what can be chosen, how a
workbook writes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from komet_import.language import N_, _
from komet_import.schema.column import Column, KindName
from komet_import.schema.company import Company
from komet_import.schema.countries import country_name, country_names, nearest_country
from komet_import.schema.problems import IssueCode, Problem
from komet_import.schema.text import fold

Value = str | int | bool | Decimal | date | tuple[str, ...]
Parse = Callable[[str, Column, Company], "Value | Problem"]
Render = Callable[[Value], str]
Options = Callable[[Column, Company], tuple[str, ...]]
AsNumber = Callable[[str], str | None]

YES, NO = "Yes", "No"
LARGEST_ID = 2**63 - 1
_NEAR = 55  # per cent of likeness below which a suggestion would only puzzle

_THOUSANDS = re.compile(r",(?=[0-9]{3}(?![0-9]))")
# Possessive: a hundred thousand digits and a letter are given up at once.
_DECIMAL = re.compile(r"[+-]?([0-9]++(\.[0-9]*+)?|\.[0-9]++)")
_EMAIL = re.compile(
    r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*@([^\W_]([\w-]*[^\W_])?\.)+[^\W\d_]([\w-]*[^\W_])",
    re.UNICODE,
)
_URL = re.compile(
    r"(https?://)?([^\W_]([\w-]*[^\W_])?\.)+[^\W\d_]([\w-]*[^\W_])(:[0-9]{1,5})?([/?#][^\s<>\"]*)?",
    re.IGNORECASE,
)
_TRUE = frozenset(("yes", "y", "true", "1"))
_FALSE = frozenset(("no", "n", "false", "0"))


class Storage(StrEnum):
    """What the database holds: a decimal as an integer of its last places, since SQLite would make a float of it."""

    TEXT = "text"
    FLAG = "flag"
    SCALED = "scaled"
    INTEGER = "integer"


@dataclass(frozen=True)
class Kind:
    """`render(parse(text))` is the text as the template writes it, and parses to the same value again.

    `words` name the kind in English (`words_of` in people's language). `options` are the values to choose from; with
    `open_ended` other spellings of them are understood too. `separator` stands between several values of one cell. `of_locations`: they are codes of locations.
    `digits`: what counts towards the limit are digits. A workbook shows the kind in `number_format`, and holds a text as the
    number that `as_number` makes of it, if any.
    """

    parse: Parse
    render: Render
    words: str
    has_length: bool = False
    storage: Storage = Storage.TEXT
    options: Options | None = None
    open_ended: bool = False
    separator: str = ""
    of_locations: bool = False
    digits: bool = False
    number_format: str = "@"  # Excel's for text: a cell typed there keeps its leading zeros
    is_date: bool = False
    as_number: AsNumber | None = None

    @property
    def is_chosen(self) -> bool:
        """Whether a cell's value is one of a list."""
        return self.options is not None

    @property
    def is_plain(self) -> bool:
        """Whether any text is a value as it stands."""
        return self.parse is _text


def kind_of(column: Column) -> Kind:
    """The column's."""
    return KINDS[column.kind]


def words_of(column: Column) -> str:
    """What people call the column's kind."""
    return _(kind_of(column).words)


def options(column: Column, company: Company) -> tuple[str, ...]:
    """What a cell of the column can be chosen from; () where it is typed."""
    offered = kind_of(column).options
    return offered(column, company) if offered else ()


def nearest(text: str, choices: Sequence[str]) -> str | None:
    """The choice most like the text, whatever its case; None when none is like it."""
    found = process.extractOne(text, choices, scorer=fuzz.ratio, processor=fold, score_cutoff=_NEAR)
    return found[0] if found else None


def _text(text: str, _column: Column, _company: Company) -> Value | Problem:
    return text


def _integer(text: str, _column: Column, _company: Company) -> Value | Problem:
    if not _DECIMAL.fullmatch(text):
        return Problem(IssueCode.INVALID_NUMBER)
    whole, fraction = _digits(text)
    if fraction:
        return Problem(IssueCode.TOO_MANY_DECIMALS, facts={"allowed": _("an ID is a whole number")})
    if text.startswith("-") or not 0 < len(whole) <= 19 or int(whole) > LARGEST_ID:
        return Problem(
            IssueCode.OUT_OF_RANGE,
            facts={"allowed": _("an ID lies between 1 and {largest}").format(largest=LARGEST_ID)},
        )
    return int(whole)


def _decimal(text: str, column: Column, company: Company) -> Value | Problem:
    assert column.decimals is not None, column
    precision, places = column.decimals
    bare = _without_signs(text, column)
    if not _DECIMAL.fullmatch(bare):
        return Problem(IssueCode.INVALID_NUMBER)
    whole, fraction = _digits(bare)
    if len(fraction) > places:
        # No rounding: what a figure loses by it was meant, or was another figure.
        suggestion = _hundredfold(bare, column, company) if len(bare) <= precision * 2 else None
        return Problem(
            IssueCode.TOO_MANY_DECIMALS, suggestion, {"allowed": _("at most {places}").format(places=places)}
        )
    if len(whole) > precision - places:
        return Problem(
            IssueCode.OUT_OF_RANGE,
            facts={
                "allowed": _("at most {digits} digits before the point").format(digits=precision - places)
            },
        )
    number = Decimal(bare)
    low, high = column.minimum, column.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        allowed = _("{low} or more") if high is None else _("from {low} to {high}")
        return Problem(IssueCode.OUT_OF_RANGE, facts={"allowed": allowed.format(low=low, high=high)})
    return abs(number) if number == 0 else number


def _hundredfold(number: str, column: Column, company: Company) -> str | None:
    """What a percentage below one would be as a fraction, as Excel holds it; None when that does not fit."""
    if not column.is_percent or not 0 < Decimal(number) < 1:
        return None
    value = _decimal(f"{Decimal(number).scaleb(2):f}", column, company)
    return None if isinstance(value, Problem) else _render_decimal(value)


def _digits(number: str) -> tuple[str, str]:
    """The digits that count before and after the point: text, because a hostile one has a million of them."""
    whole, _, fraction = number.lstrip("+-").partition(".")
    return whole.lstrip("0"), fraction.rstrip("0")


def _without_signs(text: str, column: Column) -> str:
    """The text less its `$`, its `%` (percentages only) and its thousands commas."""
    sign, bare = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    if column.is_percent:
        bare = bare.strip().removesuffix("%")
    bare = bare.strip().removeprefix("$").removesuffix("$").strip()
    return sign + _THOUSANDS.sub("", bare)


def _render_decimal(value: Value) -> str:
    return f"{value:.2f}"


_ISO_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})( 00:00(:00)?)?")
_ORDERED = re.compile(r"([0-9]{1,4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,4})")


def _date(text: str, _column: Column, _company: Company) -> Value | Problem:
    found = _ISO_DATE.fullmatch(text)
    value = _day(*found.group(1, 2, 3)) if found else None
    return value or Problem(IssueCode.INVALID_DATE, _only_date(text))


def _only_date(text: str) -> str | None:
    """The date that a text in another order means, where it can be read in one way only."""
    found = _ORDERED.fullmatch(text)
    if found is None:
        return None
    one, two, three = found.groups()
    orders = [(one, two, three)] if len(one) == 4 else [(three, one, two), (three, two, one)]
    read = {
        day for year, month, in_month in orders if len(year) == 4 and (day := _day(year, month, in_month))
    }
    return read.pop().isoformat() if len(read) == 1 else None


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def _render_date(value: Value) -> str:
    assert isinstance(value, date), value
    return value.isoformat()


def _boolean(text: str, _column: Column, _company: Company) -> Value | Problem:
    word = fold(text)
    if word in _TRUE:
        return True
    return False if word in _FALSE else Problem(IssueCode.INVALID_BOOLEAN)


def choices(column: Column, company: Company) -> tuple[str, ...]:
    """What a choice column may hold in this company."""
    return column.choices or tuple(company.lists.get(column.key, ()))


def _choice(text: str, column: Column, company: Company) -> Value | Problem:
    allowed = choices(column, company)
    found = _same(text, allowed)
    if found is not None:
        return found
    return Problem(column.unlisted, column.meant(text) if column.meant else nearest(text, allowed))


def _same(text: str, allowed: Sequence[str]) -> str | None:
    """The allowed text that this one is, whatever its case; the exact one where two differ by case only."""
    if text in allowed:
        return text
    wanted = fold(text)
    return next((value for value in allowed if fold(value) == wanted), None)


def _code(text: str, _column: Column, company: Company) -> Value | Problem:
    found = _same(text, company.active_locations)
    if found is not None:
        return found
    return Problem(IssueCode.UNKNOWN_LOCATION, _code_meant(text, company), {"part": text})


def _code_meant(text: str, company: Company) -> str | None:
    """The one location of that name, else the one code of which the text is a slip: likeness says nothing of codes."""
    active = [location for location in company.locations if location.active]
    named = [location.code for location in active if fold(location.name) == fold(text)]
    slips = [location.code for location in active if _is_slip(fold(text), fold(location.code))]
    found = named or slips
    return found[0] if len(found) == 1 else None


def _is_slip(text: str, code: str) -> bool:
    """A character too many or too few, or all of them in another order."""
    return Indel.distance(text, code, score_cutoff=1) == 1 or (
        len(text) == len(code) and sorted(text) == sorted(code)
    )


def _code_list(text: str, column: Column, company: Company) -> Value | Problem:
    codes: list[str] = []
    unknown: list[str] = []
    repaired: list[str | None] = []
    for part in re.split(r"[;,:\s]+", text.strip(";,: ")):
        found = _code(part, column, company)
        if isinstance(found, Problem):
            unknown.append(part)
            repaired.append(found.suggestion)
        else:
            codes.append(str(found))
            repaired.append(str(found))
    if not unknown and codes:
        return tuple(codes)
    suggestion = ":".join(dict.fromkeys(code for code in repaired if code)) if None not in repaired else None
    return Problem(IssueCode.UNKNOWN_LOCATION, suggestion or None, {"part": ", ".join(unknown) or text})


def _email_list(text: str, _column: Column, _company: Company) -> Value | Problem:
    if _is_email(text):
        return (text,)
    addresses = text.replace(";", " ").replace(",", " ").split()
    wrong = next((part for part in addresses if not _is_email(part)), None)
    if wrong is None and addresses:
        return tuple(addresses)
    return Problem(IssueCode.INVALID_EMAIL, facts={"part": wrong or text})


def _is_email(text: str) -> bool:
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def _url(text: str, _column: Column, _company: Company) -> Value | Problem:
    return text if len(text) <= 2000 and _URL.fullmatch(text) else Problem(IssueCode.INVALID_URL)


def _country(text: str, _column: Column, _company: Company) -> Value | Problem:
    name = country_name(text)
    return name if name is not None else Problem(IssueCode.INVALID_COUNTRY, nearest_country(text))


def _reference(text: str, _column: Column, _company: Company) -> Value | Problem:
    """A code. Whether a record has it, only the rows' snapshot knows."""
    return text


def _active_locations(_column: Column, company: Company) -> tuple[str, ...]:
    return company.active_locations


def _matched(pattern: str) -> AsNumber:
    """The digits as they stand, where the whole text is such a number."""
    matches = re.compile(pattern).fullmatch
    return lambda text: text if matches(text) else None


_EXCEL_DAY_0 = date(1899, 12, 30)
_EXCEL_RIGHT_FROM = date(1900, 3, 1)  # before it Excel has a day that never was


def _excel_day(text: str) -> str | None:
    """A date's number in a workbook."""
    found = _ISO_DATE.fullmatch(text)
    day = _day(*found.group(1, 2, 3)) if found else None
    return None if day is None or day < _EXCEL_RIGHT_FROM else str((day - _EXCEL_DAY_0).days)


# A spreadsheet program holds 15 digits of a number; anything longer, or with more decimals than shown, stays text.
KINDS: dict[KindName, Kind] = {
    KindName.TEXT: Kind(_text, str, N_("Text"), has_length=True),
    KindName.INTEGER: Kind(
        _integer,
        str,
        N_("Whole number"),
        storage=Storage.INTEGER,
        digits=True,
        number_format="0",
        as_number=_matched("[1-9][0-9]{0,14}"),
    ),
    KindName.DECIMAL: Kind(
        _decimal,
        _render_decimal,
        N_("Number"),
        storage=Storage.SCALED,
        number_format="0.00",
        as_number=_matched(r"-?(0|[1-9][0-9]{0,12})(\.[0-9]{1,2})?"),
    ),
    KindName.BOOLEAN: Kind(
        _boolean,
        lambda value: YES if value else NO,
        N_("Yes or No"),
        storage=Storage.FLAG,
        options=lambda _column, _company: (YES, NO),
    ),
    KindName.CHOICE: Kind(_choice, str, N_("One value of a list"), options=choices),
    KindName.CODE: Kind(
        _code, str, N_("Location code"), has_length=True, options=_active_locations, of_locations=True
    ),
    KindName.CODE_LIST: Kind(
        _code_list,
        lambda value: ":".join(_strings(value)),
        N_("List of location codes"),
        has_length=True,
        separator=":",
        of_locations=True,
    ),
    KindName.EMAIL_LIST: Kind(
        _email_list,
        lambda value: ";".join(_strings(value)),
        N_("E-mail addresses"),
        has_length=True,
        separator=";",
    ),
    KindName.URL: Kind(_url, str, N_("Web address"), has_length=True),
    KindName.COUNTRY: Kind(
        _country, str, N_("Country"), options=lambda _column, _company: country_names(), open_ended=True
    ),
    KindName.DATE: Kind(
        _date, _render_date, N_("Date"), number_format="yyyy-mm-dd", is_date=True, as_number=_excel_day
    ),
    KindName.REFERENCE: Kind(_reference, str, N_("Code of a stored record"), has_length=True),
}


def _strings(value: Value) -> tuple[str, ...]:
    assert isinstance(value, tuple), value
    return value
