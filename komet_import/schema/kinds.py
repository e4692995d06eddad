"""Kinds of cell: each parses a tidied text to a value, or says what is wrong, and renders the value as the template does."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from rapidfuzz import fuzz, process

from komet_import.schema.column import Column, KindName
from komet_import.schema.company import Company
from komet_import.schema.countries import country_name, nearest_country
from komet_import.schema.problems import IssueCode, Problem
from komet_import.schema.text import fold

Value = str | int | bool | Decimal | tuple[str, ...]
Parse = Callable[[str, Column, Company], "Value | Problem"]
Render = Callable[[Value], str]

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


@dataclass(frozen=True)
class Kind:
    """`render(parse(text))` is the text as the template writes it, and parses to the same value again."""

    parse: Parse
    render: Render
    has_length: bool = False


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
        return Problem(IssueCode.TOO_MANY_DECIMALS, facts={"allowed": "an ID is a whole number"})
    if text.startswith("-") or not 0 < len(whole) <= 19 or int(whole) > LARGEST_ID:
        return Problem(IssueCode.OUT_OF_RANGE, facts={"allowed": f"an ID lies between 1 and {LARGEST_ID}"})
    return int(whole)


def _decimal(text: str, column: Column, company: Company) -> Value | Problem:
    assert column.decimals is not None, column
    precision, places = column.decimals
    bare = _without_signs(text, column)
    if not _DECIMAL.fullmatch(bare):
        return Problem(IssueCode.INVALID_NUMBER)
    whole, fraction = _digits(bare)
    if len(fraction) > places:
        suggestion = _rounded(bare, column, company) if len(bare) <= precision * 2 else None
        return Problem(IssueCode.TOO_MANY_DECIMALS, suggestion, {"allowed": f"at most {places}"})
    if len(whole) > precision - places:
        return Problem(
            IssueCode.OUT_OF_RANGE, facts={"allowed": f"at most {precision - places} digits before the point"}
        )
    number = Decimal(bare)
    low, high = column.minimum, column.maximum
    if (low is not None and number < low) or (high is not None and number > high):
        allowed = f"{low} or more" if high is None else f"from {low} to {high}"
        return Problem(IssueCode.OUT_OF_RANGE, facts={"allowed": allowed})
    return abs(number) if number == 0 else number


def _rounded(number: str, column: Column, company: Company) -> str | None:
    """The number with as many decimals as fit, a half rounded up as Excel shows it; None when it is out of range."""
    assert column.decimals is not None, column
    step = Decimal(1).scaleb(-column.decimals[1])
    value = _decimal(f"{Decimal(number).quantize(step, ROUND_HALF_UP):f}", column, company)
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
    if not sign and bare[:1] in ("+", "-"):
        sign, bare = bare[0], bare[1:]
    return sign + _THOUSANDS.sub("", bare)


def _render_decimal(value: Value) -> str:
    return f"{value:.2f}"


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
    return found if found is not None else Problem(column.unlisted, nearest(text, allowed))


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
    return Problem(IssueCode.UNKNOWN_LOCATION, nearest(text, company.active_locations), {"part": text})


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


KINDS: dict[KindName, Kind] = {
    KindName.TEXT: Kind(_text, str, has_length=True),
    KindName.INTEGER: Kind(_integer, str),
    KindName.DECIMAL: Kind(_decimal, _render_decimal),
    KindName.BOOLEAN: Kind(_boolean, lambda value: "Yes" if value else "No"),
    KindName.CHOICE: Kind(_choice, str),
    KindName.CODE: Kind(_code, str, has_length=True),
    KindName.CODE_LIST: Kind(_code_list, lambda value: ":".join(_strings(value)), has_length=True),
    KindName.EMAIL_LIST: Kind(_email_list, lambda value: ";".join(_strings(value)), has_length=True),
    KindName.URL: Kind(_url, str, has_length=True),
    KindName.COUNTRY: Kind(_country, str),
}


def _strings(value: Value) -> tuple[str, ...]:
    assert isinstance(value, tuple), value
    return value
