"""The JSON that other programs read, shaped to the letter of the contract."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from komet_import.history import ImportView
from komet_import.purge import Purged
from komet_import.review.draft import Draft
from komet_import.review.issues import Issue
from komet_import.review.matching import Matching
from komet_import.review.plan import Plan
from komet_import.schema.column import Declaration
from komet_import.schema.declarations import DECLARATIONS
from komet_import.store.customers import CustomerRow
from komet_import.store.imports import AuditedChange, ImportRecord
from komet_import.store.mails import StoredMail

Document = dict[str, Any]


class Each(Iterable[Document]):
    """A list of which there may be millions: made as it is read, each time anew, and never held."""

    def __init__(self, made: Callable[[], Iterator[Document]]) -> None:
        self._made = made

    def __iter__(self) -> Iterator[Document]:
        return self._made()


def text(document: Document | Sequence[Document]) -> Iterator[str]:
    """The JSON in pieces, in ASCII: whatever a cell holds, every terminal and program can read it."""
    if not isinstance(document, dict):
        yield json.dumps(document, indent=2)
        return
    for number, (key, value) in enumerate(document.items()):
        yield f"{',' if number else '{'}\n  {json.dumps(key)}: "
        if isinstance(value, Each):
            yield from _items(value)
        else:
            yield json.dumps(value, indent=2).replace("\n", "\n  ")
    yield "\n}"


def _items(items: Iterable[Document]) -> Iterator[str]:
    """Each on a line of its own."""
    opening = "["
    for item in items:
        yield f"{opening}\n    {json.dumps(item)}"
        opening = ","
    yield "[]" if opening == "[" else "\n  ]"


def checked(file: str, sheet: str | None, matching: Matching, draft: Draft, plan: Plan) -> Document:
    """Of `check`; its issues are read from the draft: to be written before the next edit."""
    counts = plan.counts
    return {
        "file": file,
        "sheet": sheet,
        "rows": counts.rows,
        "counts": {
            "new": counts.new,
            "update": counts.update,
            "unchanged": counts.unchanged,
            "rejected": counts.rejected,
        },
        "plan": plan.hash,
        "unknown_columns": list(matching.unknown),
        "missing_columns": list(matching.missing),
        "wrong_columns": [
            {"column": draft.declaration.header(column.key), "wrong": column.wrong, "filled": column.filled}
            for column in draft.wrong_columns
        ],
        "issues": Each(lambda: (_issue(issue, draft.declaration) for issue in plan.issues)),
    }


def imported(check: Document, record: ImportRecord) -> Document:
    """Of `import`: what `check` said, and what became of it."""
    return check | {"import_id": record.import_id, "state": record.state.value, "counts": _counts(record)}


def history(records: Iterable[ImportRecord]) -> list[Document]:
    """Of `history`."""
    return [_line(record) for record in records]


def import_(
    view: ImportView,
    issues: Callable[[], Iterator[Issue]],
    changes: Callable[[], Iterator[AuditedChange]],
) -> Document:
    """Of `show`."""
    mail = view.mails[-1] if view.mails else None
    declaration = DECLARATIONS[view.record.declaration]
    return _line(view.record) | {
        "issues": Each(lambda: (_issue(issue, declaration) for issue in issues())),
        "issue_counts": [
            {"column": _header(declaration, count.problem[0]), "code": count.problem[1], "count": count.cells}
            for count in view.problems
        ],
        "changes": Each(lambda: (_change(change, declaration) for change in changes())),
        "mail": {"state": mail.state.value, "to": list(mail.recipients)} if mail else None,
    }


def customers(rows: Iterable[CustomerRow], declaration: Declaration) -> list[Document]:
    """Of `customers`."""
    keys = [column.key for column in declaration.value_columns]
    return [
        {
            "record_id": row.record_id,
            "customer_id": row.record_id,
            "version": row.version,
            "updated_at": _time(row.updated_at),
        }
        | {key: text or None for key, text in zip(keys, row.texts, strict=True)}
        for row in rows
    ]


def outbox(mails: Sequence[StoredMail]) -> list[Document]:
    """Of `outbox`."""
    return [
        {
            "mail_id": mail.mail_id,
            "import_id": mail.import_id,
            "to": list(mail.recipients),
            "subject": mail.subject,
            "state": mail.state.value,
            "attempts": mail.attempts,
            "next_try_at": _time(mail.next_try_at),
            "last_error": mail.last_error,
        }
        for mail in mails
    ]


def purged(found: Purged) -> Document:
    """Of `purge`: how many drafts, files and tables read of files were dropped, and the bytes that these took."""
    return {"drafts": found.drafts, "files": found.files, "tables": found.tables, "bytes": found.size}


def _issue(issue: Issue, declaration: Declaration) -> Document:
    return {
        "row": issue.row,
        "column": _header(declaration, issue.key),
        "code": str(issue.code),
        "severity": issue.severity.value,
        "value": issue.value,
        "message": issue.message,
        "suggestion": issue.suggestion,
    }


def _line(record: ImportRecord) -> Document:
    named = {} if record.file is not None else {"title": record.title}
    return named | {
        "import_id": record.import_id,
        "kind": record.kind.value,
        "state": record.state.value,
        "file": record.file,
        "by": record.email,
        "started_at": _time(record.started_at),
        "finished_at": _time(record.finished_at),
        "rows": record.rows,
        "counts": _counts(record),
    }


def _counts(record: ImportRecord) -> Document:
    counts = record.counts
    return {
        "inserted": counts.new,
        "updated": counts.update,
        "unchanged": counts.unchanged,
        "rejected": counts.rejected,
    }


def _change(change: AuditedChange, declaration: Declaration) -> Document:
    return {
        "row": change.row,
        "record_id": change.record_id,
        "action": change.action,
        "column": _header(declaration, change.key),
        "old": change.old,
        "new": change.new,
    }


def _header(declaration: Declaration, key: str | None) -> str | None:
    """None of a whole row or record."""
    return declaration.header(key) if key else None


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()
