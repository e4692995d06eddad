"""Numbers, times and counted nouns as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo


def counted(number: int, one: str, many: str | None = None) -> str:
    """`1 row`, `1,946 rows`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def listed(words: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def moment(when: datetime, time_zone: str, now: datetime) -> str:
    """`today 10:12`, `yesterday 16:40`, `19 November 16:40`, with the year when it is another."""
    local, today = when.astimezone(ZoneInfo(time_zone)), now.astimezone(ZoneInfo(time_zone))
    days = (today.date() - local.date()).days
    if days in (0, 1):
        return f"{'yesterday' if days else 'today'} {local:%H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%B}{year} {local:%H:%M}"


def exact(when: datetime, time_zone: str) -> str:
    """`23 November 2026 at 10:42`."""
    local = when.astimezone(ZoneInfo(time_zone))
    return f"{local.day} {local:%B %Y} at {local:%H:%M}"


def clock(when: datetime, time_zone: str) -> str:
    """`10:42`."""
    return f"{when.astimezone(ZoneInfo(time_zone)):%H:%M}"
