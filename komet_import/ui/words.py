"""Times, durations and sizes as people write them."""

from __future__ import annotations

from datetime import datetime

from komet_import.language import _, ngettext
from komet_import.schema.company import Company


def moment(when: datetime, company: Company, now: datetime) -> str:
    """`today 10:12`, `yesterday 16:40`, `19 November 16:40`, with the year when it is another."""
    local, today = company.local(when), company.local(now)
    days = (today.date() - local.date()).days
    if days in (0, 1):
        words = _("yesterday {clock}") if days else _("today {clock}")
        return words.format(clock=f"{local:%H:%M}")
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%B}{year} {local:%H:%M}"


def exact(when: datetime, company: Company) -> str:
    """`23 November 2026 at 10:42`."""
    local = company.local(when)
    return _("{date} at {clock}").format(date=f"{local.day} {local:%B %Y}", clock=f"{local:%H:%M}")


def short(when: datetime, company: Company, now: datetime) -> str:
    """`23 Nov 10:42`, with the year when it is another: for tables."""
    local, year = company.local(when), company.local(now).year
    return f"{local.day} {local:%b} {'' if local.year == year else f'{local.year} '}{local:%H:%M}"


def clock(when: datetime, company: Company) -> str:
    """`10:42`."""
    return f"{company.local(when):%H:%M}"


def duration(seconds: float) -> str:
    """`0.1 s` at least, `2.1 s`, `3 min 5 s`."""
    if seconds < 60:
        return _("{seconds:.1f} s").format(seconds=max(0.1, seconds))
    return _("{minutes:,} min {seconds} s").format(minutes=int(seconds) // 60, seconds=int(seconds) % 60)


def size(count: int) -> str:
    """Of a file: `840 bytes`, `38 kB`, `1.2 MB`."""
    if count < 1_000:
        return ngettext("{count:,} byte", "{count:,} bytes", count).format(count=count)
    if count < 1_000_000:
        return _("{size:,.0f} kB").format(size=count / 1_000)
    return _("{size:,.1f} MB").format(size=count / 1_000_000)
