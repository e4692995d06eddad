"""Plans as the review makes them, but by hand, and their commits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from komet_import.review.issues import Issue, ProblemKind
from komet_import.review.plan import Action, Change, Counts, Plan, PlannedRow, Record
from komet_import.schema.company import Company
from komet_import.schema.customers import CUSTOMERS
from komet_import.schema.problems import IssueCode, Problem, Severity
from komet_import.store.commit import commit
from komet_import.store.database import Database
from komet_import.store.imports import ImportRecord, NewImport

KEYS = [column.key for column in CUSTOMERS.value_columns]


def texts(**cells: str) -> tuple[str, ...]:
    """A customer's texts, "" where nothing is given."""
    return tuple(cells.get(key, "") for key in KEYS)


def cell(record: Record, key: str) -> str:
    return record.texts[KEYS.index(key)]


def make_plan(
    company: Company,
    *,
    new: Sequence[Mapping[str, str]] = (),
    update: Sequence[tuple[Record, Mapping[str, str]]] = (),
    unchanged: Iterable[Record] = (),
    rejected: Sequence[Mapping[str, str]] = (),
    plan_hash: str = "the plan",
) -> Plan:
    """Rows from 2 on in the order of the arguments; each rejected one lacks its code."""
    rows: list[PlannedRow] = []
    changes: list[Change] = []
    for cells in new:
        rows.append(PlannedRow(len(rows) + 2, Action.NEW, None, None, texts(**cells)))
    for record, cells in update:
        number = len(rows) + 2
        after = tuple(cells.get(key, old) for key, old in zip(KEYS, record.texts, strict=True))
        rows.append(PlannedRow(number, Action.UPDATE, record.record_id, record.version, after))
        changes += [
            Change(number, record.record_id, key, cell(record, key), text) for key, text in cells.items()
        ]
    for record in unchanged:
        rows.append(
            PlannedRow(len(rows) + 2, Action.UNCHANGED, record.record_id, record.version, record.texts)
        )
    first = len(rows) + 2
    keys = list(dict.fromkeys(key for cells in rejected for key in cells))
    kind = ProblemKind(2, "code", Severity.ERROR, IssueCode.REQUIRED)
    return Plan(
        hash=plan_hash,
        company_version=company.version,
        counts=Counts(len(new), len(update), len(rows) - len(new) - len(update), len(rejected)),
        rows=rows,
        changes=changes,
        issues=[
            Issue(first + n, "code", "", Problem(IssueCode.REQUIRED)) for n, _cells in enumerate(rejected)
        ],
        issue_counts={kind: len(rejected)} if rejected else {},
        warned=0,
        cells={first + n: {key: cells.get(key) for key in keys} for n, cells in enumerate(rejected)},
        rejected_columns=frozenset(keys),
    )


def counted(issues: Iterable[Issue]) -> dict[ProblemKind, int]:
    """How many there are of each kind."""
    return Counter(ProblemKind(0, issue.key, issue.severity, issue.code) for issue in issues)


def new_import(plan: Plan, **facts: object) -> NewImport:
    given = {
        "declaration": CUSTOMERS.kind,
        "person_id": 1,
        "started_at": datetime(2026, 3, 1, 12, tzinfo=UTC),
        "plan_hash": plan.hash,
    }
    return NewImport(file="customers.xlsx", sha256="ab12", **(given | facts))  # type: ignore[arg-type]


def commit_plan(database: Database, company: Company, plan: Plan, **facts: object) -> ImportRecord:
    with database.writing() as conn:
        return commit(conn, company, new_import(plan, **facts), plan)
