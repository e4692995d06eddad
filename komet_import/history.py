"""The use cases of the import history: who may see which imports, a period's figures, the list, one import.

An analyst sees their own imports, everybody else all of the company's. Days begin at the company's midnight.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo

import komet_import.store.history as stored
from komet_import.access import may_see
from komet_import.desk import Desk
from komet_import.errors import NotFound
from komet_import.schema.company import Role
from komet_import.schema.customers import CUSTOMERS
from komet_import.store import audit, imports, mails, uploads
from komet_import.store.audit import ShownChange, WantedChanges
from komet_import.store.history import (
    Figures,
    HistoryLine,
    Order,
    PersonCount,
    Problem,
    ProblemCount,
    Tally,
    Wanted,
)
from komet_import.store.imports import AuditedChange, Discrepancy, ImportRecord, ImportState
from komet_import.store.mails import StoredMail


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
class Filters:
    """What the list shows of a period; `bar` is the first day of one of the chart's bars."""

    state: ImportState | None = None
    person_id: int | None = None
    left_out: bool = False
    search: str = ""
    bar: date | None = None
    problem: Problem | None = None


@dataclass(frozen=True)
class Bar:
    """A week, month or year from its first day to before `end`, as much of it as lies in the period."""

    start: date
    end: date
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
    """A page of the list; `states` counts what the other filters leave, of each state, and `total` all that is listed."""

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
    since = _since(_local(desk, now).date(), period)
    wanted = Wanted(since=_midnight(desk, since) if since else None, person_id=_only(desk))
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        first = wanted.since or stored.first_finished(connection, company_id, wanted) or now
        unit, starts = _bars(_local(desk, first).date(), _local(desk, now).date())
        ends = [_midnight(desk, day) for day in starts[1:-1]]
        tallies = stored.tally(connection, company_id, wanted, ends)
        return Overview(
            wanted.since,
            stored.figures(connection, company_id, wanted),
            unit,
            [Bar(*days, tallies.get(n, Tally())) for n, days in enumerate(pairwise(starts))],
            stored.problems(connection, company_id, wanted),
            stored.people(connection, company_id, wanted),
        )


def has_any(desk: Desk) -> bool:
    """Whether there is an import at all that the person may see."""
    with desk.database.reading() as connection:
        mine = Wanted(person_id=_only(desk))
        return stored.first_finished(connection, desk.company.company_id, mine) is not None


def sees_everybody(desk: Desk) -> bool:
    """Whether the imports are those of several people."""
    return _only(desk) is None


def _only(desk: Desk) -> int | None:
    """Whose imports alone the person may see."""
    return desk.person.person_id if desk.person.role is Role.ANALYST else None


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


def _local(desk: Desk, moment: datetime) -> datetime:
    return moment.astimezone(ZoneInfo(desk.company.time_zone))


def _midnight(desk: Desk, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(desk.company.time_zone))


# -- the list ------------------------------------------------------------------------------------------------------


def find(
    desk: Desk, seen: Overview, filters: Filters, order: Order, limit: int | None, offset: int = 0
) -> Page:
    """A page of the imports of the overview's period. A bar that it does not have filters nothing."""
    wanted = _wanted(desk, seen, filters)
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        states = stored.count_states(connection, company_id, replace(wanted, state=None))
        lines = stored.find(connection, company_id, wanted, order, limit, offset)
    total = sum(states.values()) if wanted.state is None else states.get(wanted.state, 0)
    return Page(lines, states, total)


def _wanted(desk: Desk, seen: Overview, filters: Filters) -> Wanted:
    """An analyst's own, whoever is asked for."""
    only = _only(desk)
    wanted = Wanted(
        since=seen.since,
        person_id=filters.person_id if only is None else only,
        state=filters.state,
        left_out=filters.left_out,
        search=filters.search,
        problem=filters.problem,
    )
    bar = next((bar for bar in seen.bars if bar.start == filters.bar), None)
    if bar is None:
        return wanted
    start = _midnight(desk, bar.start)
    return replace(wanted, since=max(seen.since or start, start), until=_midnight(desk, bar.end))


# -- one import ----------------------------------------------------------------------------------------------------


def show(desk: Desk, import_id: int) -> ImportView:
    """Raises NotFound, also for an import that the person may not see."""
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        record = imports.get_import(connection, company_id, import_id)
        if not may_see(desk.person, record.person_id):
            raise NotFound("unknown_import", id=import_id)
        return ImportView(
            record,
            mails.mails_of(connection, company_id, import_id),
            audit.problems_of(connection, company_id, import_id),
            audit.file_size(connection, company_id, record.upload_id),
        )


def each_discrepancy(
    desk: Desk, record: ImportRecord, problem: Problem | None, limit: int | None, offset: int = 0
) -> Iterator[Discrepancy]:
    """A page of them, or of those of one column and kind."""
    ids = (desk.company.company_id, record.import_id)
    with desk.database.reading() as connection:
        yield from audit.each_discrepancy(connection, *ids, problem, limit, offset)


def count_kept(desk: Desk, record: ImportRecord, problem: Problem | None) -> int:
    """How many of an import's discrepancies, or of those of one column and kind, were kept: not all of very many."""
    with desk.database.reading() as connection:
        return audit.count_discrepancies(connection, desk.company.company_id, record.import_id, problem)


def count_changes(desk: Desk, record: ImportRecord, customer: str) -> dict[tuple[str, str | None], int]:
    """The changes of the customers that hold a text, by action and column; a new customer's column is None."""
    ids = (desk.company.company_id, record.import_id)
    with desk.database.reading() as connection:
        return audit.count_changes(connection, CUSTOMERS, *ids, customer)


def each_change(
    desk: Desk, record: ImportRecord, wanted: WantedChanges, limit: int | None, offset: int = 0
) -> Iterator[ShownChange]:
    """A page of them."""
    ids = (desk.company.company_id, record.import_id)
    with desk.database.reading() as connection:
        yield from audit.each_change(connection, CUSTOMERS, *ids, wanted, limit, offset)


# -- one import, whole -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ImportDetails:
    """One import with its audit; `issue_counts` are of all issues, also of those that were not kept."""

    record: ImportRecord
    issues: Sequence[Discrepancy]
    issue_counts: Sequence[ProblemCount]
    changes: Sequence[AuditedChange]
    mails: Sequence[StoredMail]


def recent(desk: Desk, limit: int | None, offset: int = 0) -> list[ImportRecord]:
    """The imports that the person may see, newest first."""
    with desk.database.reading() as connection:
        return imports.history(connection, desk.company.company_id, limit, offset)


def count(desk: Desk) -> int:
    """How many there are."""
    with desk.database.reading() as connection:
        return imports.count(connection, desk.company.company_id)


def details(desk: Desk, import_id: int) -> ImportDetails:
    """Raises NotFound."""
    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        return ImportDetails(
            imports.get_import(connection, company_id, import_id),
            imports.discrepancies(connection, company_id, import_id),
            audit.problems_of(connection, company_id, import_id),
            imports.changes(connection, company_id, import_id),
            mails.mails_of(connection, company_id, import_id),
        )


def original_file(desk: Desk, record: ImportRecord) -> bytes:
    """The bytes as they were uploaded. Raises NotFound for an import that had no file."""
    with desk.database.reading() as connection:
        return uploads.get_upload(connection, desk.company.company_id, record.upload_id or 0).content


def write_discrepancies(desk: Desk, import_id: int, out: BinaryIO | Path) -> int:
    """The workbook of the rows that an import left out; returns how many those are. Raises NotFound."""
    from komet_import.workbook.discrepancies import write_rejected_rows

    company_id = desk.company.company_id
    with desk.database.reading() as connection:
        imports.get_import(connection, company_id, import_id)
        return write_rejected_rows(
            out,
            CUSTOMERS,
            desk.company,
            imports.rejected_rows(connection, company_id, import_id),
            audit.each_discrepancy(connection, company_id, import_id, None, None),
            imports.rejected_columns(connection, company_id, import_id),
        )
