"""Countries and currencies by ISO 3166 and 4217 (pycountry), with the names that people use for them."""

from __future__ import annotations

from functools import cache

import pycountry
from rapidfuzz import fuzz, process

from komet_import.schema.text import fold

CURRENCY_CODES: tuple[str, ...] = tuple(sorted(currency.alpha_3 for currency in pycountry.currencies))

# What people write, and where ISO's own short name is written back to front.
_USUAL = {
    "US": ("U.S.", "U.S.A.", "United States of America", "America", "Estados Unidos", "EE. UU.", "EEUU"),
    "GB": ("UK", "U.K.", "Great Britain", "Britain", "England", "Scotland", "Wales", "Northern Ireland"),
    "NL": ("Holland", "The Netherlands"),
    "RU": ("Russia",),
    "CZ": ("Czech Republic",),
    "TR": ("Turkey", "Turkiye"),
    "CI": ("Ivory Coast", "Cote d'Ivoire"),
    "CD": ("DR Congo", "DRC", "Democratic Republic of the Congo", "Congo-Kinshasa"),
    "CG": ("Republic of the Congo", "Congo-Brazzaville"),
    "AE": ("UAE", "U.A.E.", "Emirates"),
    "KR": ("Korea", "Republic of Korea"),
    "MK": ("Macedonia",),
    "SZ": ("Swaziland",),
    "CV": ("Cape Verde",),
    "BN": ("Brunei",),
    "VA": ("Vatican", "Vatican City"),
    "PS": ("Palestine",),
    "FM": ("Micronesia",),
    "MM": ("Burma",),
    "TL": ("East Timor",),
    "MX": ("México",),
    "PA": ("Panamá",),
    "PE": ("Perú",),
    "CA": ("Canadá",),
    "ES": ("España",),
    "DO": ("República Dominicana",),
    "BR": ("Brasil",),
    "DE": ("Deutschland",),
    "MO": ("Macau",),
    "HK": ("Hong Kong SAR",),
}

_CURRENCIES_BY_USE = {
    "USD": (
        "$",
        "US$",
        "US $",
        "USD$",
        "Dollar",
        "Dollars",
        "US Dollars",
        "U.S. Dollar",
        "U.S. Dollars",
        "American Dollar",
        "American Dollars",
    ),
    "EUR": ("€", "Euros"),
}


@cache
def _currencies() -> dict[str, str]:
    """The codes by ISO's names and the usual ones, folded. A name that several currencies have is none of these."""
    by_iso = {fold(currency.name): currency.alpha_3 for currency in pycountry.currencies}
    by_use = {fold(name): code for code, names in _CURRENCIES_BY_USE.items() for name in names}
    return by_iso | by_use


def currency_meant(text: str) -> str | None:
    """The code of the currency that a name or a sign means."""
    return _currencies().get(fold(text))


@cache
def _names() -> dict[str, str]:
    """Every way to write a country, folded, with its English short name."""
    names: dict[str, str] = {}
    for country in pycountry.countries:
        short = getattr(country, "common_name", country.name)
        written = (
            country.alpha_2,
            country.alpha_3,
            country.name,
            short,
            getattr(country, "official_name", short),
        )
        for name in (*written, *_USUAL.get(country.alpha_2, ())):
            names.setdefault(fold(name), short)
    return names


@cache
def country_names() -> tuple[str, ...]:
    """The English short names, in alphabetical order."""
    return tuple(sorted(set(_names().values())))


def country_name(text: str) -> str | None:
    """The English short name of a country given by name, ISO code or usual alias; None when it is none."""
    return _names().get(fold(text))


def nearest_country(text: str) -> str | None:
    """The country whose name is most like the text, if any is."""
    found = process.extractOne(fold(text), _names().keys(), scorer=fuzz.ratio, score_cutoff=70)
    return _names()[found[0]] if found else None
