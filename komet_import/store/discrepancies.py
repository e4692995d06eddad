"""What was wrong with an import's rows: its discrepancies, how many of each kind, and the texts of the rejected rows.

The database holds the facts, and the sentence is made of them when it is read. What many rows share stands once: the
column, code and severity of a kind of problem, the keys of the rejected cells.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any

import sqlalchemy as sa

from komet_import.bulk import CHUNK
from komet_import.review.issues import Issue, ProblemKind
from komet_import.review.plan import Plan
from komet_import.schema.problems import IssueCode, Problem, Severity, WordedProblem
from komet_import.store.cells import storable
from komet_import.store.history import Problem as Wanted
from komet_import.store.history import ProblemCount
from komet_import.store.models import discrepancy, import_, import_problem, rejected_row
from komet_import.store.staging import load

MOST_KEPT = 5000  # of one kind in one column
_OF_KIND = sa.and_(
    import_problem.c.import_id == discrepancy.c.import_id, import_problem.c.number == discrepancy.c.problem
)


# -- written -------------------------------------------------------------------------------------------------------


def write(conn: sa.Connection, company_id: int, import_id: int, plan: Plan) -> None:
    """With the commit, in its transaction."""
    numbers = _write_kinds(conn, company_id, import_id, plan.issue_counts)
    found = (
        (
            import_id,
            position,
            company_id,
            issue.row,
            numbers[issue.key, issue.code],
            storable(issue.value),
            _packed(issue.problem.facts),
            None,
            issue.suggestion,
        )
        for position, issue in enumerate(_kept(plan.issues, plan.cells))
    )
    load(conn, discrepancy, discrepancy.c.keys(), found)
    if plan.cells:
        _write_rejected(conn, company_id, import_id, plan.cells)


def _write_kinds(
    conn: sa.Connection, company_id: int, import_id: int, counts: Mapping[ProblemKind, int]
) -> dict[tuple[str | None, IssueCode], int]:
    """The kinds with the counts of all their issues, those that are not kept too; returns the kinds' numbers."""
    ids = {"import_id": import_id, "company_id": company_id}
    kinds = [
        {
            **ids,
            "number": number,
            "column_key": kind.key or "",
            "code": kind.code.value,
            "severity": kind.severity.value,
            "cells": count,
        }
        for number, (kind, count) in enumerate(counts.items())
    ]
    if kinds:
        conn.execute(sa.insert(import_problem), kinds)
    return {(kind.key, kind.code): number for number, kind in enumerate(counts)}


def _packed(facts: Mapping[str, object]) -> str | None:
    return json.dumps({name: storable(str(fact)) for name, fact in facts.items()}) if facts else None


def _write_rejected(
    conn: sa.Connection, company_id: int, import_id: int, cells: Mapping[int, Mapping[str, str | None]]
) -> None:
    keys = list(next(iter(cells.values())))
    mine = (import_.c.company_id == company_id, import_.c.id == import_id)
    conn.execute(sa.update(import_).where(*mine).values(rejected_keys=keys))
    rows = (
        (import_id, row, company_id, json.dumps([texts[key] for key in keys])) for row, texts in cells.items()
    )
    load(conn, rejected_row, rejected_row.c.keys(), rows)


def _kept(issues: Iterable[Issue], rejected: Container[int]) -> Iterator[Issue]:
    """MOST_KEPT of each kind in each column, and beyond them what each rejected row needs to be told: its first error."""
    seen: Counter[tuple[str | None, IssueCode]] = Counter()
    for row, found in groupby(issues, key=lambda issue: issue.row):
        needed = row in rejected
        for issue in found:
            kind = issue.key, issue.code
            seen[kind] += 1
            if needed or seen[kind] <= MOST_KEPT:
                yield issue
            needed = needed and issue.severity is not Severity.ERROR


# -- read ----------------------------------------------------------------------------------------------------------


def count_kinds(conn: sa.Connection, company_id: int, import_id: int) -> list[ProblemCount]:
    """Errors before warnings, commonest first."""
    p = import_problem.c
    query = (
        sa.select(import_.c.declaration, p.column_key, p.code, p.severity, p.cells)
        .join_from(import_problem, import_, import_.c.id == p.import_id)
        .where(p.company_id == company_id, p.import_id == import_id)
        .order_by(p.severity, p.cells.desc(), p.column_key, p.code)
    )
    return [
        ProblemCount(declaration, (key, code), Severity(severity), cells, 1)
        for declaration, key, code, severity, cells in conn.execute(query)
    ]


def each(
    conn: sa.Connection,
    company_id: int,
    import_id: int,
    wanted: Wanted | None = None,
    severity: Severity | None = None,
    limit: int | None = None,
    offset: int = 0,
) -> Iterator[Issue]:
    """In row order, then column order; the connection is in use meanwhile."""
    d, p = discrepancy.c, import_problem.c
    query = sa.select(d.row, d.value, d.facts, d.message, d.suggestion, p.column_key, p.code, p.severity)
    query = query.join_from(discrepancy, import_problem, _OF_KIND)
    query = query.where(*_wanted(company_id, import_id, wanted, severity)).order_by(d.position)
    for row in conn.execute(query.limit(limit).offset(offset), execution_options={"yield_per": CHUNK}):
        yield Issue(row.row, row.column_key or None, row.value, _problem(row))


def _problem(row: sa.Row[*tuple[Any, ...]]) -> Problem:
    """Earlier versions kept a sentence instead of the facts."""
    code = IssueCode(row.code)
    if row.message is not None:
        return WordedProblem(code, row.suggestion, sentence=row.message, said_as=Severity(row.severity))
    return Problem(code, row.suggestion, row.facts or {})


def count(
    conn: sa.Connection,
    company_id: int,
    import_id: int,
    wanted: Wanted | None = None,
    severity: Severity | None = None,
) -> int:
    """How many were kept: `count_kinds` counts all that there were."""
    query = sa.select(sa.func.count()).select_from(discrepancy).join(import_problem, _OF_KIND)
    return conn.execute(query.where(*_wanted(company_id, import_id, wanted, severity))).scalar_one()


def _wanted(
    company_id: int, import_id: int, wanted: Wanted | None, severity: Severity | None
) -> Iterator[sa.ColumnElement[bool]]:
    d, p = discrepancy.c, import_problem.c
    yield d.company_id == company_id
    yield d.import_id == import_id
    if wanted is not None:
        key, code = wanted
        yield p.column_key == key
        yield p.code == code
    if severity is not None:
        yield p.severity == severity


def rejected_rows(
    conn: sa.Connection, company_id: int, import_id: int
) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """Row numbers and the texts the rows had, as their plan held them; the connection is in use meanwhile."""
    keys = _rejected_keys(conn, company_id, import_id)
    r = rejected_row.c
    query = sa.select(r.row, r.cells).where(r.company_id == company_id, r.import_id == import_id)
    found = conn.execute(query.order_by(r.row), execution_options={"yield_per": CHUNK})
    for row in found:
        yield row.row, dict(zip(keys, row.cells, strict=True))


def rejected_columns(conn: sa.Connection, company_id: int, import_id: int) -> set[str]:
    """The keys of the columns that the file had, or that an issue of a rejected row names."""
    r, d = rejected_row.c, discrepancy.c
    same_row = sa.and_(d.import_id == r.import_id, d.row == r.row)
    named = (
        sa.select(import_problem.c.column_key)
        .distinct()
        .join_from(rejected_row, discrepancy, same_row)
        .join(import_problem, _OF_KIND)
        .where(r.company_id == company_id, r.import_id == import_id)
    )
    of_issues = (key for key in conn.execute(named).scalars() if key)
    return {*_rejected_keys(conn, company_id, import_id), *of_issues}


def _rejected_keys(conn: sa.Connection, company_id: int, import_id: int) -> list[str]:
    mine = (import_.c.company_id == company_id, import_.c.id == import_id)
    return conn.execute(sa.select(import_.c.rejected_keys).where(*mine)).scalar() or []
