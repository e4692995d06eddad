"""From a cell's value to its text, by the contract: the same for every format of workbook."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

CellValue = str | bool | int | float | datetime | date | time | timedelta


def text_of(value: CellValue) -> str:
    """Text as it stands; numbers, dates, times and booleans as the contract writes them."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int() | float():
            return _number(value)
        case datetime():
            return f"{value.date()}" if value.time() == time() else value.isoformat(" ", "seconds")
        case time():
            return value.isoformat("seconds")
        case timedelta():
            return _duration(value)
        case date():
            return value.isoformat()


def _number(number: float) -> str:
    """The shortest decimal at Excel's 15 significant digits, never with an exponent."""
    text = f"{number:.15g}"
    if "e" in text:
        text = f"{Decimal(text):f}"
    return "0" if text == "-0" else text


def percentage_of(number: str) -> str:
    """A number that a cell shows as a percentage, from its digits: `0.015` is `1.5%`. Raises ValueError."""
    return f"{_number(float(f'{Decimal(_number(float(number))).scaleb(2):f}'))}%"


def _duration(duration: timedelta) -> str:
    """Hours may go beyond a day, as in Excel's `[h]:mm:ss`."""
    seconds = int(abs(duration).total_seconds())
    sign = "-" if duration < timedelta() else ""
    return f"{sign}{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
