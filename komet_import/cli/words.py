"""The command line's words for people, from the same documents that other programs read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from komet_import.post import Attempt, Outcome
from komet_import.schema.problems import of_wrong_column
from komet_import.sentences import clipped, listed
from komet_import.settings import Settings
from komet_import.store.mails import MailState, StoredMail

Document = dict[str, Any]
_WIDEST = 40  # characters
_MEASURED = 1_000  # rows
_MOST_HEADERS, _MOST_REASONS = 6, 5


def checked(document: Document) -> Iterator[str]:
    """What an import of the file would do, and each issue."""
    counts = document["counts"]
    yield from _read(document)
    yield (
        f"{document['rows']:,} rows: {counts['new']:,} new, {counts['update']:,} updated, "
        f"{counts['unchanged']:,} unchanged, {counts['rejected']:,} with errors."
    )
    yield from _issues(document)


def imported(document: Document) -> Iterator[str]:
    """What became of the file's rows."""
    head = f"Import {document['import_id']}: {_sum(document)}"
    if document["state"] == "rejected":
        head = f"Nothing was imported, because rows have errors (import {document['import_id']}): {_sum(document)}"
    yield from _read(document)
    yield head
    yield from _issues(document)


def history(documents: Sequence[Document]) -> Iterator[str]:
    """A line for each import."""
    if not documents:
        return iter(["Nothing was imported yet."])
    rows = [
        (
            str(d["import_id"]),
            d["finished_at"][:16].replace("T", " "),
            d["state"],
            _sum(d),
            d["by"],
            d["file"] or d["title"],
        )
        for d in documents
    ]
    return _table(("import", "finished (UTC)", "state", "rows", "by", "what"), rows)


def shown(document: Document) -> Iterator[str]:
    """One import whole; its lists may be long."""
    mail = document["mail"]
    yield (
        f"Import {document['import_id']}, {document['state']}: {document['file'] or document['title']}, by {document['by']}, "
        f"{document['finished_at']}"
    )
    yield _sum(document)
    yield f"E-mail to {', '.join(mail['to'])}: {mail['state']}" if mail else "No e-mail."
    kept, all_ = 0, sum(one["count"] for one in document["issue_counts"])
    for kept, line in enumerate(_issues(document), 1):  # noqa: B007
        yield line
    if kept < all_:
        yield f"  These are the first {kept:,} of {all_:,} problems."
    changes = (
        (
            str(c["row"] or ""),
            str(c["customer_id"]),
            c["action"],
            c["column"] or "",
            c["old"] or "",
            c["new"] or "",
        )
        for c in document["changes"]
    )
    first = list(islice(changes, _MEASURED))
    if first:
        yield ""
        yield from _table(("row", "customer", "action", "column", "old", "new"), first, changes)


def customers(documents: Sequence[Document]) -> Iterator[str]:
    """The columns by which a person knows a customer."""
    if not documents:
        return iter(["No customer is stored that fits."])
    keys = ("customer_id", "code", "name", "customer_type", "billing_city", "terms", "active")
    return _table(keys, [tuple(str(d[key] or "") for key in keys) for d in documents])


def company(document: Document) -> Iterator[str]:
    """Name, locations and lists."""
    several = "several locations" if document["multi_location"] else "a single location"
    yield f"{document['name']} ({document['time_zone']}), {several}"
    yield ""
    for location in document["locations"]:
        yield f"  {location['code']:<10} {location['name']}{'' if location['active'] else ' (inactive)'}"
    for key, values in document["lists"].items():
        yield f"  {key}: {', '.join(values)}"


def outbox(documents: Sequence[Document]) -> Iterator[str]:
    """A line for each e-mail."""
    if not documents:
        return iter(["The outbox is empty."])
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


def purged(document: Document) -> Iterator[str]:
    """What was dropped."""
    if any(document.values()):
        yield (
            f"Dropped: drafts {document['drafts']:,}, files {document['files']:,}, tables read of files "
            f"{document['tables']:,}; {document['bytes'] / 1e6:,.1f} MB are free again."
        )
    else:
        yield "There is nothing to drop."


def _read(document: Document) -> Iterator[str]:
    sheet = document["sheet"]
    yield f"{document['file']}" + (f", sheet {clipped(sheet, _WIDEST)}" if sheet else "")
    if unknown := document["unknown_columns"]:
        names = listed([clipped(header, _WIDEST) for header in unknown], _MOST_HEADERS)
        yield f"Left out, because the template has no such columns: {names}."


def _sum(document: Document) -> str:
    counts = document["counts"]
    return (
        f"{document['rows']:,} rows = {counts['inserted']:,} inserted + {counts['updated']:,} updated "
        f"+ {counts['unchanged']:,} unchanged + {counts['rejected']:,} left out"
    )


def _issues(document: Document) -> Iterator[str]:
    """First the columns that are wrong as a whole, if any are."""
    for one in document.get("wrong_columns", ()):
        yield f"  {one['column']}: {of_wrong_column(one['wrong'], one['filled'])}"
    for issue in document["issues"]:
        warning = " (warning)" if issue["severity"] == "warning" else ""
        yield f"  row {issue['row']}, {issue['column'] or 'whole row'}: {issue['message']}{warning}"


def _table(
    head: Sequence[str], rows: Sequence[Sequence[str]], more: Iterable[Sequence[str]] = ()
) -> Iterator[str]:
    """Columns as wide as `rows` need; a wider cell of one of the `more` pushes the rest of its line."""
    widths = [max(len(_clip(row[i])) for row in (head, *rows)) for i in range(len(head))]
    for row in chain([head], rows, more):
        cells = (_clip(cell).ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _clip(cell: str) -> str:
    return clipped(cell, _WIDEST)
