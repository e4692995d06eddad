"""What is said above the grid of a row, of the rows that are shown, and of there being none."""

from __future__ import annotations

from collections.abc import Mapping

from komet_import import outcomes
from komet_import.language import _, ngettext
from komet_import.review.draft import Before, Draft
from komet_import.review.issues import Issue
from komet_import.review.plan import Action, Counts
from komet_import.schema.problems import IssueCode, title_of
from komet_import.sentences import clipped, counted_rows, listed
from komet_import.ui.review import view as views
from komet_import.ui.review.view import FILTERS, Filter, View

_SHOWN_CHANGES = 2
_SHOWN_COLUMNS = 4
_LONGEST = 40  # characters of a cell's text


def place(draft: Draft, row: int, key: str | None) -> str:
    """`Row 9, Fax.`"""
    if key:
        return _("Row {row}, {header}.").format(row=row, header=draft.declaration.header(key))
    return _("Row {row}.").format(row=row)


# -- a row ---------------------------------------------------------------------------------------------------------


def of_row(draft: Draft, row: int, key: str) -> str:
    """What becomes of it; of the cell in `key`, what it was."""
    if draft.is_left_out(row):
        return _("Row {row} is skipped.").format(row=row)
    action = draft.action(row)
    if action is Action.UPDATE:
        was = draft.before([row]).get(row, Before()).was
        said = _("Row {row} is updated: {changes}.").format(row=row, changes=_changes(draft, row, was, key))
    elif action is Action.NEW:
        said = _("Row {row} is new.").format(row=row)
    else:
        said = _("Row {row} changes nothing.").format(row=row)
    corrected = draft.corrected(row)
    return f"{said} {_in_file(corrected[key])}." if key in corrected else said


def _changes(draft: Draft, row: int, was: Mapping[str, str], key: str) -> str:
    """The cell one stands in before the others."""
    keys = sorted(was, key=lambda one: (one != key, draft.declaration.by_key[one].order))
    told = [
        _("{header} {old} → {new}").format(
            header=draft.declaration.header(one), old=_short(was[one]), new=_short(draft.text(row, one))
        )
        for one in keys[:_SHOWN_CHANGES]
    ]
    return listed([*told, *keys[_SHOWN_CHANGES:]], _SHOWN_CHANGES)


def _short(text: str) -> str:
    return clipped(text, _LONGEST) if text else _("(blank)")


def earlier_texts(draft: Draft, row: int, was: Mapping[str, str]) -> dict[str, str]:
    """What the row's changed cells held before, in words: the stored value `was`, and the file's own text."""
    told = {key: _("Stored now: {text}").format(text=old or _("(blank)")) for key, old in was.items()}
    for key, old in draft.corrected(row).items():
        told[key] = "\n".join(filter(None, [told.get(key), _in_file(old)]))
    return told


def _in_file(text: str) -> str:
    return _("In the file: {text}").format(text=text or _("(blank)"))


# -- the rows that are shown ---------------------------------------------------------------------------------------


def of_rows(view: View, draft: Draft) -> str:
    """When nobody stands in a row, and no problem of the page is spoken of."""
    if not view["rows"]:
        return nothing(view, draft)
    counts, left = draft.counts, how_many_problems(draft)
    match view["filter"]:
        case Filter.UPDATED:
            return _changed(draft)
        case Filter.NEW:
            told = ngettext("{count:,} row is new.", "{count:,} rows are new.", counts.new)
            return told.format(count=counts.new)
        case Filter.UNCHANGED:
            told = ngettext(
                "{count:,} row changes nothing.", "{count:,} rows change nothing.", counts.unchanged
            )
            return told.format(count=counts.unchanged)
        case Filter.LEFT_OUT:
            left_out = outcomes.left_out(counts.rejected, counts.skipped)
            return _("{rows}: {left_out}.").format(rows=counted_rows(counts.rejected), left_out=left_out)
        case _:
            if left:
                return _("No problem on this page; {problems}.").format(problems=problems_left(draft))
            return ready(counts)


def _changed(draft: Draft) -> str:
    """How many values of which columns."""
    changes = sorted(draft.changes.items(), key=lambda change: -change[1])
    count = sum(draft.changes.values())
    columns = [
        _("{header} {count:,}").format(header=draft.declaration.header(key), count=number)
        for key, number in changes
    ]
    told = ngettext("{count:,} value changes: {columns}.", "{count:,} values change: {columns}.", count)
    return told.format(count=count, columns=listed(columns, _SHOWN_COLUMNS))


def how_many_problems(draft: Draft) -> int:
    """In cells."""
    return sum(draft.problem_kinds.values())


def problems_left(draft: Draft) -> str:
    """`31 problems left`."""
    count = how_many_problems(draft)
    return ngettext("{count:,} problem left", "{count:,} problems left", count).format(count=count)


def end(view: View, draft: Draft) -> str | None:
    """When the problems that one looked at are all gone: of the chosen kind, or of any."""
    last = last_of_kind(view, draft)
    if last is not None or view["filter"] != Filter.PROBLEMS or not view["rows"] or draft.count_with_problems:
        return last
    return _("That was the last problem. {ready}").format(ready=ready(draft.counts))


def last_of_kind(view: View, draft: Draft) -> str | None:
    """When all problems of the kind that was chosen are gone."""
    title = _title_of_chosen(view)
    if not title or views.chosen_kind(view, draft) is not None:
        return None
    if draft.count_with_problems:
        return _("That was the last “{problem}”. {problems}.").format(
            problem=title, problems=problems_left(draft)
        )
    return _("That was the last “{problem}”. {ready}").format(problem=title, ready=ready(draft.counts))


def _title_of_chosen(view: View) -> str:
    """How the list called the problem that was chosen; "" for what is no problem."""
    code = (view["kind"] or ["", ""])[1]
    return title_of(IssueCode(code)) if code in list(IssueCode) else ""


def ready(counts: Counts) -> str:
    """When no row has a problem."""
    if counts.written == counts.rows:
        told = ngettext("The row is ready to import.", "All {count:,} rows are ready to import.", counts.rows)
    elif counts.written:
        told = ngettext(
            "No problems: {count:,} row is ready to import.",
            "No problems: {count:,} rows are ready to import.",
            counts.written,
        )
    else:
        told = ngettext("The row changes nothing.", "No row changes anything.", counts.rows)
    return told.format(count=counts.written)


def nothing(view: View, draft: Draft) -> str:
    """In the place of rows."""
    if view["search"]:
        word = _(FILTERS[Filter(view["filter"])])
        if view["filter"] == Filter.ALL:
            return _("No row holds “{text}”.").format(text=clipped(view["search"], _LONGEST))
        return _("No row of “{filter}” holds “{text}”.").format(
            filter=word, text=clipped(view["search"], _LONGEST)
        )
    return {
        Filter.ALL: _("This file has no rows."),
        Filter.PROBLEMS: ready(draft.counts),
        Filter.NEW: _("Nothing new in this file."),
        Filter.UPDATED: _("No updates in this file."),
        Filter.UNCHANGED: _("No unchanged rows in this file."),
        Filter.LEFT_OUT: _("No row is left out."),
    }[Filter(view["filter"])]


def of_issue(draft: Draft, issue: Issue) -> str:
    """The place and what is wrong there, in plain text."""
    return f"{place(draft, issue.row, issue.key)} {issue.message}"
