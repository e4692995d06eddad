"""The imports of a period, counted, filtered and sorted: each question is one statement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

from komet_import.schema.problems import Severity
from komet_import.schema.text import fold, has_control_characters, tidy
from komet_import.store.imports import ImportRecord, ImportState, lines, to_record
from komet_import.store.mails import MailState
from komet_import.store.models import import_, import_problem, mail, person

Problem = tuple[str, str]  # a column's key, "" for the whole row, and an issue's code


@dataclass(frozen=True)
class WantedImports:
    """Which imports: finished from `since` until before `until`; `search` is looked for in file and person.

    `wrote` are those that inserted or updated a customer.
    """

    since: datetime | None = None
    until: datetime | None = None
    person_id: int | None = None
    state: ImportState | None = None
    left_out: bool = False
    wrote: bool = False
    search: str = ""
    problem: Problem | None = None


class SortBy(StrEnum):
    """The columns of the list."""

    WHEN = "when"
    FILE = "file"
    BY = "by"
    ROWS = "rows"
    NEW = "new"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    LEFT_OUT = "left_out"
    STATE = "state"
    MAIL = "mail"


@dataclass(frozen=True)
class Order:
    """Newest first where it decides nothing."""

    by: SortBy = SortBy.WHEN
    descending: bool = True


@dataclass(frozen=True)
class HistoryLine:
    """An import and where its latest e-mail is; None without one."""

    record: ImportRecord
    mail: MailState | None


@dataclass(frozen=True)
class Figures:
    """Sums over imports; `median_seconds` is None without any."""

    imports: int
    rows: int
    inserted: int
    updated: int
    unchanged: int
    rejected: int
    median_seconds: float | None
    mails_waiting: int


@dataclass(frozen=True)
class Tally:
    """The imports of a stretch of time, and their rows."""

    imports: int = 0
    inserted: int = 0
    kept: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class ProblemCount:
    """How many cells had a problem, and in how many imports. `declaration` is a key of DECLARATIONS."""

    declaration: str
    problem: Problem
    severity: Severity
    cells: int
    imports: int


@dataclass(frozen=True)
class PersonCount:
    """What a person imported."""

    person_id: int
    name: str
    imports: int
    rows: int


class _Seconds(FunctionElement[float]):
    """From the first time to the second."""

    type = sa.Float()
    inherit_cache = True


@compiles(_Seconds)
def _seconds(element: _Seconds, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST(extract(epoch FROM {end} - {start}) AS FLOAT)"


@compiles(_Seconds, "sqlite")
def _sqlite_seconds(element: _Seconds, compiler: Any, **options: Any) -> str:
    start, end = (compiler.process(clause, **options) for clause in element.clauses)
    return f"((julianday({end}) - julianday({start})) * 86400.0)"


_MAIL = (
    sa.select(mail.c.state)
    .where(mail.c.import_id == import_.c.id)
    .order_by(mail.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_SORTED: dict[SortBy, sa.ColumnElement[Any]] = {
    SortBy.WHEN: import_.c.finished_at,
    SortBy.FILE: import_.c.file_key,
    SortBy.BY: sa.func.lower(person.c.name),
    SortBy.ROWS: import_.c.rows,
    SortBy.NEW: import_.c.inserted,
    SortBy.UPDATED: import_.c.updated,
    SortBy.UNCHANGED: import_.c.unchanged,
    SortBy.LEFT_OUT: import_.c.rejected,
    SortBy.STATE: import_.c.state,
    SortBy.MAIL: sa.func.coalesce(_MAIL, ""),
}


def find(
    conn: sa.Connection,
    company_id: int,
    wanted: WantedImports,
    order: Order,
    limit: int | None,
    offset: int = 0,
) -> list[HistoryLine]:
    """A page of the list."""
    by = _SORTED[order.by]
    query = lines(company_id).add_columns(_MAIL.label("mail")).where(*_held(conn, company_id, wanted))
    ordered = query.order_by(
        by.desc() if order.descending else by.asc(), import_.c.finished_at.desc(), import_.c.id.desc()
    )
    found = conn.execute(ordered.limit(limit).offset(offset))
    return [HistoryLine(to_record(row), MailState(row.mail) if row.mail else None) for row in found]


def count_states(conn: sa.Connection, company_id: int, wanted: WantedImports) -> dict[ImportState, int]:
    """How many there are of each state that occurs."""
    query = sa.select(import_.c.state, sa.func.count()).where(*_held(conn, company_id, wanted))
    found: dict[str, int] = dict(conn.execute(query.group_by(import_.c.state)).all())
    return {state: found[state] for state in ImportState if state in found}


def figures(conn: sa.Connection, company_id: int, wanted: WantedImports) -> Figures:
    """In all."""
    c = import_.c
    held = _ended(conn, company_id, wanted)
    sums = [sa.func.coalesce(sa.func.sum(x), 0) for x in (c.rows, c.inserted, c.updated, c.unchanged)]
    waiting = (
        sa.select(sa.func.count())
        .select_from(mail.join(import_, c.id == mail.c.import_id))
        .where(*held, mail.c.company_id == company_id, mail.c.state == MailState.WAITING)
    )
    totals = sa.select(sa.func.count(), *sums, sa.func.coalesce(sa.func.sum(c.rejected), 0)).where(*held)
    row = conn.execute(totals.add_columns(_median(held), waiting.scalar_subquery())).one()
    return Figures(*row)


def _median(held: Sequence[sa.ColumnElement[bool]]) -> sa.ScalarSelect[float]:
    """The mean of the one or two in the middle: not every database has a median of its own."""
    seconds = _Seconds(import_.c.started_at, import_.c.finished_at)
    numbered = sa.select(
        seconds.label("seconds"),
        sa.func.row_number().over(order_by=seconds).label("place"),
        sa.func.count().over().label("all"),
    )
    ranked = numbered.where(*held).subquery()
    twice = ranked.c.place * 2
    return (
        sa.select(sa.func.avg(ranked.c.seconds))
        .where(twice.between(ranked.c["all"], ranked.c["all"] + 2))
        .scalar_subquery()
    )


def tally(
    conn: sa.Connection, company_id: int, wanted: WantedImports, ends: Sequence[datetime]
) -> dict[int, Tally]:
    """By stretches of time: the first is until before `ends[0]`, and so on, the last without an end."""
    c = import_.c
    before = [(c.finished_at < end, n) for n, end in enumerate(ends)]
    stretch = sa.case(*before, else_=len(ends)) if before else sa.literal(0)
    query = sa.select(
        stretch.label("stretch"),
        sa.func.count(),
        sa.func.sum(c.inserted),
        sa.func.sum(c.updated + c.unchanged),
        sa.func.sum(c.rejected),
    )
    found = conn.execute(query.where(*_ended(conn, company_id, wanted)).group_by("stretch"))
    return {number: Tally(*counts) for number, *counts in found}


def problems(conn: sa.Connection, company_id: int, wanted: WantedImports) -> list[ProblemCount]:
    """By declaration, column and kind, commonest first."""
    p = import_problem.c
    cells = sa.func.sum(p.cells)
    query = (
        sa.select(import_.c.declaration, p.column_key, p.code, p.severity, cells, sa.func.count())
        .join_from(import_, import_problem, p.import_id == import_.c.id)
        .where(*_ended(conn, company_id, wanted))
        .group_by(import_.c.declaration, p.column_key, p.code, p.severity)
        .order_by(cells.desc(), p.column_key, p.code)
    )
    found = conn.execute(query)
    return [
        ProblemCount(declaration, (key, code), Severity(severity), *counts)
        for declaration, key, code, severity, *counts in found
    ]


def people(conn: sa.Connection, company_id: int, wanted: WantedImports) -> list[PersonCount]:
    """Everybody who imported, most rows first."""
    rows = sa.func.sum(import_.c.rows)
    query = (
        sa.select(person.c.id, person.c.name, sa.func.count(), rows)
        .join_from(import_, person, person.c.id == import_.c.person_id)
        .where(*_ended(conn, company_id, wanted))
        .group_by(person.c.id, person.c.name)
        .order_by(rows.desc(), person.c.id)
    )
    return [PersonCount(*row) for row in conn.execute(query)]


def first_finished(conn: sa.Connection, company_id: int, wanted: WantedImports) -> datetime | None:
    """When the oldest of them was finished."""
    query = sa.select(import_.c.finished_at).where(*_held(conn, company_id, wanted))
    return conn.execute(query.order_by(import_.c.finished_at).limit(1)).scalar()


def _ended(conn: sa.Connection, company_id: int, wanted: WantedImports) -> list[sa.ColumnElement[bool]]:
    """What is still at it counts for nothing."""
    return [*_held(conn, company_id, wanted), import_.c.state != ImportState.COMMITTING]


def _held(conn: sa.Connection, company_id: int, wanted: WantedImports) -> list[sa.ColumnElement[bool]]:
    c = import_.c
    held: list[sa.ColumnElement[bool]] = [c.company_id == company_id]
    if wanted.since is not None:
        held.append(c.finished_at >= wanted.since)
    if wanted.until is not None:
        held.append(c.finished_at < wanted.until)
    if wanted.person_id is not None:
        held.append(c.person_id == wanted.person_id)
    if wanted.state is not None:
        held.append(c.state == wanted.state)
    if wanted.left_out:
        held.append(c.rejected > 0)
    if wanted.wrote:
        held.append(c.inserted + c.updated > 0)
    if wanted.problem is not None:
        held.append(_has_problem(*wanted.problem))
    if search := fold(tidy(wanted.search)):
        held.append(_is_called(conn, company_id, search))
    return held


def _has_problem(key: str, code: str) -> sa.ColumnElement[bool]:
    p = import_problem.c
    return sa.exists().where(p.import_id == import_.c.id, p.column_key == key, p.code == code)


def _is_called(conn: sa.Connection, company_id: int, search: str) -> sa.ColumnElement[bool]:
    """People are few, and their names are folded here."""
    if has_control_characters(search):
        return sa.false()
    named = conn.execute(sa.select(person.c.id, person.c.name).where(person.c.company_id == company_id))
    ids = [row.id for row in named if search in fold(row.name)]
    return sa.or_(import_.c.file_key.contains(search, autoescape=True), import_.c.person_id.in_(ids))
