"""The use cases of the import history: a period's figures, the list, one import with its audit and its files.

Who may not see everybody's imports is shown the own ones alone. Days begin at the company's midnight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import komet_import.store.history as stored
from komet_import.access import find_import, sees_only
from komet_import.desk import Desk
from komet_import.review.issues import Issue
from komet_import.schema.declarations import DECLARATIONS
from komet_import.schema.problems import Severity
from komet_import.store import audit, discrepancies, mails, uploads
from komet_import.store.audit import ShownChange, WantedChanges
from komet_import.store.history import (
    Figures,
    HistoryLine,
    Order,
    PersonCount,
    Problem,
    ProblemCount,
    Tally,
    WantedImports,
)
from komet_import.store.imports import ImportRecord, ImportState
from komet_import.store.mails import StoredMail
from komet_import.store.rejected import with_stored


class Period(StrEnum):
    """Back from today, today included; a year is this month and the eleven before."""

    MONTH = "30 days"
    QUARTER = "90 days"
    YEAR = "12 months"
    ALL = "All"


class Unit(StrEnum):
    """What a bar of the chart stands for."""

    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


@dataclass(frozen=True)
class Bar:
    """A week, month or year from its first day, as much of it as lies in the period: `since` until before `until`."""

    start: date
    since: datetime
    until: datetime
    tally: Tally


@dataclass(frozen=True)
class Overview:
    """A period in figures, from `since`; `people` is everybody who imported in it, `problems` the commonest first."""

    since: datetime | None
    figures: Figures
    unit: Unit
    bars: Sequence[Bar]
    problems: Sequence[ProblemCount]
    people: Sequence[PersonCount]


@dataclass(frozen=True)
class Page:
    """A page of the list; `states` counts what the other filters leave, of each state, and `total` all that are wanted."""

    lines: Sequence[HistoryLine]
    states: dict[ImportState, int]
    total: int


@dataclass(frozen=True)
class ImportView:
    """One import; its discrepancies and changes are read a page at a time. `file_size` is in bytes, None without a file."""

    record: ImportRecord
    mails: Sequence[StoredMail]
    problems: Sequence[ProblemCount]
    file_size: int | None


_MOST_WEEKS, _MOST_MONTHS = 100, 1100  # days


# -- the period ----------------------------------------------------------------------------------------------------


def overview(desk: Desk, period: Period, now: datetime) -> Overview:
    """The figures of all imports of the period that the person may see."""
    since = _since(desk.company.local(now).date(), period)
    wanted = WantedImports(since=_midnight(desk, since) if since else None, person_id=sees_only(desk.person))
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        first = wanted.since or stored.first_finished(connection, company_id, wanted) or now
        unit, starts = _bars(desk.company.local(first).date(), desk.company.local(now).date())
        edges = [_midnight(desk, day) for day in starts]
        tallies = stored.tally(connection, company_id, wanted, edges[1:-1])
        return Overview(
            wanted.since,
            stored.figures(connection, company_id, wanted),
            unit,
            [
                Bar(starts[n], max(start, wanted.since or start), end, tallies.get(n, Tally()))
                for n, (start, end) in enumerate(pairwise(edges))
            ],
            stored.problems(connection, company_id, wanted),
            stored.people(connection, company_id, wanted),
        )


def has_any(desk: Desk) -> bool:
    """Whether there is an import at all that the person may see."""
    mine = WantedImports(person_id=sees_only(desk.person))
    with desk.database.reading() as connection:
        return stored.first_finished(connection, desk.company.company_id, mine) is not None


def _since(today: date, period: Period) -> date | None:
    match period:
        case Period.MONTH:
            return today - timedelta(days=29)
        case Period.QUARTER:
            return today - timedelta(days=89)
        case Period.YEAR:
            return (today.replace(day=1) - timedelta(days=333)).replace(day=1)
        case Period.ALL:
            return None


def _bars(first: date, today: date) -> tuple[Unit, list[date]]:
    """The first days of the bars from the one that holds `first`, and the day after the last bar."""
    days = (today - first).days
    if days <= _MOST_WEEKS:
        unit, start = Unit.WEEK, first - timedelta(days=first.weekday())
    elif days <= _MOST_MONTHS:
        unit, start = Unit.MONTH, first.replace(day=1)
    else:
        unit, start = Unit.YEAR, first.replace(month=1, day=1)
    starts = [start]
    while starts[-1] <= today:
        starts.append(_after(starts[-1], unit))
    return unit, starts


def _after(start: date, unit: Unit) -> date:
    if unit is Unit.WEEK:
        return start + timedelta(days=7)
    return (start + timedelta(days=31 if unit is Unit.MONTH else 366)).replace(day=1)


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=desk.company.zone)


# -- the list ------------------------------------------------------------------------------------------------------


def find(
    desk: Desk, wanted: WantedImports, order: Order | None = None, limit: int | None = None, offset: int = 0
) -> Page:
    """A page of the imports, newest first unless `order` says otherwise; of those wanted only what may be seen."""
    only = sees_only(desk.person)
    wanted = wanted if only is None else replace(wanted, person_id=only)
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        states = stored.count_states(connection, company_id, replace(wanted, state=None))
        lines = stored.find(connection, company_id, wanted, order or Order(), limit, offset)
    total = sum(states.values()) if wanted.state is None else states.get(wanted.state, 0)
    return Page(lines, states, total)


# -- one import ----------------------------------------------------------------------------------------------------
# Each raises NotFound for an import that is unknown or that the person may not see.


def show(desk: Desk, import_id: int) -> ImportView:
    """All of it that does not grow with its file."""
    record = find_import(desk.database, desk.person, import_id)
    ids = (desk.company.company_id, import_id)
    with desk.database.reading() as connection:
        return ImportView(
            record,
            mails.mails_of(connection, *ids),
            discrepancies.count_kinds(connection, *ids),
            audit.file_size(connection, desk.company.company_id, record.upload_id),
        )


def each_discrepancy(
    desk: Desk,
    import_id: int,
    problem: Problem | None = None,
    severity: Severity | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Iterator[Issue]:
    """A page of them, in row order, then column order; or of those of one column and kind, or of one severity."""
    find_import(desk.database, desk.person, import_id)
    ids = (desk.company.company_id, import_id)
    with desk.database.reading() as connection:
        yield from discrepancies.each(connection, *ids, problem, severity, limit, offset)


def count_kept(
    desk: Desk, import_id: int, problem: Problem | None = None, severity: Severity | None = None
) -> int:
    """How many of the discrepancies that `each_discrepancy` goes through were kept: not all of very many."""
    find_import(desk.database, desk.person, import_id)
    ids = (desk.company.company_id, import_id)
    with desk.database.reading() as connection:
        return discrepancies.count(connection, *ids, problem, severity)


def count_changes(desk: Desk, import_id: int, record: str = "") -> dict[tuple[str, str | None], int]:
    """The changes of the records that hold a text, by action and column; a new record's column is None."""
    declaration = DECLARATIONS[find_import(desk.database, desk.person, import_id).declaration]
    ids = (desk.company.company_id, import_id)
    with desk.database.reading() as connection:
        return audit.count_changes(connection, declaration, *ids, record)


def each_change(
    desk: Desk, import_id: int, wanted: WantedChanges, limit: int | None = None, offset: int = 0
) -> Iterator[ShownChange]:
    """A page of them, in row order, then column order."""
    declaration = DECLARATIONS[find_import(desk.database, desk.person, import_id).declaration]
    ids = (desk.company.company_id, import_id)
    with desk.database.reading() as connection:
        yield from audit.each_change(connection, declaration, *ids, wanted, limit, offset)


def original_file(desk: Desk, import_id: int) -> bytes:
    """The bytes as they were uploaded. Raises NotFound also for an import that had no file."""
    record = find_import(desk.database, desk.person, import_id)
    with desk.database.reading() as connection:
        return uploads.get_upload(connection, desk.company.company_id, record.upload_id or 0).content


def write_discrepancies(desk: Desk, import_id: int, out: BinaryIO | Path) -> int:
    """The workbook of the rows that an import left out; returns how many those are."""
    from komet_import.workbook.discrepancies import write_rejected_rows

    record = find_import(desk.database, desk.person, import_id)
    declaration = DECLARATIONS[record.declaration]
    ids = (desk.company.company_id, import_id)
    with desk.database.reading() as connection:
        held = discrepancies.rejected_columns(connection, *ids)
        rejected = discrepancies.rejected_rows(connection, *ids)
        rows = with_stored(desk.database, declaration, desk.company, rejected, held)
        issues = discrepancies.each(connection, *ids)
        return write_rejected_rows(out, declaration, desk.company, rows, issues, held)
