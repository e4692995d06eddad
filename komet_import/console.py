"""The command line's words for people, from the same documents that other programs read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from komet_import.post import Attempt, Outcome
from komet_import.sentences import clipped, listed
from komet_import.settings import Settings
from komet_import.store.mails import MailState, StoredMail

Document = dict[str, Any]
_WIDEST = 40
_MOST_HEADERS, _MOST_REASONS = 6, 5


def checked(document: Document) -> str:
    """What an import of the file would do, and each issue."""
    counts = document["counts"]
    lines = [_read(document)]
    lines.append(
        f"{document['rows']:,} rows: {counts['new']:,} new, {counts['update']:,} updated, "
        f"{counts['unchanged']:,} unchanged, {counts['rejected']:,} with errors."
    )
    return "\n".join([*lines, *_issues(document["issues"])])


def imported(document: Document) -> str:
    """What became of the file's rows."""
    head = f"Import {document['import_id']}: {_sum(document)}"
    if document["state"] == "rejected":
        head = f"Nothing was imported, because rows have errors (import {document['import_id']}): {_sum(document)}"
    return "\n".join([_read(document), head, *_issues(document["issues"])])


def history(documents: Sequence[Document]) -> str:
    """A line for each import."""
    if not documents:
        return "Nothing was imported yet."
    rows = [
        (
            str(d["import_id"]),
            d["finished_at"][:16].replace("T", " "),
            d["state"],
            _sum(d),
            d["by"],
            d["file"],
        )
        for d in documents
    ]
    return _table(("import", "finished (UTC)", "state", "rows", "by", "file"), rows)


def shown(document: Document) -> str:
    """One import whole."""
    mail = document["mail"]
    lines = [
        f"Import {document['import_id']}, {document['state']}: {document['file']}, by {document['by']}, "
        f"{document['finished_at']}",
        _sum(document),
        f"E-mail to {', '.join(mail['to'])}: {mail['state']}" if mail else "No e-mail.",
        *_issues(document["issues"]),
    ]
    changes = [
        (str(c["row"]), str(c["customer_id"]), c["action"], c["column"] or "", c["old"] or "", c["new"] or "")
        for c in document["changes"]
    ]
    if changes:
        lines += ["", _table(("row", "customer", "action", "column", "old", "new"), changes)]
    return "\n".join(lines)


def customers(documents: Sequence[Document]) -> str:
    """The columns by which a person knows a customer."""
    if not documents:
        return "No customer is stored that fits."
    keys = ("customer_id", "code", "name", "customer_type", "billing_city", "terms", "active")
    return _table(keys, [tuple(str(d[key] or "") for key in keys) for d in documents])


def company(document: Document) -> str:
    """Name, locations and lists."""
    several = "several locations" if document["multi_location"] else "a single location"
    lines = [f"{document['name']} ({document['time_zone']}), {several}", ""]
    lines += [
        f"  {location['code']:<10} {location['name']}{'' if location['active'] else ' (inactive)'}"
        for location in document["locations"]
    ]
    for key, values in document["lists"].items():
        lines.append(f"  {key}: {', '.join(values)}")
    return "\n".join(lines)


def outbox(documents: Sequence[Document]) -> str:
    """A line for each e-mail."""
    if not documents:
        return "The outbox is empty."
    rows = [
        (
            str(d["mail_id"]),
            d["state"],
            str(d["attempts"]),
            ", ".join(d["to"]),
            d["subject"],
            d["last_error"] or "",
        )
        for d in documents
    ]
    return _table(("mail", "state", "tries", "to", "subject", "last error"), rows)


def delivered(attempts: Sequence[Attempt], mails: Iterable[StoredMail], settings: Settings) -> str:
    """What a try of the outbox came to, and of each e-mail that was not sent why."""
    waiting = sum(mail.state is MailState.WAITING for mail in mails)
    if settings.mail_server is None:
        return f"No mail server is set (KOMET_SMTP_HOST). {waiting:,} waiting as .eml files in {settings.outbox_dir}."
    outcomes = Counter(attempt.outcome for attempt in attempts)
    lines = [f"{outcomes[Outcome.SENT]:,} sent, {waiting:,} waiting."]
    if in_hand := outcomes[Outcome.IN_HAND]:
        are = "is" if in_hand == 1 else "are"
        lines.append(
            f"{in_hand:,} {are} being sent by another process. If that was stopped, try again in five minutes."
        )
    errors = Counter(attempt.error for attempt in attempts if attempt.outcome is Outcome.FAILED)
    lines += [
        f"{count:,} {'was' if count == 1 else 'were'} not sent: {error}"
        for error, count in errors.most_common(_MOST_REASONS)
    ]
    if len(errors) > _MOST_REASONS:
        lines.append("There are other reasons too: `outbox` lists each e-mail with its own.")
    return "\n".join(lines)


def purged(document: Document) -> str:
    """What was dropped."""
    if not any(document.values()):
        return "There is nothing to drop."
    return (
        f"Dropped: drafts {document['drafts']:,}, files {document['files']:,}, tables read of files "
        f"{document['tables']:,}; {document['bytes'] / 1e6:,.1f} MB are free again."
    )


def _read(document: Document) -> str:
    sheet = document["sheet"]
    lines = [f"{document['file']}" + (f", sheet {clipped(sheet, _WIDEST)}" if sheet else "")]
    if unknown := document["unknown_columns"]:
        names = listed([clipped(header, _WIDEST) for header in unknown], _MOST_HEADERS)
        lines.append(f"Left out, because the template has no such columns: {names}.")
    return "\n".join(lines)


def _sum(document: Document) -> str:
    counts = document["counts"]
    return (
        f"{document['rows']:,} rows = {counts['inserted']:,} inserted + {counts['updated']:,} updated "
        f"+ {counts['unchanged']:,} unchanged + {counts['rejected']:,} left out"
    )


def _issues(issues: Sequence[Document]) -> list[str]:
    return [
        f"  row {i['row']}, {i['column'] or 'whole row'}: {i['message']}"
        + (" (warning)" if i["severity"] == "warning" else "")
        for i in issues
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    shown = [[_clip(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in shown) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in shown
    )


def _clip(cell: str) -> str:
    return clipped(cell, _WIDEST)
