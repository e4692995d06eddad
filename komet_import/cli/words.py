"""The command line's words for people, from the same documents that other programs read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from komet_import import outcomes
from komet_import.language import N_, _, ngettext
from komet_import.post import Attempt, Outcome
from komet_import.schema.problems import Severity, of_wrong_column
from komet_import.sentences import clipped, counted_rows, listed
from komet_import.settings import Settings
from komet_import.store.mails import MailState, StoredMail

Document = dict[str, Any]
_WIDEST = 40  # characters
_MEASURED = 1_000  # rows
_MOST_HEADERS, _MOST_REASONS = 6, 5
_ISSUES = {
    Severity.ERROR: N_("row {row}, {column}: {message}"),
    Severity.WARNING: N_("row {row}, {column}: {message} (warning)"),
}


def checked(document: Document) -> Iterator[str]:
    """What an import of the file would do, and each issue."""
    counts = document["counts"]
    yield from _read(document)
    parts = (
        outcomes.new(counts["new"]),
        outcomes.updated(counts["update"]),
        outcomes.unchanged(counts["unchanged"]),
        outcomes.left_out(counts["rejected"]),
    )
    yield f"{counted_rows(document['rows'])}: {', '.join(parts)}."
    yield from _issues(document)


def imported(document: Document) -> Iterator[str]:
    """What became of the file's rows."""
    head = (
        _("Nothing was imported, because rows have errors (import {import_id}): {sum}")
        if document["state"] == "rejected"
        else _("Import {import_id}: {sum}")
    )
    yield from _read(document)
    yield head.format(import_id=document["import_id"], sum=_sum(document))
    yield from _issues(document)


def history(documents: Sequence[Document]) -> Iterator[str]:
    """A line for each import."""
    if not documents:
        return iter([_("Nothing was imported yet.")])
    rows = [
        (
            str(d["import_id"]),
            d["finished_at"][:16].replace("T", " "),
            _state(d),
            _sum(d),
            d["by"],
            d["file"] or d["title"],
        )
        for d in documents
    ]
    return _table((_("import"), _("finished (UTC)"), _("state"), _("rows"), _("by"), _("what")), rows)


def shown(document: Document) -> Iterator[str]:
    """One import whole; its lists may be long."""
    mail = document["mail"]
    yield _("Import {import_id} ({state}): {what}, by {person}, {finished_at}").format(
        import_id=document["import_id"],
        state=_state(document),
        what=document["file"] or document["title"],
        person=document["by"],
        finished_at=document["finished_at"],
    )
    yield _sum(document)
    if mail:
        yield _("E-mail to {addresses}: {state}").format(addresses=", ".join(mail["to"]), state=mail["state"])
    else:
        yield _("No e-mail.")
    kept, all_ = 0, sum(one["count"] for one in document["issue_counts"])
    for kept, line in enumerate(_issues(document), 1):  # noqa: B007
        yield line
    if kept < all_:
        yield "  " + _("These are the first {kept:,} of {all:,} problems.").format(kept=kept, all=all_)
    changes = (
        (
            str(c["row"] or ""),
            str(c["record_id"]),
            _(outcomes.ACTIONS[c["action"]]),
            c["column"] or "",
            c["old"] or "",
            c["new"] or "",
        )
        for c in document["changes"]
    )
    first = list(islice(changes, _MEASURED))
    if first:
        yield ""
        yield from _table(
            (_("row"), _("customer"), _("action"), _("column"), _("old"), _("new")), first, changes
        )


def customers(documents: Sequence[Document]) -> Iterator[str]:
    """The columns by which a person knows a customer."""
    if not documents:
        return iter([_("No customer is stored that fits.")])
    keys = ("customer_id", "code", "name", "customer_type", "billing_city", "terms", "active")
    return _table(keys, [tuple(str(d[key] or "") for key in keys) for d in documents])


def company(document: Document) -> Iterator[str]:
    """Name, locations and lists."""
    sentence = (
        _("{company} ({time_zone}), several locations")
        if document["multi_location"]
        else _("{company} ({time_zone}), a single location")
    )
    yield sentence.format(company=document["name"], time_zone=document["time_zone"])
    yield ""
    for location in document["locations"]:
        name = location["name"]
        shown_as = name if location["active"] else _("{location} (inactive)").format(location=name)
        yield f"  {location['code']:<10} {shown_as}"
    for key, values in document["lists"].items():
        yield f"  {key}: {', '.join(values)}"


def outbox(documents: Sequence[Document]) -> Iterator[str]:
    """A line for each e-mail."""
    if not documents:
        return iter([_("The outbox is empty.")])
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
    return _table((_("mail"), _("state"), _("tries"), _("to"), _("subject"), _("last error")), rows)


def delivered(attempts: Sequence[Attempt], mails: Iterable[StoredMail], settings: Settings) -> str:
    """What a try of the outbox came to, and of each e-mail that was not sent why."""
    waiting = sum(mail.state is MailState.WAITING for mail in mails)
    if settings.mail_server is None:
        return _(
            "No mail server is set (KOMET_SMTP_HOST). {waiting:,} waiting as .eml files in {folder}."
        ).format(waiting=waiting, folder=settings.outbox_dir)
    outcomes = Counter(attempt.outcome for attempt in attempts)
    lines = [_("{sent:,} sent, {waiting:,} waiting.").format(sent=outcomes[Outcome.SENT], waiting=waiting)]
    if in_hand := outcomes[Outcome.IN_HAND]:
        lines.append(
            ngettext(
                "{count:,} is being sent by another process. If that was stopped, try again in five minutes.",
                "{count:,} are being sent by another process. If that was stopped, try again in five minutes.",
                in_hand,
            ).format(count=in_hand)
        )
    errors = Counter(attempt.error for attempt in attempts if attempt.outcome is Outcome.FAILED)
    lines += [
        ngettext("{count:,} was not sent: {reason}", "{count:,} were not sent: {reason}", count).format(
            count=count, reason=error
        )
        for error, count in errors.most_common(_MOST_REASONS)
    ]
    if len(errors) > _MOST_REASONS:
        lines.append(_("There are other reasons too: `outbox` lists each e-mail with its own."))
    return "\n".join(lines)


def purged(document: Document) -> Iterator[str]:
    """What was dropped."""
    if any(document.values()):
        yield _(
            "Dropped: drafts {drafts:,}, files {files:,}, tables read of files {tables:,}; {megabytes:,.1f} MB are free again."
        ).format(megabytes=document["bytes"] / 1e6, **document)
    else:
        yield _("There is nothing to drop.")


def _read(document: Document) -> Iterator[str]:
    sheet = document["sheet"]
    if sheet:
        yield _("{file}, sheet {sheet}").format(file=document["file"], sheet=clipped(sheet, _WIDEST))
    else:
        yield document["file"]
    if unknown := document["unknown_columns"]:
        names = listed([clipped(header, _WIDEST) for header in unknown], _MOST_HEADERS)
        yield _("Left out, because the template has no such columns: {columns}.").format(columns=names)


def _state(document: Document) -> str:
    return _(outcomes.STATES[document["state"]])


def _sum(document: Document) -> str:
    counts = document["counts"]
    parts = (
        outcomes.new(counts["inserted"]),
        outcomes.updated(counts["updated"]),
        outcomes.unchanged(counts["unchanged"]),
        outcomes.left_out(counts["rejected"]),
    )
    return outcomes.equation(document["rows"], parts)


def _issues(document: Document) -> Iterator[str]:
    """First the columns that are wrong as a whole, if any are."""
    for one in document.get("wrong_columns", ()):
        yield f"  {one['column']}: {of_wrong_column(one['wrong'], one['filled'])}"
    for issue in document["issues"]:
        column = issue["column"] or _("whole row")
        sentence = _(_ISSUES[issue["severity"]])
        yield "  " + sentence.format(row=issue["row"], column=column, message=issue["message"])


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
